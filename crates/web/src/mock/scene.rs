//! Where the canned worker begins.

/// What is shown first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scene {
    /// Conversations.
    Open,
    /// No account.
    Empty,
    /// A locked vault with both ways to open it.
    Locked,
    /// Another tab.
    Elsewhere,
    /// Blocked storage.
    Broken,
    /// An account without conversations.
    Alone,
    /// Conversations without a connection.
    Offline,
}

impl Scene {
    /// By the name in the address.
    pub fn named(name: &str) -> Self {
        match name {
            "empty" => Self::Empty,
            "locked" => Self::Locked,
            "elsewhere" => Self::Elsewhere,
            "broken" => Self::Broken,
            "alone" => Self::Alone,
            "offline" => Self::Offline,
            _ => Self::Open,
        }
    }
}
