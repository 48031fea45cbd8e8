//! Connections: so many at once, each with a time for the head of a request, and an end once the program stops.
//!
//! Without a limit, whoever sends a head letter by letter, or nothing at all, keeps a connection for ever, and with enough
//! of them the program has none left for others (CWE-400).

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use store::tasks::Stop;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Connections at once; whoever comes after them waits until one ends.
const MOST: usize = 2_048;
/// How long the head of a request may take, and a connection may rest between two.
const HEAD: Duration = Duration::from_secs(30);
/// Bytes of a head, and of what is read ahead of a body.
const READ_BYTES: usize = 64 * 1024;
/// How long nobody is let in when the machine has no file handle left.
const BREATH: Duration = Duration::from_secs(1);

/// Lets people in until told to stop, then waits for those who are there to be answered.
pub(crate) async fn accept(listener: TcpListener, router: Router, mut stop: Stop) {
    let room = Arc::new(Semaphore::new(MOST));
    let mut open = JoinSet::new();
    loop {
        let (place, stream, peer) = tokio::select! {
            () = stop.wait() => break,
            Some(_) = open.join_next() => continue,
            arrived = arrive(&listener, &room) => arrived,
        };
        let (router, stop) = (router.clone(), stop.clone());
        open.spawn(async move {
            answer(stream, peer, router, stop).await;
            drop(place);
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// The next who comes, once there is room.
async fn arrive(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (OwnedSemaphorePermit, TcpStream, SocketAddr) {
    let place = room.clone().acquire_owned().await.expect("nobody closes it");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Answers the requests of one connection.
async fn answer(stream: TcpStream, peer: SocketAddr, router: Router, mut stop: Stop) {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(READ_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.wait() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
