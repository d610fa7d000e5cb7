//! What a person can choose, and what is known about them.

mod account;
mod appearance;
mod device;
mod known;
mod privacy;

use self::account::AccountSection;
use self::appearance::AppearanceSection;
use self::device::DeviceSection;
use self::known::KnownSection;
use self::privacy::PrivacySection;
use crate::features::list::BackToList;
use crate::words::words;
use leptos::prelude::*;

/// All settings.
#[component]
pub fn SettingsPane(keys: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="main-head"><BackToList/><h1 class="main-title">{words().settings.title}</h1></header>
        <div class="sheet" data-test="settings-pane">
            <PrivacySection/>
            <AppearanceSection keys/>
            <AccountSection/>
            <KnownSection/>
            <DeviceSection/>
        </div>
    }
}
