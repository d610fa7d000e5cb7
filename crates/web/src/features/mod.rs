//! One folder for each thing that a person does.

pub mod composer;
pub mod connection;
pub mod conversation;
pub mod erase;
pub mod keyboard;
pub mod list;
pub mod onboarding;
pub mod people;
pub mod settings;
pub mod timeline;
pub mod trust;
pub mod unlock;
