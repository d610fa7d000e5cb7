//! A face for those who show none: initials on a colour of their own.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use sotto_web_worker::messages::AccountId;
use sotto_web_worker::messages::view::PersonView;

/// How large.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AvatarSize {
    /// In a list of names.
    Small,
    /// In the list of conversations.
    Medium,
    /// On top of details.
    Large,
}

/// Colours in the style sheet, `avatar-0` and so on.
const COLOURS: u32 = 10;

/// The avatar of a person.
#[component]
pub fn Avatar(person: PersonView, #[prop(default = AvatarSize::Medium)] size: AvatarSize) -> impl IntoView {
    let size = match size {
        AvatarSize::Small => "avatar-small",
        AvatarSize::Medium => "avatar-medium",
        AvatarSize::Large => "avatar-large",
    };
    let class = format!("avatar {size} avatar-{}", colour(person.account));
    let face = match &person.username {
        Some(name) => initials(name.as_str()).into_any(),
        None => view! { <Icon glyph=Glyph::Person/> }.into_any(),
    };
    view! { <span class=class aria-hidden="true">{face}</span> }
}

fn colour(account: AccountId) -> u32 {
    let sum: u32 = account.as_bytes().iter().map(|&byte| u32::from(byte)).sum();
    sum % COLOURS
}

/// The first letters of the first two parts of a name.
fn initials(name: &str) -> String {
    let parts = name.split(['.', '_']).filter_map(|part| part.chars().next());
    parts.take(2).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_parts_of_a_name() {
        assert_eq!(initials("ada.lovelace"), "AL");
        assert_eq!(initials("_bob"), "B");
        assert_eq!(initials("a_b_c"), "AB");
        assert_eq!(initials("..."), "");
    }
}
