//! Imports in the database.

use super::model::{Counts, Import, Notices, Probe, State, Trouble};
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Id, Instant, kinds};
use reading::{Plan, RowFault};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type ImportId = Id<kinds::Import>;

/// Rows of an import that are kept with their reason; all are counted.
const FAULTS_KEPT: i64 = 10_000;

/// The columns of an [`Import`].
macro_rules! select {
    ($rest:literal) => {
        sql!(concat!(
            "select id, file, path, size, state, plan, probe, remembered, problem, notices, rows_read, \
             rows_new, rows_changed, rows_unchanged, rows_invalid, parties_new, job, created_by_name, created_at, \
             finished_at from imports ",
            $rest
        ))
    };
}

/// A file that was brought.
pub struct New {
    /// Its id, which names the uploaded file as well.
    pub id: ImportId,
    /// The file's name.
    pub file: String,
    /// Where it lies.
    pub path: String,
    /// Its size in bytes.
    pub size: i64,
    /// The hash of its bytes.
    pub content_hash: String,
    /// What a first look found.
    pub probe: Probe,
    /// How it is read.
    pub plan: Plan,
    /// Whether the plan was settled on before.
    pub remembered: bool,
    /// Who brought it, if a user did.
    pub by: Option<Id<kinds::User>>,
    /// Who brought it.
    pub by_name: String,
}

impl New {
    /// The import as it would stand.
    pub fn import(self, now: Instant) -> Import {
        Import {
            id: self.id,
            file: self.file,
            path: self.path,
            size: self.size,
            state: State::Ready,
            plan: Json(self.plan),
            probe: Json(self.probe),
            remembered: self.remembered,
            problem: None,
            notices: Json(Notices::default()),
            counts: Counts::default(),
            job: None,
            created_by_name: self.by_name,
            created_at: now,
            finished_at: None,
        }
    }
}

/// The hash of a file's bytes: SHA-256, made while they are read or received.
#[derive(Default)]
pub struct ContentHash(Sha256);

impl ContentHash {
    /// The hash as text.
    pub fn text(self) -> String {
        self.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl std::io::Write for ContentHash {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps a new import.
pub async fn insert(tx: &mut Tx, new: &New, state: State) -> Result<()> {
    sql!(
        "insert into imports (id, file, path, size, state, source, plan, probe, remembered, notices, \
         rows_read, rows_new, rows_changed, rows_unchanged, rows_invalid, parties_new, created_by, \
         created_by_name, created_at, content_hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, 0, 0, 0, $11, $12, $13, $14)"
    )
    .bind(new.id)
    .bind(&new.file)
    .bind(&new.path)
    .bind(new.size)
    .bind(state.text())
    .bind(super::model::source_of(&new.plan))
    .bind(serde_json::to_value(&new.plan)?)
    .bind(serde_json::to_value(&new.probe)?)
    .bind(new.remembered)
    .bind(serde_json::to_value(Notices::default())?)
    .bind(new.by)
    .bind(&new.by_name)
    .bind(tx.now())
    .bind(&new.content_hash)
    .execute(tx)
    .await?;
    Ok(())
}

/// The import `id`.
pub async fn find(tx: &mut Tx, id: ImportId) -> Result<Option<Import>> {
    select!("where id = $1").bind(id).fetch_optional(tx).await
}

/// Imports before `before`, the newest first.
pub async fn page(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<Import>> {
    select!("where id < $1 order by id desc limit $2").bind(before).bind(limit).fetch_all(tx).await
}

/// Imports that ended since `since`, the newest first.
pub async fn ended_since(tx: &mut Tx, since: Instant) -> Result<Vec<Import>> {
    select!("where finished_at >= $1 and state in ('done', 'failed') order by id desc limit 20")
        .bind(since)
        .fetch_all(tx)
        .await
}

/// Imports of a file with this content that are being written, the newest first.
pub async fn running(tx: &mut Tx, content_hash: &str) -> Result<Vec<Import>> {
    select!("where content_hash = $1 and state = 'running' order by id desc")
        .bind(content_hash)
        .fetch_all(tx)
        .await
}

/// Whether any import was ever finished and stands.
pub async fn any_done(tx: &mut Tx) -> Result<bool> {
    let row: Option<(i64,)> =
        sql!("select id from imports where state = 'done' limit 1").fetch_optional(tx).await?;
    Ok(row.is_some())
}

/// Gives an import another plan; what was counted by the former plan goes.
pub async fn change_plan(tx: &mut Tx, import: &Import, state: State) -> Result<()> {
    sql!(
        "update imports set plan = $2, probe = $3, source = $4, state = $5, problem = null, \
         rows_read = 0, rows_new = 0, rows_changed = 0, rows_unchanged = 0, rows_invalid = 0, parties_new = 0 \
         where id = $1"
    )
    .bind(import.id)
    .bind(serde_json::to_value(&import.plan.0)?)
    .bind(serde_json::to_value(&import.probe.0)?)
    .bind(import.source())
    .bind(state.text())
    .execute(tx)
    .await?;
    Ok(())
}

/// Says which job is at work on an import, and the state it has meanwhile.
pub async fn begin(tx: &mut Tx, id: ImportId, state: State, job: Id<kinds::Job>) -> Result<()> {
    sql!("update imports set state = $2, job = $3, problem = null where id = $1")
        .bind(id)
        .bind(state.text())
        .bind(job)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets what a former run or check counted.
pub async fn clear_counts(tx: &mut Tx, id: ImportId) -> Result<()> {
    sql!("delete from import_faults where import_id = $1").bind(id).execute(tx).await?;
    write_counts(tx, id, Counts::default()).await?;
    write_notices(tx, id, &Notices::default()).await
}

/// Writes the counts.
pub async fn write_counts(tx: &mut Tx, id: ImportId, counts: Counts) -> Result<()> {
    sql!(
        "update imports set rows_read = $2, rows_new = $3, rows_changed = $4, rows_unchanged = $5, \
         rows_invalid = $6, parties_new = $7 where id = $1"
    )
    .bind(id)
    .bind(counts.read)
    .bind(counts.new)
    .bind(counts.changed)
    .bind(counts.unchanged)
    .bind(counts.invalid)
    .bind(counts.parties)
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes what was dropped from rows.
pub async fn write_notices(tx: &mut Tx, id: ImportId, notices: &Notices) -> Result<()> {
    sql!("update imports set notices = $2 where id = $1")
        .bind(id)
        .bind(serde_json::to_value(notices)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends a run.
pub async fn end(tx: &mut Tx, id: ImportId, state: State, problem: Option<&Trouble>) -> Result<()> {
    let problem = problem.map(serde_json::to_value).transpose()?;
    sql!("update imports set state = $2, finished_at = $3 where id = $1")
        .bind(id)
        .bind(state.text())
        .bind(tx.now())
        .execute(tx)
        .await?;
    if let Some(problem) = problem {
        sql!("update imports set problem = $2 where id = $1").bind(id).bind(problem).execute(tx).await?;
    }
    Ok(())
}

/// Says that a locked workbook must be opened anew before anything else.
pub async fn lock(tx: &mut Tx, import: &Import) -> Result<()> {
    let probe = Probe { needs_password: true, ..import.probe.0.clone() };
    sql!("update imports set probe = $2 where id = $1")
        .bind(import.id)
        .bind(serde_json::to_value(&probe)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether lines or customers of an import stand.
pub async fn has_lines(tx: &mut Tx, id: ImportId) -> Result<bool> {
    if super::customers::stand(tx, id).await? {
        return Ok(true);
    }
    let row: Option<(Id<kinds::OrderLine>,)> =
        sql!("select id from order_lines where import_id = $1 and retracted_by is null limit 1")
            .bind(id)
            .fetch_optional(tx)
            .await?;
    Ok(row.is_some())
}

/// Forgets an import that never ran.
pub async fn delete(tx: &mut Tx, id: ImportId) -> Result<()> {
    sql!("delete from import_faults where import_id = $1").bind(id).execute(tx).await?;
    sql!("delete from imports where id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Keeps rows that were set aside, as far as there is room after the `counted` ones before them.
pub async fn keep_faults(tx: &mut Tx, id: ImportId, faults: &[RowFault], counted: i64) -> Result<()> {
    let room = usize::try_from(FAULTS_KEPT - counted).unwrap_or(0);
    for slice in faults[..faults.len().min(room)].chunks(500) {
        let mut insert = sql_rows!(
            5,
            "insert into import_faults (import_id, line, code, detail, raw) values {rows} on conflict do nothing"
        );
        for fault in slice {
            let params: BTreeMap<&str, &String> =
                fault.params.iter().map(|(name, value)| (*name, value)).collect();
            insert.push_row([
                id.into(),
                i64::try_from(fault.line).unwrap_or(i64::MAX).into(),
                fault.code.as_str().into(),
                serde_json::to_value(params)?.into(),
                // PostgreSQL keeps no NUL in text.
                fault.raw.replace('\0', "\u{fffd}").into(),
            ]);
        }
        insert.execute(tx).await?;
    }
    Ok(())
}

/// A row that was set aside, as it is kept.
#[derive(Debug, FromRow)]
pub struct KeptFault {
    /// The line of the file.
    pub line: i64,
    /// Why.
    pub code: String,
    /// What the reason's sentence is made of.
    pub detail: Json<BTreeMap<String, String>>,
    /// The row.
    pub raw: String,
}

/// Faults of an import after a line and code.
pub async fn faults(tx: &mut Tx, id: ImportId, after: &(i64, String), limit: i64) -> Result<Vec<KeptFault>> {
    sql!(
        "select line, code, detail, raw from import_faults where import_id = $1 and (line, code) > ($2, $3) \
         order by line, code limit $4"
    )
    .bind(id)
    .bind(after.0)
    .bind(&after.1)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// The plan a person settled on for a file with the same columns, and when.
pub async fn remembered(tx: &mut Tx, columns: &str) -> Result<Option<(Plan, Instant)>> {
    let row: Option<(Json<Plan>, Instant)> =
        sql!("select plan, used_at from import_mappings where columns_hash = $1")
            .bind(columns)
            .fetch_optional(tx)
            .await?;
    Ok(row.map(|(plan, at)| (plan.0, at)))
}

/// Remembers a plan for the next file with the same columns.
pub async fn remember(tx: &mut Tx, columns: &str, plan: &Plan) -> Result<()> {
    sql!(
        "insert into import_mappings (columns_hash, plan, used_at) values ($1, $2, $3) on conflict (columns_hash) \
         do update set plan = excluded.plan, used_at = excluded.used_at"
    )
    .bind(columns)
    .bind(serde_json::to_value(plan)?)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps the rows of lines as they stood in the file.
pub async fn keep_raws(tx: &mut Tx, raws: &[(Id<kinds::OrderLine>, &str)]) -> Result<()> {
    for slice in raws.chunks(2_000) {
        let mut insert = sql_rows!(
            2,
            "insert into raw_rows (line, raw) values {rows} on conflict (line) do update set raw = excluded.raw"
        );
        slice.iter().for_each(|(line, raw)| insert.push_row([(*line).into(), (*raw).into()]));
        insert.execute(tx).await?;
    }
    Ok(())
}

/// Parties that an import made, that nobody touched or merged by hand, and that have nothing left, after the party `after`.
pub async fn idle_parties(
    tx: &mut Tx,
    id: ImportId,
    after: i64,
    limit: i64,
) -> Result<Vec<Id<kinds::Party>>> {
    let rows: Vec<(Id<kinds::Party>,)> = sql!(
        "select p.id from parties p where p.import_id = $1 and p.id > $2 and p.retracted_by is null \
         and p.revision = 1 \
         and not exists (select 1 from order_lines l where l.party = p.id and l.retracted_by is null) \
         and not exists (select 1 from notes n where n.party = p.id and n.deleted_at is null) \
         and not exists (select 1 from visits v where v.party = p.id) \
         and not exists (select 1 from leaving_reasons r where r.party = p.id) \
         and not exists (select 1 from follow_ups w where w.party = p.id) \
         and not exists (select 1 from customer_rows c where c.party = p.id) \
         and not exists (select 1 from declared_facts d where d.party = p.id) \
         and not exists (select 1 from birthdays b where b.party = p.id) \
         and not exists (select 1 from addresses a where a.party = p.id) \
         and not exists (select 1 from party_tags t where t.party = p.id) \
         and not exists (select 1 from party_fields o where o.party = p.id) \
         and not exists (select 1 from requests q where q.party = p.id) \
         and not exists (select 1 from consents s where s.party = p.id and s.import_id is distinct from $1) \
         and not exists (select 1 from merges m where m.undone_at is null and (m.survivor = p.id or m.absorbed = p.id)) \
         order by p.id limit $3"
    )
    .bind(id)
    .bind(after)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// Imports that were taken back while something of theirs still stood, and still does.
pub async fn undone_with_parties(tx: &mut Tx) -> Result<Vec<ImportId>> {
    let rows: Vec<(ImportId,)> = sql!(
        "select i.id from imports i where i.state = 'undone' and exists \
         (select 1 from parties p where p.import_id = i.id and p.retracted_by is null) order by i.id"
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(import,)| import).collect())
}

/// Takes parties back.
pub async fn retract_parties(tx: &mut Tx, parties: &[Id<kinds::Party>], id: ImportId) -> Result<()> {
    let mut update =
        sql_rows!(1, "update parties set retracted_by = $1 where id in (values {rows})").bind(id);
    parties.iter().for_each(|party| update.push_row([(*party).into()]));
    update.execute(tx).await?;
    Ok(())
}
