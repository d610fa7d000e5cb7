//! Whom a name means.

use crate::driver::Driver;
use crate::failure::Failure;
use sotto_engine::view::{ConversationView, PersonView};
use sotto_engine::{Command, CommandError, Outcome};
use sotto_keys::{AccountId, Username, UsernameError};
use std::str::FromStr;

/// How a person is named on the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Name {
    /// By 32 hexadecimal digits, even if somebody has them as username.
    Account(AccountId),
    /// By username.
    Username(Username),
}

impl FromStr for Name {
    type Err = UsernameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(account) => Ok(Self::Account(account)),
            Err(_) => text.parse().map(Self::Username),
        }
    }
}

/// The account of a person: one who is known here, or else one whom the server finds.
pub async fn find(driver: &mut Driver, name: &Name) -> Result<AccountId, Failure> {
    if let Some(account) = known(driver, name) {
        return Ok(account);
    }
    match name {
        Name::Username(username) => {
            driver.online().await?;
            let username = username.clone();
            match driver.run(Command::Find { username }).await? {
                Outcome::Person(person) => Ok(person.account),
                _ => Err(CommandError::Refused.into()),
            }
        }
        // Somebody without a username is known once they have written.
        Name::Account(_) => {
            driver.catch_up().await?;
            known(driver, name).ok_or(Failure::NO_SUCH_PERSON)
        }
    }
}

/// The account of a person with whom there is a conversation, here or in the mail that waits at the server.
pub async fn find_conversation(driver: &mut Driver, name: &Name) -> Result<AccountId, Failure> {
    if let Some(account) = talks(driver, name) {
        return Ok(account);
    }
    driver.catch_up().await?;
    talks(driver, name).ok_or(Failure::NO_SUCH_PERSON)
}

/// The conversation with an account, as it is now.
pub fn conversation(driver: &Driver, account: AccountId) -> Option<ConversationView> {
    let mut conversations = driver.engine().conversations(crate::clock::now()).into_iter();
    conversations.find(|conversation| conversation.person.account == account)
}

/// How a person is called: a name that `find` takes.
pub fn call(person: &PersonView) -> String {
    person
        .username
        .as_ref()
        .map_or_else(|| person.account.to_string(), ToString::to_string)
}

fn talks(driver: &Driver, name: &Name) -> Option<AccountId> {
    known(driver, name).filter(|account| conversation(driver, *account).is_some())
}

fn known(driver: &Driver, name: &Name) -> Option<AccountId> {
    match name {
        Name::Account(account) => driver.engine().safety_number(*account).map(|_| *account),
        Name::Username(username) => driver.engine().person_by_name(username),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_not_a_username() {
        let account = AccountId::from_bytes([0xAB; 16]);
        assert_eq!(account.to_string().parse(), Ok(Name::Account(account)));
        let name = |text: &str| Ok(Name::Username(text.parse().unwrap()));
        assert_eq!("bob".parse(), name("bob"));
        assert_eq!("abababab".parse(), name("abababab"));
        assert_eq!("Bob".parse::<Name>(), Err(UsernameError::ForbiddenCharacter));
    }
}
