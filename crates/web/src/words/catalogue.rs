//! What a language has to say. Sentences hold `{places}` that [`super::fill`] fills.

/// A sentence about a number; `{n}` is the number.
pub struct Plural {
    /// One of it, where the language has such a form.
    pub one: &'static str,
    /// Some of it, where the language has such a form.
    pub few: Option<&'static str>,
    /// Many of it, where the language has such a form.
    pub many: Option<&'static str>,
    /// Any other number.
    pub other: &'static str,
}

/// Declares the sections and their sentences.
macro_rules! catalogue {
    ($($(#[$doc:meta])* $section:ident: $kind:ident { $($word:ident)* $(; $($plural:ident)*)? })*) => {
        /// All sentences of a language.
        pub struct Words {
            $($(#[$doc])* pub $section: $kind,)*
        }
        $(
            $(#[$doc])*
            pub struct $kind {
                $(pub $word: &'static str,)*
                $($(pub $plural: Plural,)*)?
            }
        )*
    };
}

catalogue! {
    /// Everywhere.
    common: Common {
        sotto back cancel close copied skip_to_messages loading
    }
    /// Days.
    dates: Dates { today yesterday }
    /// Making an account.
    onboarding: Onboarding {
        headline lead encrypted encrypted_more yours yours_more nothing nothing_more start
        title intro username username_help username_free username_short username_long username_alphabet username_taken
        passkey passkey_help passphrase_instead or anonymous_title anonymous anonymous_accept
        passphrase_title passphrase_intro no_prf_title no_prf passphrase show hide
        strength_short strength_weak strength_fair strength_good create creating
        insecure no_passkeys
    }
    /// Opening the vault.
    unlock: Unlock {
        title title_named passkey passphrase_field open opening use_passphrase use_passkey erase
    }
    /// Erasing the device.
    erase: Erase { title body confirm }
    /// Another tab has the engine.
    elsewhere: Elsewhere { title body take_over taking_over }
    /// The storage can't be used, or the worker is gone.
    broken: Broken {
        blocked_title blocked full_title full newer_title newer damaged_title damaged
        stopped_title stopped reload
    }
    /// The list of conversations.
    list: List {
        label new settings search requests empty_title empty empty_action
        people messages nothing_found draft typing clear_search
        blocked
        ; unread
    }
    /// Starting a conversation.
    new: New { title intro username find write searching }
    /// A conversation.
    conversation: Conversation {
        nothing_open nothing_open_more details typing online away
        new_messages empty older
        sent_by_you from
        queued sent delivered read failed received
        failed_too_large failed_mailbox failed_gone failed_identity failed_refused
        menu copy delete info retry
        info_title info_state info_sent info_stored info_received info_encrypted info_encrypted_value
        delete_title delete_body delete_confirm
        clear clear_title clear_body clear_confirm
        ; jump
    }
    /// The composer.
    composer: Composer { placeholder label send too_long left }
    /// Requests and blocks.
    request: Request { title body accept block blocked_title blocked_body unblock block_title block_body block_confirm }
    /// Who is who.
    trust: Trust {
        verified unverified changed verified_mark
        verified_more unverified_more changed_more
        verify verify_again details_title account
        number_title number_intro number_label qr_label mark marked mark_means scan scan_stop scan_hint
        scan_match scan_mismatch scan_other scan_version scan_no_camera
        changed_title changed_body accept_identity
        only_verified only_verified_action
    }
    /// The connection.
    link: Link { offline connecting waiting retry_now revoked replaced incompatible }
    /// Settings.
    settings: Settings {
        title privacy read_receipts read_receipts_more typing typing_more presence presence_more
        only_verified only_verified_more
        appearance theme system light dark
        account username no_username account_id device server root_here root_here_more
        known known_more ask asked_at
        known_account known_username known_discovery listed unlisted known_created known_device known_devices known_passkeys
        known_prekeys known_mailbox known_mailbox_value known_root kept not_kept known_not raw
        this_device lock_now lock_now_more erase erase_more keys
    }
    /// Keys.
    keys: Keys { title switch next search close help send break_line }
    /// The quick switcher.
    switcher: Switcher { title placeholder none }
    /// What went wrong, and what to do.
    errors: Errors {
        wrong_secret too_short registration_closed unreachable passkey_refused refused
        wrong_phase lost
        no_such_person no_such_thing oneself text_length blocked identity_changed not_verified other_number offline forged
        passkey_unsupported passkey_cancelled passkey_exists passkey_failed prf_missing
        ; rate_limited
    }
}
