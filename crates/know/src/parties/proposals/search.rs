//! The search for customers who are entered twice: `know.duplicates`.
//!
//! A million records are not compared with a million others. Each pass gives every record a blocking key (the inbox of
//! an address, a name with the end of a number, …); only records with the same key are compared. A key that many share
//! tells nobody apart and is left out.
//!
//! A pass holds 16 bytes a contact in memory. The passes are the job's chunks: one that was cut off is done again, and
//! what it wrote already stays as it is.

use super::known::known;
use super::likeness::{PROPOSED, TELLING_LOCAL, inbox, likeness};
use super::model::{Found, PartyId};
use super::view::shared;
use super::{names, store};
use crate::parties::root;
use ::store::job::{Failure, Run, Work};
use ::store::{Lane, Result, Tx, sql};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Id;
use serde_json::json;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

/// The kind of the job.
pub const KIND: &str = "know.duplicates";
/// Contacts read in one go.
const PAGE: i64 = 10_000;
/// Records that share a key at the most: more are a family, a switchboard or a common name.
const BLOCK: usize = 12;
/// Pairs compared in one transaction.
const PAIRS: usize = 200;
/// Open proposals compared again in one transaction.
const AGAIN: i64 = 200;

/// Looks for customers who are entered twice.
pub struct SearchDuplicates;

/// What a pass puts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pass {
    /// Addresses that arrive in one inbox.
    Inbox,
    /// The same telling name at two providers.
    Local,
    /// The same number behind two carriers' codes.
    Number,
    /// The same name and the end of a number.
    NameAndEnd,
    /// The same name and the middle of a number.
    NameAndMiddle,
}

const PASSES: [Pass; 5] = [Pass::Inbox, Pass::Local, Pass::Number, Pass::NameAndEnd, Pass::NameAndMiddle];

impl Pass {
    fn kind(self) -> &'static str {
        if matches!(self, Self::Inbox | Self::Local) { "email" } else { "phone" }
    }

    /// The blocking key of a contact, none where it tells nothing.
    fn key(self, name: &str, value: &str) -> Option<String> {
        let digits = |from: usize, to: usize| {
            Some(value.get(value.len().checked_sub(from)?..value.len() - to)?.to_owned())
        };
        let named = |digits: String| {
            let name = names::plain(name);
            (!name.is_empty()).then(|| format!("{name}\n{digits}"))
        };
        match self {
            Self::Inbox => Some(inbox(value)),
            Self::Local => {
                value.split('@').next().filter(|local| local.len() >= TELLING_LOCAL).map(str::to_owned)
            }
            Self::Number => digits(8, 0),
            Self::NameAndEnd => named(digits(4, 0)?),
            Self::NameAndMiddle => named(digits(8, 4)?),
        }
    }
}

#[async_trait]
impl Work for SearchDuplicates {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let first = run.cursor().as_u64().and_then(|pass| usize::try_from(pass).ok()).unwrap_or(0);
        for (position, pass) in PASSES.iter().enumerate().skip(first) {
            save(run, position).await?;
            for pairs in candidates(run, *pass).await?.chunks(PAIRS) {
                if run.is_stopping() {
                    return Err(Run::interrupted());
                }
                let pairs = pairs.to_vec();
                run.db()
                    .write(Lane::Import, move |tx| async move { propose(tx, &pairs).await }.boxed())
                    .await?;
            }
        }
        save(run, PASSES.len()).await?;
        compare_again(run).await?;
        Ok(None)
    }
}

async fn save(run: &Run, position: usize) -> Result<()> {
    let (checkpoint, done) = (run.checkpoint(), i64::try_from(position).unwrap_or(i64::MAX));
    let total = i64::try_from(PASSES.len()).unwrap_or(i64::MAX) + 1;
    run.db()
        .write(Lane::Import, move |tx| {
            async move { checkpoint.save(tx, "comparing", done, total, &json!(done)).await }.boxed()
        })
        .await
}

/// Pairs of parties that share a key of the pass, each once.
async fn candidates(run: &Run, pass: Pass) -> Result<Vec<(PartyId, PartyId)>> {
    let mut keys: Vec<(u64, i64)> = Vec::new();
    let mut after = 0;
    loop {
        let mut tx = run.db().read().await?;
        let page: Vec<(i64, i64, String, String)> = sql!(
            "select c.id, c.party, c.value, p.name_fold from contacts c join parties p on p.id = c.party \
             where c.kind = $1 and c.id > $2 and p.retracted_by is null order by c.id limit $3"
        )
        .bind(pass.kind())
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut tx)
        .await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        let hashed = |(_, party, value, name): &(i64, i64, String, String)| {
            let mut hasher = DefaultHasher::new();
            pass.key(name, value)?.hash(&mut hasher);
            Some((hasher.finish(), *party))
        };
        keys.extend(page.iter().filter_map(hashed));
    }
    Ok(pairs(keys))
}

fn pairs(mut keys: Vec<(u64, i64)>) -> Vec<(PartyId, PartyId)> {
    keys.sort_unstable();
    keys.dedup();
    let mut pairs = BTreeSet::new();
    for block in
        keys.chunk_by(|one, other| one.0 == other.0).filter(|block| (2..=BLOCK).contains(&block.len()))
    {
        for (at, (_, one)) in block.iter().enumerate() {
            pairs.extend(
                block[at + 1..].iter().map(|(_, other)| (Id::from_number(*one), Id::from_number(*other))),
            );
        }
    }
    pairs.into_iter().collect()
}

/// Proposes those of the pairs that are likely one.
async fn propose(tx: &mut Tx, pairs: &[(PartyId, PartyId)]) -> Result<()> {
    let roots = root::groups(tx, pairs.iter().flat_map(|(one, other)| [*one, *other])).await?;
    let pairs: BTreeSet<(PartyId, PartyId)> = pairs
        .iter()
        .map(|(one, other)| (roots.of(*one), roots.of(*other)))
        .filter(|(one, other)| one != other)
        .map(|(one, other)| (one.min(other), one.max(other)))
        .collect();
    let known = known(tx, &pairs.iter().flat_map(|(one, other)| [*one, *other]).collect(), &roots).await?;
    let mut found = BTreeMap::new();
    for (one, other) in pairs {
        let alike = likeness(&known[&one], &known[&other], &[]);
        if alike.score >= PROPOSED {
            found.insert((one, other), Found::alike(alike.score));
        }
    }
    store::insert(tx, &found, None).await.map(drop)
}

/// Brings the scores of open proposals up to date.
async fn compare_again(run: &Run) -> Result<()> {
    let mut after = 0;
    loop {
        let last = run
            .db()
            .write(Lane::Import, move |tx| async move { rescore_page(tx, after).await }.boxed())
            .await?;
        let Some(last) = last else { return Ok(()) };
        after = last;
    }
}

async fn rescore_page(tx: &mut Tx, after: i64) -> Result<Option<i64>> {
    let rows = store::open_after(tx, after, AGAIN).await?;
    let Some(last) = rows.last().map(|row| row.id.number()) else { return Ok(None) };
    let ids: BTreeSet<PartyId> = rows.iter().flat_map(|row| [row.party, row.other]).collect();
    let roots = root::groups(tx, ids.iter().copied()).await?;
    let known = known(tx, &ids, &roots).await?;
    let rate = |row: &store::Row| {
        let alike = likeness(&known[&row.party], &known[&row.other], &shared(&row.evidence.0));
        (row.score != alike.score).then_some((row.id, alike.score))
    };
    let scores: Vec<_> = rows.iter().filter_map(rate).collect();
    store::rescore(tx, &scores).await?;
    Ok(Some(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_put_together_what_may_be_one() {
        assert_eq!(Pass::Inbox.key("", "a+b@example.com"), Pass::Inbox.key("", "a@example.com"));
        assert_eq!(Pass::Number.key("", "+82112345678"), Pass::Number.key("", "+821012345678"));
        assert_eq!(
            Pass::NameAndEnd.key("홍 길동", "+821011115678"),
            Pass::NameAndEnd.key("홍길동", "+821022225678")
        );
        assert_eq!(Pass::NameAndEnd.key("", "+821011115678"), None, "a number's end alone is nobody's");
        assert_eq!(Pass::Local.key("", "kim@example.com"), None, "short names repeat");
    }

    #[test]
    fn a_key_that_many_share_tells_nobody_apart() {
        let crowd = (0..i64::try_from(BLOCK).unwrap() + 1).map(|party| (7, party));
        assert_eq!(pairs(crowd.collect()).len(), 0);
        assert_eq!(pairs(vec![(1, 5), (1, 4), (2, 5), (2, 4), (1, 5)]).len(), 1, "a pair comes once");
    }
}
