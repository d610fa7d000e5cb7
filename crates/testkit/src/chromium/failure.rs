//! What went wrong in a browser, told so that it can be understood from the test's output alone.

use std::fmt;
use std::io;
use std::path::PathBuf;

use chromiumoxide::error::CdpError;

/// Something that a person could not do.
///
/// `Debug` shows everything: a test that returns it explains itself.
pub struct Failure {
    /// Whose tab.
    pub who: String,
    /// What they tried.
    pub tried: String,
    /// What came in the way.
    pub cause: Box<Cause>,
    /// What the page wrote to the console.
    pub console: Vec<String>,
    /// A picture of the page.
    pub screenshot: Option<PathBuf>,
}

/// What came in the way.
#[derive(Debug)]
pub enum Cause {
    /// Chromium itself reports an error.
    Chromium(CdpError),
    /// The page's script throws, or Chromium can't be set up; what it says.
    Script(String),
    /// It did not come to pass in time; what the page showed instead.
    TooLate(String),
    /// The machine's files or network.
    Io(io::Error),
}

impl Failure {
    pub(crate) fn starting(cause: Cause) -> Self {
        Self {
            who: "Chromium".to_owned(),
            tried: "start".to_owned(),
            cause: Box::new(cause),
            console: Vec::new(),
            screenshot: None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chromium(error) => write!(formatter, "{error}"),
            Self::Script(message) => write!(formatter, "{message}"),
            Self::TooLate(shown) => write!(formatter, "too late; the page shows:\n{shown}"),
            Self::Io(error) => write!(formatter, "{error}"),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} could not {}: {}", self.who, self.tried, self.cause)?;
        for line in &self.console {
            writeln!(formatter, "  console: {line}")?;
        }
        if let Some(file) = &self.screenshot {
            writeln!(formatter, "  screenshot: {}", file.display())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl std::error::Error for Failure {}
