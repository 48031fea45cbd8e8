//! Both engines have the same tables, columns, nullability and unique indexes.

use crate::place::{Place, on_postgres};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};
use store::Location;

/// Which types of PostgreSQL may stand for a type of SQLite.
const TYPES: [(&str, &[&str]); 4] = [
    ("INTEGER", &["bigint", "boolean"]),
    ("TEXT", &["text", "jsonb"]),
    ("REAL", &["double precision"]),
    ("BLOB", &["bytea"]),
];

/// A column: its type and whether it may be null.
type Columns = BTreeMap<(String, String), (String, bool)>;
/// The columns of each primary key and unique index.
type Uniques = BTreeSet<(String, String)>;

#[tokio::test(flavor = "multi_thread")]
async fn the_schemas_are_the_same() {
    on_postgres(async |place| {
        place.open().await.close().await.unwrap();
        let mut postgres = PgConnection::connect(place.url()).await.unwrap();
        let (_folder, mut sqlite) = sqlite().await;
        let (left, right) = (sqlite_columns(&mut sqlite).await, postgres_columns(&mut postgres).await);
        assert!(left.len() > 40, "the schema of SQLite was not read");
        assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
        for (column, (kind, nullable)) in &left {
            let (other, other_nullable) = &right[column];
            let (_, allowed) = TYPES.iter().find(|(name, _)| name == kind).unwrap();
            assert!(allowed.contains(&other.as_str()), "{column:?} is {kind} and {other}");
            assert_eq!(nullable, other_nullable, "{column:?} may be null on one engine only");
        }
        assert_eq!(sqlite_uniques(&mut sqlite).await, postgres_uniques(&mut postgres).await);
        assert_eq!(other_collations(&mut postgres).await, Vec::<String>::new());
    })
    .await;
}

async fn sqlite() -> (Place, SqliteConnection) {
    let place = Place::sqlite();
    place.open().await.close().await.unwrap();
    let Location::Folder(folder) = &place.location else { unreachable!("it was just made") };
    let connection = SqliteConnectOptions::new().filename(folder.join("dangol.db")).connect().await.unwrap();
    (place, connection)
}

async fn sqlite_columns(connection: &mut SqliteConnection) -> Columns {
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "select m.name, c.name, c.type, c.\"notnull\" = 0 and c.pk = 0 from sqlite_master m, \
         pragma_table_xinfo(m.name) c where m.type = 'table' and m.name not like 'sqlite%' \
         and m.name <> 'schema_steps'",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().map(|(table, column, kind, null)| ((table, column), (kind, null))).collect()
}

async fn postgres_columns(connection: &mut PgConnection) -> Columns {
    let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
        "select table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
         from information_schema.columns where table_schema = 'public' and table_name <> 'schema_steps'",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().map(|(table, column, kind, null)| ((table, column), (kind, null))).collect()
}

/// Keys from the columns themselves (an `integer primary key` has no index), other unique indexes from theirs.
async fn sqlite_uniques(connection: &mut SqliteConnection) -> Uniques {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select t, group_concat(c, ',') from (select m.name t, '' i, c.name c from sqlite_master m, \
         pragma_table_info(m.name) c where m.type = 'table' and c.pk > 0 order by m.name, c.pk) group by t \
         union select t, group_concat(c, ',') from (select m.name t, l.name i, coalesce(x.name, '(expression)') c \
         from sqlite_master m, pragma_index_list(m.name) l, pragma_index_info(l.name) x \
         where m.type = 'table' and l.\"unique\" and l.origin <> 'pk' order by l.name, x.seqno) group by t, i",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().filter(|(table, _)| table != "schema_steps" && !table.starts_with("sqlite")).collect()
}

async fn postgres_uniques(connection: &mut PgConnection) -> Uniques {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select i.indrelid::regclass::text, string_agg(coalesce(a.attname, '(expression)'), ',' order by k.place) \
         from pg_index i join pg_class c on c.oid = i.indrelid and c.relnamespace = 'public'::regnamespace \
         cross join unnest(i.indkey::int[]) with ordinality k (number, place) \
         left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number and k.number > 0 \
         where i.indisunique group by i.indexrelid, i.indrelid",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().filter(|(table, _)| table != "schema_steps").collect()
}

/// Text columns that would sort in another order than SQLite's.
async fn other_collations(connection: &mut PgConnection) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public' \
         and data_type = 'text' and collation_name is distinct from 'C' and table_name <> 'schema_steps'",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().map(|(column,)| column).collect()
}
