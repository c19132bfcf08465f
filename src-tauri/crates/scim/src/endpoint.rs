//! The address of a SCIM service, as somebody pastes it.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

const PEAKON_PATH: &str = "/api/scim/v2";
const OLD_PEAKON_PATH: &str = "/scim/v2";

/// What people paste after the base address because they copied it from a request (RFC 7644 section 3.2).
const RESOURCE_PATHS: [&str; 9] = [
    "users",
    "groups",
    "me",
    "bulk",
    "schemas",
    "resourcetypes",
    "serviceproviderconfig",
    "serviceproviderconfigs",
    ".search",
];

/// What comes along when an address is copied out of a page or a mail.
fn is_stray(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'<>“”‘’«»`,;\u{feff}\u{200b}".contains(c)
}

/// The base address of a SCIM service: `https`, or `http` to this machine only. No query, fragment, user name or trailing slash.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Endpoint(Url);

/// Why an address can't be used. Each is a sentence for the person who pasted it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EndpointError {
    #[error(
        "There is no address yet. Paste the SCIM 2.0 URL shown in Peakon under Administration, Integrations, Employee provisioning."
    )]
    Empty,
    #[error(
        "“{0}” is not a web address. Paste the SCIM 2.0 URL shown in Peakon; it looks like https://your-company.peakon.com/api/scim/v2."
    )]
    NotAnAddress(String),
    #[error(
        "{0} starts with http, so the token would cross the network unprotected. Use the address that starts with https."
    )]
    NotEncrypted(String),
    #[error("Addresses that start with “{0}:” can't be used. A SCIM address starts with https.")]
    UnknownScheme(String),
    #[error(
        "The address contains a user name or password. Paste the address alone; the token goes into its own field."
    )]
    HasCredentials,
}

impl Endpoint {
    /// Reads an address the way people paste it: spaces, quotes and brackets around it, a missing `https://`, a trailing slash,
    /// a query, or a pasted resource path such as `/Users` are all taken off.
    pub fn parse(text: &str) -> Result<Endpoint, EndpointError> {
        let text = text.trim_matches(is_stray);
        if text.is_empty() {
            return Err(EndpointError::Empty);
        }
        let not_an_address = || EndpointError::NotAnAddress(shorten(text));
        if text.chars().any(char::is_whitespace) {
            return Err(not_an_address());
        }
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let mut url = Url::parse(&with_scheme).map_err(|_| not_an_address())?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(EndpointError::NotEncrypted(
                    url.host_str().unwrap_or_default().to_owned(),
                ));
            }
            other => return Err(EndpointError::UnknownScheme(other.to_owned())),
        }
        let host = url.host_str().ok_or_else(not_an_address)?.to_owned();
        // One word is far more often a mistyped name than a host on the company's own network, unless a scheme was written.
        if !text.contains("://") && !host.contains(['.', ':']) && host != "localhost" {
            return Err(not_an_address());
        }
        // The parser of addresses lets quotes and other marks pass in a host; no name server does.
        let is_name = host.chars().any(|c| c.is_ascii_alphanumeric())
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c));
        if !is_name {
            return Err(not_an_address());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::HasCredentials);
        }
        url.set_query(None);
        url.set_fragment(None);
        let mut path = url.path().to_owned();
        loop {
            let shorter = base_path(path.trim_end_matches(is_stray));
            if shorter == path {
                break;
            }
            path = shorter;
        }
        if path.is_empty() && (host == "peakon.com" || host.ends_with(".peakon.com")) {
            path = PEAKON_PATH.to_owned();
        }
        url.set_path(&path);
        Ok(Endpoint(url))
    }

    /// The address without a trailing slash.
    pub fn url(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Host name, with the port where it is not the usual one.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether the service runs on this machine (and may therefore speak plain http).
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Other places the same service may have its SCIM address: `/scim/v2` against `/api/scim/v2`, and both where no path was given.
    pub fn alternatives(&self) -> Vec<Endpoint> {
        let path = self.0.path().trim_end_matches('/');
        let lower = path.to_ascii_lowercase();
        let mut paths: Vec<String> = Vec::new();
        if lower.ends_with(PEAKON_PATH) {
            paths.push(format!(
                "{}{OLD_PEAKON_PATH}",
                &path[..path.len() - PEAKON_PATH.len()]
            ));
        } else if lower.ends_with(OLD_PEAKON_PATH) {
            paths.push(format!(
                "{}{PEAKON_PATH}",
                &path[..path.len() - OLD_PEAKON_PATH.len()]
            ));
        } else if lower.ends_with("/api")
            || lower.ends_with("/api/scim")
            || lower.ends_with("/scim")
        {
            let stem = path.trim_end_matches("/scim").trim_end_matches("/api");
            paths.extend([
                format!("{stem}{PEAKON_PATH}"),
                format!("{stem}{OLD_PEAKON_PATH}"),
            ]);
        } else {
            paths.extend([PEAKON_PATH.to_owned(), OLD_PEAKON_PATH.to_owned()]);
        }
        paths
            .into_iter()
            .map(|path| {
                let mut url = self.0.clone();
                url.set_path(&path);
                Endpoint(url)
            })
            .filter(|other| other != self)
            .collect()
    }

    /// `https://host/api/scim/v2` + `Users` + `42`, each segment encoded.
    pub fn join(&self, segments: &[&str]) -> Url {
        let mut text = self.url().to_owned();
        for segment in segments {
            text.push('/');
            text.push_str(&encode(segment));
        }
        Url::parse(&text).expect("BUG: an encoded segment after a valid address is a valid address")
    }

    /// Whether a redirect to `other` would stay with the service the token belongs to.
    pub(crate) fn same_origin(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }
}

/// Percent-encodes everything but RFC 3986 unreserved characters. A space is `%20`: not every service reads `+` as one.
pub(crate) fn encode(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    encoded.replace('+', "%20").replace('*', "%2A")
}

/// Where a person is read and written below the service's address, or people are listed and created without an id.
pub fn person_path(id: Option<&str>) -> String {
    match id {
        Some(id) => format!("/Users/{}", encode(id)),
        None => "/Users".to_owned(),
    }
}

fn base_path(path: &str) -> String {
    let mut segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if let Some(at) = segments
        .iter()
        .position(|segment| RESOURCE_PATHS.contains(&segment.to_ascii_lowercase().as_str()))
    {
        segments.truncate(at);
    }
    segments
        .iter()
        .map(|segment| format!("/{segment}"))
        .collect()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

fn shorten(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.url())
    }
}

impl TryFrom<String> for Endpoint {
    type Error = EndpointError;

    fn try_from(text: String) -> Result<Endpoint, EndpointError> {
        Endpoint::parse(&text)
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> String {
        endpoint.url().to_owned()
    }
}
