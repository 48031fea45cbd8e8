//! `dangol user`.

use crate::cli::User;
use crate::open::Data;
use anyhow::{Context, Result};
use futures::FutureExt;
use kernel::{Id, kinds};
use std::process::ExitCode;
use store::{Db, Environment, Lane};
use web::links::{self, Kind};

/// Prints a one-time link.
pub async fn run(user: &User, data: &Data) -> Result<ExitCode> {
    let db = data.open(Environment::real()).await?;
    match user {
        User::Add(add) => link(&db, Kind::FirstRun, None, &add.at).await?,
        User::Reset(reset) => {
            let mut tx = db.read().await?;
            let found = web::user::by_email(&mut tx, &reset.email).await?;
            drop(tx);
            let found =
                found.with_context(|| format!("nobody signs in as {}: check the address", reset.email))?;
            link(&db, Kind::Reset, Some(found.id), &reset.at).await?;
        }
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn link(db: &Db, kind: Kind, user: Option<Id<kinds::User>>, at: &str) -> Result<()> {
    let issued: store::Result<web::session::Token> = db
        .write(Lane::Interactive, move |tx| async move { links::issue(tx, kind, user).await }.boxed())
        .await;
    println!("{}/start?token={}", at.trim_end_matches('/'), issued?.reveal());
    Ok(())
}
