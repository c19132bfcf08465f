//! What can go wrong, sorted by what somebody can do about it.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

/// A failed call. `Display` is a plain sentence about what was tried and what came back; [`Error::next_step`] says what to do;
/// [`Error::class`] says whether trying again is safe.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Error {
    /// No connection: the name is unknown, nobody listens, or the line broke before the request was sent.
    #[error("{host} could not be reached: {cause}.")]
    Unreachable { host: String, cause: Unreachable },
    /// The connection was made but its encryption could not be trusted.
    #[error("A secure connection to {host} could not be made: {trouble}.")]
    Tls { host: String, trouble: TlsTrouble },
    #[error("{host} did not answer in time: {phase} took longer than {} seconds.", .after.as_secs())]
    TimedOut {
        host: String,
        phase: Phase,
        after: Duration,
    },
    /// The connection broke after the request was sent.
    #[error("The connection to {host} broke off before the whole answer arrived.")]
    Dropped { host: String },
    /// 401.
    #[error("{host} did not accept the token{}", quoted(.said))]
    Unauthorized { host: String, said: Said },
    /// 403.
    #[error("{host} knows the token but does not allow this{}", quoted(.said))]
    Forbidden { host: String, said: Said },
    /// 404. For one person this is `Ok(None)` instead; here it means that the address itself has nothing.
    #[error("There is nothing at {path} on {host}{}", quoted(.said))]
    NotFound {
        host: String,
        path: Box<str>,
        said: Said,
    },
    /// Something answered, but it was not SCIM.
    #[error("{host} answered with {what}, not with SCIM data (status {status}).")]
    NotScim {
        host: String,
        status: u16,
        what: String,
    },
    /// 409, most often a value that must be unique (RFC 7644 section 3.12).
    #[error("{host} refused the change because it collides with another record{}", quoted(.said))]
    Conflict { host: String, said: Said },
    /// 412: the record changed since it was read.
    #[error("The record changed at {host} since it was read{}", quoted(.said))]
    Precondition { host: String, said: Said },
    /// 429, after waiting as often as [`crate::Retry`] allows or because the wait asked for is longer than its patience.
    #[error("{host} asks for fewer requests{}.", wait(.retry_after))]
    TooMany {
        host: String,
        retry_after: Option<Duration>,
    },
    /// The hourly budget kept by [`crate::Pace`] is spent; nothing was sent.
    #[error("The hourly budget of requests is used up{}.", until(.resumes))]
    Quota { resumes: Option<Timestamp> },
    /// 5xx on a read. On a write it arrives inside [`Error::Ambiguous`].
    #[error("{host} has a problem of its own (status {}){}", .said.status, quoted(.said))]
    Server {
        host: String,
        said: Said,
        retry_after: Option<Duration>,
    },
    /// Any other refusal: 400, 405, 413, 415, 422, 501 …
    #[error("{host} refused the request (status {}){}", .said.status, quoted(.said))]
    Invalid { host: String, said: Said },
    /// The service declares or shows that it can't do this.
    #[error("{host} can't do this: {what}.")]
    Unsupported { host: String, what: String },
    /// A write that may have happened: read before doing anything else.
    #[error("It is not known whether {host} carried out the change. {0}", host = ambiguous_host(.0))]
    Ambiguous(Box<Error>),
    #[error("The answer of {host} could not be read as SCIM: {detail}.")]
    Malformed { host: String, detail: String },
    #[error("The answer of {host} is larger than {} MB, so it was not read.", .limit / 1_000_000)]
    TooLarge { host: String, limit: usize },
    /// The service points elsewhere. Nothing was sent there.
    #[error("{host} sends requests on to {to}. The token was not sent there.")]
    Redirected { host: String, to: String },
    /// The token holds characters that can't be sent in a header.
    #[error(
        "The token contains characters that no token has, such as a line break or a letter with an accent."
    )]
    UnusableToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreachable {
    #[error("no computer has this name")]
    Dns,
    #[error("nothing answers at this address")]
    Refused,
    #[error("the network connection failed")]
    Network,
}

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Phase {
    #[error("making the connection")]
    Connect,
    #[error("waiting for the answer")]
    Headers,
    #[error("a pause in the middle of the answer")]
    Body,
}

/// What the service said about a refusal, in whatever form it said it (SCIM Error, JSON:API, `{message}`, HTML, nothing).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The HTTP status, which wins over a status in the body.
    pub status: u16,
    /// RFC 7644 section 3.12: `uniqueness`, `invalidFilter`, `noTarget` …
    pub scim_type: Option<String>,
    /// One readable line, never HTML, never longer than 500 characters.
    pub detail: Option<String>,
    /// The service's own id of the exchange, for a support request.
    pub request_id: Option<String>,
}

/// Why a connection could not be trusted. Muster verifies every certificate, on loopback too.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsTrouble {
    #[error("its certificate has expired")]
    Expired,
    #[error("its certificate is not valid yet")]
    NotValidYet,
    #[error("its certificate belongs to another name")]
    OtherName,
    #[error("its certificate comes from an authority this computer does not know")]
    UnknownAuthority,
    #[error("its certificate has been revoked")]
    Revoked,
    #[error("it answers without encryption at this address")]
    NotEncrypted,
    #[error("its certificate could not be verified")]
    NotVerified,
    #[error("the two sides could not agree on an encryption")]
    NoAgreement,
    /// On this side, before anything was sent.
    #[error("encryption could not be set up ({0})")]
    NotSetUp(String),
}

impl TlsTrouble {
    fn next_step(&self) -> &'static str {
        match self {
            TlsTrouble::Expired => {
                "Check this computer's date. If it is right, ask whoever runs the service to renew its certificate."
            }
            TlsTrouble::NotValidYet => "Check this computer's date and time.",
            TlsTrouble::OtherName => {
                "Check the spelling of the address. A guest network that wants a sign-in first answers like this too."
            }
            TlsTrouble::UnknownAuthority | TlsTrouble::NotVerified => {
                "If your company inspects network traffic, ask IT to install its certificate on this computer."
            }
            TlsTrouble::Revoked => {
                "Ask whoever runs the service, and send nothing to it until then."
            }
            TlsTrouble::NotEncrypted => {
                "Check the address and its port. Muster never connects without encryption."
            }
            TlsTrouble::NoAgreement => {
                "Ask IT whether a proxy or the service allows only outdated encryption. Muster uses TLS 1.2 and 1.3."
            }
            TlsTrouble::NotSetUp(_) => {
                "Restart Muster. If it stays, ask IT about this computer's certificates."
            }
        }
    }
}

impl Error {
    /// What to do about it: one sentence for the person at the screen.
    pub fn next_step(&self) -> &'static str {
        match self {
            Error::Unreachable {
                cause: Unreachable::Dns,
                ..
            } => {
                "Check the spelling of the address; in Peakon the part before .peakon.com is your company's own."
            }
            Error::Unreachable {
                cause: Unreachable::Refused,
                ..
            } => {
                "Check the address and its port. If they are right, the service may be switched off."
            }
            Error::Unreachable {
                cause: Unreachable::Network,
                ..
            } => "Check this computer's network, VPN or proxy, then try again.",
            Error::Tls { trouble, .. } => trouble.next_step(),
            Error::TimedOut { .. } => {
                "Check the network, VPN or proxy, then try again. The service may be busy."
            }
            Error::Dropped { .. } => {
                "Try again. If it keeps happening, ask IT whether a proxy cuts long answers."
            }
            Error::Unauthorized { .. } => {
                "Copy the token again from Peakon under Administration, Integrations, Employee provisioning. It may have been regenerated."
            }
            Error::Forbidden { .. } => {
                "Ask a Peakon administrator whether employee provisioning is switched on and part of your plan, and whether this token may use it."
            }
            Error::NotFound { .. } => {
                "Copy the SCIM 2.0 URL again from Peakon. It ends with /api/scim/v2; older ones end with /scim/v2."
            }
            Error::NotScim { .. } => {
                "This is probably a web page, not the SCIM address. Copy the SCIM 2.0 URL from Peakon under Administration, Integrations, Employee provisioning."
            }
            Error::Conflict { .. } => {
                "Look for another person with the same e-mail address or employee number."
            }
            Error::Precondition { .. } => "Read the person again and look at the change once more.",
            Error::TooMany { .. } => "Wait, then continue. Nothing is lost.",
            Error::Quota { .. } => "Wait until the next hour. Muster continues by itself.",
            Error::Server { .. } => {
                "Try again later. If it stays, send the request id to the service's support."
            }
            Error::Invalid { .. } => {
                "Look at what the service said about the value, change it, and try again."
            }
            Error::Unsupported { .. } => "Use another way to make this change.",
            Error::Ambiguous(_) => "Read the person again before trying once more.",
            Error::Malformed { .. } => {
                "Check that the address is the SCIM address. If it is, show this to the service's support."
            }
            Error::TooLarge { .. } => {
                "Check that the address is the SCIM address. If it is, use smaller pages."
            }
            Error::Redirected { .. } => {
                "If the new address is the right one, connect to it directly."
            }
            Error::UnusableToken => "Copy the token again, without anything before or after it.",
        }
    }

    /// What the service said, where it said something.
    pub fn said(&self) -> Option<&Said> {
        match self {
            Error::Unauthorized { said, .. }
            | Error::Forbidden { said, .. }
            | Error::NotFound { said, .. }
            | Error::Conflict { said, .. }
            | Error::Precondition { said, .. }
            | Error::Server { said, .. }
            | Error::Invalid { said, .. } => Some(said),
            Error::Ambiguous(source) => source.said(),
            _ => None,
        }
    }

    /// `scimType` of the refusal, compared without regard to case.
    pub fn is_scim_type(&self, scim_type: &str) -> bool {
        self.said()
            .and_then(|said| said.scim_type.as_deref())
            .is_some_and(|found| found.eq_ignore_ascii_case(scim_type))
    }
}

fn quoted(said: &Said) -> String {
    match &said.detail {
        Some(detail) => {
            let end = if detail.ends_with(['.', '!', '?', '…']) {
                ""
            } else {
                "."
            };
            format!(". It said: {detail}{end}")
        }
        None => ".".to_owned(),
    }
}

fn wait(retry_after: &Option<Duration>) -> String {
    match retry_after {
        Some(wait) if wait.as_secs() >= 120 => {
            format!(", for {} minutes", wait.as_secs().div_ceil(60))
        }
        Some(wait) => format!(", for {} seconds", wait.as_secs().max(1)),
        None => String::new(),
    }
}

fn until(resumes: &Option<Timestamp>) -> String {
    match resumes {
        Some(at) => format!(" until {}", at.strftime("%H:%M UTC")),
        None => String::new(),
    }
}

fn ambiguous_host(source: &Error) -> &str {
    match source {
        Error::Unreachable { host, .. }
        | Error::Tls { host, .. }
        | Error::TimedOut { host, .. }
        | Error::Dropped { host }
        | Error::Unauthorized { host, .. }
        | Error::Forbidden { host, .. }
        | Error::NotFound { host, .. }
        | Error::NotScim { host, .. }
        | Error::Conflict { host, .. }
        | Error::Precondition { host, .. }
        | Error::TooMany { host, .. }
        | Error::Server { host, .. }
        | Error::Invalid { host, .. }
        | Error::Unsupported { host, .. }
        | Error::Malformed { host, .. }
        | Error::TooLarge { host, .. }
        | Error::Redirected { host, .. } => host,
        Error::Ambiguous(source) => ambiguous_host(source),
        Error::Quota { .. } | Error::UnusableToken => "the service",
    }
}
