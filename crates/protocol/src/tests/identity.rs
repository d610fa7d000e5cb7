//! Certificates, lists, prekeys, rotations and sign-in: what verifies, and what must not.

use core::time::Duration;

use sotto_keys::{
    AccountError, AccountId, CertificateError, DeviceCertificate, DeviceId, DeviceList, DeviceListError,
    DeviceListShapeError, ListConflict, ListStep, PrekeyBatch, PrekeyBundle, PrekeyError, PrekeyKind,
    RotationError, SafetyNumber, ScanResult, SignInChallenge, SignInError, SignedDeviceList, VerifiedAccount,
};

use super::fixtures::{EXPIRY, NOW, Pair, Person, rng};
use crate::{DeviceKeys, RootKeys};

#[test]
fn a_certificate_counts_for_its_root_and_account_only() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let certificate = DeviceCertificate::decode(&alice.certified.encoded()).unwrap();
    let account = alice.local.address.account;
    assert_eq!(
        certificate.clone().verify(&alice.local.root, account).unwrap(),
        alice.certified
    );
    assert_eq!(
        certificate.clone().verify(&bob.local.root, account),
        Err(CertificateError::BadSignature)
    );
    let other = AccountId::from_bytes([9; 16]);
    assert_eq!(
        certificate.verify(&alice.local.root, other),
        Err(CertificateError::WrongAccount)
    );
}

#[test]
fn lists_are_followed_one_by_one() {
    let account = AccountId::from_bytes([1; 16]);
    let first = DeviceList::first(account, vec![[2; 32], [1; 32]]).unwrap();
    assert_eq!(first.certificate_hashes(), [[1; 32], [2; 32]]);
    let second = first.next(vec![[3; 32]]).unwrap();
    let other_second = first.next(vec![[4; 32]]).unwrap();
    let third = second.next(vec![[3; 32]]).unwrap();
    assert_eq!(first.follows(&first.pin()), Ok(ListStep::Same));
    assert_eq!(second.follows(&first.pin()), Ok(ListStep::Next));
    assert_eq!(third.follows(&first.pin()), Err(ListConflict::Gap));
    assert_eq!(first.follows(&second.pin()), Err(ListConflict::RolledBack));
    assert_eq!(other_second.follows(&second.pin()), Err(ListConflict::Forked));
    assert_eq!(third.follows(&other_second.pin()), Err(ListConflict::Forked));
    assert_eq!(
        DeviceList::first(account, vec![]),
        Err(DeviceListShapeError::Empty)
    );
    assert_eq!(first.next(vec![[1; 32]; 2]), Err(DeviceListShapeError::Repeated));
    let many = (0..65).map(|i| [i; 32]).collect();
    assert_eq!(first.next(many), Err(DeviceListShapeError::TooManyDevices));
}

#[test]
fn an_account_is_its_list_and_exactly_the_certificates_in_it() {
    let mut rng = rng(1);
    let root = RootKeys::generate(&mut rng);
    let account = AccountId::from_bytes([1; 16]);
    let mut certify = |device: u8| {
        root.certify(
            account,
            DeviceId::from_bytes([device; 8]),
            DeviceKeys::generate(&mut rng).public(),
            NOW,
        )
    };
    let (one, two, two_again) = (certify(1), certify(2), certify(2));
    let sign = |certificates: &[&DeviceCertificate]| {
        let hashes = certificates
            .iter()
            .map(|certificate| certificate.hash())
            .collect();
        root.sign_list(DeviceList::first(account, hashes).unwrap())
    };
    let verify = |list: &SignedDeviceList, certificates: &[&DeviceCertificate]| {
        let certificates: Vec<_> = certificates
            .iter()
            .map(|&certificate| certificate.clone())
            .collect();
        VerifiedAccount::verify(account, &root.public(), list, &certificates)
    };

    let list = sign(&[&one, &two]);
    let verified = verify(&list, &[&two, &one]).unwrap();
    assert_eq!(verified.devices().len(), 2);
    assert_eq!(
        verified
            .device(DeviceId::from_bytes([2; 8]))
            .unwrap()
            .certificate_hash(),
        two.hash()
    );
    assert_eq!(verified.device(DeviceId::from_bytes([3; 8])), None);
    assert_eq!(verify(&list, &[&one]), Err(AccountError::MissingCertificate));
    assert_eq!(
        verify(&list, &[&one, &two_again]),
        Err(AccountError::MissingCertificate)
    );
    assert_eq!(
        verify(&list, &[&one, &two, &two_again]),
        Err(AccountError::ExtraCertificate)
    );
    assert_eq!(
        verify(&list, &[&one, &two, &one]),
        Err(AccountError::ExtraCertificate)
    );
    assert_eq!(
        verify(&sign(&[&two, &two_again]), &[&two, &two_again]),
        Err(AccountError::RepeatedDevice)
    );

    let stranger = Person::bob();
    let theirs = DeviceCertificate::decode(&stranger.certified.encoded()).unwrap();
    let wrong = verify(&sign(&[&one, &theirs]), &[&one, &theirs]);
    assert_eq!(
        wrong,
        Err(AccountError::Certificate(CertificateError::WrongAccount))
    );
    let forged = stranger
        .root
        .sign_list(list.verify(&root.public(), account).unwrap());
    assert_eq!(
        verify(&forged, &[&one, &two]),
        Err(AccountError::List(DeviceListError::BadSignature))
    );
}

#[test]
fn a_rotation_leads_from_the_known_root_to_the_next() {
    let mut rng = rng(2);
    let account = AccountId::from_bytes([1; 16]);
    let [a, b, c] = core::array::from_fn(|_| RootKeys::generate(&mut rng));
    let rotation = a.rotate_to(&b, account, NOW);
    assert_eq!(rotation.verify(&a.public(), account), Ok(b.public()));
    assert_eq!(
        rotation.verify(&b.public(), account),
        Err(RotationError::WrongRoot)
    );
    assert_eq!(
        rotation.verify(&a.public(), AccountId::from_bytes([2; 16])),
        Err(RotationError::WrongAccount)
    );
    assert_eq!(
        a.rotate_to(&a, account, NOW).verify(&a.public(), account),
        Err(RotationError::SameRoot)
    );
    assert_eq!(
        b.rotate_to(&c, account, NOW).verify(&a.public(), account),
        Err(RotationError::WrongRoot)
    );
}

#[test]
fn every_prekey_of_a_batch_verifies_in_its_place_only() {
    let bob = Person::bob();
    for (kind, count) in [
        (PrekeyKind::OneTimeEc, 100),
        (PrekeyKind::OneTimeKem, 5),
        (PrekeyKind::SignedEc, 1),
    ] {
        let (secrets, batch) = bob.batch(kind, count);
        let batch = PrekeyBatch::decode(&batch.encode())
            .unwrap()
            .verify(&bob.certified, NOW)
            .unwrap();
        for (((id, leaf), secret), index) in batch.leaves().zip(&secrets).zip(0..) {
            let prekey = batch.prekey(index).unwrap();
            assert_eq!([batch.signed_header(), leaf].concat(), prekey.encode());
            assert_eq!((secret.id(), secret.kind()), (id, kind));
            if index % 9 == 0 {
                let verified = prekey.verify(&bob.certified, kind, NOW).unwrap();
                assert_eq!((verified.id(), verified.kind()), (id, kind));
            }
        }
        assert!(batch.prekey(count).is_none());
        let prekey = batch.prekey(0).unwrap();
        assert_eq!(
            prekey.verify(&bob.certified, PrekeyKind::LastResortKem, NOW),
            Err(PrekeyError::WrongKind)
        );
        assert_eq!(
            prekey.verify(&bob.certified, kind, EXPIRY),
            Err(PrekeyError::Expired)
        );
        let before = EXPIRY.saturating_sub(Duration::from_millis(1));
        assert!(prekey.verify(&bob.certified, kind, before).is_ok());
        assert_eq!(
            prekey.verify(&Person::alice().certified, kind, NOW),
            Err(PrekeyError::WrongDevice)
        );
    }
}

#[test]
fn a_bundle_holds_each_kind_in_its_place() {
    let pair = Pair::shared();
    let verify = |bundle: &PrekeyBundle| bundle.verify(&pair.bob.certified, NOW).map(|_| ());
    let good = &pair.prekeys.bundle;
    assert_eq!(PrekeyBundle::decode(&good.encode()).as_ref(), Ok(good));
    assert_eq!(verify(good), Ok(()));
    let one_time = good.one_time_ec.clone().unwrap();
    let wrong = [
        PrekeyBundle {
            signed_ec: one_time.clone(),
            ..good.clone()
        },
        PrekeyBundle {
            one_time_ec: Some(good.signed_ec.clone()),
            ..good.clone()
        },
        PrekeyBundle {
            one_time_ec: Some(good.kem.clone()),
            ..good.clone()
        },
        PrekeyBundle {
            kem: one_time,
            ..good.clone()
        },
    ];
    for bundle in wrong {
        assert_eq!(verify(&bundle), Err(PrekeyError::WrongKind));
    }
    assert_eq!(
        good.verify(&pair.alice.certified, NOW),
        Err(PrekeyError::WrongDevice)
    );
}

#[test]
fn signing_in_binds_origin_device_nonce_and_expiry() {
    let (alice, bob) = (Person::alice(), Person::bob());
    let challenge = SignInChallenge {
        origin: "https://chat.example".into(),
        address: alice.local.address,
        nonce: [7; 32],
        expires: NOW.saturating_add(Duration::from_secs(300)),
    };
    assert_eq!(
        SignInChallenge::decode(&challenge.encode()).as_ref(),
        Ok(&challenge)
    );
    let answer = alice.local.keys.sign_in(&challenge);
    assert_eq!(challenge.verify(&answer, &alice.certified), Ok(()));
    assert_eq!(
        challenge.verify(&answer, &bob.certified),
        Err(SignInError::WrongDevice)
    );
    assert_eq!(
        challenge.verify(&bob.local.keys.sign_in(&challenge), &alice.certified),
        Err(SignInError::BadSignature)
    );
    assert_eq!(
        challenge.verify(&answer[1..], &alice.certified),
        Err(SignInError::BadSignature)
    );
    let others = [
        SignInChallenge {
            origin: "https://evil.example".into(),
            ..challenge.clone()
        },
        SignInChallenge {
            nonce: [8; 32],
            ..challenge.clone()
        },
        SignInChallenge {
            expires: NOW,
            ..challenge.clone()
        },
    ];
    for other in others {
        assert_eq!(
            other.verify(&answer, &alice.certified),
            Err(SignInError::BadSignature)
        );
    }
    let long = SignInChallenge {
        origin: "x".repeat(257),
        ..challenge
    };
    assert!(SignInChallenge::decode(&long.encode()).is_err());
}

#[test]
fn both_sides_see_one_safety_number_and_others_see_others() {
    let [a, b, c] = core::array::from_fn(|i| RootKeys::generate(&mut rng(i as u64)).public());
    let [id_a, id_b] = [1, 2].map(|i| AccountId::from_bytes([i; 16]));
    let number = SafetyNumber::between((id_a, &a), (id_b, &b));
    assert_eq!(number, SafetyNumber::between((id_b, &b), (id_a, &a)));
    let digits = number.digits();
    let groups: Vec<_> = digits.split(' ').collect();
    assert!(groups.len() == 12 && groups.iter().all(|group| group.len() == 5));
    assert!(digits.chars().all(|c| c.is_ascii_digit() || c == ' '));

    assert_eq!(number.matches_scanned(&number.qr_payload()), ScanResult::Match);
    for other in [
        ((id_a, &a), (id_b, &c)),
        ((id_a, &a), (id_a, &b)),
        ((id_b, &a), (id_a, &b)),
    ] {
        let other = SafetyNumber::between(other.0, other.1);
        assert_ne!(other.digits(), digits);
        assert_eq!(number.matches_scanned(&other.qr_payload()), ScanResult::Mismatch);
    }
    let mut newer = number.qr_payload();
    newer[8] = 2;
    assert_eq!(number.matches_scanned(&newer), ScanResult::OtherVersion);
    for junk in [
        &b""[..],
        b"SOTTO-SN",
        b"https://example.org",
        &number.qr_payload()[..72],
    ] {
        assert_eq!(number.matches_scanned(junk), ScanResult::NotASafetyNumber);
    }
}
