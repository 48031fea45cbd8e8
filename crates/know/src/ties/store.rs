//! Ties in the database.

use super::model::{PART_OF, Tie, word};
use crate::parties::keepers;
use crate::parties::root::{self, members};
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Day, Id, kinds};
use std::collections::BTreeSet;
use web::Sight;

type PartyId = Id<kinds::Party>;
type TieId = Id<kinds::Tie>;

/// Ties of a party that are shown.
const SHOWN: i64 = 500;
/// Parties asked about in one statement.
const SLICE: usize = 500;

/// A tie as it is written.
#[derive(Debug, Clone, FromRow)]
pub struct Kept {
    /// Its kind.
    pub kind: String,
    /// The first end.
    pub party: PartyId,
    /// The other end.
    pub other: PartyId,
}

#[derive(FromRow)]
struct TieRow {
    id: TieId,
    kind: String,
    forward: bool,
    other: PartyId,
    name: Option<String>,
    other_kind: String,
    since: Option<Day>,
    until: Option<Day>,
}

/// Writes a tie.
pub async fn insert(tx: &mut Tx, kept: &Kept, since: Option<Day>, until: Option<Day>) -> Result<TieId> {
    let id: TieId = tx.id();
    sql!("insert into ties (id, kind, party, other, since, until, created_at) values ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id)
        .bind(&kept.kind)
        .bind(kept.party)
        .bind(kept.other)
        .bind(since)
        .bind(until)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(id)
}

/// The tie `id`.
pub async fn find(tx: &mut Tx, id: TieId) -> Result<Option<Kept>> {
    sql!("select kind, party, other from ties where id = $1").bind(id).fetch_optional(tx).await
}

/// Says when a tie was.
pub async fn date(tx: &mut Tx, id: TieId, since: Option<Day>, until: Option<Day>) -> Result<()> {
    sql!("update ties set since = $2, until = $3 where id = $1")
        .bind(id)
        .bind(since)
        .bind(until)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets a tie.
pub async fn remove(tx: &mut Tx, id: TieId) -> Result<()> {
    sql!("delete from ties where id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// The ties of `party` and of those merged into it, with whoever stands for the other ends now, as far as `sight`
/// reaches them.
pub async fn of(tx: &mut Tx, party: PartyId, today: Day, sight: Sight) -> Result<Vec<Tie>> {
    let rows: Vec<TieRow> = sql!(concat!(
        "with own (id, kind, forward, other, since, until) as (select t.id, t.kind, true, t.other, t.since, t.until \
         from ties t where t.party in ",
        members!("$1"),
        " union all select t.id, t.kind, false, t.party, t.since, t.until from ties t where t.other in ",
        members!("$1"),
        ") select o.id, o.kind, o.forward, p.id as other, p.name, p.kind as other_kind, o.since, o.until from own o \
         left join party_root r on r.party = o.other join parties p on p.id = coalesce(r.root, o.other) \
         where p.retracted_by is null and p.id <> $1 order by o.id limit $2"
    ))
    .bind(party)
    .bind(SHOWN)
    .fetch_all(tx)
    .await?;
    let mut ties = Vec::with_capacity(rows.len());
    for row in rows {
        let seen = keepers::is_seen(tx, row.other, sight).await?;
        if let Some(kind) = word(&row.kind, row.forward).filter(|_| seen) {
            ties.push(tie(row, kind, today, sight));
        }
    }
    Ok(ties)
}

fn tie(row: TieRow, kind: &'static str, today: Day, sight: Sight) -> Tie {
    Tie {
        id: row.id,
        kind,
        other: web::Person { id: row.other, name: sight.text(row.name.unwrap_or_default()) },
        other_kind: row.other_kind,
        since: row.since,
        until: row.until,
        ended: row.until.is_some_and(|until| until < today),
    }
}

/// The accounts that those of `roots` are a part of, each with whose it is; whoever stands for them now.
pub async fn above(tx: &mut Tx, roots: &[PartyId]) -> Result<Vec<(PartyId, PartyId)>> {
    let roots: BTreeSet<PartyId> = roots.iter().copied().collect();
    let mut query = sql_rows!(
        1,
        "with asked (party) as (values {rows}), own (root, party) as (select a.party, a.party from asked a \
         union all select m.root, m.party from asked a join party_root m on m.root = a.party) \
         select o.root, coalesce(r.root, t.other) from own o \
         join ties t on t.party = o.party and t.kind = $1 and t.until is null \
         left join party_root r on r.party = t.other order by 1, 2"
    )
    .bind(PART_OF);
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    query.fetch_of_set(tx).await
}

/// Who works for those of `roots` that are organisations, each with whom they work for; whoever stands for them now.
pub async fn people_of(tx: &mut Tx, roots: &[PartyId]) -> Result<Vec<(PartyId, PartyId)>> {
    let mut all = Vec::new();
    for slice in roots.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "with asked (party) as (values {rows}), own (root, party) as (select a.party, a.party from asked a \
             union all select m.root, m.party from asked a join party_root m on m.root = a.party) \
             select distinct o.root, coalesce(r.root, t.party) from own o \
             join parties p on p.id = o.root and p.kind = 'organisation' \
             join ties t on t.other = o.party and t.kind = 'works_for' and t.until is null \
             left join party_root r on r.party = t.party order by 1, 2"
        );
        slice.iter().for_each(|root| query.push_row([(*root).into()]));
        all.extend(query.fetch_of_set::<(PartyId, PartyId)>(tx).await?);
    }
    Ok(all)
}

/// The organisations that those of `roots` work for, each with who works there; whoever stands for them now.
pub async fn organisations_of(tx: &mut Tx, roots: &[PartyId]) -> Result<Vec<(PartyId, PartyId)>> {
    let mut all = Vec::new();
    for slice in roots.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "with asked (party) as (values {rows}), own (root, party) as (select a.party, a.party from asked a \
             union all select m.root, m.party from asked a join party_root m on m.root = a.party) \
             select distinct coalesce(r.root, t.other), o.root from own o \
             join ties t on t.party = o.party and t.kind = 'works_for' and t.until is null \
             left join party_root r on r.party = t.other \
             join parties p on p.id = coalesce(r.root, t.other) and p.kind = 'organisation' order by 1, 2"
        );
        slice.iter().for_each(|root| query.push_row([(*root).into()]));
        all.extend(query.fetch_of_set::<(PartyId, PartyId)>(tx).await?);
    }
    Ok(all)
}

/// Those whom a tie ties to `party`, whoever stands for them now.
pub async fn tied_to(tx: &mut Tx, party: PartyId) -> Result<BTreeSet<PartyId>> {
    let root = root::of(tx, party).await?;
    let rows: Vec<(PartyId,)> = sql!(concat!(
        "with own (other) as (select t.other from ties t where t.party in ",
        members!("$1"),
        " union select t.party from ties t where t.other in ",
        members!("$1"),
        ") select coalesce(r.root, o.other) from own o left join party_root r on r.party = o.other limit $2"
    ))
    .bind(root)
    .bind(SHOWN)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(other,)| other).filter(|other| *other != root).collect())
}

/// The name of a party.
pub async fn name_of(tx: &mut Tx, party: PartyId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        sql!("select name from parties where id = $1").bind(party).fetch_optional(tx).await?;
    Ok(row.and_then(|(name,)| name))
}
