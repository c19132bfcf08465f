//! Bringing the mirror up to date: one full scan, compared person by person.

pub(crate) mod record;

pub(crate) use record::{Difference, Recorder, differences, record};

use crate::error::{Code, Error};

/// What a failed call is to a host: what was tried, what came back and what to do next.
pub(crate) fn failure(error: scim::Error) -> Error {
    let code = match &error {
        scim::Error::Unauthorized { .. } | scim::Error::UnusableToken => Code::Token,
        scim::Error::Unreachable { .. }
        | scim::Error::TimedOut { .. }
        | scim::Error::Dropped { .. }
        | scim::Error::Tls { .. } => Code::Unreachable,
        scim::Error::TooMany { .. } | scim::Error::Quota { .. } => Code::Precondition,
        _ => Code::Failed,
    };
    Error::new(code, format!("{error} {}", error.next_step())).with_detail(format!("{error:?}"))
}
