//! What reaches a host: a code to branch on and a sentence to show.

use serde::Serialize;
use specta::Type;

/// Exists only while something branches on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No token, or no longer accepted: offer to give it again.
    Token,
    /// No keychain: offer "this session only".
    NoKeychain,
    /// The service could not be reached: offer to try again.
    Unreachable,
    /// A brake stops the plan: exit code 4, or ask for the number.
    Brake,
    /// What is asked for is based on something that moved: reload and look again.
    Stale,
    /// Another run or sync holds the connection.
    Busy,
    /// Can't be done now or with this input; the message says why.
    Precondition,
    /// Ended at the admin's word.
    Cancelled,
    /// Anything else.
    Failed,
}

/// A sentence for a person, a code for the page, details to copy.
#[derive(Debug, Clone, thiserror::Error, Serialize, Type)]
#[error("{message}")]
pub struct Error {
    pub code: Code,
    pub message: String,
    pub detail: Option<String>,
}

/// Shorthand for what this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The message is shown as it is: what was tried, what came back, what to do next.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            detail: None,
        }
    }

    /// "Can't be done now": not a failure.
    pub fn precondition(message: impl Into<String>) -> Self {
        Self::new(Code::Precondition, message)
    }

    /// With what is worth copying for whoever looks into it. Never a token.
    #[must_use]
    pub fn with_detail(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        let code = match error {
            store::Error::Busy => Code::Busy,
            _ => Code::Failed,
        };
        Self::new(code, error.to_string()).with_detail(format!("{error:?}"))
    }
}
