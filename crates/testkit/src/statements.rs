//! Every registered statement, prepared on the engine of the test: a misspelt column fails here and not at work.

use crate::TestApp;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqlStr, SqliteConnection};
use store::{Location, Registered, registered};

impl TestApp {
    /// Prepares every statement that is linked into the test; gives how many there are.
    ///
    /// # Panics
    /// When the engine refuses any, with the place of each.
    pub async fn every_statement_prepares(&self) -> usize {
        let refused = match self.location() {
            Location::Folder(folder) => {
                let file = format!("sqlite://{}", folder.join("dangol.db").display());
                let mut connection = SqliteConnection::connect(&file).await.unwrap();
                refused_by(&mut connection).await
            }
            Location::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                refused_by(&mut connection).await
            }
        };
        assert!(refused.is_empty(), "statements that do not prepare:\n{}", refused.join("\n"));
        registered().count()
    }
}

async fn refused_by<C>(connection: &mut C) -> Vec<String>
where
    for<'c> &'c mut C: Executor<'c>,
{
    let mut refused = Vec::new();
    for statement in registered() {
        let Err(error) = connection.prepare(one_row(statement, false)).await.map(drop) else { continue };
        // A lone row has no types of its own on PostgreSQL, which takes its values for text; at work they are bound
        // with their types, and those that rows are looked up by are ids.
        if connection.prepare(one_row(statement, true)).await.is_err() {
            refused.push(format!("{}:{}: {error}", statement.file, statement.line));
        }
    }
    refused
}

/// The text with one row, of ids if `ids`, in the place of `{rows}`, after the values that are bound first.
fn one_row(statement: &Registered, ids: bool) -> SqlStr {
    let Registered { text, width, .. } = statement;
    if *width == 0 {
        return SqlStr::from_static(text);
    }
    let numbers = text.split('$').skip(1).map(|tail| {
        let digits = tail.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse::<usize>().unwrap_or_default()
    });
    let fixed = numbers.max().unwrap_or_default();
    let value = |number: usize| if ids { format!("cast(${number} as bigint)") } else { format!("${number}") };
    let row: Vec<String> = (1..=*width).map(|column| value(fixed + column)).collect();
    AssertSqlSafe(text.replace("{rows}", &format!("({})", row.join(", ")))).into_sql_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_after_the_values_that_are_bound_first() {
        let statement =
            Registered { text: "insert into a {rows} where $1 = $2", width: 2, file: "", line: 0 };
        assert_eq!(one_row(&statement, false).as_str(), "insert into a ($3, $4) where $1 = $2");
        assert!(one_row(&statement, true).as_str().contains("(cast($3 as bigint), cast($4 as bigint))"));
    }
}
