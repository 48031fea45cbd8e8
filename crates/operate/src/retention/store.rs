//! Destroying what has ended its period, and the report.

use super::Kind;
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use store::{FromRow, Result, Tx, sql};

/// Rows of one transaction.
const BATCH: i64 = 2_000;

/// Deletes rows of `kind` that ended before `before`, at most a batch; gives how many. On SQLite deleted rows are
/// overwritten, on PostgreSQL vacuum gives their room away.
pub(super) async fn destroy(tx: &mut Tx, kind: Kind, before: Instant) -> Result<u64> {
    let query = match kind {
        Kind::RawRows => sql!(
            "delete from raw_rows where line in (select r.line from raw_rows r join order_lines l on l.id = r.line \
             join imports i on i.id = l.import_id where i.finished_at < $1 limit $2)"
        ),
        // What a row changed stays beside it: by that the import is taken back.
        Kind::CustomerRows => sql!(
            "update customer_rows set raw = '' where id in (select c.id from customer_rows c \
             join imports i on i.id = c.import_id where i.finished_at < $1 and c.raw <> '' order by c.id limit $2)"
        ),
        Kind::Exports => sql!(
            "delete from person_export_pieces where (export, place) in (select p.export, p.place \
             from person_export_pieces p join person_exports e on e.id = p.export where e.made_at < $1 \
             order by p.export, p.place limit $2)"
        ),
        Kind::ImportFaults => sql!(
            "delete from import_faults where (import_id, line, code) in (select f.import_id, f.line, f.code \
             from import_faults f join imports i on i.id = f.import_id where i.finished_at < $1 limit $2)"
        ),
        Kind::Sent => {
            sql!(
                "delete from outbox where id in (select id from outbox where sent_at < $1 order by id limit $2)"
            )
        }
        Kind::Jobs => {
            sql!(
                "delete from jobs where id in (select id from jobs where finished_at < $1 order by id limit $2)"
            )
        }
    };
    query.bind(before).bind(BATCH).execute(tx).await
}

/// Adds a line to the report.
pub(super) async fn report(tx: &mut Tx, line: &Destruction) -> Result<()> {
    sql!(
        "insert into destructions (id, at, kind, before, count, method, approved_by) values ($1, $2, $3, $4, $5, $6, $7)"
    )
    .bind(line.id)
    .bind(line.at)
    .bind(line.kind.clone())
    .bind(line.before)
    .bind(line.count)
    .bind(line.method.clone())
    .bind(line.approved_by)
    .execute(tx)
    .await?;
    Ok(())
}

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Destruction {
    /// The line.
    #[schema(value_type = String)]
    pub id: Id<kinds::Destruction>,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
    /// What: `raw_rows`, `customer_rows`, `import_faults`, `exports`, `sent`, `jobs`, `site_visits`.
    pub kind: String,
    /// Whatever had ended before.
    #[schema(value_type = String)]
    pub before: Instant,
    /// How many rows.
    pub count: i64,
    /// How: `deleted`.
    pub method: String,
    /// Who had set the period.
    #[schema(value_type = Option<String>)]
    pub approved_by: Option<Id<kinds::User>>,
}

/// The report, the newest first.
pub(super) async fn page(tx: &mut Tx, before: Option<i64>, limit: i64) -> Result<Vec<Destruction>> {
    sql!(
        "select id, at, kind, before, count, method, approved_by from destructions \
         where id < coalesce($1, 9223372036854775807) order by id desc limit $2"
    )
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}
