//! Writing records as they were before a merge, with what was chosen of the edits since.

use super::model::{Choice, ContactRecord, LeavingRecord, PartyId, Record};
use crate::parties::store::SEARCH_AREA;
use ::store::{Result, Tx, search, sql};
use kernel::{Id, Instant, kinds};

/// Writes the row of a party as it was: name, what it is, revision and time of change.
pub async fn row(tx: &mut Tx, record: &Record) -> Result<()> {
    let name = record.name.as_deref();
    sql!("update parties set name = $1, name_fold = $2, changed_at = $3, revision = $4 where id = $5")
        .bind(record.name.clone())
        .bind(search::fold(name.unwrap_or_default()))
        .bind(record.changed_at)
        .bind(record.revision)
        .bind(record.id)
        .execute(tx)
        .await?;
    if let Some((kind, registration)) = &record.being {
        sql!("update parties set kind = $1, registration = $2 where id = $3")
            .bind(kind)
            .bind(registration.clone())
            .bind(record.id)
            .execute(tx)
            .await?;
    }
    search::index(tx, SEARCH_AREA, record.id.number(), &name.into_iter().collect::<Vec<_>>()).await
}

/// Writes why a party left as it was.
pub async fn leaving(tx: &mut Tx, party: PartyId, record: Option<&LeavingRecord>) -> Result<()> {
    sql!("delete from leaving_reasons where party = $1").bind(party).execute(tx).await?;
    let Some(record) = record else { return Ok(()) };
    sql!("insert into leaving_reasons (party, reason, at, recorded_by) values ($1, $2, $3, $4)")
        .bind(party)
        .bind(&record.reason)
        .bind(record.at)
        .bind(record.recorded_by)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a contact back that went; gives whether nobody else has it by now.
pub async fn contact(tx: &mut Tx, party: PartyId, record: &ContactRecord) -> Result<bool> {
    let written = sql!(
        "insert into contacts (id, party, kind, source, value, shown, phone_tail, created_at, import_id, \
         unvouched) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing"
    )
    .bind(record.id)
    .bind(party)
    .bind(&record.kind)
    .bind(&record.source)
    .bind(&record.value)
    .bind(&record.shown)
    .bind(record.phone_tail.clone())
    .bind(record.created_at)
    .bind(record.import_id)
    .bind(record.unvouched)
    .execute(tx)
    .await?;
    Ok(written == 1)
}

/// Does with a contact that came what was chosen; `other` is the head of the other side.
pub async fn came(tx: &mut Tx, record: &ContactRecord, choice: Choice, other: PartyId) -> Result<()> {
    let statement = match choice {
        Choice::Now => return Ok(()),
        Choice::Before => sql!("delete from contacts where id = $1").bind(record.id),
        Choice::Other => sql!("update contacts set party = $2 where id = $1").bind(record.id).bind(other),
    };
    statement.execute(tx).await?;
    Ok(())
}

/// Puts a contact back to whom it belonged, if it went from one record to another.
pub async fn home(tx: &mut Tx, party: PartyId, record: &ContactRecord) -> Result<()> {
    sql!("update contacts set party = $2 where id = $1 and party <> $2")
        .bind(record.id)
        .bind(party)
        .execute(tx)
        .await?;
    Ok(())
}

/// Writes who looks after a party as it was.
pub async fn keeper(tx: &mut Tx, party: PartyId, record: Option<(Id<kinds::User>, Instant)>) -> Result<()> {
    sql!("delete from keepers where party = $1").bind(party).execute(tx).await?;
    let Some((user, since)) = record else { return Ok(()) };
    sql!("insert into keepers (party, user_id, since) values ($1, $2, $3)")
        .bind(party)
        .bind(user)
        .bind(since)
        .execute(tx)
        .await?;
    Ok(())
}
