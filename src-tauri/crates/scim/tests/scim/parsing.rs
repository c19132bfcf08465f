//! Nothing a service sends can make the client panic, loop or claim what it has not seen.

use proptest::prelude::*;
use scim::dialect::{discover, observe};
use scim::{Dialect, Kind, Resource, dialect};
use wiremock::ResponseTemplate;

use crate::service::*;

fn jsonish() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,60}",
        "[\\[\\]{}\",:0-9a-z\\\\ ]{0,60}",
        Just("[".repeat(5000)),
        Just(format!(
            "{{\"Resources\":[{}{}]}}",
            "[".repeat(200),
            "]".repeat(200)
        )),
        Just(format!(
            "{{\"id\":\"1\",\"x\":{}1{}}}",
            "{\"a\":".repeat(300),
            "}".repeat(300)
        )),
        Just(r#"{"Resources":{"id":1},"totalResults":1e300}"#.to_owned()),
        Just(r#"{"Resources":[{"id":"1","userName":"\ud800"}],"totalResults":-5}"#.to_owned()),
        Just(
            r#"{"totalResults":1,"Resources":[{"id":{}},{"id":[]},{"id":null},7,"x",null]}"#
                .to_owned()
        ),
        Just(r#"{"id":"1","schemas":7,"emails":[[["x"]]],"name":[],"meta":3}"#.to_owned()),
        Just(r#"{"Operations":[{"status":{"code":{"code":"x"}}}],"nextCursor":{}}"#.to_owned()),
        Just(String::new()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_body_with_any_status_is_an_answer_or_an_error(
        body in jsonish(),
        status in prop_oneof![Just(200u16), Just(201), Just(204), Just(400), Just(404), Just(409), Just(500)],
        kind in prop_oneof![Just("application/scim+json"), Just("text/html"), Just("")],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = serve(move |_| ResponseTemplate::new(status).set_body_raw(body.clone(), kind)).await;
            let client = client(&server);
            let _ = client.config().await;
            let _ = client.schemas().await;
            let _ = client.get("1").await;
            let _ = client.create(&Resource::user()).await;
            let _ = client.delete("1", None).await;
            let bulk = [scim::BulkOperation::Delete { id: "1".into(), etag: None }];
            let outcomes = client.bulk(&bulk, scim::BulkLimits { max_operations: 1, max_payload: 1 }).await;
            assert_eq!(outcomes.len(), 1, "one outcome per operation whatever comes back");
            let listed = list(&client, by_ten()).await;
            assert!(listed.outcome.requests < 60, "bounded whatever comes back");
        });
    }

    #[test]
    fn any_record_is_read_without_harm(text in jsonish(), value in "\\PC{0,20}") {
        if let Ok(mut person) = Resource::parse(&text) {
            let attributes = discover(&[], std::slice::from_ref(&person));
            let _ = observe(&attributes, std::slice::from_ref(&person), |_| false);
            for key in ["userName", "emails.work", "name.givenName", "addresses.work.country", "urn:x:y:Z", "urn:", ".", "a.b.c", ""] {
                for kind in [Kind::Text, Kind::Date, Kind::Number, Kind::Boolean, Kind::Employee, Kind::Option] {
                    let _ = dialect::read(&person, &key.into(), kind);
                    let _ = dialect::patch(Some(&person), &[dialect::Change::new(key, kind, Some(&value))], &Dialect::default());
                }
                person.set(&key.into(), Some(value.as_str().into()));
                prop_assert!(Resource::parse(person.raw()).is_ok(), "a changed record is a record");
            }
        }
    }
}
