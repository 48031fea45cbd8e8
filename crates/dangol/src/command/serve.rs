//! `dangol serve`.

use crate::cli::Serve;
use crate::open::Data;
use anyhow::{Context, Result, bail};
use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use store::{Db, Environment, Lane};
use tokio::net::TcpListener;
use web::webhooks::Reach;
use web::{App, Config, Door, links};

/// Serves until told to stop.
pub async fn run(serve: &Serve, data: &Data) -> Result<ExitCode> {
    let door = door(serve)?;
    let listener = listen(serve.listen).await?;
    let _serving = data.serving()?;
    let db = data.open(Environment::real()).await?;
    know::privacy::settle(&db, &data.erased_list).await?;
    announce(&db, listener.local_addr()?).await?;
    let config = Config {
        data_folder: data.folder.clone(),
        door,
        erased_list: Some(data.erased_list.clone()),
        audit_anchor: serve.audit_anchor.clone(),
        sso_reach: if serve.private_identity_provider { Reach::Private } else { Reach::Public },
        metrics_token: std::env::var("DANGOL_METRICS_TOKEN").ok().filter(|token| !token.is_empty()),
        on_start_company: None,
    };
    let app = App::new(db.clone(), crate::registry(), config);
    web::serve(listener, app, stopped()).await?;
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Plain http is for this machine alone, unless the operator says otherwise.
fn door(serve: &Serve) -> Result<Door> {
    match (serve.listen.ip().is_loopback(), serve.behind_proxy, serve.insecure_lan) {
        (_, true, _) => Ok(Door::Proxy),
        (true, ..) => Ok(Door::Loopback),
        (false, _, true) => Ok(Door::InsecureLan),
        _ => bail!(
            "{} can be reached from other machines over plain http: put a proxy with https in front and say \
             --behind-proxy, or say --insecure-lan if you trust the network",
            serve.listen
        ),
    }
}

/// Takes the address, or the next free port after it.
pub async fn listen(asked: SocketAddr) -> Result<TcpListener> {
    web::listen(asked)
        .await
        .with_context(|| format!("{asked} cannot be listened on: name another with --listen"))
}

/// Prints where the pages are, with a one-time link while nobody can sign in.
pub async fn announce(db: &Db, at: SocketAddr) -> Result<()> {
    match first_link(db).await? {
        Some(token) => println!("Sign in once at  http://{at}/start?token={}", token.reveal()),
        None => println!("Dangol is at  http://{at}/"),
    }
    Ok(())
}

async fn first_link(db: &Db) -> Result<Option<web::session::Token>> {
    use futures::FutureExt;
    let issued = db.write(Lane::Interactive, |tx| {
        async move {
            if web::user::any(tx).await? {
                return Ok(None);
            }
            links::issue(tx, links::Kind::FirstRun, None).await.map(Some)
        }
        .boxed()
    });
    let issued: store::Result<_> = issued.await;
    Ok(issued?)
}

/// Resolves at SIGTERM or Ctrl-C.
pub fn stopped() -> impl Future<Output = ()> + Send + 'static {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    async move {
        match terminate {
            Ok(mut terminate) => {
                tokio::select! { _ = terminate.recv() => {}, _ = tokio::signal::ctrl_c() => {} }
            }
            Err(_) => drop(tokio::signal::ctrl_c().await),
        }
    }
}
