//! Bonds in the database.

use super::model::{Bond, Level, NewBond};
use crate::parties::{keepers, root, root::members};
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Day, Id, Instant, kinds};
use serde_json::json;
use web::Sight;

type PartyId = Id<kinds::Party>;
type BondId = Id<kinds::Bond>;

/// Bonds of one customer that are shown.
const SHOWN: i64 = 200;

/// Who enters a bond, and under which name a program tells it.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    /// The user, where one signed in.
    pub user: Option<Id<kinds::User>>,
    /// The name that is shown.
    pub name: String,
    /// The event's name at its source.
    pub told: Option<String>,
}

/// Writes a bond that has no faults, and tells the log; it begins today when it does not say.
pub async fn insert(tx: &mut Tx, party: PartyId, new: &NewBond, today: Day, by: &Recorder) -> Result<BondId> {
    let id = keep(tx, party, new, today, by).await?;
    tell(tx, "bond.started", id, party, new.level.number()).await?;
    Ok(id)
}

/// Writes a bond that has no faults, of which the caller tells the log.
pub async fn keep(tx: &mut Tx, party: PartyId, new: &NewBond, today: Day, by: &Recorder) -> Result<BondId> {
    let id: BondId = tx.id();
    sql!(
        "insert into bonds (id, party, level, name, started, ended, source, author, author_name, told, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    )
    .bind(id)
    .bind(party)
    .bind(new.level.number())
    .bind(new.name.trim())
    .bind(new.started.unwrap_or(today))
    .bind(new.ended)
    .bind(new.source.as_deref().unwrap_or_default().trim())
    .bind(by.user)
    .bind(&by.name)
    .bind(by.told.clone())
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(id)
}

/// Ends the bonds of this level and name that are present, of which the caller tells the log.
pub async fn end_named(tx: &mut Tx, party: PartyId, level: Level, name: &str, ended: Day) -> Result<u64> {
    sql!(concat!(
        "update bonds set ended = $1 where deleted_at is null and ended is null and started < $1 and level = $2 \
         and name = $3 and party in ",
        members!("$4")
    ))
    .bind(ended)
    .bind(level.number())
    .bind(name)
    .bind(party)
    .execute(tx)
    .await
}

async fn tell(tx: &mut Tx, kind: &'static str, id: BondId, party: PartyId, level: i64) -> Result<()> {
    // A bond can end, go on and end again: each time is told under a name of its own.
    let name: BondId = tx.id();
    let entry = Entry::live(tx, kind, id.number()).about(party).with(json!({ "level": level }));
    log::append(tx, entry.named(format!("{kind}:{}", name.number()))).await
}

#[derive(FromRow)]
struct Row {
    id: BondId,
    level: i64,
    name: String,
    started: Day,
    ended: Option<Day>,
    source: String,
    author_name: String,
    at: Instant,
}

/// The bonds of a party, those present first.
pub async fn of(tx: &mut Tx, party: PartyId, today: Day, sight: Sight) -> Result<Vec<Bond>> {
    let rows: Vec<Row> = sql!(concat!(
        "select id, level, name, started, ended, source, author_name, at from bonds \
         where deleted_at is null and party in ",
        members!("$1"),
        " order by case when ended is null or ended > $2 then 0 else 1 end, level desc, started desc, id limit $3"
    ))
    .bind(party)
    .bind(today)
    .bind(SHOWN)
    .fetch_all(tx)
    .await?;
    let shown = |row: Row| {
        Some(Bond {
            id: row.id,
            level: Level::of(row.level)?,
            name: sight.text(row.name),
            started: row.started,
            ended: row.ended,
            present: row.started <= today && row.ended.is_none_or(|ended| ended > today),
            source: sight.text(row.source),
            by: row.author_name,
            at: row.at,
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}

/// Whose bond it is, since when, and its level, if `sight` reaches them.
pub async fn find(tx: &mut Tx, id: BondId, sight: Sight) -> Result<Option<(PartyId, Day, i64)>> {
    let row: Option<(PartyId, Day, i64)> =
        sql!("select party, started, level from bonds where id = $1 and deleted_at is null")
            .bind(id)
            .fetch_optional(tx)
            .await?;
    let Some(found) = row else { return Ok(None) };
    let root = root::of(tx, found.0).await?;
    Ok(keepers::is_seen(tx, root, sight).await?.then_some(found))
}

/// Says when a bond ends; none when it goes on.
pub async fn end(tx: &mut Tx, id: BondId, party: PartyId, level: i64, ended: Option<Day>) -> Result<()> {
    sql!("update bonds set ended = $1 where id = $2").bind(ended).bind(id).execute(tx).await?;
    tell(tx, if ended.is_some() { "bond.ended" } else { "bond.started" }, id, party, level).await
}

/// Takes a bond back that was entered by mistake.
pub async fn delete(tx: &mut Tx, id: BondId, party: PartyId, level: i64) -> Result<()> {
    sql!("update bonds set deleted_at = $1 where id = $2").bind(tx.now()).bind(id).execute(tx).await?;
    tell(tx, "bond.retracted", id, party, level).await
}
