//! Answers, and errors in every form a service or a gateway in front of it may choose.

use serde_json::{Map, Value, json};

use crate::log::Effect;
use crate::switches::ErrorForm;

pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
pub const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

/// What a request is answered with, and what it did.
#[derive(Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub body: Option<Vec<u8>>,
    /// `None` is the media type the switches say.
    pub content_type: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub effects: Vec<Effect>,
    pub person: Option<String>,
}

impl Reply {
    pub fn empty(status: u16) -> Reply {
        Reply {
            status,
            ..Reply::default()
        }
    }

    pub fn json(status: u16, body: &Value) -> Reply {
        Reply {
            status,
            body: Some(body.to_string().into_bytes()),
            ..Reply::default()
        }
    }

    pub fn object(status: u16, body: Map<String, Value>) -> Reply {
        Reply::json(status, &Value::Object(body))
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// A refusal, with a sentence (RFC 7644 section 3.12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScimError {
    pub status: u16,
    pub scim_type: Option<String>,
    pub detail: String,
}

impl ScimError {
    pub fn new(status: u16, detail: impl Into<String>) -> ScimError {
        ScimError {
            status,
            scim_type: None,
            detail: detail.into(),
        }
    }

    pub fn typed(status: u16, scim_type: &str, detail: impl Into<String>) -> ScimError {
        ScimError {
            status,
            scim_type: Some(scim_type.to_owned()),
            detail: detail.into(),
        }
    }

    pub fn invalid_filter(detail: String) -> ScimError {
        ScimError::typed(400, "invalidFilter", detail)
    }

    pub fn invalid_value(detail: impl Into<String>) -> ScimError {
        ScimError::typed(400, "invalidValue", detail)
    }

    pub fn invalid_syntax(detail: impl Into<String>) -> ScimError {
        ScimError::typed(400, "invalidSyntax", detail)
    }

    pub fn invalid_path(detail: impl Into<String>) -> ScimError {
        ScimError::typed(400, "invalidPath", detail)
    }

    pub fn no_target(detail: impl Into<String>) -> ScimError {
        ScimError::typed(400, "noTarget", detail)
    }

    pub fn uniqueness(detail: impl Into<String>) -> ScimError {
        ScimError::typed(409, "uniqueness", detail)
    }

    pub fn not_found(id: &str) -> ScimError {
        ScimError::new(404, format!("Nobody here has the id “{id}”."))
    }

    pub fn storage(error: std::io::Error) -> ScimError {
        ScimError::new(
            500,
            format!("The change could not be kept in the state file, so it was not made: {error}."),
        )
    }

    pub fn body(&self, numeric_status: bool) -> Value {
        let status = if numeric_status {
            json!(self.status)
        } else {
            json!(self.status.to_string())
        };
        let mut body = json!({ "schemas": [ERROR], "status": status, "detail": self.detail });
        if let (Some(scim_type), Some(members)) = (&self.scim_type, body.as_object_mut()) {
            members.insert("scimType".to_owned(), json!(scim_type));
        }
        body
    }

    pub fn reply(&self, form: ErrorForm, numeric_status: bool) -> Reply {
        let content_type = |text: &str| Some(text.to_owned());
        match form {
            ErrorForm::Scim => Reply::json(self.status, &self.body(numeric_status)),
            ErrorForm::JsonApi => Reply {
                content_type: content_type("application/vnd.api+json"),
                ..Reply::json(
                    self.status,
                    &json!({ "errors": [{ "status": self.status.to_string(), "title": title(self.status), "detail": self.detail }] }),
                )
            },
            ErrorForm::Plain => Reply {
                content_type: content_type("application/json"),
                ..Reply::json(self.status, &json!({ "status": self.status, "message": self.detail }))
            },
            ErrorForm::Html => Reply {
                content_type: content_type("text/html; charset=utf-8"),
                body: Some(
                    format!(
                        "<!doctype html>\n<html><head><title>{0} {1}</title></head>\n<body><center><h1>{0} {1}</h1></center><hr><center>gateway</center></body></html>\n",
                        self.status,
                        title(self.status)
                    )
                    .into_bytes(),
                ),
                ..Reply::empty(self.status)
            },
            ErrorForm::Empty => Reply::empty(self.status),
        }
    }
}

/// The reason phrase of a status, for bodies made for people.
pub fn title(status: u16) -> &'static str {
    axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Error")
}
