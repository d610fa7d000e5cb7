//! What the store's errors mean to the person.

use sotto_client_store::{CommitError, CreateError, OpenError, ReadError, UnlockError};

use crate::messages::{StorageFault, WorkerError};

impl From<CommitError> for StorageFault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Full => Self::Full,
            CommitError::Damaged => Self::Damaged,
            CommitError::Io(_) => Self::Blocked,
        }
    }
}

impl From<ReadError> for StorageFault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged => Self::Damaged,
            ReadError::Io(_) => Self::Blocked,
        }
    }
}

impl From<OpenError> for StorageFault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Newer => Self::Newer,
            OpenError::Damaged => Self::Damaged,
            OpenError::Full => Self::Full,
            OpenError::InUse | OpenError::Io(_) => Self::Blocked,
        }
    }
}

impl From<UnlockError> for WorkerError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongSecret => Self::WrongSecret,
            UnlockError::Open(error) => Self::Storage(error.into()),
        }
    }
}

impl From<CreateError> for WorkerError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists | CreateError::NoWrap => Self::WrongPhase,
            CreateError::Open(error) => Self::Storage(error.into()),
            CreateError::Commit(error) => Self::Storage(error.into()),
        }
    }
}

impl From<ReadError> for WorkerError {
    fn from(error: ReadError) -> Self {
        Self::Storage(error.into())
    }
}

impl From<StorageFault> for WorkerError {
    fn from(fault: StorageFault) -> Self {
        Self::Storage(fault)
    }
}
