//! ML-KEM-768 (FIPS 203) in the parts that the ML-KEM Braid sends one by one. A private key is kept as its seed of 64
//! bytes (d, then z), an encapsulation as its randomness of 32: everything else follows from them.

use libcrux_ml_kem::mlkem768::incremental::{
    COMPRESSED_KEYPAIR_LEN, Ciphertext1, Ciphertext2, decapsulate_compressed_key, encaps_state_len,
    encapsulate1, encapsulate2, generate_key_pair_compressed, validate_pk_bytes,
};
use zeroize::Zeroize;

use crate::secret::Secret;

/// The matrix's seed, then the hash of the whole encapsulation key.
pub(crate) const HEADER_LEN: usize = 64;
/// The encapsulation key without the matrix's seed.
pub(crate) const VECTOR_LEN: usize = 1152;
/// The part of a ciphertext that the header suffices for.
pub(crate) const CIPHERTEXT1_LEN: usize = 960;
/// The part that needs the vector.
pub(crate) const CIPHERTEXT2_LEN: usize = 128;

/// A public key in its two parts.
pub(crate) struct PublicKey {
    pub(crate) header: [u8; HEADER_LEN],
    pub(crate) vector: Box<[u8; VECTOR_LEN]>,
}

/// FIPS 203's decapsulation key: what decrypts, the vector, the header, z.
fn expand(seed: &Secret<64>) -> Secret<COMPRESSED_KEYPAIR_LEN> {
    Secret::filled(|key| generate_key_pair_compressed(*seed.expose(), key))
}

/// The public key of a seed.
pub(crate) fn public_key(seed: &Secret<64>) -> PublicKey {
    let key = expand(seed);
    let mut public = PublicKey {
        header: [0; HEADER_LEN],
        vector: Box::new([0; VECTOR_LEN]),
    };
    public
        .vector
        .copy_from_slice(&key.expose()[VECTOR_LEN..][..VECTOR_LEN]);
    public
        .header
        .copy_from_slice(&key.expose()[2 * VECTOR_LEN..][..HEADER_LEN]);
    public
}

/// Whether the vector is the one whose hash the header has, and all its coefficients are reduced (FIPS 203,
/// section 7.2).
pub(crate) fn is_valid(header: &[u8; HEADER_LEN], vector: &[u8; VECTOR_LEN]) -> bool {
    validate_pk_bytes(header, vector).is_ok()
}

/// What randomness makes of a header.
pub(crate) struct Encapsulation {
    pub(crate) ciphertext1: Box<[u8; CIPHERTEXT1_LEN]>,
    pub(crate) shared: Secret<32>,
    /// The library's, computed when it is needed and never stored.
    state: Secret<{ encaps_state_len() }>,
}

impl Encapsulation {
    /// Begins with the header alone.
    #[expect(
        clippy::expect_used,
        reason = "all lengths are constants, and closures are called once"
    )]
    pub(crate) fn new(header: &[u8; HEADER_LEN], randomness: &Secret<32>) -> Self {
        let (mut ciphertext1, mut shared) = (None, None);
        let state = Secret::filled(|state| {
            shared = Some(Secret::filled(|shared| {
                ciphertext1 = encapsulate1(header, *randomness.expose(), state, shared).ok();
            }));
        });
        Self {
            ciphertext1: Box::new(ciphertext1.expect("lengths that fit").value),
            shared: shared.expect("filled above"),
            state,
        }
    }

    /// Ends with a valid vector.
    pub(crate) fn ciphertext2(&self, vector: &[u8; VECTOR_LEN]) -> [u8; CIPHERTEXT2_LEN] {
        encapsulate2(self.state.expose(), vector).value
    }
}

/// The shared secret of a ciphertext; of a bad one, a secret that nobody else has.
pub(crate) fn decapsulate(
    seed: &Secret<64>,
    ciphertext1: &[u8; CIPHERTEXT1_LEN],
    ciphertext2: &[u8; CIPHERTEXT2_LEN],
) -> Secret<32> {
    let (ciphertext1, ciphertext2) = (
        Ciphertext1 { value: *ciphertext1 },
        Ciphertext2 { value: *ciphertext2 },
    );
    let mut shared = decapsulate_compressed_key(expand(seed).expose(), &ciphertext1, &ciphertext2);
    let secret = Secret::copied(&shared);
    shared.zeroize();
    secret
}
