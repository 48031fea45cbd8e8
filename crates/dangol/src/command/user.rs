//! `dangol user`.

use crate::cli::{AddUser, ResetUser, User};
use crate::open::Data;
use crate::terminal;
use anyhow::{Context, Result, bail};
use futures::FutureExt;
use kernel::{Id, contact, kinds};
use serde_json::{Value, json};
use std::process::ExitCode;
use store::{Db, Environment, Lane, Tx};
use web::links::{self, Kind};
use web::{Problem, Scope, session, user};

/// Adds someone, or gives someone a new way in; prints their one-time link.
pub async fn run(asked: &User, data: &Data) -> Result<ExitCode> {
    let db = match asked {
        User::Add(_) => data.open(Environment::real()).await?,
        User::Reset(_) => data.open_existing(Environment::real()).await?,
    };
    match asked {
        User::Add(add) => print_link(&add.at, add_user(&db, add).await?),
        User::Reset(reset) => print_link(&reset.at, reset_user(&db, reset).await?),
    }
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn add_user(db: &Db, add: &AddUser) -> Result<session::Token> {
    let Some(email) = contact::normal_email(&add.email) else {
        bail!("{} is no e-mail address: write it as name@example.com", add.email)
    };
    let before_at = || add.email.split('@').next().unwrap_or_default().to_owned();
    let new = user::NewUser {
        name: add.name.clone().unwrap_or_else(before_at),
        email: email.identity_norm,
        role: add.role,
        locale: terminal::locale(),
        password: None,
        team: None,
        scope: Scope::All,
    };
    let added = db.write(Lane::Interactive, |tx| {
        async move {
            let role = new.role;
            let added = user::create(tx, new).await?;
            by_command(tx, "user.invited", added.id, json!({ "role": role })).await?;
            Ok::<_, Problem>(links::issue(tx, Kind::Reset, Some(added.id)).await?)
        }
        .boxed()
    });
    added.await.map_err(terminal::told)
}

async fn reset_user(db: &Db, reset: &ResetUser) -> Result<session::Token> {
    let mut tx = db.read().await?;
    let found = user::by_email(&mut tx, &reset.email).await?;
    drop(tx);
    let found = found.with_context(|| format!("nobody signs in as {}: check the address", reset.email))?;
    if reset.second_factor {
        forget_factor(db, found.id).await?;
    }
    Ok(issue(db, found.id).await?)
}

async fn forget_factor(db: &Db, user: Id<kinds::User>) -> store::Result<()> {
    db.write(Lane::Interactive, move |tx| {
        async move {
            session::factor::remove(tx, user).await?;
            by_command(tx, "user.factor_removed", user, json!({})).await?;
            session::end_all(tx, user).await
        }
        .boxed()
    })
    .await
}

async fn issue(db: &Db, user: Id<kinds::User>) -> store::Result<session::Token> {
    db.write(Lane::Interactive, move |tx| {
        async move {
            by_command(tx, "user.link_issued", user, json!({})).await?;
            links::issue(tx, Kind::Reset, Some(user)).await
        }
        .boxed()
    })
    .await
}

/// Writes down what was done to somebody by whoever may run the program.
async fn by_command(
    tx: &mut Tx,
    action: &'static str,
    user: Id<kinds::User>,
    detail: Value,
) -> store::Result<()> {
    super::write_down(tx, action, Some(user.number()), detail).await
}

fn print_link(at: &str, token: session::Token) {
    println!("{}/start?token={}", at.trim_end_matches('/'), token.reveal());
}
