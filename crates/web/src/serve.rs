//! Runs the server and the background work until told to stop.

use crate::{App, audit, live, router, session};
use futures::FutureExt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use store::tasks::Tasks;
use store::{Db, Lane, job, outbox, timer};
use tokio::net::TcpListener;

/// How long requests and chunks under way may take once the program stops.
const PATIENCE: Duration = Duration::from_secs(30);
/// Jobs that run at once.
const RUNNERS: usize = 2;

/// Ports tried after the one that was asked for.
const NEXT_PORTS: u16 = 20;

/// Listens at `address`, or at the next free port when it is taken; the caller tells which
/// ([`TcpListener::local_addr`]).
///
/// # Errors
/// When none of the next ports is free either, or the address is none of this machine's.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let last = address.port().saturating_add(if address.port() == 0 { 0 } else { NEXT_PORTS });
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for port in address.port()..=last {
        match TcpListener::bind(SocketAddr::new(address.ip(), port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken = error,
            bound => return bound,
        }
    }
    Err(taken)
}

/// Runs the server, the reactions, timers, jobs and the outbox until `stop` resolves, then lets what is under way
/// end, for at most 30 seconds.
///
/// # Errors
/// When the starters cannot write or the listener fails.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    start(&app).await.map_err(io::Error::other)?;
    let mut tasks = Tasks::default();
    background(&app, &mut tasks);
    let (told, telling) = tokio::sync::oneshot::channel::<()>();
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = telling.await;
    });
    let mut serving = Box::pin(serving.into_future());
    tokio::select! {
        served = &mut serving => {
            tasks.stop(PATIENCE).await;
            return served;
        }
        () = stop => {}
    }
    let _ = told.send(());
    let drained = async {
        if tokio::time::timeout(PATIENCE, serving).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut off");
        }
    };
    tokio::join!(drained, tasks.stop(PATIENCE));
    Ok(())
}

/// Runs every starter of the registry, in one transaction.
async fn start(app: &App) -> store::Result<()> {
    let starters = app.registry().starters.clone();
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                for starter in starters {
                    starter.start(tx).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

fn background(app: &App, tasks: &mut Tasks) {
    let registry = app.registry();
    let db: Db = app.db().clone();
    let reactor = app.reactor().clone();
    tasks.start(move |stop| reactor.run(stop));
    let (timers, carriers) = (registry.timers.clone(), registry.carriers.clone());
    tasks.start({
        let db = db.clone();
        move |stop| timer::run(db, timers, stop)
    });
    tasks.start({
        let db = db.clone();
        move |stop| outbox::run(db, carriers, stop)
    });
    for _ in 0..RUNNERS {
        let (db, works) = (db.clone(), registry.works.clone());
        tasks.start(move |stop| job::run(db, works, stop));
    }
    tasks.start(move |stop| session::sweep(db, stop));
    let app = app.clone();
    tasks.start({
        let app = app.clone();
        move |stop| audit::seal::run(app, stop)
    });
    tasks.start(move |stop| live::run(app, stop));
}
