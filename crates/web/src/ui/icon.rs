//! Icons: strokes on a grid of 24 by 24, drawn for Sotto.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Glyph {
    /// To where one came from.
    Back,
    /// Writing something new.
    Compose,
    /// Sliders.
    Settings,
    /// A looking glass.
    Search,
    /// Closed: encrypted.
    Lock,
    /// A shield with a tick: verified.
    Verified,
    /// A triangle: look here.
    Warning,
    /// Waits.
    Clock,
    /// One tick.
    Tick,
    /// Two ticks.
    Ticks,
    /// Failed.
    Failed,
    /// Three dots.
    More,
    /// Up and away.
    Send,
    /// A cross.
    Close,
    /// To the end.
    Down,
    /// A passkey.
    Key,
    /// Two sheets.
    Copy,
    /// A bin.
    Delete,
    /// An i.
    Info,
    /// Shown.
    Eye,
    /// Hidden.
    EyeOff,
    /// Nobody comes through.
    Block,
    /// Somebody without a name.
    Person,
    /// A finder.
    Scan,
    /// No connection.
    Offline,
    /// A panel at the side.
    Panel,
    /// A machine that serves.
    Server,
    /// A speech bubble.
    Bubble,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Back => "M15 5l-7 7 7 7",
            Self::Compose => {
                "M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6M10 14l.6-3.2L18 3.4a1.8 1.8 0 0 1 2.6 2.6l-7.4 7.4z"
            }
            Self::Settings => {
                "M4 7h8.5M17.5 7H20M4 17h2.5M11.5 17H20M12.5 7a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M6.5 17a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0"
            }
            Self::Search => "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.3 15.3L20 20",
            Self::Lock => {
                "M8 11V8a4 4 0 0 1 8 0v3M6.5 11h11a1.5 1.5 0 0 1 1.5 1.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 18.5v-6A1.5 1.5 0 0 1 6.5 11"
            }
            Self::Verified => {
                "M12 3l7.5 2.8v5.2c0 4.6-3.1 8.2-7.5 10c-4.4-1.8-7.5-5.4-7.5-10V5.8zM8.8 12l2.3 2.3 4.3-4.6"
            }
            Self::Warning => {
                "M10.6 4.8L2.9 18a1.6 1.6 0 0 0 1.4 2.4h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.8a1.6 1.6 0 0 0-2.8 0M12 9.5v4.5M12 17v.1"
            }
            Self::Clock => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 7.5V12l3 2",
            Self::Tick => "M5 12.5l4.5 4.5L19 7.5",
            Self::Ticks => "M1.8 12.8l4.2 4.2 9-9.5M10.5 15.6l1.4 1.4 9.8-9.5",
            Self::Failed => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 8v4.5M12 16v.1",
            Self::More => "M5.5 12v.01M12 12v.01M18.5 12v.01",
            Self::Send => "M12 19V5.5M6 11l6-6 6 6",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Down => "M12 5v14M6 13l6 6 6-6",
            Self::Key => "M3.5 15.5a4 4 0 1 0 8 0a4 4 0 1 0-8 0M10.4 12.6L19.5 3.5M15.5 7.5l3 3",
            Self::Copy => "M9 9h9.5v11H9zM15 5.5V4H5.5v11H9",
            Self::Delete => "M4.5 7h15M9.5 7V4h5v3M6.5 7l1 13h9l1-13M10.2 11v5M13.8 11v5",
            Self::Info => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 11v5M12 8v.1",
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5S21.5 12 21.5 12S18 18.5 12 18.5S2.5 12 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6"
            }
            Self::EyeOff => {
                "M9.5 5.9A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.6 3.4M6.2 7.3A16.5 16.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-.9M10 10a2.8 2.8 0 0 0 4 4M4 4l16 16"
            }
            Self::Block => "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M6 6l12 12",
            Self::Person => "M12 4a4 4 0 1 0 0 8a4 4 0 1 0 0-8M4.5 20c.8-3.8 3.8-5.5 7.5-5.5s6.7 1.7 7.5 5.5",
            Self::Scan => {
                "M4 8V5.5A1.5 1.5 0 0 1 5.5 4H8M16 4h2.5A1.5 1.5 0 0 1 20 5.5V8M20 16v2.5a1.5 1.5 0 0 1-1.5 1.5H16M8 20H5.5A1.5 1.5 0 0 1 4 18.5V16M4 12h16"
            }
            Self::Offline => {
                "M3 3l18 18M8.3 6.6A6 6 0 0 1 17.7 10a4 4 0 0 1 2.5 6.6M16 18.5H7a4.5 4.5 0 0 1-1.4-8.8"
            }
            Self::Panel => {
                "M5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5v-11A1.5 1.5 0 0 1 5.5 5M14.5 5v14"
            }
            Self::Server => {
                "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v3.5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 9.5V6a1.5 1.5 0 0 1 1.5-1.5M5.5 13h13a1.5 1.5 0 0 1 1.5 1.5V18a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18v-3.5A1.5 1.5 0 0 1 5.5 13M7.5 7.8v.01M7.5 16.3v.01"
            }
            Self::Bubble => {
                "M5.5 4.5h13A1.5 1.5 0 0 1 20 6v9a1.5 1.5 0 0 1-1.5 1.5H11L7 20v-3.5H5.5A1.5 1.5 0 0 1 4 15V6a1.5 1.5 0 0 1 1.5-1.5"
            }
        }
    }
}

/// An icon as large as its text. It says nothing to a screen reader: a word stands beside it, or a label above.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    let class = if glyph == Glyph::More {
        "icon icon-dots"
    } else {
        "icon"
    };
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=glyph.path()/>
        </svg>
    }
}
