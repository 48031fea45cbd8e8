//! What a backup asks the database for.
//!
//! On PostgreSQL transactions commit in another order than they took their numbers, and readers follow (xid, seq). A
//! backup leaves out xid. Where that order is not the order of seq, it deals the same numbers out anew in the order in
//! which the log is read, and moves what points at them: the cursors of reactions and parked interactions.

use super::catalog::{self, Table};
use super::frame::{AuditHead, Header, hex};
use crate::tx::Connection;
use crate::{Query, Result, Tx, migrate, sql};

/// Each interaction's own number and the one it gets.
const MOVES: &str = "(select o.seq as old, n.seq as new from \
    (select seq, row_number() over (order by xid, seq) as place from interactions) o join \
    (select seq, row_number() over (order by seq) as place from interactions) n on o.place = n.place)";

/// What the backup will say of itself.
pub(super) async fn header(tx: &mut Tx, tables: &[Table]) -> Result<Header> {
    let schema = migrate::applied(tx).await?;
    let (log_head,): (i64,) = sql!("select coalesce(max(seq), 0) from interactions").fetch_one(tx).await?;
    let program = env!("CARGO_PKG_VERSION").to_owned();
    let audit_head = audit_head(tx, tables).await?;
    Ok(Header { program, created_at: tx.now(), schema, log_head, audit_head })
}

/// The end of the audit log's chain: nothing of an older schema, nor before the first row is sealed.
async fn audit_head(tx: &mut Tx, tables: &[Table]) -> Result<Option<AuditHead>> {
    if !tables.iter().any(|table| table.name == "audit_head") {
        return Ok(None);
    }
    let row: Option<(i64, Vec<u8>)> =
        sql!("select place, hash from audit_head where place > 0").fetch_optional(tx).await?;
    Ok(row.map(|(place, hash)| AuditHead { place, hash: hex(&hash) }))
}

/// Lets the statements of this transaction run for as long as the tables are long.
pub(super) async fn unhurried(tx: &mut Tx) -> Result<()> {
    if let Connection::Postgres(_) = tx.connection() {
        Query::built("set local statement_timeout = 0".into()).execute(tx).await?;
    }
    Ok(())
}

/// Whether the log is read in the order of its numbers.
pub(super) async fn is_in_order(tx: &mut Tx) -> Result<bool> {
    if let Connection::Sqlite(_) = tx.connection() {
        return Ok(true);
    }
    let text = "select count(*) from (select seq, lag(seq) over (order by xid, seq) as before from interactions) w \
                where before > seq";
    let (moved,): (i64,) = Query::built(text.into()).fetch_one(tx).await?;
    Ok(moved == 0)
}

/// The statement that gives the rows of `table`, its columns in their order.
pub(super) fn select(tx: &mut Tx, table: &Table, in_order: bool) -> String {
    let is_postgres = matches!(tx.connection(), Connection::Postgres(_));
    let column = |column: &catalog::Column| {
        let name = quoted(&column.name);
        match (in_order, table.name.as_str(), column.name.as_str()) {
            (false, "interactions" | "parked", "seq") => "m.new".to_owned(),
            (false, "reactions", "seq") => cursor(),
            _ if is_postgres && column.kind == catalog::Kind::Json => format!("t.{name}::text"),
            _ => format!("t.{name}"),
        }
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let name = quoted(&table.name);
    let joined = match (in_order, table.name.as_str()) {
        (false, "interactions") => format!(" join {MOVES} m on m.old = t.seq order by m.new"),
        (false, "parked") => format!(" join {MOVES} m on m.old = t.seq"),
        _ => String::new(),
    };
    format!("select {} from {name} t{joined}", columns.join(", "))
}

/// The new number of the last interaction that a reaction has passed; -1 before the first.
fn cursor() -> String {
    "case when t.seq < 0 then t.seq else coalesce((select max(m.new) from ".to_owned()
        + MOVES
        + " m join interactions i on i.seq = m.old where (i.xid, i.seq) <= (t.xid, t.seq)), -1) end"
}

/// A name of the schema as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
