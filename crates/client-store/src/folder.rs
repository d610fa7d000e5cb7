//! Where a profile's files lie.

#[cfg(not(target_family = "wasm"))]
mod directory;
#[cfg(target_family = "wasm")]
mod private_file_system;

#[cfg(not(target_family = "wasm"))]
pub use directory::Folder;
#[cfg(not(target_family = "wasm"))]
pub(crate) use directory::Lock;
#[cfg(target_family = "wasm")]
pub use private_file_system::Folder;
#[cfg(target_family = "wasm")]
pub(crate) use private_file_system::Lock;
