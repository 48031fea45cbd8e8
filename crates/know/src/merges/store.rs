//! Merging, and the ledger of merges.

use super::model::{MergeId, PartyId, Snapshot, roots};
use super::restore;
use super::snapshot::records;
use crate::consent;
use crate::parties::keepers;
use crate::parties::root::{self, members};
use crate::parties::store::{rename_unasked, standing};
use crate::{facts, ties};
use ::store::log::{self, Entry, Interaction, Origin};
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Id, Instant, kinds};
use serde_json::json;
use web::{Actor, Answer, Problem, Sight, audit};

/// Records that one customer may be made of: what a card and a snapshot hold at a time.
pub const MEMBERS: usize = 200;

/// Makes `survivor` stand for `absorbed` and for all that it stood for.
///
/// # Errors
/// 404 or 410 when one of them does not stand, 409 when they are one already or would be more than [`MEMBERS`].
pub async fn merge(tx: &mut Tx, actor: &Actor, survivor: PartyId, absorbed: PartyId) -> Answer<MergeId> {
    hold(tx).await?;
    if survivor == absorbed {
        return Err(Problem::conflict("merge_same"));
    }
    let (stays, goes) =
        (standing(tx, survivor, actor.sight).await?, standing(tx, absorbed, actor.sight).await?);
    let (one, other) = (root::group(tx, survivor).await?, root::group(tx, absorbed).await?);
    if one.len() + other.len() > MEMBERS {
        return Err(Problem::conflict("merge_too_many").with("max", MEMBERS));
    }
    let before = Snapshot { survivors: records(tx, &one).await?, absorbed: records(tx, &other).await? };
    let named = goes.name.filter(|_| stays.name.is_none());
    let id = insert(tx, actor, survivor, absorbed, &before, named.as_deref()).await?;
    if let Some(name) = &named {
        rename_unasked(tx, survivor, Some(name)).await?;
    }
    hand_keeper(tx, survivor, &before).await?;
    adopt(tx, survivor, absorbed).await?;
    ties::through(tx, actor, survivor).await?;
    consent::refresh(tx, &[survivor]).await?;
    settle_proposals(tx, actor, id, survivor).await?;
    tell(tx, "party.merged", id, [survivor, absorbed]).await?;
    let detail = json!({ "survivor": survivor, "absorbed": absorbed });
    audit::write(tx, Some(actor), "party.merged", Some(id.number()), detail).await?;
    Ok(id)
}

/// Merges and their undoing take turns, with each other and with the reaction that computes facts: two at once could
/// make a circle.
pub async fn hold(tx: &mut Tx) -> Result<()> {
    sql!("update reactions set turned_at = turned_at where name = $1").bind(facts::NAME).execute(tx).await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    survivor: PartyId,
    absorbed: PartyId,
    before: &Snapshot,
    named: Option<&str>,
) -> Result<MergeId> {
    let id: MergeId = tx.id();
    sql!(
        "insert into merges (id, survivor, absorbed, before, named, merged_at, merged_by, merged_by_name) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(id)
    .bind(survivor)
    .bind(absorbed)
    .bind(serde_json::to_value(before)?)
    .bind(named)
    .bind(tx.now())
    .bind(actor.user)
    .bind(&actor.name)
    .execute(tx)
    .await?;
    Ok(id)
}

/// Whoever looked after the absorbed looks after a survivor whom nobody looked after: they would not see them otherwise.
async fn hand_keeper(tx: &mut Tx, survivor: PartyId, before: &Snapshot) -> Result<()> {
    let own = before.records().find(|record| record.id == survivor).and_then(|record| record.keeper);
    match before.records().find_map(|record| record.keeper).filter(|_| own.is_none()) {
        Some(keeper) => restore::keeper(tx, survivor, Some(keeper)).await,
        None => Ok(()),
    }
}

async fn adopt(tx: &mut Tx, survivor: PartyId, absorbed: PartyId) -> Result<()> {
    sql!("update party_root set root = $1 where root = $2").bind(survivor).bind(absorbed).execute(tx).await?;
    sql!("insert into party_root (party, root) values ($1, $2)")
        .bind(absorbed)
        .bind(survivor)
        .execute(tx)
        .await?;
    Ok(())
}

/// Proposals about two who are one now are settled.
async fn settle_proposals(tx: &mut Tx, actor: &Actor, id: MergeId, root: PartyId) -> Result<()> {
    sql!(concat!(
        "update merge_proposals set state = 'merged', merge_id = $2, decided_at = $3, decided_by = $4 \
         where state = 'open' and party in ",
        members!("$1"),
        " and other in ",
        members!("$1")
    ))
    .bind(root)
    .bind(id)
    .bind(tx.now())
    .bind(actor.user)
    .execute(tx)
    .await?;
    Ok(())
}

/// Tells the log, once for each side. It is nothing that happened in their lives, so no effect may follow.
pub async fn tell(tx: &mut Tx, kind: &'static str, id: MergeId, sides: [PartyId; 2]) -> Result<()> {
    let entries = sides.map(|party| {
        let name = format!("{kind}:{}:{}", id.number(), party.number());
        let entry = Entry::live(tx, kind, id.number()).about(party).named(name);
        Entry { origin: Origin::Backfill, ..entry }
    });
    log::append_all(tx, entries.into()).await
}

/// Whether it was told by [`tell`]: what is kept of these people is not theirs any more, and is made anew at once.
pub fn regroups(interaction: &Interaction) -> bool {
    ["party.merged", "party.unmerged"].contains(&interaction.kind.as_str())
}

/// A merge as the ledger has it.
#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    pub survivor: PartyId,
    pub absorbed: PartyId,
    pub before: Json<Snapshot>,
    pub named: Option<String>,
    pub undone_at: Option<Instant>,
}

/// The merge `id`.
pub async fn find(tx: &mut Tx, id: MergeId) -> Result<Option<Kept>> {
    sql!("select survivor, absorbed, before, named, undone_at from merges where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// What merges remember of the records of a person, whether they stand or were taken back.
pub async fn snapshots_of(tx: &mut Tx, root: PartyId) -> Result<Vec<Snapshot>> {
    let rows: Vec<(Json<Snapshot>,)> = sql!(concat!(
        "select before from merges where survivor in ",
        members!("$1"),
        " or absorbed in ",
        members!("$1")
    ))
    .bind(root)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(before,)| before.0).collect())
}

/// Marks a merge as taken back; gives whether it stood.
pub async fn close(tx: &mut Tx, actor: &Actor, id: MergeId) -> Result<bool> {
    let closed = sql!(
        "update merges set undone_at = $2, undone_by = $3, undone_by_name = $4 where id = $1 and undone_at is null"
    )
    .bind(id)
    .bind(tx.now())
    .bind(actor.user)
    .bind(&actor.name)
    .execute(tx)
    .await?;
    Ok(closed == 1)
}

/// Writes anew who stands for the members of a group, from the merges that stand.
pub async fn regroup(tx: &mut Tx, group: &[PartyId]) -> Result<()> {
    let mut query = sql_rows!(
        1,
        "select absorbed, survivor from merges where undone_at is null and absorbed in (values {rows})"
    );
    group.iter().for_each(|party| query.push_row([(*party).into()]));
    let standing: Vec<(PartyId, PartyId)> = query.fetch_of_set(tx).await?;
    let mut clear = sql_rows!(1, "delete from party_root where party in (values {rows})");
    group.iter().for_each(|party| clear.push_row([(*party).into()]));
    clear.execute(tx).await?;
    let mut insert = sql_rows!(2, "insert into party_root (party, root) values {rows}");
    roots(&standing).into_iter().for_each(|(party, root)| insert.push_row([party.into(), root.into()]));
    if !insert.is_empty() {
        insert.execute(tx).await?;
    }
    Ok(())
}

/// Pairs across the two sides of a merge that was taken back are two people: they are not proposed again.
pub async fn part(tx: &mut Tx, actor: &Actor, id: MergeId) -> Result<()> {
    sql!(
        "update merge_proposals set state = 'dismissed', decided_at = $2, decided_by = $3 \
         where merge_id = $1 and state = 'merged'"
    )
    .bind(id)
    .bind(tx.now())
    .bind(actor.user)
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether `sight` reaches both sides of a merge: who stands for each of them now. One of them may be somebody else's
/// again after it was taken back, and is shown no more than a customer who is not there.
pub async fn is_seen(tx: &mut Tx, sides: [PartyId; 2], sight: Sight) -> Result<bool> {
    for side in sides {
        let head = root::of(tx, side).await?;
        if !keepers::is_seen(tx, head, sight).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A row of the ledger, with the names as they are now.
#[derive(Debug, Clone, FromRow)]
pub struct Listed {
    pub id: MergeId,
    pub survivor: PartyId,
    pub survivor_name: Option<String>,
    pub absorbed: PartyId,
    pub absorbed_name: Option<String>,
    pub merged_at: Instant,
    pub merged_by_name: String,
    pub undone_at: Option<Instant>,
    pub undone_by_name: Option<String>,
}

/// Merges before `before`, the newest first; only those in which a record of `root` took part, if it is given.
pub async fn list(tx: &mut Tx, root: Option<PartyId>, before: i64, limit: i64) -> Result<Vec<Listed>> {
    sql!(concat!(
        "select m.id, m.survivor, s.name as survivor_name, m.absorbed, a.name as absorbed_name, m.merged_at, m.merged_by_name, \
         m.undone_at, m.undone_by_name from merges m join parties s on s.id = m.survivor \
         join parties a on a.id = m.absorbed where m.id < $2 and (cast($1 as bigint) is null or m.absorbed in ",
        members!("$1"),
        " or m.survivor in ",
        members!("$1"),
        ") order by m.id desc limit $3"
    ))
    .bind(root.map(Id::<kinds::Party>::number))
    .bind(before)
    .bind(limit)
    .fetch_all(tx)
    .await
}
