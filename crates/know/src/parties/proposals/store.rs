//! Proposals in the database.

use super::model::{Evidence, Found, PartyId, ProposalId};
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Id, Instant, kinds};
use std::collections::BTreeMap;
use web::Sight;

/// Keeps pairs, the older party first; one that is known and open gets the better score of the two.
pub async fn insert(
    tx: &mut Tx,
    found: &BTreeMap<(PartyId, PartyId), Found>,
    import: Option<Id<kinds::Import>>,
) -> Result<u64> {
    if found.is_empty() {
        return Ok(0);
    }
    let now = tx.now();
    let mut insert = sql_rows!(
        9,
        "insert into merge_proposals (id, party, other, reason, evidence, score, state, import_id, created_at) \
         values {rows} on conflict (party, other) do nothing"
    );
    for ((party, other), found) in found {
        let id: ProposalId = tx.id();
        insert.push_row([
            id.into(),
            (*party).into(),
            (*other).into(),
            found.reason.into(),
            serde_json::to_value(&found.evidence)?.into(),
            found.score.into(),
            "open".into(),
            import.into(),
            now.into(),
        ]);
    }
    insert.execute(tx).await
}

/// Takes back what an import proposed and nobody decided on.
pub async fn forget_open_of(tx: &mut Tx, import: Id<kinds::Import>) -> Result<u64> {
    sql!("delete from merge_proposals where import_id = $1 and state = 'open'").bind(import).execute(tx).await
}

/// A proposal, with who stands for its two now.
#[derive(Debug, Clone, FromRow)]
pub struct Row {
    pub id: ProposalId,
    pub party: PartyId,
    pub other: PartyId,
    pub reason: String,
    pub evidence: Json<Vec<Evidence>>,
    pub score: i64,
    pub state: String,
    pub waits_until: Option<Instant>,
    pub merge_id: Option<Id<kinds::Merge>>,
    pub import_id: Option<Id<kinds::Import>>,
    pub created_at: Instant,
}

/// Those whose parties both stand, under those who stand for them.
macro_rules! select {
    ($rest:literal) => {
        sql!(concat!(
            "select m.id, coalesce(a.root, m.party) as party, coalesce(b.root, m.other) as other, m.reason, \
             m.evidence, m.score, m.state, m.waits_until, m.merge_id, m.import_id, m.created_at \
             from merge_proposals m join parties p on p.id = m.party join parties o on o.id = m.other \
             left join party_root a on a.party = m.party left join party_root b on b.party = m.other \
             where p.retracted_by is null and o.retracted_by is null and ",
            $rest
        ))
    };
}

/// Which proposals: open ones that wait for nothing, open ones that were put off, dismissed or merged ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Open,
    Waiting,
    Dismissed,
    Merged,
}

impl Which {
    /// The one that `text` names.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "open" => Self::Open,
            "waiting" => Self::Waiting,
            "dismissed" => Self::Dismissed,
            "merged" => Self::Merged,
            _ => return None,
        })
    }

    fn state(self) -> &'static str {
        match self {
            Self::Open | Self::Waiting => "open",
            Self::Dismissed => "dismissed",
            Self::Merged => "merged",
        }
    }
}

/// A page of proposals: the surest first, of those the newest; `after` is the last one of the page before.
pub async fn page(tx: &mut Tx, which: Which, after: (i64, i64), limit: i64) -> Result<Vec<Row>> {
    select!(
        "m.state = $1 and (m.score, m.id) < ($2, $3) \
         and ($1 <> 'open' or (coalesce(m.waits_until, 0) > $5) = ($6 = 1)) \
         and ($1 = 'merged' or coalesce(a.root, m.party) <> coalesce(b.root, m.other)) \
         order by m.score desc, m.id desc limit $4"
    )
    .bind(which.state())
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .bind(tx.now())
    .bind(i64::from(which == Which::Waiting))
    .fetch_all(tx)
    .await
}

/// The proposal `id`, while both its parties stand.
pub async fn find(tx: &mut Tx, id: ProposalId) -> Result<Option<Row>> {
    select!("m.id = $1").bind(id).fetch_optional(tx).await
}

/// How many proposals are open, put off, dismissed and merged, of those both of whose two `sight` reaches.
pub async fn counts(tx: &mut Tx, sight: Sight) -> Result<(i64, i64, i64, i64)> {
    let within = sight.within();
    sql!(
        "select count(*) filter (where m.state = 'open' and coalesce(m.waits_until, 0) <= $1), \
         count(*) filter (where m.state = 'open' and coalesce(m.waits_until, 0) > $1), \
         count(*) filter (where m.state = 'dismissed'), count(*) filter (where m.state = 'merged') \
         from merge_proposals m join parties p on p.id = m.party join parties o on o.id = m.other \
         left join party_root a on a.party = m.party left join party_root b on b.party = m.other \
         where p.retracted_by is null and o.retracted_by is null \
         and (m.state <> 'open' or coalesce(a.root, m.party) <> coalesce(b.root, m.other)) \
         and (cast($2 as bigint) is null or exists (select 1 from keepers k join users u on u.id = k.user_id \
         where k.party = coalesce(a.root, m.party) and (k.user_id = $2 or u.team = $3)) \
         and exists (select 1 from keepers k join users u on u.id = k.user_id \
         where k.party = coalesce(b.root, m.other) and (k.user_id = $2 or u.team = $3)))"
    )
    .bind(tx.now())
    .bind(within.map(|within| within.user))
    .bind(within.and_then(|within| within.team))
    .fetch_one(tx)
    .await
}

/// Says of an open proposal that it is decided, or of a decided one that it is open again; gives whether it was in the
/// state `from`.
pub async fn decide(
    tx: &mut Tx,
    id: ProposalId,
    [from, to]: [&str; 2],
    waits_until: Option<Instant>,
    by: Id<kinds::User>,
) -> Result<bool> {
    let changed = sql!(
        "update merge_proposals set state = $3, waits_until = $4, decided_at = $5, decided_by = $6, merge_id = null \
         where id = $1 and state = $2"
    )
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(waits_until)
    .bind(tx.now())
    .bind(by)
    .execute(tx)
    .await?;
    Ok(changed == 1)
}

/// Open proposals after `after`, to be compared again.
pub async fn open_after(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Row>> {
    select!("m.state = 'open' and m.id > $1 order by m.id limit $2")
        .bind(after)
        .bind(limit)
        .fetch_all(tx)
        .await
}

/// Writes scores anew.
pub async fn rescore(tx: &mut Tx, scores: &[(ProposalId, i64)]) -> Result<()> {
    if scores.is_empty() {
        return Ok(());
    }
    let mut update = sql_rows!(
        2,
        "with rated (id, score) as (values {rows}) update merge_proposals set score = rated.score from rated \
         where merge_proposals.id = rated.id"
    );
    scores.iter().for_each(|(id, score)| update.push_row([(*id).into(), (*score).into()]));
    update.execute(tx).await?;
    Ok(())
}
