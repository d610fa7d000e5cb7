//! Where one is: every view has an address.

use crate::browser::history;
use leptos::prelude::*;
use sotto_web_worker::messages::AccountId;

/// A view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Route {
    /// `/`: the list, nothing open.
    Home,
    /// `/new`: finding a person.
    New,
    /// `/settings`
    Settings,
    /// `/c/ACCOUNT`, `/c/ACCOUNT/details`, `/c/ACCOUNT/verify`, and `?at=POSITION` for a message.
    Conversation {
        /// Whose.
        account: AccountId,
        /// What stands beside the timeline.
        side: Side,
        /// The position of the message to show.
        at: Option<i64>,
    },
}

/// What stands beside a timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Nothing.
    Closed,
    /// The person.
    Details,
    /// Their safety number.
    Verify,
}

impl Route {
    /// A conversation with nothing beside it.
    pub const fn conversation(account: AccountId) -> Self {
        Self::beside(account, Side::Closed)
    }

    /// A conversation with something beside it.
    pub const fn beside(account: AccountId, side: Side) -> Self {
        Self::Conversation {
            account,
            side,
            at: None,
        }
    }

    /// The view at an address; an unknown one leads home.
    pub fn parse(path: &str, query: &str) -> Self {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let at = query
            .trim_start_matches('?')
            .split('&')
            .find_map(|pair| pair.strip_prefix("at="))
            .and_then(|position| position.parse().ok());
        let conversation = |account: &str, side| {
            account
                .parse()
                .map_or(Self::Home, |account| Self::Conversation { account, side, at })
        };
        match parts[..] {
            ["new"] => Self::New,
            ["settings"] => Self::Settings,
            ["c", account] => conversation(account, Side::Closed),
            ["c", account, "details"] => conversation(account, Side::Details),
            ["c", account, "verify"] => conversation(account, Side::Verify),
            _ => Self::Home,
        }
    }

    /// Its address.
    pub fn path(self) -> String {
        match self {
            Self::Home => "/".to_owned(),
            Self::New => "/new".to_owned(),
            Self::Settings => "/settings".to_owned(),
            Self::Conversation { account, side, at } => {
                let side = match side {
                    Side::Closed => "",
                    Side::Details => "/details",
                    Side::Verify => "/verify",
                };
                let at = at.map(|at| format!("?at={at}")).unwrap_or_default();
                format!("/c/{account}{side}{at}")
            }
        }
    }

    /// Whose conversation it is.
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Conversation { account, .. } => Some(account),
            _ => None,
        }
    }

    /// What stands beside the timeline.
    pub const fn side(self) -> Side {
        match self {
            Self::Conversation { side, .. } => side,
            _ => Side::Closed,
        }
    }
}

/// Follows the address and changes it.
#[derive(Clone, Copy)]
pub struct Router {
    route: RwSignal<Route>,
}

impl Router {
    /// Starts where the address bar says, and follows the back button and links to views.
    pub fn start() -> Self {
        let route = RwSignal::new(history::current());
        let router = Self { route };
        history::on_back(move || route.set(history::current()));
        history::on_link(move |target| router.go(target));
        router
    }

    /// The current view; tracked.
    pub fn get(self) -> Route {
        self.route.get()
    }

    /// The current view, not tracked.
    pub fn peek(self) -> Route {
        self.route.get_untracked()
    }

    /// Goes somewhere, with an entry in the history.
    pub fn go(self, target: Route) {
        if self.peek() != target {
            history::push(&target.path());
            self.route.set(target);
        }
    }
}

/// The router of this page.
pub fn use_router() -> Router {
    expect_context()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_has_an_address_that_leads_back() {
        let account = AccountId::from_bytes([0xab; 16]);
        let at = Route::Conversation {
            account,
            side: Side::Closed,
            at: Some(-7),
        };
        for route in [
            Route::Home,
            Route::New,
            Route::Settings,
            Route::conversation(account),
            Route::beside(account, Side::Verify),
            Route::beside(account, Side::Details),
            at,
        ] {
            let path = route.path();
            let (path, query) = path.split_once('?').unwrap_or((&path, ""));
            assert_eq!(Route::parse(path, query), route);
        }
        assert_eq!(Route::parse("/c/zz", ""), Route::Home);
        assert_eq!(Route::parse("/c/a/b/c", "?at=x"), Route::Home);
    }
}
