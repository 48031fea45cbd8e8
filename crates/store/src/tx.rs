//! A transaction on either engine.

use crate::Environment;
use crate::patience::Patience;
use kernel::{Id, IdSource, Instant};
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};
use std::sync::Arc;

/// A transaction: everything that reads or writes takes one.
///
/// Reading transactions come from [`crate::Db::read`] and see one snapshot; writing ones from
/// [`crate::Db::write`].
pub struct Tx {
    pub(crate) engine: Engine,
    pub(crate) environment: Environment,
    pub(crate) ids: Arc<IdSource>,
    /// Whether the log has grown, so that the reactions are woken after the commit.
    pub(crate) appended: bool,
    /// How long its questions may take.
    pub(crate) patience: Option<Arc<Patience>>,
}

/// The connection under a transaction.
pub(crate) enum Engine {
    /// The one writing connection of SQLite, inside a group of writes.
    SqliteWriter(Box<SqliteConnection>),
    /// A reading connection of SQLite.
    SqliteReader(Transaction<'static, Sqlite>),
    /// A transaction of PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// A driver's connection.
pub(crate) enum Connection<'t> {
    Sqlite(&'t mut SqliteConnection),
    Postgres(&'t mut PgConnection),
}

impl Tx {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match &mut self.engine {
            Engine::SqliteWriter(connection) => Connection::Sqlite(connection),
            Engine::SqliteReader(transaction) => Connection::Sqlite(transaction),
            Engine::Postgres(transaction) => Connection::Postgres(transaction),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Instant {
        self.environment.clock.now()
    }

    /// A new id.
    pub fn id<K>(&self) -> Id<K> {
        self.ids.next()
    }

    /// Time and chance.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}
