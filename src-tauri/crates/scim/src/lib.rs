//! SCIM 2.0 (RFC 7643, 7644, 9865) and the Peakon dialect.
//!
//! The reader is lenient (services differ in every way `tests/` lists), the writer strict. A [`Client`] never claims more than
//! it saw: a listing ends with an [`Outcome`] that says whether it is whole, and a write whose answer was lost is
//! [`Error::Ambiguous`].

pub mod bulk;
pub mod client;
pub mod config;
pub mod dialect;
pub mod endpoint;
pub mod error;
pub mod filter;
mod json;
pub mod listing;
mod members;
pub mod pace;
pub mod patch;
mod reply;
pub mod resource;
pub mod retry;
pub mod schema;
mod transport;
pub mod watch;

pub use bulk::{BulkLimits, BulkMethod, BulkOperation, BulkOutcome, bulk_text};
pub use client::{Client, Options, Timeouts, Written};
pub use config::{Pagination, ServiceConfig};
pub use dialect::{AttributeKey, Dialect, Discovered, Kind, Reading, Role};
pub use endpoint::{Endpoint, EndpointError, person_path};
pub use error::{Error, Phase, Said, TlsTrouble, Unreachable};
pub use filter::{Filter, FilterAttribute};
pub use listing::{List, Listing, Outcome, Page, Paging};
pub use pace::{Pace, QuotaSpent, Unpaced};
pub use patch::{JsonText, Op, Operation, Patch};
pub use resource::{Document, Resource, Unreadable};
pub use retry::{Clock, Retry};
pub use schema::{Schema, SchemaAttribute};
pub use secrecy::SecretString;
pub use watch::{Exchange, Watch};
