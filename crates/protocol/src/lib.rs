//! PQXDH, the ratchets, and the vault: the secret half of the cryptography.
