//! Runs the server and the background work until told to stop.

use crate::{App, audit, connections, live, router, session};
use futures::FutureExt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use store::tasks::Tasks;
use store::{Db, Lane, job, outbox, timer};
use tokio::net::{TcpListener, TcpSocket};

/// How long requests and chunks under way may take once the program stops.
const PATIENCE: Duration = Duration::from_secs(30);
/// Jobs that run at once.
const RUNNERS: usize = 2;

/// Ports tried after the one that was asked for.
const NEXT_PORTS: u16 = 20;
/// Visitors who may wait to be let in (`listen(2)`): shops tell of a rush in a rush.
const WAITING: u32 = 1_024;

/// Listens at `address`, or at the next free port when it is taken; the caller tells which
/// ([`TcpListener::local_addr`]).
///
/// # Errors
/// When none of the next ports is free either, or the address is none of this machine's.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let last = address.port().saturating_add(if address.port() == 0 { 0 } else { NEXT_PORTS });
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for port in address.port()..=last {
        match bind(SocketAddr::new(address.ip(), port)) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken = error,
            bound => return bound,
        }
    }
    Err(taken)
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A port that was just left is free, as far as the next who listens is concerned.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Runs the server, the reactions, timers, jobs and the outbox until `stop` resolves, then lets what is under way
/// end, for at most 30 seconds.
///
/// # Errors
/// When the starters cannot write.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    start(&app).await.map_err(io::Error::other)?;
    let mut tasks = Tasks::default();
    background(&app, &mut tasks);
    let mut doors = Tasks::default();
    let router = router(app);
    doors.start(move |stop| connections::accept(listener, router, stop));
    stop.await;
    tokio::join!(doors.stop(PATIENCE), tasks.stop(PATIENCE));
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
