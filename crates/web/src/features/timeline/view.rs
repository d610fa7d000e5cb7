//! The list of messages, and where it is scrolled to.

use super::actions::Actions;
use super::bubble::Bubble;
use super::days::{DayRows, by_day};
use super::info::MessageDialogs;
use super::place;
use super::window::{Target, Timeline};
use crate::features::conversation::Open;
use crate::route::{Route, Side, use_router};
use crate::session::{use_session, use_worker};
use crate::ui::{Glyph, Icon, effect, live, on, show};
use crate::words::{Day, day, words};
use leptos::html;
use leptos::prelude::*;
use leptos::task::{spawn_local, tick};
use sotto_web_worker::messages::Command;
use sotto_web_worker::messages::view::{MessageView, Standing};
use web_sys::{HtmlDivElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// What scrolling needs.
#[derive(Clone, Copy)]
struct Scroll {
    timeline: Timeline,
    list: NodeRef<html::Div>,
    at_end: RwSignal<bool>,
}

/// The messages of the open conversation.
#[component]
pub fn TimelineView(timeline: Timeline, open: Open) -> impl IntoView {
    let (session, worker, router) = (use_session(), use_worker(), use_router());
    let scroll = Scroll {
        timeline,
        list: NodeRef::new(),
        at_end: RwSignal::new(true),
    };
    let actions = Actions::new(session, worker);
    // What stands beside the timeline doesn't move it.
    let place = Memo::new(move |_| match router.get() {
        Route::Conversation { account, at, .. } => Route::Conversation {
            account,
            at,
            side: Side::Closed,
        },
        other => other,
    });
    effect(move || scroll.open(place.get(), open));
    session.on_notification(move |notification| {
        timeline.follow(notification);
        if let Some(message) = timeline.arrived(notification) {
            spawn_local(scroll.take(message));
        }
    });
    effect(move || scroll.aim(timeline.target.get()));
    // Read is what the person had before their eyes.
    let seen = Memo::new(move |_| {
        let unread = open.view.with(|view| view.unread) > 0;
        unread
            && session.visible.get()
            && scroll.at_end.get()
            && timeline.loaded.get()
            && open.standing() == Standing::Accepted
    });
    effect(move || {
        // Every new message while one looks is read, too.
        let unread = open.view.with(|view| view.unread);
        if seen.get() && unread > 0 {
            worker.tell(Command::MarkRead {
                conversation: open.account,
            });
        }
    });
    let days = Memo::new(move |_| {
        timeline
            .items
            .with(|items| by_day(items, timeline.new_from.get(), Day::of))
    });
    view! {
        <div class="timeline-frame">
            <div class="timeline" node_ref=scroll.list tabindex="0" role="log" aria-live="off" aria-label=live(move || open.name.get())
                data-test="timeline" on:scroll=on(move |_| scroll.moved())>
                <div class="timeline-column">
                    {show(move || (!timeline.at_start.get() && timeline.loaded.get()).then(|| view! {
                        <p class="timeline-note">{words().conversation.older}</p>
                    }))}
                    {show(move || (timeline.loaded.get() && timeline.items.with(Vec::is_empty)).then(|| view! {
                        <p class="timeline-note timeline-first"><Icon glyph=Glyph::Lock/>{words().conversation.empty}</p>
                    }))}
                    <For each=move || days.get() key=|one| one.day let:one>
                        <DaySection one=one.clone() days actions other=open.name/>
                    </For>
                </div>
            </div>
            <Jump scroll/>
        </div>
        <MessageDialogs actions/>
    }
}

#[component]
fn DaySection(
    one: DayRows<Day>,
    days: Memo<Vec<DayRows<Day>>>,
    actions: Actions,
    other: Memo<String>,
) -> impl IntoView {
    let which = one.day;
    let rows = move || {
        let rows = |all: &Vec<DayRows<Day>>| {
            all.iter()
                .find(|one| one.day == which)
                .map(|one| one.rows.clone())
        };
        days.with(rows).unwrap_or_default()
    };
    view! {
        <section class="day">
            <h2 class="day-label"><span>{day(one.at)}</span></h2>
            <ol class="messages">
                <For each=rows key=|row| (row.item.id(), row.place) let:row>
                    <Bubble row actions other/>
                </For>
            </ol>
        </section>
    }
}

/// Down to the newest, with the number of those that came meanwhile.
#[component]
fn Jump(scroll: Scroll) -> impl IntoView {
    let unseen = scroll.timeline.unseen;
    let hidden = move || scroll.at_end.get() && scroll.timeline.at_end.get();
    let label = move || match unseen.get() {
        0 => words().conversation.new_messages.to_owned(),
        unseen => words().conversation.jump.of(unseen),
    };
    view! {
        <button type="button" class="jump" hidden=live(hidden) aria-label=live(label) data-test="jump" on:click=on(move |_| spawn_local(scroll.to_latest()))>
            {show(move || (unseen.get() > 0).then(|| view! { <span class="badge">{unseen.get()}</span> }))}
            <Icon glyph=Glyph::Down/>
        </button>
    }
}

impl Scroll {
    /// Shows a message that was looked for, or the newest ones.
    fn open(self, place: Route, open: Open) {
        let timeline = self.timeline;
        if let Route::Conversation {
            at: Some(position), ..
        } = place
        {
            spawn_local(timeline.open_around(position));
        } else if !timeline.loaded.get_untracked() {
            let (unread, first) = open.view.with_untracked(|view| (view.unread, view.first_unread));
            spawn_local(async move {
                timeline.open_latest(unread).await;
                timeline.new_from.try_set(first.filter(|_| unread > 0));
                timeline.target.try_set(Some(Target::News));
            });
        }
    }

    /// The person scrolled.
    fn moved(self) {
        let Some(list) = self.list.get_untracked() else {
            return;
        };
        let at_end = place::at_end(&list) && self.timeline.at_end.get_untracked();
        if self.at_end.get_untracked() != at_end {
            self.at_end.set(at_end);
        }
        if at_end {
            self.timeline.unseen.set(0);
        }
        if place::near_start(&list) && !self.timeline.at_start.get_untracked() {
            spawn_local(self.page_older(list));
        } else if place::near_end(&list) && !self.timeline.at_end.get_untracked() {
            spawn_local(self.page_newer(list));
        }
    }

    async fn page_older(self, list: HtmlDivElement) {
        if let Some(page) = self.timeline.older().await {
            place::keep(&list, || self.timeline.put_older(page)).await;
        }
    }

    async fn page_newer(self, list: HtmlDivElement) {
        if let Some(page) = self.timeline.newer().await {
            place::keep(&list, || self.timeline.put_newer(page)).await;
        }
    }

    /// A message came: who is at the end stays there, who reads further up isn't disturbed.
    async fn take(self, message: MessageView) {
        let Some(list) = self.list.get_untracked() else {
            return;
        };
        if place::at_end(&list) {
            self.timeline.put_arrived(message);
        } else {
            self.timeline.count_unseen(&message);
            place::keep(&list, || self.timeline.put_arrived(message)).await;
        }
    }

    async fn to_latest(self) {
        if !self.timeline.at_end.get_untracked() {
            self.timeline.open_latest(0).await;
            tick().await;
        }
        if let Some(list) = self.list.get_untracked() {
            list.set_scroll_top(0);
        }
        self.timeline.unseen.try_set(0);
    }

    /// Brings the target into view once it is laid out.
    fn aim(self, target: Option<Target>) {
        let Some(target) = target else { return };
        spawn_local(async move {
            tick().await;
            let Some(list) = self.list.get_untracked() else {
                return;
            };
            match target {
                Target::Latest => list.set_scroll_top(0),
                Target::News => bring_into_sight(&list, ".news"),
                Target::Found(position) => flash(&list, position),
            }
            self.timeline.target.try_set(None);
            self.moved();
        });
    }
}

/// Scrolls only if it isn't in sight.
fn bring_into_sight(list: &HtmlDivElement, selector: &str) {
    let Some(element) = list.query_selector(selector).ok().flatten() else {
        return;
    };
    let (edge, top) = (
        list.get_bounding_client_rect().top(),
        element.get_bounding_client_rect().top(),
    );
    if top < edge {
        element.scroll_into_view();
    }
}

fn flash(list: &HtmlDivElement, position: i64) {
    let Ok(Some(element)) = list.query_selector(&format!("[data-position='{position}']")) else {
        return;
    };
    let middle = ScrollIntoViewOptions::new();
    middle.set_block(ScrollLogicalPosition::Center);
    element.scroll_into_view_with_scroll_into_view_options(&middle);
    // The animation runs once, so a second search for the same message needs the class anew.
    let classes = element.class_list();
    let _ = classes.remove_1("flash");
    let _ = element.client_width();
    let _ = classes.add_1("flash");
}
