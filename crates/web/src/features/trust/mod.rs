//! Whether somebody is who they were, and how a person finds out.

mod card;
mod changed;
mod lock;
mod scan;
mod side;
mod verify;

pub use card::TrustCard;
pub use changed::ChangedBanner;
pub use lock::LockLabel;
pub use side::SidePane;
pub use verify::VerifyPane;

use crate::ui::Glyph;
use crate::words::words;
use sotto_web_worker::messages::view::Trust;

/// How a trust looks and reads; never by colour alone.
struct Look {
    name: &'static str,
    class: &'static str,
    glyph: Glyph,
    words: &'static str,
    more: &'static str,
}

fn look(trust: Trust) -> Look {
    let say = &words().trust;
    match trust {
        Trust::Verified => Look {
            name: "verified",
            class: "trust trust-verified",
            glyph: Glyph::Verified,
            words: say.verified,
            more: say.verified_more,
        },
        Trust::Unverified => Look {
            name: "unverified",
            class: "trust trust-unverified",
            glyph: Glyph::Lock,
            words: say.unverified,
            more: say.unverified_more,
        },
        Trust::Changed => Look {
            name: "changed",
            class: "trust trust-changed",
            glyph: Glyph::Warning,
            words: say.changed,
            more: say.changed_more,
        },
    }
}
