//! Segments in the database.

use super::ask;
use super::frame::Frame;
use super::members::{self, Cause};
use super::predicate::Predicate;
use super::rule::{Book, Code, Fault, Rule, SegmentId, from_json, own, parse, to_json};
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Day, Id, Instant, kinds};
use serde_json::Value;
use std::collections::BTreeMap;
use web::{Actor, Answer, Company, Problem, Sight, audit};

/// A segment as it is kept.
#[derive(Debug, Clone, FromRow)]
pub struct Saved {
    /// Which.
    pub id: SegmentId,
    /// Its name, unique among those there are.
    pub name: String,
    /// The folder it lies in; empty for none.
    pub folder: String,
    /// `rule`, or `static` for people who were put in by hand.
    pub kind: String,
    /// The rule as JSON.
    pub rule: Json<Value>,
    /// Which version of the rule it is.
    pub version: i64,
    /// Moves with every edit.
    pub revision: i64,
    /// The version its members were built by.
    pub built: Option<i64>,
    /// When they were built.
    pub built_at: Option<Instant>,
    /// People it means, once it was built.
    pub size: Option<i64>,
    /// Whether something listens to who enters and leaves.
    pub heard: bool,
    /// When it was changed.
    pub changed_at: Instant,
    /// Why its members could not be looked at; then they stay as they were.
    pub failure: Option<String>,
    /// When that was.
    pub failed_at: Option<Instant>,
}

impl Saved {
    /// The rule, if this program still understands it.
    pub fn rule(&self) -> std::result::Result<Rule, Fault> {
        from_json(&self.rule.0)
    }
}

/// What a segment is to be.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// Whom it means.
    pub rule: Rule,
    /// Whether something listens to who enters and leaves.
    pub heard: bool,
}

/// What a written rule is read with.
pub async fn book(tx: &mut Tx) -> Result<Book> {
    let names: Vec<(String, SegmentId)> =
        sql!("select name, id from segments where deleted_at is null").fetch_all(tx).await?;
    let kinds: Vec<(String, String)> =
        sql!("select code, name from event_kinds order by name, code").fetch_all(tx).await?;
    let currency = Company::load(tx).await?.currency;
    own::remember(&know::fields::all(tx).await?);
    let (segments, kinds) = (names.into_iter().collect(), kinds.into_iter().collect());
    Ok(Book { currency: Some(currency), segments, kinds })
}

/// Every segment, by folder and name.
pub async fn all(tx: &mut Tx) -> Result<Vec<Saved>> {
    sql!(
        "select id, name, folder, kind, rule, version, revision, built, built_at, size, heard = 1 as heard, \
         changed_at, failure, failed_at from segments where deleted_at is null order by folder, name, id limit 1000"
    )
    .fetch_all(tx)
    .await
}

/// A segment.
pub async fn one(tx: &mut Tx, id: SegmentId) -> Result<Option<Saved>> {
    sql!(
        "select id, name, folder, kind, rule, version, revision, built, built_at, size, heard = 1 as heard, \
         changed_at, failure, failed_at from segments where id = $1 and deleted_at is null"
    )
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Makes a segment that nothing listens to, by a rule in text.
///
/// # Errors
/// As for whoever writes such a rule: it is not understood, or the name is taken.
pub async fn create_by_text(
    tx: &mut Tx,
    actor: &Actor,
    name: &str,
    folder: &str,
    text: &str,
) -> Answer<SegmentId> {
    let book = book(tx).await?;
    let rule = parse(text, &book)?;
    create(tx, actor, &Draft { name: name.into(), folder: folder.into(), rule, heard: false }, false).await
}

/// Makes a segment.
pub async fn create(tx: &mut Tx, actor: &Actor, draft: &Draft, fixed: bool) -> Answer<SegmentId> {
    check(tx, None, draft).await?;
    let (id, now): (SegmentId, Instant) = (tx.id(), tx.now());
    let inserted = sql!(
        "insert into segments (id, name, folder, kind, rule, version, revision, heard, created_at, changed_at) \
         values ($1, $2, $3, $4, $5, 1, 1, $6, $7, $7)"
    )
    .bind(id)
    .bind(&draft.name)
    .bind(&draft.folder)
    .bind(if fixed { "static" } else { "rule" })
    .bind(to_json(&draft.rule))
    .bind(i64::from(draft.heard))
    .bind(now)
    .execute(tx)
    .await;
    named_once(inserted)?;
    keep_version(tx, actor, id, 1, &draft.rule).await?;
    members::request(tx, Cause::Edit).await?;
    let detail = serde_json::json!({ "version": 1 });
    audit::write(tx, Some(actor), "segment.created", Some(id.number()), detail).await?;
    Ok(id)
}

/// Changes a segment at `revision`, where one is given; gives the new revision.
pub async fn change(tx: &mut Tx, actor: &Actor, before: &Saved, draft: &Draft) -> Answer<i64> {
    check(tx, Some(before.id), draft).await?;
    let rule = to_json(&draft.rule);
    let version = before.version + i64::from(rule != before.rule.0);
    let changed = sql!(
        "update segments set name = $1, folder = $2, rule = $3, version = $4, heard = $5, changed_at = $6, \
         failure = null, failed_at = null, revision = revision + 1 where id = $7 and revision = $8 and deleted_at is null"
    )
    .bind(&draft.name)
    .bind(&draft.folder)
    .bind(rule)
    .bind(version)
    .bind(i64::from(draft.heard))
    .bind(tx.now())
    .bind(before.id)
    .bind(before.revision)
    .execute(tx)
    .await;
    if named_once(changed)? == 0 {
        return Err(Problem::precondition_failed());
    }
    if version != before.version {
        keep_version(tx, actor, before.id, version, &draft.rule).await?;
        members::request(tx, Cause::Edit).await?;
    }
    let detail = serde_json::json!({ "version": version });
    audit::write(tx, Some(actor), "segment.changed", Some(before.id.number()), detail).await?;
    Ok(before.revision + 1)
}

fn named_once(done: Result<u64>) -> Answer<u64> {
    match done {
        Err(::store::Error::Constraint { unique: true, .. }) => {
            Err(Problem::invalid("invalid").field("name", "segment_name_taken"))
        }
        done => Ok(done?),
    }
}

async fn keep_version(tx: &mut Tx, actor: &Actor, id: SegmentId, version: i64, rule: &Rule) -> Result<()> {
    sql!("insert into segment_versions (segment, version, rule, at, by_name) values ($1, $2, $3, $4, $5)")
        .bind(id)
        .bind(version)
        .bind(to_json(rule))
        .bind(tx.now())
        .bind(&actor.name)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes a segment away, with its members and those set by hand.
///
/// # Errors
/// While another segment asks about it.
pub async fn remove(tx: &mut Tx, actor: &Actor, saved: &Saved) -> Answer<()> {
    let asks =
        |other: &Saved| other.rule().is_ok_and(|rule| rule.segments().any(|segment| segment == saved.id));
    if let Some(other) = all(tx).await?.iter().find(|other| asks(other)) {
        return Err(Problem::conflict("segment_in_use").with("name", &other.name));
    }
    sql!("update segments set deleted_at = $1, revision = revision + 1 where id = $2")
        .bind(tx.now())
        .bind(saved.id)
        .execute(tx)
        .await?;
    sql!("delete from segment_members where segment = $1").bind(saved.id).execute(tx).await?;
    sql!("delete from segment_hands where segment = $1").bind(saved.id).execute(tx).await?;
    audit::write(tx, Some(actor), "segment.removed", Some(saved.id.number()), Value::Null).await?;
    Ok(())
}

/// Refuses a rule that the engine cannot answer, or that asks about segments that are not there or lead back to this one.
async fn check(tx: &mut Tx, id: Option<SegmentId>, draft: &Draft) -> Answer<()> {
    let frame = Frame::load(tx).await?;
    ask::probe(tx, &draft.rule, &frame).await??;
    let rules: BTreeMap<SegmentId, (String, Vec<SegmentId>)> = all(tx)
        .await?
        .into_iter()
        .map(|saved| {
            let asks = saved.rule().map(|rule| rule.segments().collect()).unwrap_or_default();
            (saved.id, (saved.name, asks))
        })
        .collect();
    for asked in draft.rule.segments() {
        if !rules.contains_key(&asked) {
            return Err(Fault::whole(Code::UnknownSegment).into());
        }
        if let Some(path) = id.and_then(|id| way(&rules, asked, id)) {
            let names = path.iter().filter_map(|id| rules.get(id)).map(|(name, _)| name.as_str());
            let path = std::iter::once(draft.name.as_str()).chain(names).collect::<Vec<_>>().join(" → ");
            return Err(Fault::whole(Code::Circle).with("path", path).into());
        }
    }
    Ok(())
}

/// The way from one segment to another along what they ask about.
fn way(
    rules: &BTreeMap<SegmentId, (String, Vec<SegmentId>)>,
    from: SegmentId,
    to: SegmentId,
) -> Option<Vec<SegmentId>> {
    let (mut open, mut came) = (vec![from], BTreeMap::from([(from, None)]));
    while let Some(here) = open.pop() {
        if here == to {
            let back = std::iter::successors(Some(here), |step| came.get(step).copied().flatten());
            let mut path: Vec<_> = back.collect();
            path.reverse();
            return Some(path);
        }
        for next in rules.get(&here).map_or(&[][..], |(_, asks)| asks) {
            if !came.contains_key(next) {
                came.insert(*next, Some(here));
                open.push(*next);
            }
        }
    }
    None
}

/// A version of a rule.
#[derive(Debug, Clone, FromRow)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// The rule as JSON.
    pub rule: Json<Value>,
    /// Since when it stands.
    pub at: Instant,
    /// Who wrote it.
    pub by_name: String,
}

/// The versions of a segment, the newest first.
pub async fn versions(tx: &mut Tx, id: SegmentId) -> Result<Vec<Version>> {
    sql!(
        "select version, rule, at, by_name from segment_versions where segment = $1 \
         order by version desc limit 100"
    )
    .bind(id)
    .fetch_all(tx)
    .await
}

/// How large a segment was at the end of each day it changed on, the last two years.
pub async fn sizes(tx: &mut Tx, id: SegmentId) -> Result<Vec<(Day, i64)>> {
    let mut sizes: Vec<(Day, i64)> =
        sql!("select day, size from segment_sizes where segment = $1 order by day desc limit 731")
            .bind(id)
            .fetch_all(tx)
            .await?;
    sizes.reverse();
    Ok(sizes)
}

/// People set in and out by hand, of those whom somebody sees.
pub async fn hand_counts(tx: &mut Tx, id: SegmentId, sight: Sight) -> Result<(i64, i64)> {
    let mut rows = Predicate { text: String::from("h.segment = $1"), values: vec![id.into()] }.seen_by(sight);
    rows.text = format!(
        "select count(*) filter (where h.side = 'in'), count(*) filter (where h.side = 'out') \
         from segment_hands h join parties p on p.id = h.party left join facts f on f.party = h.party where {}",
        rows.text
    );
    rows.whole().fetch_one(tx).await
}

/// People set to a side by hand, the newest first, as who stands for them now.
pub async fn hands(tx: &mut Tx, id: SegmentId, side: &str, limit: i64) -> Result<Vec<Id<kinds::Party>>> {
    let rows: Vec<(Id<kinds::Party>,)> = sql!(
        "select coalesce(r.root, h.party) from segment_hands h left join party_root r on r.party = h.party \
         where h.segment = $1 and h.side = $2 order by h.at desc, h.party limit $3"
    )
    .bind(id)
    .bind(side)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// How many members of each segment somebody sees.
pub async fn sizes_seen(tx: &mut Tx, sight: Sight) -> Result<BTreeMap<SegmentId, i64>> {
    let mut rows = Predicate { text: "1 = 1".into(), values: Vec::new() }.seen_by(sight);
    rows.text = format!(
        "select k.segment, count(*) from segment_members k join parties p on p.id = k.party \
         join facts f on f.party = k.party where {} group by k.segment",
        rows.text
    );
    let sizes: Vec<(SegmentId, i64)> = rows.whole().fetch_all(tx).await?;
    Ok(sizes.into_iter().collect())
}

/// Rows of one statement.
const SLICE: usize = 1_000;

/// Sets people in or out by hand, or takes that back with no side.
pub async fn set_hands(
    tx: &mut Tx,
    id: SegmentId,
    parties: &[Id<kinds::Party>],
    side: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    for slice in parties.chunks(SLICE) {
        let mut clear =
            sql_rows!(1, "delete from segment_hands where segment = $1 and party in (values {rows})")
                .bind(id);
        slice.iter().for_each(|party| clear.push_row([(*party).into()]));
        clear.execute(tx).await?;
        let Some(side) = side else { continue };
        let mut insert = sql_rows!(4, "insert into segment_hands (segment, party, side, at) values {rows}");
        slice.iter().for_each(|party| insert.push_row([id.into(), (*party).into(), side.into(), now.into()]));
        insert.execute(tx).await?;
    }
    Ok(())
}
