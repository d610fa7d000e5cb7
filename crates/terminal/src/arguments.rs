//! The command line.

use crate::people::Name;
use crate::print::Form;
use crate::server_url::ServerUrl;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};
use sotto_keys::Username;
use std::ffi::OsString;
use std::path::PathBuf;

/// End-to-end encrypted messages from the terminal
///
/// The profile's passphrase comes from SOTTO_PASSPHRASE, or is asked for.
///
/// Exit codes: 0 done, 1 anything else, 2 usage, 3 no such person, 4 not let in, 5 no connection, 6 refused by the
/// server.
#[derive(Parser, Debug)]
#[command(name = "sotto", version, max_term_width = 100)]
pub struct Arguments {
    /// The folder of the profile: one account on one device
    #[arg(long, value_name = "DIR", env = "SOTTO_PROFILE")]
    pub profile: PathBuf,
    /// Print JSON, one object a line; errors too
    #[arg(long, global = true)]
    json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Make an account, and the profile for it
    Register(Register),
    /// Send a text and wait until the server has it; prints the message's id
    ///
    /// Without a connection the message stays queued, and the next run of any command that connects sends it.
    Send(Send),
    /// Print each message that came in and was not printed before
    ///
    /// Ends when everything that waited at the server is here, or so many seconds later. A message is printed once,
    /// unless the program is killed between printing it and writing that down: then it is printed again.
    Receive(Receive),
    /// Print a conversation, oldest message first, and mark it as read
    History(Person),
    /// Print all conversations, newest first
    Conversations,
    /// Let a stranger talk
    Accept(Person),
    /// Drop whatever a person writes from now on
    Block(Person),
    /// Print the safety number with a person, to be compared by another way
    SafetyNumber(Person),
    /// Note that the safety number was compared and is equal
    Verify(Verify),
    /// Print account, device, prekeys left on the server and queue lengths
    Status,
}

/// Whom it is about.
#[derive(Args, Debug)]
pub struct Person {
    /// A username, or an account's id in hexadecimal
    pub name: Name,
}

/// What `register` needs.
#[derive(Args, Debug)]
pub struct Register {
    /// Where the server is, such as https://chat.example.org
    #[arg(long, value_name = "URL")]
    pub server: ServerUrl,
    /// The name to be found by: 3 to 32 of a-z 0-9 _ .
    #[arg(long, value_name = "NAME")]
    pub username: Option<Username>,
}

/// What `send` needs.
#[derive(Args, Debug)]
pub struct Send {
    /// A username, or an account's id in hexadecimal
    pub name: Name,
    /// What to say; at most 65,536 bytes
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub text: String,
}

/// What `receive` needs.
#[derive(Args, Debug)]
pub struct Receive {
    /// Stay this long after everything that waited is here
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u32,
}

/// What `verify` needs.
#[derive(Args, Debug)]
pub struct Verify {
    /// A username, or an account's id in hexadecimal
    pub name: Name,
    /// The 60 digits that were compared
    #[arg(required = true)]
    pub digits: Vec<String>,
}

impl Arguments {
    /// Reads the command line.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(arguments)
    }

    /// How to print.
    pub fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    fn read(line: &str) -> Result<Arguments, ErrorKind> {
        let words = std::iter::once("sotto").chain(line.split(' '));
        Arguments::read(words.map(OsString::from)).map_err(|error| error.kind())
    }

    #[test]
    fn the_documented_commands_are_understood() {
        for line in [
            "--profile d register --server http://localhost:8080 --username alice",
            "--profile d register --server https://chat.example.org",
            "--profile d send bob hello",
            "--profile d send 000102030405060708090a0b0c0d0e0f hello",
            "--profile d receive --json",
            "--profile d receive --json --wait 5",
            "--profile d history bob --json",
            "--profile d accept bob",
            "--profile d block bob",
            "--profile d safety-number bob",
            "--profile d verify bob 12345 12345",
            "--profile d conversations --json",
            "--profile d status --json",
        ] {
            read(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn what_is_not_documented_is_refused() {
        use ErrorKind::{InvalidSubcommand, MissingRequiredArgument, UnknownArgument, ValueValidation};
        for (line, kind) in [
            ("--profile d register", MissingRequiredArgument),
            ("--profile d register --server ftp://host", ValueValidation),
            (
                "--profile d register --server http://h --username Alice",
                ValueValidation,
            ),
            ("--profile d send bob", MissingRequiredArgument),
            ("--profile d send Bob hello", ValueValidation),
            ("--profile d receive --wait soon", ValueValidation),
            ("--profile d verify bob", MissingRequiredArgument),
            ("--profile d whisper bob", InvalidSubcommand),
            ("--profile d status --loud", UnknownArgument),
        ] {
            assert_eq!(read(line).err(), Some(kind), "{line}");
        }
        let empty = ["sotto", "--profile", "d", "send", "bob", ""].map(OsString::from);
        assert!(Arguments::read(empty).is_err());
    }

    #[test]
    fn json_may_stand_anywhere() {
        for line in ["--json --profile d status", "--profile d status --json"] {
            assert_eq!(read(line).unwrap().form(), Form::Json);
        }
        assert_eq!(read("--profile d status").unwrap().form(), Form::Text);
    }
}
