//! Listening, and stopping for good.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::service::{self, Hangup};
use crate::state::Sandbox;
use crate::{Settings, control};

/// A running sample company. Dropping it closes the port and every connection.
#[derive(Debug)]
pub struct Running {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// The SCIM base address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, service::API_PATH)
    }

    pub fn control_url(&self) -> String {
        format!("http://127.0.0.1:{}/_control", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Closes the port and every connection, and waits until that is done.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // An error says that the task was cancelled, which is as good.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sets the company up and serves it on loopback.
///
/// # Errors
/// The port is taken, or the state file cannot be used; the error's text says which.
pub async fn start(settings: Settings) -> io::Result<Running> {
    let listener =
        TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, settings.port))).await?;
    let port = listener.local_addr()?.port();
    let origin = format!("http://127.0.0.1:{port}");
    let opening = tokio::task::spawn_blocking(move || Sandbox::open(&settings, origin));
    let sandbox = opening.await.map_err(io::Error::other)??;
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(serve(listener, Arc::new(sandbox), stopped));
    Ok(Running {
        port,
        stop: Some(stop),
        task,
    })
}

async fn serve(listener: TcpListener, sandbox: Arc<Sandbox>, mut stopped: oneshot::Receiver<()>) {
    let router = control::routes()
        .fallback(service::answer)
        .with_state(sandbox);
    let router = TowerToHyperService::new(router);
    // Dropped with this function, which closes every connection.
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => return,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else { continue };
        // Without this, small answers wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let answer = service_fn(move |request| {
            let answer = router.call(request);
            async move {
                let response = answer.await.map_err(io::Error::other)?;
                match response.extensions().get::<Hangup>() {
                    Some(Hangup) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                    None => Ok(response),
                }
            }
        });
        connections.spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), answer);
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
