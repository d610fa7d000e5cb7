#![expect(clippy::unwrap_used, reason = "a check that fails panics")]
//! The checks that every backend has to pass: [`crate::conformance!`] makes a test of each.

pub mod accounts;
pub mod devices;
mod fixture;
pub mod mailboxes;
pub mod passkeys;
pub mod prekeys;
pub mod upkeep;

pub use fixture::{Fixture, UNLIMITED};

/// The checks by domain, for [`crate::conformance!`].
pub mod checks {
    pub use super::{accounts, devices, mailboxes, passkeys, prekeys, upkeep};
}

/// Makes a test of every check: `conformance!(run, open)`, where `open()` gives an empty store and something that keeps
/// it alive, and `run(future)` runs a future to its end.
#[macro_export]
macro_rules! conformance {
    ($run:path, $open:path) => {
        $crate::conformance!(@each $run, $open,
            accounts: created_once_and_found, repeated_word_for_word, names_are_unique, refused_whole,
                changed, deleted_with_everything;
            devices: chained_and_swapped, revoked_for_good, swap_is_compare_and_set, ids_are_never_reused;
            mailboxes: stored_paged_and_acknowledged, repeated_sends_are_stored_once, all_or_nothing,
                stale_and_unknown_are_named, limits_hold, only_the_owner_deletes, ids_only_rise, in_order_of_calls;
            passkeys: kept_and_compared, one_account_each;
            prekeys: one_time_keys_go_once, last_resort_stays, uploads_are_idempotent, replaced_and_added,
                expired_are_not_handed_out, claims_race, too_many_are_refused;
            upkeep: probes, sweeps_what_is_old;
        );
    };
    (@each $run:path, $open:path, $($domain:ident: $($check:ident),+;)+) => {
        $(mod $domain {
            use super::*;
            $(#[test]
            fn $check() {
                let (stores, _guard) = $open();
                $run(async { $crate::conformance::checks::$domain::$check(&stores).await });
            })+
        })+
    };
}
