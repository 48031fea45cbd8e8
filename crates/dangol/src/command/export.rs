//! `dangol export`.

use crate::cli::{Export as Asked, List};
use crate::open::Data;
use anyhow::Result;
use know::parties::export;
use know::parties::list::{Filter, Sort, View};
use std::process::ExitCode;
use store::{Environment, Tx};
use web::export::{Export, Format};
use web::{Answer, Company, Problem, Sight};

/// Writes a list to standard output as CSV.
pub async fn run(asked: &Asked, data: &Data) -> Result<ExitCode> {
    let db = data.open_existing(Environment::real()).await?;
    super::write_down_alone(&db, "parties.exported").await?;
    let mut tx = db.read().await?;
    let company = Company::load(&mut tx).await?;
    let (today, currency) = (company.today(db.clock()), company.currency);
    // Who may run the program may read the database.
    let view = View { today, currency, sight: Sight::WHOLE };
    match asked.list {
        List::Customers => customers(&mut tx, view).await.map_err(crate::terminal::told)?,
    }
    drop(tx);
    db.close().await?;
    Ok(ExitCode::SUCCESS)
}

async fn customers(tx: &mut Tx, view: View) -> Answer<()> {
    let own = know::fields::all(tx).await?;
    let mut file = Export::begin(Format::Csv, "customers", &export::headings(&own))?;
    let everyone = (Filter::default(), Sort::parse(Some("created")).expect("the list can be sorted by age"));
    export::write(tx, &everyone.0, everyone.1, view, &own, &mut file).await?;
    let printed = std::io::copy(&mut file.into_file()?, &mut std::io::stdout().lock());
    printed.map(drop).or_else(crate::terminal::unless_closed).map_err(Problem::internal)
}
