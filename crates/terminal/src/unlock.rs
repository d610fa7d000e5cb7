//! From a folder and a passphrase to a running engine.

use crate::driver::Driver;
use crate::failure::Failure;
use crate::passphrase::{self, Purpose};
use sotto_client_store::{Folder, OpenError, Profile, WrapSecret};
use std::path::Path;

/// Unlocks the profile in a folder.
pub fn unlock(folder: &Path) -> Result<Driver, Failure> {
    let profile =
        Profile::open(&Folder::new(folder))?.ok_or_else(|| Failure::NoProfile(folder.to_owned()))?;
    let server = profile.header().server.parse().map_err(|_| OpenError::Damaged)?;
    let passphrase = passphrase::read(Purpose::Unlock)?;
    let store = profile.unlock(&WrapSecret::Passphrase(&passphrase))?;
    Driver::open(store, server)
}
