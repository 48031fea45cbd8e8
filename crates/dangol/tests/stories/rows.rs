//! The rows of a database as text, without the ids that differ from run to run: what two companies are compared by.

use crate::place::Place;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use store::Location;

/// Everything that follows from the orders, a line a row. A party is named by the id its source gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The company's order lines with their owners.
    pub lines: Vec<String>,
    /// How many interactions there are of each kind and origin.
    pub told: Vec<String>,
    /// Facts, states and cells included.
    pub facts: Vec<String>,
    /// Spending by currency.
    pub money: Vec<String>,
    /// Counted gaps.
    pub gaps: Vec<String>,
}

const NAME: &str = "(select min(c.value) from contacts c where c.party = x.party and c.kind = 'source_id')";

const LINES: &str = "select concat_ws('|', x.source, x.order_no, x.line_id, {name}, x.day, x.amount, x.currency, \
    x.revision, x.retracted_by) from order_lines x";
const TOLD: &str = "select concat_ws('|', kind, origin, count(*)) from interactions \
    where kind <> 'state.changed' group by kind, origin";
const FACTS: &str = "select concat_ws('|', {name}, x.orders, x.order_days, x.currency, x.spend, x.refunds, \
    x.first_day, x.last_day, x.usual_interval, x.own_interval, x.late_from, x.state, x.state_since, \
    x.state_changes_at, x.contacted_day, x.r, x.f, x.m, {hex}) from facts x";
const MONEY: &str =
    "select concat_ws('|', {name}, x.currency, x.orders, x.spend, x.refunds) from party_money x";
const GAPS: &str = "select concat_ws('|', days, count) from gaps where count <> 0";

impl Rows {
    /// The rows as they stand.
    pub fn of(place: &Place) -> Self {
        let [lines, told, facts, money, gaps] =
            [LINES, TOLD, FACTS, MONEY, GAPS].map(|text| ask(place, &text.replace("{name}", NAME)));
        Self { lines, told, facts, money, gaps }
    }
}

/// The first column of every row, sorted; `{hex}` is a history as hexadecimal digits in the engine's own words.
pub fn ask(place: &Place, text: &str) -> Vec<String> {
    let mut rows = block_on(async {
        match place.location() {
            Location::Folder(folder) => {
                let mut connection = SqliteConnection::connect(&file(&folder)).await.unwrap();
                let text = AssertSqlSafe(text.replace("{hex}", "lower(hex(x.history))"));
                let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
            }
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                let text = AssertSqlSafe(text.replace("{hex}", "encode(x.history, 'hex')"));
                let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    });
    rows.sort_unstable();
    rows
}

/// Changes rows behind the program's back, such as letting the leases of killed processes run out; a program that was
/// killed before it made its tables left nothing to change.
pub fn tamper(place: &Place, text: &'static str) {
    let changed: sqlx::Result<()> = block_on(async {
        match place.location() {
            Location::Folder(folder) => {
                let mut connection = SqliteConnection::connect(&file(&folder)).await?;
                sqlx::query(text).execute(&mut connection).await.map(drop)
            }
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(&url).await?;
                sqlx::query(text).execute(&mut connection).await.map(drop)
            }
        }
    });
    if let Err(error) = changed {
        let text = error.to_string();
        let nothing =
            ["no such table", "does not exist", "unable to open"].iter().any(|word| text.contains(word));
        assert!(nothing, "{text}");
    }
}

fn file(folder: &std::path::Path) -> String {
    format!("sqlite://{}", folder.join("dangol.db").display())
}

/// Runs a future on a runtime of its own.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
