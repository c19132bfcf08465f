//! Changes outlive the process, a reset does not, and a stopped service is gone.

use std::io::Write;

use sandbox::{Settings, start};
use serde_json::json;

use super::client::{PEAKON, company, id, newcomer, serve, settings};

#[tokio::test]
async fn a_state_file_keeps_the_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = Settings {
        state: Some(folder.path().join("sample").join("company.jsonl")),
        ..settings(50)
    };
    let service = serve(kept.clone()).await;
    let person = service.somebody().await;
    let gone = service
        .everybody()
        .await
        .into_iter()
        .find(|other| other["id"] != person["id"])
        .expect("another person");
    service
        .control(
            "POST",
            "/attributes",
            Some(&json!({ "add": { "name": "Badge Colour", "kind": "option" } })),
        )
        .await;
    service
        .set(
            id(&person),
            json!({ "Badge Colour": "Green", "Department": "Enginering" }),
        )
        .await;
    let (_, created) = service
        .call(
            "POST",
            "/Users",
            Some(&newcomer("nina.neu@haldenvale.example")),
        )
        .await;
    service
        .call("DELETE", &format!("/Users/{}", id(&gone)), None)
        .await;
    let everybody = service.everybody().await;
    let segments = service.state().await["segments"].clone();
    service.running.stop().await;

    let again = serve(Settings {
        today: "2026-09-15".parse().ok(),
        ..kept.clone()
    })
    .await;
    assert_eq!(
        again.everybody().await,
        everybody,
        "the same company, even months later"
    );
    assert_eq!(
        again.state().await["segments"],
        segments,
        "and the same segments"
    );
    let (_, next) = again
        .call(
            "POST",
            "/Users",
            Some(&newcomer("nora.neu@haldenvale.example")),
        )
        .await;
    assert!(id(&next) > id(&created), "no id is used twice");
    again
        .call("DELETE", &format!("/Users/{}", id(&next)), None)
        .await;
    again.running.stop().await;

    let third = serve(kept.clone()).await;
    let (_, last) = third
        .call(
            "POST",
            "/Users",
            Some(&newcomer("nele.neu@haldenvale.example")),
        )
        .await;
    assert!(id(&last) > id(&next), "not even one that was deleted");
    third.control("POST", "/reset", None).await;
    assert_eq!(
        third.everybody().await,
        company(50).await.everybody().await,
        "a reset is the first day"
    );
    third.running.stop().await;
    let other = start(Settings { seed: 9, ..kept }).await;
    assert!(
        other.is_err_and(|error| error.to_string().contains("seed 7")),
        "the file belongs to one company"
    );
}

#[tokio::test]
async fn a_broken_last_line_is_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("company.jsonl");
    let kept = Settings {
        state: Some(path.clone()),
        ..settings(50)
    };
    let service = serve(kept.clone()).await;
    let person = service.somebody().await;
    service.set(id(&person), json!({ "Team": "Search" })).await;
    service.running.stop().await;
    for rest in ["{\"person\":{\"id\":8010", "{\"person\":{\"id\":8010\n"] {
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("the file");
        file.write_all(rest.as_bytes()).expect("room");
        drop(file);
        let again = serve(kept.clone()).await;
        let path = format!("/Users/{}", id(&person));
        assert_eq!(
            again.get(&path).await[PEAKON]["Team"],
            "Search",
            "what was whole is kept"
        );
        again.set(id(&person), json!({ "Team": "Identity" })).await;
        again.set(id(&person), json!({ "Team": "Search" })).await;
        again.running.stop().await;
    }
    assert!(
        start(kept.clone()).await.is_ok(),
        "and what follows is whole again"
    );
    let content =
        std::fs::read_to_string(&path)
            .expect("the file")
            .replacen("{\"person\"", "{\"perso", 1);
    std::fs::write(&path, content).expect("room");
    let broken = start(kept).await;
    assert!(
        broken.is_err_and(|error| error.to_string().contains("line 2")),
        "damage in the middle is said, with its line"
    );
}

#[tokio::test]
async fn a_stopped_service_is_gone() {
    let service = company(50).await;
    service.get("/Users").await;
    let url = format!("{}/Users", service.running.url());
    service.running.stop().await;
    assert!(
        service.http.get(&url).send().await.is_err(),
        "even a kept connection is closed"
    );
    let dropped = company(50).await;
    let url = format!("{}/Users", dropped.running.url());
    drop(dropped.running);
    let refused =
        |url: String| async move { reqwest::Client::new().get(url).send().await.is_err() };
    let mut gone = false;
    for _ in 0..200 {
        gone = gone || refused(url.clone()).await;
        tokio::task::yield_now().await;
    }
    assert!(gone, "dropping it stops it too");
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let service = company(50).await;
    let second = start(Settings {
        port: service.running.port(),
        ..settings(50)
    })
    .await;
    assert!(second.is_err(), "the port is taken");
}

#[tokio::test]
async fn the_control_address_says_what_this_is() {
    let service = company(50).await;
    let (_, about) = service.control("GET", "", None).await;
    assert!(
        about["about"]
            .as_str()
            .is_some_and(|about| about.contains("simulation")),
        "a simulation"
    );
    assert!(
        about["documented"].is_array() && about["assumed"].is_array(),
        "what is known and what is not"
    );
    let shown = format!("{:?}", settings(50));
    assert!(
        !shown.contains(super::client::TOKEN),
        "settings never show the token"
    );
}
