//! `sql!`: a statement that both engines can run, registered so that a test prepares each on both.

use crate::tx::Connection;
use crate::{Result, Tx, Value, value};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Executor, FromRow, SqlSafeStr, SqlStr};

/// A statement as it stands in the source: its text and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Registered {
    /// The text, with `{rows}` where [`sql_rows!`] puts its rows.
    pub text: &'static str,
    /// Members of one row, for [`sql_rows!`]; 0 for [`sql!`].
    pub width: usize,
    /// The file it stands in.
    pub file: &'static str,
    /// The line it stands on.
    pub line: u32,
}

inventory::collect!(Registered);

impl Registered {
    /// Prepares the statement, with two rows where it takes many, without running it: what the test of every crate
    /// that has statements does on both engines.
    ///
    /// # Errors
    /// What the engine says against it.
    pub async fn prepare(&self, tx: &mut Tx) -> Result<()> {
        let rows = placeholders(2, self.width, if self.width > 0 { fixed(self.text) } else { 0 });
        let text = AssertSqlSafe(self.text.replace("{rows}", &rows)).into_sql_str();
        match tx.connection() {
            Connection::Sqlite(connection) => connection.prepare(text).await.map(drop)?,
            Connection::Postgres(connection) => connection.prepare(text).await.map(drop)?,
        }
        Ok(())
    }
}

/// Every statement of the program.
pub fn registered() -> impl Iterator<Item = &'static Registered> {
    inventory::iter::<Registered>()
}

/// A statement with `$1`, `$2`, … for its values: `sql!("select name from parties where id = $1").bind(id)`.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {{
        const TEXT: &str = $text;
        $crate::inventory::submit! { $crate::Registered { text: TEXT, width: 0, file: file!(), line: line!() } }
        $crate::Query::fixed(TEXT)
    }};
}

/// A statement over many rows: `{rows}` stands for `($1, $2), ($3, $4), …`. Values bound first come first.
///
/// The width is checked by the test that prepares every statement.
#[macro_export]
macro_rules! sql_rows {
    ($width:literal, $text:expr) => {{
        const TEXT: &str = $text;
        $crate::inventory::submit! { $crate::Registered { text: TEXT, width: $width, file: file!(), line: line!() } }
        $crate::Query::rows(TEXT, $width)
    }};
}

/// What a statement's rows are read into: a struct that derives [`FromRow`], or a tuple.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A row as the driver gives it.
enum DriverRow {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl DriverRow {
    fn read<T: Row>(&self) -> Result<T> {
        Ok(match self {
            Self::Sqlite(row) => T::from_row(row)?,
            Self::Postgres(row) => T::from_row(row)?,
        })
    }
}

/// Values of a statement over many rows that is kept prepared whatever their number.
const SMALL: usize = 64;

/// A statement and its values.
#[derive(Debug, Clone)]
pub struct Query {
    text: Text,
    values: Vec<Value>,
    /// Whether rows were repeated up to a power of two.
    padded: bool,
}

#[derive(Debug, Clone)]
enum Text {
    Fixed(&'static str),
    Rows { text: &'static str, width: usize, fixed: usize },
    Built(String),
}

impl Query {
    /// Used by [`sql!`].
    pub fn fixed(text: &'static str) -> Self {
        Self { text: Text::Fixed(text), values: Vec::new(), padded: false }
    }

    /// Used by [`sql_rows!`].
    pub fn rows(text: &'static str, width: usize) -> Self {
        Self { text: Text::Rows { text, width, fixed: 0 }, values: Vec::new(), padded: false }
    }

    /// A text built at run time, for the list and segment builders alone: every value in it is bound.
    pub fn built(text: String) -> Self {
        Self { text: Text::Built(text), values: Vec::new(), padded: false }
    }

    /// Binds the next value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        if let Text::Rows { fixed, .. } = &mut self.text {
            *fixed += 1;
        }
        self
    }

    /// Binds a row of a [`sql_rows!`] statement.
    pub fn push_row<const N: usize>(&mut self, row: [Value; N]) {
        self.values.extend(row);
    }

    /// Whether no row was pushed: such a statement must not run.
    pub fn is_empty(&self) -> bool {
        matches!(self.text, Text::Rows { fixed, .. } if self.values.len() == fixed)
    }

    /// Whether the next row would pass what the engines take in one statement.
    pub fn is_full(&self) -> bool {
        self.values.len() + 64 > kernel::limits::STATEMENT_PARAMETERS
    }

    /// Runs the statement; gives the number of rows it changed. Of many rows SQLite is given as many as a prepared
    /// statement takes at a time, so a statement that changes something must not compare its rows with one another.
    pub async fn execute(self, tx: &mut Tx) -> Result<u64> {
        let mut changed = 0;
        for part in self.parts(tx) {
            changed += part.execute_whole(tx).await?;
        }
        Ok(changed)
    }

    async fn execute_whole(self, tx: &mut Tx) -> Result<u64> {
        let keep = self.is_kept();
        let (text, values) = self.prepared(tx);
        Ok(match tx.connection() {
            Connection::Sqlite(connection) => {
                let query = sqlx::query_with(text, value::sqlite(values)?).persistent(keep);
                query.execute(connection).await?.rows_affected()
            }
            Connection::Postgres(connection) => {
                let query = sqlx::query_with(text, value::postgres(values)?).persistent(keep);
                query.execute(connection).await?.rows_affected()
            }
        })
    }

    /// All rows.
    pub async fn fetch_all<T: Row>(self, tx: &mut Tx) -> Result<Vec<T>> {
        let mut found = Vec::new();
        self.each(tx, &mut |row| {
            found.push(row.read()?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// Hands over row after row. Nothing here depends on what they are read into, so it is compiled once and not with
    /// every type that is asked for.
    async fn each(self, tx: &mut Tx, take: &mut (dyn FnMut(DriverRow) -> Result<()> + Send)) -> Result<()> {
        let keep = self.is_kept();
        let (text, values) = self.prepared(tx);
        match tx.connection() {
            Connection::Sqlite(connection) => {
                let query = sqlx::query_with(text, value::sqlite(values)?).persistent(keep);
                let mut rows = connection.fetch(query);
                while let Some(row) = rows.try_next().await? {
                    take(DriverRow::Sqlite(row))?;
                }
            }
            Connection::Postgres(connection) => {
                let query = sqlx::query_with(text, value::postgres(values)?).persistent(keep);
                let mut rows = connection.fetch(query);
                while let Some(row) = rows.try_next().await? {
                    take(DriverRow::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// All rows of a question about a set, in which the same row twice asks nothing more: the last row is repeated up
    /// to the next power of two, so that few statements serve sets of every size and each stays prepared.
    ///
    /// What joins its rows may give an answer more than once. A set without members has no answer and is not asked.
    pub async fn fetch_of_set<T: Row>(mut self, tx: &mut Tx) -> Result<Vec<T>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        if let Text::Rows { width, fixed, .. } = self.text {
            let rows = (self.values.len() - fixed) / width;
            let wanted = fixed + width * rows.next_power_of_two();
            let last = self.values[self.values.len() - width..].to_vec();
            while self.values.len() < wanted {
                self.values.extend_from_slice(&last);
            }
            self.padded = true;
        }
        self.fetch_all(tx).await
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<T: Row>(self, tx: &mut Tx) -> Result<Option<T>> {
        self.first(tx).await?.map(|row| row.read()).transpose()
    }

    /// The first row, or [`crate::Error::NotFound`].
    pub async fn fetch_one<T: Row>(self, tx: &mut Tx) -> Result<T> {
        self.first(tx).await?.ok_or(crate::Error::NotFound)?.read()
    }

    async fn first(self, tx: &mut Tx) -> Result<Option<DriverRow>> {
        let (text, values) = self.prepared(tx);
        Ok(match tx.connection() {
            Connection::Sqlite(connection) => {
                let row = connection.fetch_optional(sqlx::query_with(text, value::sqlite(values)?)).await?;
                row.map(DriverRow::Sqlite)
            }
            Connection::Postgres(connection) => {
                let row = connection.fetch_optional(sqlx::query_with(text, value::postgres(values)?)).await?;
                row.map(DriverRow::Postgres)
            }
        })
    }

    /// The rows one after another, without holding them all.
    pub fn stream<T: Row + 'static>(self, tx: &mut Tx) -> BoxStream<'_, Result<T>> {
        self.rows_of(tx).map(|row| row?.read()).boxed()
    }

    fn rows_of(self, tx: &mut Tx) -> BoxStream<'_, Result<DriverRow>> {
        let (text, values) = self.prepared(tx);
        match tx.connection() {
            Connection::Sqlite(connection) => match value::sqlite(values) {
                Ok(arguments) => connection
                    .fetch(sqlx::query_with(text, arguments))
                    .map_ok(DriverRow::Sqlite)
                    .err_into()
                    .boxed(),
                Err(error) => futures::stream::once(async { Err(error) }).boxed(),
            },
            Connection::Postgres(connection) => match value::postgres(values) {
                Ok(arguments) => connection
                    .fetch(sqlx::query_with(text, arguments))
                    .map_ok(DriverRow::Postgres)
                    .err_into()
                    .boxed(),
                Err(error) => futures::stream::once(async { Err(error) }).boxed(),
            },
        }
    }

    /// Whether the connection keeps the prepared statement: many rows come in few numbers of rows only when they fill
    /// the statement or are a power of two, and a statement of thousands of values takes megabytes.
    fn is_kept(&self) -> bool {
        let Text::Rows { width, fixed, .. } = self.text else { return true };
        let rows = (self.values.len() - fixed) / width;
        self.padded || self.values.len() <= SMALL || self.is_full() || rows.is_power_of_two()
    }

    /// The statement in parts of which each stays prepared: powers of two of rows, where it is not full. A part takes
    /// a way to SQLite and back, parsing thousands of members takes far longer.
    fn parts(self, tx: &mut Tx) -> Vec<Self> {
        let Text::Rows { width, fixed, .. } = self.text else { return vec![self] };
        let fits = self.values.len() <= kernel::limits::STATEMENT_PARAMETERS;
        if (fits && self.is_kept()) || matches!(tx.connection(), Connection::Postgres(_)) {
            return vec![self];
        }
        let most = (kernel::limits::STATEMENT_PARAMETERS / width).max(1).ilog2();
        let (bound, mut rows) = (self.values[..fixed].to_vec(), self.values.into_iter().skip(fixed));
        let (mut parts, mut left) = (Vec::new(), rows.len() / width);
        while left > 0 {
            let taken = if left * width <= SMALL { left } else { 1 << left.ilog2().min(most) };
            let values = bound.iter().cloned().chain(rows.by_ref().take(taken * width)).collect();
            parts.push(Self { text: self.text.clone(), values, padded: false });
            left -= taken;
        }
        parts
    }

    fn prepared(mut self, tx: &mut Tx) -> (SqlStr, Vec<Value>) {
        let text = match self.text {
            Text::Fixed(text) => SqlStr::from_static(text),
            Text::Built(text) => AssertSqlSafe(text).into_sql_str(),
            Text::Rows { text, width, fixed } => {
                let rows = (self.values.len() - fixed) / width;
                let text = match tx.connection() {
                    Connection::Sqlite(_) => {
                        self.values.rotate_left(fixed);
                        nameless(text, rows, width, fixed)
                    }
                    Connection::Postgres(_) => text.replace("{rows}", &placeholders(rows, width, fixed)),
                };
                AssertSqlSafe(text).into_sql_str()
            }
        };
        (text, self.values)
    }
}

/// The text for SQLite, with the rows' values before the `fixed` ones: it looks for the name of each `$n` among all
/// before it, so that names for the rows would take a time that grows with their square.
fn nameless(text: &str, rows: usize, width: usize, fixed: usize) -> String {
    let mut pieces = text.split('$');
    let mut given = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_at(piece.bytes().take_while(u8::is_ascii_digit).count());
        given.push('$');
        match number.parse::<usize>() {
            Ok(bound) if (1..=fixed).contains(&bound) => given.push_str(&(rows * width + bound).to_string()),
            _ => given.push_str(number),
        }
        given.push_str(rest);
    }
    given.replace("{rows}", &marks(rows, width))
}

/// How many values a text over many rows binds before them: its largest `$n`.
fn fixed(text: &str) -> usize {
    let numbers = text.split('$').skip(1).map(|piece| {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        piece[..digits].parse().unwrap_or(0)
    });
    numbers.max().unwrap_or(0)
}

/// `(?, ?), (?, ?)` for two rows of two members.
fn marks(rows: usize, width: usize) -> String {
    let row = format!("({})", vec!["?"; width].join(", "));
    vec![row; rows].join(", ")
}

/// `($3, $4), ($5, $6)` for two rows of two members after two bound values.
fn placeholders(rows: usize, width: usize, fixed: usize) -> String {
    let mut numbers = fixed + 1..;
    let mut row = || {
        let members: Vec<String> = numbers.by_ref().take(width).map(|number| format!("${number}")).collect();
        format!("({})", members.join(", "))
    };
    (0..rows).map(|_| row()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_written_for_each_engine() {
        assert_eq!(placeholders(2, 2, 2), "($3, $4), ($5, $6)");
        assert_eq!(marks(2, 2), "(?, ?), (?, ?)");
        let text = "update t set a = $1, b = $2 where id in (values {rows})";
        assert_eq!(
            nameless(text, 6, 2, 2),
            format!("update t set a = $13, b = $14 where id in (values {})", marks(6, 2))
        );
    }

    #[test]
    fn every_bound_value_keeps_its_own_number() {
        let bound: Vec<String> = (1..=12).map(|number| format!("${number}")).collect();
        let moved: Vec<String> = (1..=12).map(|number| format!("${}", 6 + number)).collect();
        assert_eq!(
            nameless(&format!("select {} from (values {{rows}})", bound.join(", ")), 3, 2, 12),
            format!("select {} from (values {})", moved.join(", "), marks(3, 2))
        );
    }

    #[test]
    fn what_is_no_bound_value_stays_as_it_stands() {
        let text = "select '$', '$.name', '$0', $2, $1 from (values {rows}) where a like '%$'";
        assert_eq!(
            nameless(text, 1, 1, 1),
            "select '$', '$.name', '$0', $2, $2 from (values (?)) where a like '%$'"
        );
    }
}
