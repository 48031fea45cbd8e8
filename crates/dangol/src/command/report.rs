//! `dangol report`.

use crate::cli::Report;
use crate::open::Data;
use anyhow::Result;
use std::process::ExitCode;
use store::reactor::Reactor;
use store::{Db, Environment};
use web::Company;

/// Prints where the relationships stand.
pub async fn run(asked: &Report, data: &Data) -> Result<ExitCode> {
    let db = data.open_existing(Environment::real()).await?;
    let report = make(asked, &db).await?;
    let text = if asked.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.table(asked.lang.unwrap_or_else(crate::terminal::locale))
    };
    crate::terminal::print(&text)?;
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn make(asked: &Report, db: &Db) -> Result<measure::report::Report> {
    Reactor::new(db.clone(), crate::registry().reactions().to_vec()).drain().await?;
    let mut tx = db.read().await?;
    let company = Company::load(&mut tx).await?;
    let as_of = asked.as_of.unwrap_or_else(|| company.today(db.clock()));
    Ok(measure::report::report(&mut tx, as_of, &company).await?)
}
