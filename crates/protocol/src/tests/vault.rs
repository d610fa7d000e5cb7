//! What opens the vault, and what does not.

use sotto_keys::AccountId;

use super::fixtures::rng;
use crate::{
    PassphraseCost, RecoveryCode, RecoveryCodeError, RootEnvelope, RootKeys, UnwrapError, VaultKey,
    WrapSecret, WrappedVaultKey,
};

fn quick() -> PassphraseCost {
    PassphraseCost::new(8, 1).unwrap()
}

#[test]
fn a_wrap_opens_under_its_own_secret_only() {
    let mut rng = rng(1);
    let (code, other_code) = (RecoveryCode::generate(&mut rng), RecoveryCode::generate(&mut rng));
    let secrets = [
        (WrapSecret::Prf(&[1; 32]), WrapSecret::Prf(&[2; 32])),
        (
            WrapSecret::Passphrase("correct horse"),
            WrapSecret::Passphrase("Correct horse"),
        ),
        (WrapSecret::Recovery(&code), WrapSecret::Recovery(&other_code)),
        (WrapSecret::DeviceKey(&[1; 32]), WrapSecret::DeviceKey(&[2; 32])),
        (
            WrapSecret::OpaqueExport(&[1; 64]),
            WrapSecret::OpaqueExport(&[2; 64]),
        ),
    ];
    let key = VaultKey::generate(&mut rng);
    for (secret, wrong) in &secrets {
        let wrap = WrappedVaultKey::decode(&key.wrap(&mut rng, secret, quick()).encode()).unwrap();
        assert_eq!(wrap.unwrap(secret), Ok(key.clone()));
        assert_eq!(wrap.unwrap(wrong), Err(UnwrapError::WrongSecret));
        for (other, _) in secrets.iter().filter(|(other, _)| other.kind() != secret.kind()) {
            assert_eq!(wrap.unwrap(other), Err(UnwrapError::OtherKind));
        }
        assert_eq!(
            wrap.may_leave_device(),
            !matches!(secret, WrapSecret::Passphrase(_))
        );
    }
}

#[test]
fn the_recommended_cost_is_what_the_design_says() {
    let secret = WrapSecret::Passphrase("correct horse");
    let wrap = VaultKey::generate(&mut rng(1)).wrap(&mut rng(2), &secret, PassphraseCost::RECOMMENDED);
    assert_eq!(wrap.encode()[2..10], [0, 1, 0, 0, 0, 0, 0, 3]);
    assert!(wrap.unwrap(&secret).is_ok());
}

#[test]
fn an_envelope_opens_for_its_account_only() {
    let mut rng = rng(2);
    let root = RootKeys::generate(&mut rng);
    let secret = WrapSecret::Prf(&[1; 32]);
    let account = AccountId::from_bytes([1; 16]);
    let envelope = RootEnvelope::seal(&mut rng, &root, account, &secret, quick());
    let envelope = RootEnvelope::decode(&envelope.encode()).unwrap();
    assert_eq!(envelope.open(account, &secret), Ok(root));
    assert_eq!(
        envelope.open(AccountId::from_bytes([2; 16]), &secret),
        Err(UnwrapError::WrongSecret)
    );
    // A vault key's wrap is no envelope, though the same secret opens both.
    let wrap = VaultKey::generate(&mut rng).wrap(&mut rng, &secret, quick());
    assert!(RootEnvelope::decode(&wrap.encode()).is_err());
}

#[test]
fn subkeys_differ_by_label_and_key() {
    let (one, two) = (VaultKey::generate(&mut rng(1)), VaultKey::generate(&mut rng(2)));
    assert_eq!(one.subkey("pages"), one.subkey("pages"));
    assert_ne!(one.subkey("pages"), one.subkey("page"));
    assert_ne!(one.subkey("pages"), two.subkey("pages"));
}

#[test]
fn recovery_codes_are_read_as_people_type_them() {
    let code = RecoveryCode::generate(&mut rng(3));
    let text = code.to_text();
    assert_eq!(text.len(), 36 + 8);
    assert_eq!(RecoveryCode::parse(&text).as_ref(), Ok(&code));
    let sloppy = format!(
        "  {} ",
        text.to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l")
    );
    assert_eq!(RecoveryCode::parse(&sloppy).as_ref(), Ok(&code));
    assert_eq!(
        RecoveryCode::parse(&text.replace('1', "I").replace('-', "")).as_ref(),
        Ok(&code)
    );

    assert_eq!(
        RecoveryCode::parse(&text[..text.len() - 1]),
        Err(RecoveryCodeError::WrongLength)
    );
    assert_eq!(
        RecoveryCode::parse(&format!("{}0", *text)),
        Err(RecoveryCodeError::WrongLength)
    );
    assert_eq!(RecoveryCode::parse(""), Err(RecoveryCodeError::WrongLength));
    let bad = text.replace(text.chars().next().unwrap(), "U");
    assert_eq!(RecoveryCode::parse(&bad), Err(RecoveryCodeError::BadCharacter));
}

#[test]
fn a_mistyped_recovery_code_is_noticed() {
    let text = RecoveryCode::generate(&mut rng(4)).to_text().replace('-', "");
    for at in 0..text.len() {
        let mut typed: Vec<char> = text.chars().collect();
        typed[at] = if typed[at] == 'X' { 'Y' } else { 'X' };
        let typed: String = typed.into_iter().collect();
        assert_eq!(
            RecoveryCode::parse(&typed),
            Err(RecoveryCodeError::BadChecksum),
            "{at}"
        );
    }
    let mut swapped: Vec<char> = text.chars().collect();
    let at = swapped.windows(2).position(|pair| pair[0] != pair[1]).unwrap();
    swapped.swap(at, at + 1);
    let swapped: String = swapped.into_iter().collect();
    assert_eq!(RecoveryCode::parse(&swapped), Err(RecoveryCodeError::BadChecksum));
}
