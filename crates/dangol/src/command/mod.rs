//! One file a command.

mod audit;
mod backup;
mod doctor;
mod export;
mod import;
mod migrate;
mod report;
mod segment;
pub mod serve;
mod user;

use crate::cli::{Audit, Cli, Command};
use crate::{demo, open::Data};
use anyhow::{Context, Result};
use futures::FutureExt;
use serde_json::Value;
use std::process::ExitCode;
use store::{Db, Lane, Tx};

/// Does what the command line says.
pub fn run(cli: Cli) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("the program cannot start its threads")?.block_on(dispatch(cli))
}

async fn dispatch(cli: Cli) -> Result<ExitCode> {
    if let Command::Demo(demo) = &cli.command {
        return demo::run(demo, cli.data.clone()).await;
    }
    let data = Data::named(cli.data, cli.database).with_erased_list(cli.erased_list);
    match cli.command {
        Command::Serve(serve) => serve::run(&serve, &data).await,
        Command::Import(import) => import::run(&import, &data).await,
        Command::Report(report) => report::run(&report, &data).await,
        Command::Segment(segment) => segment::run(&segment, &data).await,
        Command::User(user) => user::run(&user, &data).await,
        Command::Export(export) => export::run(&export, &data).await,
        Command::Migrate(migrate) => migrate::run(&migrate, &data).await,
        Command::Audit(Audit::Verify(asked)) => audit::verify(&asked, &data).await,
        Command::Backup(asked) => backup::backup(&asked, &data).await,
        Command::Restore(asked) => backup::restore(&asked, &data).await,
        Command::Doctor(doctor) => doctor::run(&doctor, &data).await,
        Command::Openapi => openapi(),
        Command::Demo(_) => unreachable!("the demo was run above"),
    }
}

/// Writes a deed of the command line into the audit log: nobody signed in for it, which is what the row says.
async fn write_down(
    tx: &mut Tx,
    action: &'static str,
    subject: Option<i64>,
    mut detail: Value,
) -> store::Result<()> {
    detail["way"] = "command".into();
    web::audit::write(tx, None, action, subject, detail).await
}

/// The same in a transaction of its own.
async fn write_down_alone(db: &Db, action: &'static str) -> store::Result<()> {
    let writing =
        db.write(Lane::Interactive, move |tx| write_down(tx, action, None, serde_json::json!({})).boxed());
    writing.await
}

fn openapi() -> Result<ExitCode> {
    crate::terminal::print(&(web::openapi(&crate::registry()).to_pretty_json()? + "\n"))?;
    Ok(ExitCode::SUCCESS)
}
