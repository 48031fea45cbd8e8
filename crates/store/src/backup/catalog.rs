//! The tables of a database as the engine itself lists them.

use super::TRANSIENT;
use crate::tx::Connection;
use crate::{Query, Result, Tx};
use serde::{Deserialize, Serialize};

/// What a column holds on this engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Int,
    Bool,
    Real,
    Text,
    Json,
    Bytes,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table with the columns that are written, not computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
}

impl Table {
    /// Its columns' kinds.
    pub fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }
}

/// Columns whose values only this engine understands: a backup does without them.
pub(super) fn is_of_the_engine(table: &str, column: &str) -> bool {
    matches!((table, column), ("interactions" | "reactions", "xid"))
}

/// Every table of the company, by name.
pub(super) async fn tables(tx: &mut Tx) -> Result<Vec<Table>> {
    let mut tables: Vec<Table> = Vec::new();
    for (table, name, kind) in columns(tx).await? {
        if TRANSIENT.contains(&table.as_str()) {
            continue;
        }
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table.clone(), columns: Vec::new() });
        }
        if let Some(last) = tables.last_mut().filter(|_| !is_of_the_engine(&table, &name)) {
            last.columns.push(Column { name, kind: kind_of(&kind)? });
        }
    }
    Ok(tables)
}

/// (table, column, type) in the order of tables and of columns.
async fn columns(tx: &mut Tx) -> Result<Vec<(String, String, String)>> {
    let text = match tx.connection() {
        Connection::Sqlite(_) => {
            "select m.name, c.name, lower(c.type) from sqlite_master m, pragma_table_xinfo(m.name) c \
             where m.type = 'table' and m.name not like 'sqlite%' and c.hidden = 0 order by m.name, c.cid"
        }
        Connection::Postgres(_) => {
            "select table_name::text, column_name::text, data_type::text from information_schema.columns \
             join information_schema.tables using (table_schema, table_name) \
             where table_schema = current_schema() and table_type = 'BASE TABLE' and is_generated = 'NEVER' \
             order by table_name collate \"C\", ordinal_position"
        }
    };
    Query::built(text.to_owned()).fetch_all(tx).await
}

fn kind_of(name: &str) -> Result<Kind> {
    Ok(match name {
        "integer" | "bigint" => Kind::Int,
        "boolean" => Kind::Bool,
        "real" | "double precision" => Kind::Real,
        "text" => Kind::Text,
        "jsonb" => Kind::Json,
        "blob" | "bytea" => Kind::Bytes,
        other => return Err(crate::Error::Corrupt(format!("a column of type {other} cannot be backed up"))),
    })
}
