//! Addresses as people paste them.

use proptest::prelude::*;
use scim::{Endpoint, EndpointError};

fn url(text: &str) -> String {
    Endpoint::parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .url()
        .to_owned()
}

#[test]
fn what_people_paste_becomes_the_base_address() {
    let base = "https://acme.peakon.com/api/scim/v2";
    for pasted in [
        "https://acme.peakon.com/api/scim/v2",
        "  https://acme.peakon.com/api/scim/v2/ \n",
        "\"https://acme.peakon.com/api/scim/v2\"",
        "<https://acme.peakon.com/api/scim/v2>",
        "“https://acme.peakon.com/api/scim/v2”",
        "acme.peakon.com/api/scim/v2",
        "acme.peakon.com",
        "https://acme.peakon.com/",
        "HTTPS://ACME.peakon.com/api/scim/v2/Users?startIndex=1&count=50",
        "https://acme.peakon.com/api/scim/v2/Users/42",
        "https://acme.peakon.com/api/scim/v2/ServiceProviderConfig#top",
        "https://acme.peakon.com:443/api/scim/v2",
    ] {
        assert_eq!(url(pasted), base, "{pasted}");
    }
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for here in [
        "http://127.0.0.1:8080/scim/v2",
        "http://localhost:8080/scim/v2",
        "http://[::1]:8080/scim/v2",
    ] {
        assert!(Endpoint::parse(here).unwrap().is_loopback(), "{here}");
    }
    for there in [
        "http://acme.peakon.com/api/scim/v2",
        "http://10.0.0.1/scim",
        "http://localhost.example.com/scim",
        "http://127.0.0.1.nip.io/",
    ] {
        assert!(
            matches!(Endpoint::parse(there), Err(EndpointError::NotEncrypted(_))),
            "{there}"
        );
    }
}

#[test]
fn what_is_no_address_is_said_so_in_a_sentence() {
    assert_eq!(Endpoint::parse("  "), Err(EndpointError::Empty));
    assert!(matches!(
        Endpoint::parse("my token is abc"),
        Err(EndpointError::NotAnAddress(_))
    ));
    assert!(
        matches!(
            Endpoint::parse("eyJhbGciOi"),
            Err(EndpointError::NotAnAddress(_))
        ),
        "a token pasted into the wrong field"
    );
    assert!(matches!(
        Endpoint::parse("ftp://acme.peakon.com"),
        Err(EndpointError::UnknownScheme(_))
    ));
    assert!(matches!(
        Endpoint::parse("https://user:secret@acme.peakon.com/scim/v2"),
        Err(EndpointError::HasCredentials)
    ));
    let said = Endpoint::parse("https://user:secret@acme.peakon.com/scim/v2")
        .unwrap_err()
        .to_string();
    assert!(!said.contains("secret"));
}

#[test]
fn the_two_peakon_paths_are_each_others_alternative() {
    let of = |text: &str| -> Vec<String> {
        Endpoint::parse(text)
            .unwrap()
            .alternatives()
            .iter()
            .map(|e| e.url().to_owned())
            .collect()
    };
    assert_eq!(
        of("https://a.example/scim/v2"),
        ["https://a.example/api/scim/v2"]
    );
    assert_eq!(
        of("https://a.example/api/scim/v2"),
        ["https://a.example/scim/v2"]
    );
    assert_eq!(
        of("https://a.example/"),
        ["https://a.example/api/scim/v2", "https://a.example/scim/v2"]
    );
    assert_eq!(
        of("https://a.example/api"),
        ["https://a.example/api/scim/v2", "https://a.example/scim/v2"]
    );
}

#[test]
fn the_host_is_shown_with_an_unusual_port() {
    assert_eq!(
        Endpoint::parse("http://127.0.0.1:8080/scim/v2")
            .unwrap()
            .host(),
        "127.0.0.1:8080"
    );
    assert_eq!(
        Endpoint::parse("https://acme.peakon.com").unwrap().host(),
        "acme.peakon.com"
    );
}

proptest! {
    #[test]
    fn any_text_is_an_address_or_a_sentence(text in "\\PC{0,80}") {
        match Endpoint::parse(&text) {
            Ok(endpoint) => {
                let again = Endpoint::parse(endpoint.url());
                prop_assert_eq!(again, Ok(endpoint), "an address that was read reads the same again");
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }

    #[test]
    fn addresses_with_anything_after_the_host_never_panic(path in "[a-zA-Z0-9/%.?#:@ -]{0,60}") {
        let _ = Endpoint::parse(&format!("https://acme.peakon.com/{path}"));
    }
}
