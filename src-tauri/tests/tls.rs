//! Encryption, against real servers on loopback: a certificate is verified there too, and each thing that can be
//! wrong with one is told apart, with what to do about it.
//! Elsewhere than on Linux the system's own store of authorities decides, and no variable adds one to it.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    ops::Range,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    thread,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tempfile::TempDir;

/// Whoever signs certificates; a computer knows it, or does not.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    /// A server with a certificate for a name, valid from the beginning of one year to that of another.
    fn serve(&self, name: &str, years: Range<i32>) -> String {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(years.start, 1, 1);
        params.not_after = date_time_ymd(years.end, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        serve(certificate.der().clone(), &key)
    }
}

/// Answers every request with 401, once the encryption stands.
fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> String {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a private key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a certificate and its key");
    let config = Arc::new(config);
    listen("https", move |stream| {
        let connection = ServerConnection::new(config.clone()).expect("a connection");
        refuse(StreamOwned::new(connection, stream));
    })
}

/// Listens on a free port until the test ends.
fn listen(scheme: &str, mut answer: impl FnMut(std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || listener.incoming().flatten().for_each(&mut answer));
    format!("{scheme}://127.0.0.1:{port}/api/scim/v2")
}

/// A client that does not trust the server ends here, which is its right.
fn refuse(mut stream: impl Read + Write) {
    let mut request = [0; 4096];
    if stream.read(&mut request).is_ok() {
        let _ = stream.write_all(
            b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        );
        let _ = stream.flush();
    }
}

/// What `connections add` says of an address, on a computer that knows one authority.
fn verdict(known: &Path, url: &str) -> String {
    let data = TempDir::new().expect("a folder for the data");
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(["connections", "add", "Acme", "--url", url, "--no-keychain"])
        .env("MUSTER_DATA_DIR", data.path())
        .env("MUSTER_TOKEN", "tok-of-nobody")
        .env("SSL_CERT_FILE", known)
        .env_remove("SSL_CERT_DIR")
        .stdin(Stdio::null())
        .output()
        .expect("the executable under test starts");
    assert_eq!(output.status.code(), Some(1), "nothing is connected");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_certificate_is_verified_and_what_is_wrong_with_it_is_told_apart() {
    let folder = TempDir::new().expect("a folder");
    let known = folder.path().join("known.pem");
    let authority = Authority::new("Known here");
    fs::write(&known, authority.0.pem()).expect("the authority is kept");
    let plain = listen("https", refuse);

    let cases = [
        (
            authority.serve("127.0.0.1", 2020..2021),
            "its certificate has expired",
            "Check this computer's date",
        ),
        (
            authority.serve("127.0.0.1", 2080..2090),
            "its certificate is not valid yet",
            "Check this computer's date",
        ),
        (
            authority.serve("another.example", 2020..2090),
            "its certificate belongs to another name",
            "Check the spelling of the address",
        ),
        (
            Authority::new("Known nowhere").serve("127.0.0.1", 2020..2090),
            "an authority this computer does not know",
            "ask IT to install its certificate",
        ),
        (
            plain,
            "it answers without encryption at this address",
            "Check the address and its port",
        ),
    ];
    for (url, trouble, next_step) in &cases {
        let said = verdict(&known, url);
        assert!(said.contains(trouble), "{trouble}: {said}");
        assert!(
            said.contains(next_step),
            "after “{trouble}” it is said what to do: {said}"
        );
        for (_, other, _) in cases.iter().filter(|(_, other, _)| other != trouble) {
            assert!(!said.contains(other), "and nothing else is blamed: {said}");
        }
    }

    let said = verdict(&known, &authority.serve("127.0.0.1", 2020..2090));
    assert!(
        said.contains("did not accept the token") && !said.contains("secure connection"),
        "with a certificate that is in order the service is heard, and says no by itself: {said}"
    );
}
