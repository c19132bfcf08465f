//! Each way a connection fails has its own variant, its own plain sentence and its own next step.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use scim::{
    Client, Endpoint, Error, Options, Phase, Resource, Retry, SecretString, Timeouts, Unreachable,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
#[cfg(target_os = "linux")]
use tokio::net::TcpSocket;
use tokio::net::{TcpListener, TcpStream};
use wiremock::ResponseTemplate;

use crate::service::*;

/// A service that does with each connection what it is told, beneath HTTP.
async fn raw<F>(behave: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream));
        }
    });
    format!("127.0.0.1:{}/scim/v2", address.port())
}

async fn read_request(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let _ = stream.read(&mut buffer).await;
}

/// Asks once, and has time: a machine may be busy.
fn patient() -> Options {
    Options {
        retry: Retry::never(),
        ..Options::default()
    }
}

/// Waits `headers`, and the time to connect in, for an answer to begin and `stall` for it to go on.
fn waiting(headers: Duration, stall: Duration) -> Options {
    Options {
        timeouts: Timeouts {
            connect: Duration::from_secs(1),
            headers,
            stall,
        },
        ..patient()
    }
}

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);

fn connect(url: &str, options: Options) -> Client {
    Client::new(
        Endpoint::parse(url).unwrap(),
        SecretString::from(TOKEN),
        options,
    )
    .unwrap()
}

async fn failure(url: &str) -> Error {
    connect(url, patient()).config().await.unwrap_err()
}

async fn status(status: u16) -> Error {
    let server = serve(move |_| ResponseTemplate::new(status)).await;
    client_with(&server, patient()).config().await.unwrap_err()
}

#[tokio::test]
async fn each_kind_of_failure_speaks_for_itself() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let silent = raw(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let plain = raw(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let page = serve(|_| html(200)).await;

    let wrong_host = failure("https://no-such-company.invalid/api/scim/v2").await;
    assert!(
        matches!(
            wrong_host,
            Error::Unreachable {
                cause: Unreachable::Dns,
                ..
            }
        ),
        "{wrong_host:?}"
    );
    let nobody = failure(&format!("http://127.0.0.1:{}/scim/v2", closed.port())).await;
    assert!(
        matches!(
            nobody,
            Error::Unreachable {
                cause: Unreachable::Refused,
                ..
            }
        ),
        "{nobody:?}"
    );
    let misnamed = failure(&format!(
        "https://127.0.0.1:{}/tls-certificates/scim/v2",
        closed.port()
    ))
    .await;
    assert!(
        matches!(
            misnamed,
            Error::Unreachable {
                cause: Unreachable::Refused,
                ..
            }
        ),
        "an address that speaks of encryption is no trouble with it: {misnamed:?}"
    );
    let tls = failure(&format!("https://{plain}")).await;
    assert!(matches!(tls, Error::Tls { .. }), "{tls:?}");
    let slow = connect(&format!("http://{silent}"), waiting(SHORT, LONG))
        .config()
        .await
        .unwrap_err();
    assert!(
        matches!(
            slow,
            Error::TimedOut {
                phase: Phase::Headers,
                ..
            }
        ),
        "{slow:?}"
    );
    let wrong_path = status(404).await;
    assert!(
        matches!(wrong_path, Error::NotFound { .. }),
        "{wrong_path:?}"
    );
    let wrong_token = status(401).await;
    assert!(
        matches!(wrong_token, Error::Unauthorized { .. }),
        "{wrong_token:?}"
    );
    let no_permission = status(403).await;
    assert!(
        matches!(no_permission, Error::Forbidden { .. }),
        "{no_permission:?}"
    );
    let not_scim = client_with(&page, patient()).config().await.unwrap_err();
    assert!(matches!(not_scim, Error::NotScim { .. }), "{not_scim:?}");

    let all = [
        wrong_host,
        nobody,
        tls,
        slow,
        wrong_path,
        wrong_token,
        no_permission,
        not_scim,
    ];
    let sentences: HashSet<String> = all.iter().map(ToString::to_string).collect();
    let steps: HashSet<&str> = all.iter().map(Error::next_step).collect();
    assert_eq!(
        sentences.len(),
        all.len(),
        "eight failures, eight sentences: {sentences:#?}"
    );
    assert_eq!(
        steps.len(),
        all.len(),
        "eight failures, eight next steps: {steps:#?}"
    );
    for error in &all {
        let text = format!("{error} {}", error.next_step());
        assert!(
            text.ends_with('.') && !text.contains('!') && !text.to_lowercase().contains("please"),
            "{text}"
        );
        assert!(
            !text.contains(TOKEN) && !format!("{error:?}").contains(TOKEN),
            "the token is in no error"
        );
    }
}

#[tokio::test]
async fn an_answer_that_stalls_in_the_middle_times_out() {
    let address = raw(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":").await;
        std::future::pending::<()>().await;
    })
    .await;
    let error = connect(&format!("http://{address}"), waiting(LONG, SHORT))
        .get("1")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TimedOut {
                phase: Phase::Body,
                ..
            }
        ),
        "{error:?}"
    );
}

/// Linux neither refuses nor answers whom it has no room to let in.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_never_made_times_out_and_sent_nothing() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut in_line = Vec::new();
    while let Ok(stream) =
        tokio::time::timeout(Duration::from_secs(2), TcpStream::connect(address)).await
    {
        in_line.push(stream.unwrap());
    }
    let url = format!("http://{address}/scim/v2");
    let client = connect(&url, waiting(LONG, LONG));
    let began = Instant::now();
    for error in [
        client.config().await.unwrap_err(),
        client.create(&Resource::user()).await.unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                Error::TimedOut { phase: Phase::Connect, after, .. } if after == Duration::from_secs(1)
            ),
            "what was never sent is not ambiguous: {error:?}"
        );
    }
    assert!(
        began.elapsed() < LONG,
        "making a connection has a time of its own"
    );
}

#[tokio::test]
async fn a_slow_answer_that_keeps_coming_is_waited_for() {
    let address = raw(|mut stream| async move {
        read_request(&mut stream).await;
        let body = format!("{{\"id\":\"1\",\"x\":\"{}\"}}", "a".repeat(60));
        let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes()).await;
        // Longer in all than any one pause may be.
        for part in body.as_bytes().chunks(8) {
            let _ = stream.write_all(part).await;
            let _ = stream.flush().await;
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    })
    .await;
    assert!(
        connect(
            &format!("http://{address}"),
            waiting(LONG, Duration::from_secs(2))
        )
        .get("1")
        .await
        .unwrap()
        .is_some()
    );
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_ambiguous() {
    let dropped = raw(|mut stream| async move { read_request(&mut stream).await }).await;
    let silent = raw(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let cut = raw(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"id\":").await;
    })
    .await;
    for (what, address, options) in [
        ("dropped", dropped, patient()),
        ("silent", silent, waiting(SHORT, LONG)),
        ("cut", cut, patient()),
    ] {
        let error = connect(&format!("http://{address}"), options)
            .delete("1", None)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Ambiguous(_)), "{what}: {error:?}");
        assert!(
            error
                .to_string()
                .starts_with("It is not known whether 127.0.0.1"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_write_that_never_left_is_not_ambiguous() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = connect(
        &format!("http://127.0.0.1:{}/scim/v2", closed.port()),
        patient(),
    )
    .delete("1", None)
    .await
    .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Unreachable {
                cause: Unreachable::Refused,
                ..
            }
        ),
        "nothing can have happened: {error:?}"
    );
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let server = serve(|_| ok(serde_json::json!({"id": "1", "x": "a".repeat(5000)}))).await;
    let client = client_with(
        &server,
        Options {
            max_body: 1000,
            ..patient()
        },
    );
    assert!(matches!(client.get("1").await, Err(Error::TooLarge { .. })));
    let endless = raw(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            .await;
        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
    })
    .await;
    let endless = Endpoint::parse(&format!("http://{endless}")).unwrap();
    let client = Client::new(
        endless,
        SecretString::from(TOKEN),
        Options {
            max_body: 100_000,
            ..patient()
        },
    )
    .unwrap();
    assert!(
        matches!(client.get("1").await, Err(Error::TooLarge { .. })),
        "also where no length was announced"
    );
}

#[tokio::test]
async fn refusals_say_what_the_service_said() {
    let server = serve(|_| {
        scim_error(400, "invalidValue", "“Slaes” is not a value of Department")
            .insert_header("x-request-id", "r-17")
    })
    .await;
    let error = client(&server).create(&Resource::user()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("“Slaes” is not a value of Department"),
        "{error}"
    );
    assert!(
        error.is_scim_type("INVALIDVALUE"),
        "types are compared without regard to case"
    );
    assert_eq!(
        error.said().unwrap().request_id.as_deref(),
        Some("r-17"),
        "for a support request"
    );
}

#[tokio::test]
async fn nobody_with_this_id_is_an_answer_not_a_failure() {
    let server = serve(|_| scim_error(404, "", "User not found")).await;
    assert!(client(&server).get("1").await.unwrap().is_none());
    assert!(
        matches!(
            client(&server).delete("1", None).await,
            Err(Error::NotFound { .. })
        ),
        "but nothing was deleted"
    );
}

#[test]
fn a_token_that_cannot_be_one_is_said_so() {
    for token in ["", "  ", "two\nlines", "tökén"] {
        let endpoint = Endpoint::parse("https://acme.peakon.com/api/scim/v2").unwrap();
        let made = Client::new(endpoint, SecretString::from(token), Options::default());
        assert!(matches!(made, Err(Error::UnusableToken)), "{token:?}");
    }
}
