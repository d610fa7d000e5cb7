//! Taking hold of the origin's files.

use core::time::Duration;

use sotto_client_store::Folder;
use sotto_sqlite::{InstallError, install_opfs};

use super::timer::sleep;
use crate::messages::StorageFault;

/// The tab that had the files lets go of them when it notices that it lost the lock; a closed tab's worker takes a
/// moment to end.
const TRIES: u32 = 100;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Takes hold of the files, for the first time or again.
pub(super) async fn take(folder: Option<&Folder>) -> Result<Folder, StorageFault> {
    let mut result = try_once(folder).await;
    for _ in 1..TRIES {
        if !matches!(result, Err(InstallError::InUse)) {
            break;
        }
        sleep(BETWEEN_TRIES).await;
        result = try_once(folder).await;
    }
    result.map_err(|error| match error {
        InstallError::Full => StorageFault::Full,
        InstallError::Unsupported | InstallError::Blocked | InstallError::InUse | InstallError::Other(_) => {
            StorageFault::Blocked
        }
    })
}

async fn try_once(folder: Option<&Folder>) -> Result<Folder, InstallError> {
    match folder {
        Some(folder) => folder.files().resume().await.map(|()| folder.clone()),
        None => install_opfs().await.map(Folder::new),
    }
}
