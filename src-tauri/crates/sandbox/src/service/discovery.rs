//! What the service says of itself: ServiceProviderConfig, Schemas and, in the strict profile, ResourceTypes.

use serde_json::{Map, Value, json};

use super::reply::{LIST, Reply, ScimError};
use super::rfc;
use crate::Profile;
use crate::company::person::{CORE, ENTERPRISE, PEAKON};
use crate::company::{Company, Kind};
use crate::switches::{Cursor, SchemasForm, Switches, Types};

const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
const CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

pub fn config(profile: Profile, switches: &Switches, base: &str) -> Result<Reply, ScimError> {
    if !switches.service_provider_config {
        return Err(ScimError::new(
            404,
            "There is no ServiceProviderConfig here.",
        ));
    }
    let strict = profile == Profile::Rfc;
    let mut config = json!({
        "schemas": [CONFIG],
        "patch": { "supported": switches.patch },
        "bulk": {
            "supported": switches.bulk,
            "maxOperations": if switches.bulk { switches.bulk_operations } else { 0 },
            "maxPayloadSize": if switches.bulk { switches.bulk_payload } else { 0 },
        },
        "filter": { "supported": true, "maxResults": switches.page_cap },
        "changePassword": { "supported": false },
        "sort": { "supported": strict },
        "etag": { "supported": strict || switches.etags },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A token in the Authorization header, as shown beside the SCIM URL.",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    });
    if switches.cursor != Cursor::Off {
        config["pagination"] = json!({
            "cursor": true,
            "index": switches.cursor == Cursor::Offered,
            "defaultPaginationMethod": if switches.cursor == Cursor::Forced { "cursor" } else { "index" },
            "defaultPageSize": switches.page_size,
            "maxPageSize": switches.page_cap,
            "cursorTimeout": switches.cursor_timeout,
        });
    }
    Ok(Reply::json(200, &config))
}

/// All schemas, or the one called `id`.
pub fn schemas(
    profile: Profile,
    company: &Company,
    switches: &Switches,
    base: &str,
    id: Option<&str>,
) -> Result<Reply, ScimError> {
    if switches.schemas_form == SchemasForm::Missing {
        return Err(ScimError::new(404, "There are no schemas here."));
    }
    let mut documents: Vec<Value> = match profile {
        Profile::Rfc => rfc::schema_documents().map(Value::Object).into(),
        Profile::Peakon => vec![
            user_schema(),
            enterprise_schema(),
            company_schema(company, switches),
        ],
    };
    for document in &mut documents {
        let location = format!(
            "{base}/Schemas/{}",
            document["id"].as_str().unwrap_or_default()
        );
        document["meta"] = json!({ "resourceType": "Schema", "location": location });
        if switches.schemas_form == SchemasForm::WithoutSchemas
            && let Some(members) = document.as_object_mut()
        {
            members.shift_remove("schemas");
        }
    }
    if let Some(id) = id {
        let found = documents.iter().find(|document| {
            document["id"]
                .as_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(id))
        });
        return match found {
            Some(document) => Ok(Reply::json(200, document)),
            None => Err(ScimError::new(404, format!("There is no schema “{id}”."))),
        };
    }
    Ok(match switches.schemas_form {
        SchemasForm::Array => Reply::json(200, &Value::Array(documents)),
        SchemasForm::Single => Reply::json(200, documents.last().expect("BUG: there is a schema")),
        SchemasForm::WithoutSchemas => Reply::json(200, &json!({ "Resources": documents })),
        SchemasForm::List | SchemasForm::Missing => list(documents),
    })
}

fn list(documents: Vec<Value>) -> Reply {
    let count = documents.len();
    Reply::json(
        200,
        &json!({ "schemas": [LIST], "totalResults": count, "itemsPerPage": count, "startIndex": 1, "Resources": documents }),
    )
}

/// The strict profile only: Peakon's reference has no such page.
pub fn resource_types(base: &str, id: Option<&str>) -> Result<Reply, ScimError> {
    let user = json!({
        "schemas": [RESOURCE_TYPE],
        "id": "User",
        "name": "User",
        "description": "A person",
        "endpoint": "/Users",
        "schema": CORE,
        "schemaExtensions": [{ "schema": ENTERPRISE, "required": false }],
        "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/User") },
    });
    match id {
        None => Ok(list(vec![user])),
        Some("User") => Ok(Reply::json(200, &user)),
        Some(id) => Err(ScimError::new(
            404,
            format!("There is no resource type “{id}”."),
        )),
    }
}

fn attribute(name: &str, kind: &str, required: bool, uniqueness: &str) -> Map<String, Value> {
    let described = json!({
        "name": name,
        "type": kind,
        "multiValued": false,
        "required": required,
        "caseExact": false,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": uniqueness,
    });
    match described {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn complex(name: &str, many: bool, required: bool, parts: &[(&str, &str)]) -> Map<String, Value> {
    let mut described = attribute(name, "complex", required, "none");
    described.insert("multiValued".to_owned(), json!(many));
    let parts: Vec<Value> = parts
        .iter()
        .map(|(name, kind)| Value::Object(attribute(name, kind, false, "none")))
        .collect();
    described.insert("subAttributes".to_owned(), Value::Array(parts));
    described
}

fn user_schema() -> Value {
    let element = [
        ("value", "string"),
        ("type", "string"),
        ("primary", "boolean"),
    ];
    json!({
        "schemas": [SCHEMA],
        "id": CORE,
        "name": "User",
        "description": "Employee",
        "attributes": [
            attribute("userName", "string", true, "server"),
            attribute("externalId", "string", false, "none"),
            complex("name", false, true, &[("givenName", "string"), ("familyName", "string")]),
            attribute("active", "boolean", false, "none"),
            complex("emails", true, true, &element),
            complex("phoneNumbers", true, false, &element),
            attribute("locale", "string", false, "none"),
            attribute("timezone", "string", false, "none"),
        ],
    })
}

fn enterprise_schema() -> Value {
    json!({
        "schemas": [SCHEMA],
        "id": ENTERPRISE,
        "name": "EnterpriseUser",
        "description": "Enterprise User",
        "attributes": [attribute("employeeNumber", "string", false, "server")],
    })
}

/// The company's own attributes, with their names as people see them.
fn company_schema(company: &Company, switches: &Switches) -> Value {
    let attributes: Vec<Value> = company
        .attributes
        .active()
        .map(|own| {
            let kind = match (switches.types, own.kind) {
                (Types::Strings, _) | (_, Kind::Option) => "string",
                (_, Kind::Date) => "dateTime",
                (_, Kind::Number) => "integer",
                (_, Kind::Employee) => "reference",
            };
            let mut described = attribute(&own.name, kind, false, "none");
            described.insert("caseExact".to_owned(), json!(true));
            if switches.types != Types::Strings && own.kind == Kind::Employee {
                described.insert("referenceTypes".to_owned(), json!(["User"]));
            }
            if switches.types == Types::Typed && own.kind == Kind::Option {
                described.insert("canonicalValues".to_owned(), json!(own.segments));
            }
            Value::Object(described)
        })
        .collect();
    json!({
        "schemas": [SCHEMA],
        "id": PEAKON,
        "name": "Peakon",
        "description": "The company's own attributes",
        "attributes": attributes,
    })
}
