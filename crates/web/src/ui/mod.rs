//! Plain widgets that know nothing of messaging.

mod avatar;
mod banner;
mod dialog;
mod icon;
mod live;
mod logo;
mod notice;
mod passphrase;
mod qr;
mod show;
mod switch;

pub use avatar::{Avatar, AvatarSize};
pub use banner::{Banner, Tone};
pub use dialog::{Confirm, Dialog};
pub use icon::{Glyph, Icon};
pub use live::LiveRegion;
pub use logo::Logo;
pub use notice::Notice;
pub use passphrase::PassphraseField;
pub use qr::QrCode;
pub use show::{each, effect, live, on, show};
pub use switch::Switch;
