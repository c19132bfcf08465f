//! What a failed request failed of, in words.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use crate::error::{Error, Said, TlsTrouble};

/// The error for a status outside 2xx and 3xx, also for one operation of a bulk answer.
pub(crate) fn refused(
    host: String,
    method: &str,
    path: &str,
    said: Said,
    retry_after: Option<Duration>,
) -> Error {
    match said.status {
        401 => Error::Unauthorized { host, said },
        403 => Error::Forbidden { host, said },
        404 | 410 => Error::NotFound {
            host,
            path: path.into(),
            said,
        },
        405 | 501 => {
            let what = said
                .detail
                .unwrap_or_else(|| format!("{method} is not offered at {path}"));
            Error::Unsupported {
                host,
                what: what.trim_end_matches('.').to_owned(),
            }
        }
        409 => Error::Conflict { host, said },
        412 => Error::Precondition { host, said },
        429 => Error::TooMany { host, retry_after },
        408 | 500.. => Error::Server {
            host,
            said,
            retry_after,
        },
        _ => Error::Invalid { host, said },
    }
}

pub(super) struct Causes {
    /// Every message of the chain beneath the error, in lower case.
    pub text: String,
    pub kinds: Vec<io::ErrorKind>,
}

pub(super) fn causes(error: &reqwest::Error) -> Causes {
    let mut found = Causes {
        text: String::new(),
        kinds: Vec::new(),
    };
    // Not from the error itself: it names the address, and “tls” may stand in one.
    let mut next = error.source();
    while let Some(cause) = next {
        found.text.push_str(&cause.to_string().to_lowercase());
        found.text.push('\n');
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            found.kinds.push(io.kind());
            // An io::Error hides the error inside it from the chain.
            if let Some(inner) = io.get_ref() {
                found.text.push_str(&inner.to_string().to_lowercase());
                found.text.push('\n');
            }
        }
        next = cause.source();
    }
    found
}

pub(super) fn is_io(error: &reqwest::Error) -> bool {
    causes(error).kinds.iter().any(|kind| {
        !matches!(
            kind,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    })
}

/// What is wrong with the encryption, if that is what is wrong.
pub(super) fn tls_trouble(text: &str) -> Option<TlsTrouble> {
    let has = |part: &str| text.contains(part);
    let tls = [
        "certificate",
        "handshake",
        "tls",
        "corrupt message",
        "unknownissuer",
        "notvalidforname",
        "peer incompatible",
    ];
    if !tls.iter().any(|word| has(word)) {
        return None;
    }
    Some(if has("expired") {
        TlsTrouble::Expired
    } else if has("notvalidyet") || has("not valid yet") {
        TlsTrouble::NotValidYet
    } else if has("notvalidforname") || has("not valid for name") || has("hostname mismatch") {
        TlsTrouble::OtherName
    } else if has("unknownissuer")
        || has("unknown issuer")
        || has("self signed")
        || has("self-signed")
        || has("not trusted")
    {
        TlsTrouble::UnknownAuthority
    } else if has("revoked") {
        TlsTrouble::Revoked
    } else if has("corrupt message") || has("invalidcontenttype") {
        TlsTrouble::NotEncrypted
    } else if has("certificate") {
        TlsTrouble::NotVerified
    } else {
        TlsTrouble::NoAgreement
    })
}
