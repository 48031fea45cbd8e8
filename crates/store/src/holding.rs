//! What holds people: every table says whose rows it holds, what of them goes out when a person asks for their data, and
//! what becomes of them when a person is erased.
//!
//! Each crate that has tables says so in its own `holdings.rs`, which is the one place to look; `know::privacy` exports
//! and erases by it.
//!
//! Invariants:
//! - Every table of the schema is registered; a test walks the schemas of both engines and names those that are not.
//! - A statement over a holding is made of its constants alone, with the person bound.

use crate::tx::Connection;
use crate::{Query, Result, Tx};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Database, Decode, FromRow, Row, Type};

/// A table and whose data it holds. A table may be registered more than once, for each way in which it holds somebody.
#[derive(Debug, Clone, Copy)]
pub struct Holding {
    /// The table.
    pub table: &'static str,
    /// Whose.
    pub holds: Holds,
}

inventory::collect!(Holding);

/// Whose data a table holds.
#[derive(Debug, Clone, Copy)]
pub enum Holds {
    /// No customer's: the code of the reason, `holding.<code>` in the texts.
    Nobody(&'static str),
    /// Somebody's.
    Somebody {
        /// Which rows are theirs.
        whose: Whose,
        /// What goes out to them.
        export: Export,
        /// What becomes of it.
        erasure: Erasure,
    },
}

/// Which rows of a table, called `t`, are somebody's.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    /// A record of theirs stands in one of these columns.
    Columns(&'static [&'static str]),
    /// This holds of them, where `{group}` stands for their records.
    Where(&'static str),
    /// One of these columns of text says their name or a contact of theirs; `key` tells the rows apart.
    Words {
        /// The columns of the primary key.
        key: &'static [&'static str],
        /// Where people's words may stand.
        columns: &'static [&'static str],
    },
}

/// What goes out to somebody.
#[derive(Debug, Clone, Copy)]
pub enum Export {
    /// These columns, as a part of the export with this name.
    Part(&'static str, &'static [Column]),
    /// Nothing: the code of the reason.
    Left(&'static str),
}

/// What becomes of rows when their person is erased.
#[derive(Debug, Clone, Copy)]
pub enum Erasure {
    /// They go.
    Delete,
    /// They stay without what says who it was: what stands after `set`, and the code of why the rest stays.
    Strip(&'static str, &'static str),
    /// They stay as they are, under the pseudonym: the code of why.
    Keep(&'static str),
    /// The noun does it itself, because a statement cannot: `know::privacy` has the way.
    Own,
    /// Somebody else's words, which nobody but their writer can judge: they are shown before the erasure.
    Tell,
}

/// A column that goes out.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What is read of the row `t`; `{group}` stands for the records of the person.
    pub expression: &'static str,
    /// Its name in the export.
    pub name: &'static str,
    /// What it is.
    pub shape: Shape,
}

/// What a column of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Words or a code.
    Text,
    /// A number.
    Number,
    /// An amount in minor units of the currency in the column `currency` of the same part.
    Money,
    /// A point in time, as microseconds.
    Instant,
    /// A day, as a number.
    Day,
    /// A month, as a number.
    Month,
    /// Yes or no.
    Flag,
    /// JSON.
    Json,
}

/// A column of words, by its own name.
pub const fn text(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Text }
}

/// A number, by its own name.
pub const fn number(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Number }
}

/// An amount, by its own name.
pub const fn money(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Money }
}

/// A point in time, by its own name.
pub const fn instant(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Instant }
}

/// A day, by its own name.
pub const fn day(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Day }
}

/// JSON, by its own name.
pub const fn json(name: &'static str) -> Column {
    Column { expression: name, name, shape: Shape::Json }
}

/// What is read by an expression over the row `t`.
pub const fn read(expression: &'static str, name: &'static str, shape: Shape) -> Column {
    Column { expression, name, shape }
}

/// Registers what tables hold: `holds! { "visits" => Somebody { … }; "nodes" => Nobody("technical"); }`.
#[macro_export]
macro_rules! holds {
    ($($table:literal => $holds:expr;)+) => {$(
        $crate::inventory::submit! { $crate::holding::Holding { table: $table, holds: $holds } }
    )+};
}

/// Every holding, by table.
pub fn all() -> Vec<&'static Holding> {
    let mut all: Vec<_> = inventory::iter::<Holding>().collect();
    all.sort_by_key(|holding| holding.table);
    all
}

/// The records of the person whose root is `$1`.
const GROUP: &str =
    "(select cast($1 as bigint) union all select m.party from party_root m where m.root = $1)";

impl Whose {
    /// The condition on `t` with the person's root as `$1`; nothing where rows are told by their words.
    fn condition(&self) -> Option<String> {
        match self {
            Self::Columns(columns) => {
                let each: Vec<_> = columns.iter().map(|column| format!("t.{column} in {GROUP}")).collect();
                Some(format!("({})", each.join(" or ")))
            }
            Self::Where(condition) => Some(format!("({})", condition.replace("{group}", GROUP))),
            Self::Words { .. } => None,
        }
    }
}

/// How many rows of a holding are somebody's; nothing where they are told by their words.
pub async fn count(tx: &mut Tx, table: &str, whose: Whose, root: i64) -> Result<Option<i64>> {
    let Some(condition) = whose.condition() else { return Ok(None) };
    let text = format!("select count(*) from {table} t where {condition}");
    let (count,): (i64,) = Query::built(text).bind(root).fetch_one(tx).await?;
    Ok(Some(count))
}

/// The rows of a holding that are somebody's, column by column as text, at most `limit` from `offset` on.
pub async fn rows(
    tx: &mut Tx,
    table: &str,
    whose: Whose,
    columns: &[Column],
    root: i64,
    (offset, limit): (i64, i64),
) -> Result<Vec<Cells>> {
    let Some(condition) = whose.condition() else { return Ok(Vec::new()) };
    let read: Vec<_> =
        columns.iter().map(|column| format!("cast({} as text)", qualified(column.expression))).collect();
    let places: Vec<_> = (1..=columns.len()).map(|place| place.to_string()).collect();
    // A person's rows are few, and the order is the same as long as nothing is written.
    let text = format!(
        "select {} from {table} t where {condition} order by {} limit $2 offset $3",
        read.join(", "),
        places.join(", ")
    );
    Query::built(text).bind(root).bind(limit).bind(offset).fetch_all(tx).await
}

fn qualified(expression: &str) -> String {
    let is_name = expression.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name { format!("t.{expression}") } else { expression.replace("{group}", GROUP) }
}

/// Does with somebody's rows what their erasure says; gives how many it touched. Nothing happens to what is kept, told
/// or done by the noun itself.
pub async fn erase(tx: &mut Tx, table: &str, whose: Whose, erasure: Erasure, root: i64) -> Result<u64> {
    let Some(condition) = whose.condition() else { return Ok(0) };
    let text = match erasure {
        Erasure::Delete => format!("delete from {table} as t where {condition}"),
        Erasure::Strip(set, _) => format!("update {table} as t set {set} where {condition}"),
        Erasure::Keep(_) | Erasure::Own | Erasure::Tell => return Ok(0),
    };
    Query::built(text).bind(root).execute(tx).await
}

/// A page of the rows in which words may stand: the key as text, then the columns as text; after the key `after`.
pub async fn words(
    tx: &mut Tx,
    table: &str,
    (key, columns): (&[&str], &[&str]),
    after: Option<&[String]>,
    limit: i64,
) -> Result<Vec<Cells>> {
    let cast = |names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("cast(t.{name} as text)")).collect()
    };
    let (keys, read) = (cast(key), cast(columns));
    let places: Vec<_> = (2..key.len() + 2).map(|place| format!("${place}")).collect();
    let later = match after {
        Some(_) => format!(" where ({}) > ({})", keys.join(", "), places.join(", ")),
        None => String::new(),
    };
    let text = format!(
        "select {}, {} from {table} t{later} order by {} limit $1",
        keys.join(", "),
        read.join(", "),
        keys.join(", ")
    );
    let query = Query::built(text).bind(limit);
    after.into_iter().flatten().fold(query, |query, value| query.bind(value)).fetch_all(tx).await
}

/// Does what an erasure says with the one row that has this key.
pub async fn erase_one(
    tx: &mut Tx,
    table: &str,
    key: &[&str],
    values: &[String],
    erasure: Erasure,
) -> Result<u64> {
    let is: Vec<_> =
        key.iter().enumerate().map(|(at, name)| format!("cast(t.{name} as text) = ${}", at + 1)).collect();
    let condition = is.join(" and ");
    let text = match erasure {
        Erasure::Delete => format!("delete from {table} as t where {condition}"),
        Erasure::Strip(set, _) => format!("update {table} as t set {set} where {condition}"),
        Erasure::Keep(_) | Erasure::Own | Erasure::Tell => return Ok(0),
    };
    values.iter().fold(Query::built(text), |query, value| query.bind(value)).execute(tx).await
}

/// A row of any columns, each as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells(pub Vec<Option<String>>);

fn cells<'r, R>(row: &'r R) -> sqlx::Result<Cells>
where
    R: Row,
    usize: ColumnIndex<R>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    (0..row.len()).map(|at| row.try_get(at)).collect::<sqlx::Result<_>>().map(Cells)
}

impl FromRow<'_, SqliteRow> for Cells {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        cells(row)
    }
}

impl FromRow<'_, PgRow> for Cells {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        cells(row)
    }
}

/// Every table and column of the schema, for the test that nothing is left unregistered.
pub async fn schema(tx: &mut Tx) -> Result<Vec<(String, String)>> {
    let text = match tx.connection() {
        Connection::Sqlite(_) => {
            "select m.name, c.name from sqlite_master m, pragma_table_xinfo(m.name) c \
             where m.type = 'table' and m.name not like 'sqlite%' order by m.name, c.cid"
        }
        Connection::Postgres(_) => {
            "select table_name::text, column_name::text from information_schema.columns \
             where table_schema = current_schema() order by table_name, ordinal_position"
        }
    };
    Query::built(text.to_owned()).fetch_all(tx).await
}
