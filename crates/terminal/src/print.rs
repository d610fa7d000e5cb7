//! What is printed: for people or for programs.

use crate::failure::Failure;
use serde::Serialize;
use std::ffi::OsString;
use std::fmt::Display;
use std::io::{self, Write};

/// For whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// People: lines of text.
    Text,
    /// Programs: a JSON object a line.
    Json,
}

impl Form {
    /// The form that a command line asks for, even one that isn't understood.
    pub fn asked_for(arguments: impl IntoIterator<Item = OsString>) -> Self {
        let mut options = arguments.into_iter().take_while(|argument| argument != "--");
        if options.any(|argument| argument == "--json") {
            Self::Json
        } else {
            Self::Text
        }
    }

    /// A value as one line; as text, whatever its `Display` makes of it.
    pub fn line(self, value: &(impl Serialize + Display)) -> Result<String, serde_json::Error> {
        match self {
            Self::Text => Ok(value.to_string()),
            Self::Json => serde_json::to_string(value),
        }
    }

    /// Prints a value to standard output, and returns when it is written.
    pub fn print(self, value: &(impl Serialize + Display)) -> Result<(), Failure> {
        let line = self.line(value).map_err(io::Error::from);
        let write = |line: String| {
            let mut out = io::stdout().lock();
            writeln!(out, "{line}")?;
            out.flush()
        };
        line.and_then(write).map_err(Failure::Output)
    }
}
