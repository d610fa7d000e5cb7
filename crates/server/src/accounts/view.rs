//! An account as others see it.

use crate::app::State;
use sotto_store::{AccountRecord, StoreError};
use sotto_wire::api::{Account, Discovery};

/// Puts together what others may see.
pub(super) async fn view(app: &State, record: AccountRecord) -> Result<Account, StoreError> {
    let lists = app.stores.devices.lists(record.account).await?;
    let devices = app.stores.devices.in_force(record.account).await?;
    let listed = record.discovery == Discovery::Listed;
    Ok(Account {
        account: record.account,
        username: record.username.filter(|_| listed),
        root: record.root.into(),
        lists: lists.into_iter().map(Into::into).collect(),
        certificates: devices
            .into_iter()
            .map(|device| device.certificate.into())
            .collect(),
    })
}
