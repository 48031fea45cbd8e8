//! Reading a backup into an empty schema, within one transaction.

use super::catalog::{self, Kind, Table, is_of_the_engine};
use super::cell::Row;
use super::frame::{Header, Piece, Reader, TableHead};
use super::source::quoted;
use super::{WAITING, broken};
use crate::tx::Connection;
use crate::{Error, Query, Result, Tx, freeze, migrate};
use std::io::Read;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Values of one statement.
const VALUES: usize = 1_200;

/// Puts the company of `input` into the empty schema that `tx` sees, brings it to this program's schema and freezes
/// what it would send.
///
/// # Errors
/// When the backup is damaged, or comes from a newer program; the caller then undoes the transaction.
pub(super) async fn company<R: Read + Send + 'static>(tx: &mut Tx, input: R) -> Result<Header> {
    let (pieces, mut waiting) = channel(WAITING);
    let reading = tokio::task::spawn_blocking(move || read(input, &pieces));
    let loaded = take(tx, &mut waiting).await;
    drop(waiting);
    let read = reading.await.map_err(|error| Error::Panicked(error.to_string()))?;
    let header = loaded.and_then(|header| read.map(|()| header))?;
    settle(tx).await?;
    Ok(header)
}

fn read(input: impl Read, pieces: &Sender<Piece>) -> Result<()> {
    let mut reader = Reader::begin(input)?;
    while let Some(piece) = reader.next()? {
        // Nobody takes it any more: the reason is on the other side.
        if pieces.blocking_send(piece).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

async fn take(tx: &mut Tx, pieces: &mut Receiver<Piece>) -> Result<Header> {
    let Some(Piece::Header(header)) = pieces.recv().await else { return Err(broken("it has no header")) };
    migrate::run_up_to(tx, &header.schema).await?;
    let tables = catalog::tables(tx).await?;
    loosen(tx).await?;
    for table in &tables {
        run(tx, format!("delete from {}", quoted(&table.name))).await?;
    }
    let mut into = None;
    while let Some(piece) = pieces.recv().await {
        match (piece, &into) {
            (Piece::Table(head), _) => into = Some(Into::new(tx, &tables, &head)?),
            (Piece::Rows(rows), Some(into)) => into.insert(tx, rows).await?,
            _ => {}
        }
    }
    Ok(header)
}

/// What follows the rows: the order of the log, the counters, the remaining steps, the freeze.
async fn settle(tx: &mut Tx) -> Result<()> {
    // A place in the log is (xid, seq). SQLite computes xid as seq; on PostgreSQL what was restored comes first.
    match tx.connection() {
        Connection::Sqlite(_) => run(tx, "update reactions set xid = seq".into()).await?,
        Connection::Postgres(_) => {
            run(tx, "update reactions set xid = case when seq < 0 then -1 else 0 end".into()).await?;
            count_on(tx).await?;
        }
    }
    tighten(tx).await?;
    migrate::run_in(tx).await?;
    freeze::freeze(tx, "restored").await
}

/// The next numbers of PostgreSQL's identity columns come after those that are there.
async fn count_on(tx: &mut Tx) -> Result<()> {
    let text = "select table_name::text, column_name::text from information_schema.columns \
                where table_schema = current_schema() and is_identity = 'YES'";
    let columns: Vec<(String, String)> = Query::built(text.into()).fetch_all(tx).await?;
    for (table, column) in columns {
        let (table, column) = (quoted(&table), quoted(&column));
        run(
            tx,
            format!(
                "select setval(pg_get_serial_sequence('{table}', trim('\"' from '{column}')), \
                 greatest((select max({column}) from {table}), 1), exists (select 1 from {table}))"
            ),
        )
        .await?;
    }
    Ok(())
}

/// Lets the tables come in any order: on PostgreSQL their references wait in a table of the transaction, on SQLite the
/// connection does not ask for them.
async fn loosen(tx: &mut Tx) -> Result<()> {
    if let Connection::Sqlite(_) = tx.connection() {
        return Ok(());
    }
    run(
        tx,
        "create temporary table restored_references on commit drop as select conrelid::regclass::text as t, \
         conname::text as name, pg_get_constraintdef(oid) as definition from pg_constraint \
         where contype = 'f' and connamespace = current_schema()::regnamespace"
            .into(),
    )
    .await?;
    for (table, name, _) in references(tx).await? {
        run(tx, format!("alter table {table} drop constraint {}", quoted(&name))).await?;
    }
    Ok(())
}

/// Puts the references back, which checks every row.
async fn tighten(tx: &mut Tx) -> Result<()> {
    if let Connection::Sqlite(_) = tx.connection() {
        let text = "select count(*) from pragma_foreign_key_check";
        let (loose,): (i64,) = Query::built(text.into()).fetch_one(tx).await?;
        return if loose == 0 { Ok(()) } else { Err(broken(format_args!("{loose} rows refer to nothing"))) };
    }
    for (table, name, definition) in references(tx).await? {
        run(tx, format!("alter table {table} add constraint {} {definition}", quoted(&name))).await?;
    }
    Ok(())
}

async fn references(tx: &mut Tx) -> Result<Vec<(String, String, String)>> {
    Query::built("select t, name, definition from restored_references".into()).fetch_all(tx).await
}

async fn run(tx: &mut Tx, text: String) -> Result<()> {
    Query::built(text).execute(tx).await.map(drop)
}

/// Inserts into one table.
struct Into {
    /// `insert into t (a, b)`, and what a row of values looks like behind it.
    head: String,
    kinds: Vec<Kind>,
    /// Whether each row begins with xid 0.
    is_log: bool,
    is_postgres: bool,
}

impl Into {
    fn new(tx: &mut Tx, tables: &[Table], head: &TableHead) -> Result<Self> {
        let foreign = || broken(format_args!("its table {} is not of its schema", head.name));
        let table = tables.iter().find(|table| table.name == head.name).ok_or_else(foreign)?;
        let kind = |name: &String| {
            table.columns.iter().find(|column| column.name == *name).map(|column| column.kind)
        };
        let kinds = head.columns.iter().map(kind).collect::<Option<Vec<Kind>>>().ok_or_else(foreign)?;
        if kinds.len() != table.columns.len() {
            return Err(foreign());
        }
        let is_postgres = matches!(tx.connection(), Connection::Postgres(_));
        let is_log = is_of_the_engine(&head.name, "xid") && (is_postgres || head.name == "reactions");
        let mut columns: Vec<String> = head.columns.iter().map(|name| quoted(name)).collect();
        if is_log {
            columns.push("xid".into());
        }
        let head = format!("insert into {} ({}) values ", quoted(&head.name), columns.join(", "));
        Ok(Self { head, kinds, is_log, is_postgres })
    }

    async fn insert(&self, tx: &mut Tx, rows: Vec<Row>) -> Result<()> {
        let many = (VALUES / self.kinds.len().max(1)).max(1);
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            // Few numbers of rows, so that each statement is prepared once.
            let count = if rows.len() >= many { many } else { 1 << rows.len().ilog2() };
            let mut query = Query::built(self.text(count));
            for row in rows.by_ref().take(count) {
                for (cell, kind) in row.into_iter().zip(&self.kinds) {
                    query = query.bind(cell.into_value(*kind)?);
                }
            }
            query.execute(tx).await?;
        }
        Ok(())
    }

    fn text(&self, rows: usize) -> String {
        let mut text = self.head.clone();
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            let marks = self
                .kinds
                .iter()
                .enumerate()
                .map(|(at, kind)| self.mark(row * self.kinds.len() + at + 1, *kind));
            text.push_str(&marks.collect::<Vec<_>>().join(", "));
            text.push_str(if self.is_log { ", 0)" } else { ")" });
        }
        text
    }

    fn mark(&self, number: usize, kind: Kind) -> String {
        match (self.is_postgres, kind) {
            (true, Kind::Json) => format!("${number}::jsonb"),
            (true, _) => format!("${number}"),
            // SQLite looks for the name of each `$n` among all before it; marks without names are counted.
            (false, _) => "?".into(),
        }
    }
}
