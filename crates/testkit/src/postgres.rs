//! A new PostgreSQL database for each test, dropped at its end.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// Names the server: an address whose user may create databases.
const SERVER: &str = "DANGOL_TEST_POSTGRES_URL";

/// A database of its own, dropped with it.
pub struct TestDatabase {
    server: String,
    name: String,
    url: String,
}

impl TestDatabase {
    /// Creates one; `None`, and a line that says so, where there is no server.
    pub async fn create() -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            println!("left out: PostgreSQL, because {SERVER} is not set");
            return None;
        };
        let name = unique_name();
        execute(&server, format!("create database {name}")).await.unwrap();
        let url = with_database(&server, &name);
        Some(Self { server, name, url })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    /// On a thread of its own: the test's runtime may be ending.
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("drop database if exists {} with (force)", self.name);
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(execute(&server, statement))
        });
        if let Ok(Err(error)) = dropping.join() {
            println!("a test database was left behind: {error}");
        }
    }
}

async fn execute(server: &str, statement: String) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// No two processes get the same name for a folder from the operating system at once.
fn unique_name() -> String {
    let folder = TempDir::with_prefix("dangol_test_").unwrap();
    let name = folder.path().file_name().unwrap().to_string_lossy().to_lowercase();
    format!("{name}_{}", std::process::id())
}

/// The server's address with another database.
fn with_database(server: &str, name: &str) -> String {
    let (address, options) = server.split_once('?').map_or((server, None), |(a, o)| (a, Some(o)));
    let host = address.split_once("://").map_or(0, |(scheme, _)| scheme.len() + 3);
    let end = address[host..].find('/').map_or(address.len(), |slash| host + slash);
    let options = options.map(|options| format!("?{options}")).unwrap_or_default();
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_the_address_changes() {
        assert_eq!(with_database("postgres://u@h:1/a?x=y", "b"), "postgres://u@h:1/b?x=y");
        assert_eq!(with_database("postgres://u@h:1", "b"), "postgres://u@h:1/b");
    }
}
