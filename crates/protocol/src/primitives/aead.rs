//! Authenticated encryption: AES-256-GCM (NIST SP 800-38D) and XChaCha20-Poly1305, both with tags of 16 bytes.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::XChaCha20Poly1305;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// Bytes of the tag behind each ciphertext.
pub(crate) const TAG_LEN: usize = 16;

/// The ciphertext, or what it is bound to, was changed; or the key is another.
#[derive(Debug)]
pub(crate) struct Unauthentic;

/// Encrypts with AES-256-GCM. Never twice with one key and nonce.
pub(crate) fn aes_seal(key: &[u8; 32], nonce: &[u8; 12], bound: &[u8], plaintext: &[u8]) -> Vec<u8> {
    seal(&Aes256Gcm::new(key.into()), nonce.into(), bound, plaintext)
}

/// Decrypts with AES-256-GCM.
pub(crate) fn aes_open(
    key: &[u8; 32],
    nonce: &[u8; 12],
    bound: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
    open(&Aes256Gcm::new(key.into()), nonce.into(), bound, ciphertext)
}

/// Encrypts with XChaCha20-Poly1305; its nonces may be drawn at random.
pub(crate) fn xchacha_seal(key: &[u8; 32], nonce: &[u8; 24], bound: &[u8], plaintext: &[u8]) -> Vec<u8> {
    seal(
        &XChaCha20Poly1305::new(key.into()),
        nonce.into(),
        bound,
        plaintext,
    )
}

/// Decrypts with XChaCha20-Poly1305.
pub(crate) fn xchacha_open(
    key: &[u8; 32],
    nonce: &[u8; 24],
    bound: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
    open(
        &XChaCha20Poly1305::new(key.into()),
        nonce.into(),
        bound,
        ciphertext,
    )
}

#[expect(
    clippy::expect_used,
    reason = "callers bound what they encrypt far below the ciphers' limit of 64 GiB"
)]
fn seal<C: Aead>(cipher: &C, nonce: &aes_gcm::aead::Nonce<C>, bound: &[u8], plaintext: &[u8]) -> Vec<u8> {
    cipher
        .encrypt(
            nonce,
            Payload {
                msg: plaintext,
                aad: bound,
            },
        )
        .expect("a short plaintext")
}

fn open<C: Aead>(
    cipher: &C,
    nonce: &aes_gcm::aead::Nonce<C>,
    bound: &[u8],
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, Unauthentic> {
    let opened = cipher.decrypt(
        nonce,
        Payload {
            msg: ciphertext,
            aad: bound,
        },
    );
    opened.map(Zeroizing::new).map_err(|_| Unauthentic)
}

/// Key and nonce of AES-256-GCM, derived together and used once.
pub(crate) struct KeyAndNonce(pub(crate) Secret<44>);

impl KeyAndNonce {
    /// The first 32 bytes.
    pub(crate) fn key(&self) -> &[u8; 32] {
        self.0.expose().first_chunk().unwrap_or(&[0; 32])
    }

    /// The last 12 bytes.
    pub(crate) fn nonce(&self) -> &[u8; 12] {
        self.0.expose().last_chunk().unwrap_or(&[0; 12])
    }
}
