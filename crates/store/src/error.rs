//! Why storage failed.

/// Why storage failed. Whatever was asked for was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space is left.
    #[error("the storage is full")]
    Full,
    /// It can't be reached, or not in time.
    #[error("the storage is not available")]
    Unavailable,
    /// It holds what it can't hold.
    #[error("the storage is damaged")]
    Corrupt,
    /// It was written by a newer version of this program; it was not touched.
    #[error("the storage has version {found}, this program knows {supported}")]
    Newer {
        /// The storage's version.
        found: u32,
        /// The newest that this program knows.
        supported: u32,
    },
}
