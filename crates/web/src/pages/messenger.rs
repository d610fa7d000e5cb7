//! The engine runs: list, timeline, details.

use crate::browser::window::document;
use crate::features::connection::{Complaint, ConnectionBanner};
use crate::features::conversation::ConversationPane;
use crate::features::keyboard::{KeyList, Shortcuts};
use crate::features::list::ListPane;
use crate::features::people::{NewConversation, Switcher};
use crate::features::settings::SettingsPane;
use crate::features::timeline::speak_messages;
use crate::route::{Route, Side, use_router};
use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Icon, LiveRegion, effect, live, show};
use crate::words::words;
use leptos::prelude::*;

/// Three panes; one at a time on a phone.
#[component]
pub fn Messenger() -> impl IntoView {
    let (session, router) = (use_session(), use_router());
    session.load(use_worker());
    session.report(use_worker());
    speak_messages(session);
    effect(move || document().set_title(&title(session.unread())));
    on_cleanup(|| document().set_title(words().common.sotto));

    let (switching, keys) = (RwSignal::new(false), RwSignal::new(false));
    let shortcuts = Shortcuts {
        session,
        router,
        switching,
        keys,
    };
    shortcuts.listen();
    // Beside another's timeline there is nothing to keep: the pane changes only with the kind of view, or the person.
    let shown = Memo::new(move |_| match router.get() {
        Route::Conversation { account, .. } => Route::conversation(account),
        other => other,
    });
    view! {
        <a class="skip" href="#main">{words().common.skip_to_messages}</a>
        <div class="messenger" data-test="messenger" data-pane=live(move || pane(router.get()))>
            <div class="banners"><ConnectionBanner/></div>
            <ListPane/>
            <main class="pane pane-main" id="main" tabindex="-1">
                {show(move || match shown.get() {
                    Route::Home => view! { <NothingOpen/> }.into_any(),
                    Route::New => view! { <NewConversation/> }.into_any(),
                    Route::Settings => view! { <SettingsPane keys/> }.into_any(),
                    Route::Conversation { account, .. } => view! { <ConversationPane account/> }.into_any(),
                })}
            </main>
        </div>
        <Switcher open=switching/>
        <KeyList open=keys/>
        <Complaint/>
        <LiveRegion text=session.announcement/>
    }
}

/// Which pane a phone shows.
const fn pane(route: Route) -> &'static str {
    match (route, route.side()) {
        (Route::Home, _) => "list",
        (_, Side::Closed) => "main",
        _ => "side",
    }
}

fn title(unread: u32) -> String {
    match unread {
        0 => words().common.sotto.to_owned(),
        unread => format!("({unread}) {}", words().common.sotto),
    }
}

#[component]
fn NothingOpen() -> impl IntoView {
    view! {
        <div class="hollow">
            <span class="hollow-icon"><Icon glyph=Glyph::Bubble/></span>
            <p class="hollow-title">{words().conversation.nothing_open}</p>
            <p>{words().conversation.nothing_open_more}</p>
        </div>
    }
}
