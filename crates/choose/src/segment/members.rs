//! Who a segment means now, kept as rows.
//!
//! Invariants:
//! - Whatever moves someone in or out goes through [`Live::sync`], which compares the predicate with the rows: so
//!   what is kept up step by step is what a full recount finds, which a test holds over simulated months.
//! - Segments are taken in the order of their references, so that one sees the others' members as they are.
//! - A rule that the engine cannot answer is set aside with its error ([`Live::is_set_aside`]): its members stay as they
//!   were, the other segments go on, and whoever looks at everyone tries it again.
//! - A first build and an edit append one `segment.rebuilt`. Entering and leaving are told only afterwards, only of
//!   segments something listens to, and with the origin of what moved them ([`Cause::origin`]): effects hear of what
//!   people and time do, not of an import or of an edit elsewhere.

use super::ask;
use super::frame::Frame;
use super::predicate::{Predicate, WHO};
use super::rule::{Fault, Rule, SegmentId};
use super::store::{self, Saved};
use ::store::log::{self, Entry, Origin};
use ::store::{Error, Json, Result, Tx, attempt, job, sql, sql_rows};
use kernel::{Id, Instant, Locale, kinds};
use know::privacy::suspension::USED;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type PartyId = Id<kinds::Party>;

/// The kind of the job that goes through everyone.
pub const REBUILD: &str = "choose.segments";
/// Characters of an error that are kept.
const FAILURE: usize = 500;
/// People asked about in one statement.
pub(super) const SLICE: usize = 500;

/// Why members are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// A segment is new or was edited.
    #[default]
    Edit,
    /// Everyone's cells, intervals or scores may have moved: a refresh, a run of a model.
    Everyone,
    /// An import has been taken in, or everyone moved because of one.
    Import,
    /// A day has passed.
    Time,
}

impl Cause {
    /// As what the log is told of those who move: effects ignore what is not live.
    pub const fn origin(self) -> Origin {
        match self {
            Self::Edit => Origin::Backfill,
            Self::Import => Origin::Import,
            Self::Everyone | Self::Time => Origin::Live,
        }
    }
}

/// Asks for everyone to be looked at again. Work that waits already for the same cause will see what is committed by
/// then.
pub async fn request(tx: &mut Tx, cause: Cause) -> Result<()> {
    let (segments,): (i64,) =
        sql!("select count(*) from segments where deleted_at is null").fetch_one(tx).await?;
    let waiting: Vec<(Json<Value>,)> =
        sql!("select params from jobs where kind = $1 and state = 'queued' and fence = 0")
            .bind(REBUILD)
            .fetch_all(tx)
            .await?;
    let cause = serde_json::to_value(cause)?;
    if segments > 0 && !waiting.iter().any(|(params,)| params.0 == cause) {
        job::start(tx, REBUILD, cause).await?;
    }
    Ok(())
}

/// A segment whose members are kept.
#[derive(Debug, Clone)]
pub struct Live {
    /// Which.
    pub id: SegmentId,
    /// Whom it means.
    pub rule: Rule,
    saved: Saved,
}

/// Which people are looked at.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'s> {
    /// These, at most [`SLICE`].
    Some(&'s [PartyId]),
    /// Those after the first and up to the second id.
    Range(i64, i64),
}

/// Who moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// They are in now.
    pub entered: Vec<PartyId>,
    /// They are not any more.
    pub left: Vec<PartyId>,
}

/// Every segment whose rule this program understands, after those it asks about.
pub async fn live(tx: &mut Tx) -> Result<Vec<Live>> {
    let mut open: BTreeMap<SegmentId, Live> = BTreeMap::new();
    for saved in store::all(tx).await? {
        match saved.rule() {
            Ok(rule) => {
                open.insert(saved.id, Live { id: saved.id, rule, saved });
            }
            Err(fault) => {
                tracing::warn!(segment = %saved.id, code = fault.code.text(), "a rule is not understood")
            }
        }
    }
    let mut ordered = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let ready: Vec<SegmentId> = open
            .values()
            .filter(|live| live.rule.segments().all(|asked| asked == live.id || !open.contains_key(&asked)))
            .map(|live| live.id)
            .collect();
        if ready.is_empty() {
            // A circle cannot be saved; two edits at once could make one, and the next edit is told of it.
            break;
        }
        ordered.extend(ready.iter().filter_map(|id| open.remove(id)));
    }
    Ok(ordered)
}

/// Those of `all` that are to be looked at, and whoever asks about them.
pub fn with_dependents(all: Vec<Live>, first: impl Fn(&Live) -> bool) -> Vec<Live> {
    let mut taken: BTreeSet<SegmentId> = BTreeSet::new();
    for live in &all {
        if first(live) || live.rule.segments().any(|asked| taken.contains(&asked)) {
            taken.insert(live.id);
        }
    }
    all.into_iter().filter(|live| taken.contains(&live.id)).collect()
}

impl Live {
    /// Whether its members were built by its present rule.
    pub fn is_built(&self) -> bool {
        self.saved.built == Some(self.saved.version)
    }

    /// The rule, with those set in and out by hand.
    fn predicate(&self, frame: &Frame) -> Result<Predicate> {
        let too_many = |fault: Fault| Error::Refused(fault.told(Locale::En));
        let mut predicate = ask::predicate(&self.rule, frame).map_err(too_many)?;
        let id = predicate.bind(self.id);
        let hand = |side: &str| {
            format!(
                "exists (select 1 from {WHO} k join segment_hands h on h.party = k.party \
                 where h.segment = {id} and h.side = '{side}')"
            )
        };
        predicate.text =
            format!("({} and not {}) or ({} and {USED})", predicate.text, hand("out"), hand("in"));
        Ok(predicate)
    }

    /// Whether its rule could not be asked the last time.
    pub fn is_set_aside(&self) -> bool {
        self.saved.failure.is_some()
    }

    /// Compares the rows with the predicate, writes what is different and gives who moved; none when the rule cannot be
    /// asked, which is kept with the segment and stops nothing else.
    pub async fn sync(&self, tx: &mut Tx, frame: &Frame, scope: Scope<'_>) -> Result<Option<Moved>> {
        attempt::begin(tx).await?;
        let moved = self.compare(tx, frame, scope).await;
        match attempt::end(tx, moved).await? {
            Ok(moved) => Ok(Some(moved)),
            Err(error) => self.set_aside(tx, &error.to_string()).await.map(|()| None),
        }
    }

    async fn set_aside(&self, tx: &mut Tx, error: &str) -> Result<()> {
        tracing::error!(segment = %self.id, error, "a rule cannot be asked: its members stay as they are");
        let error: String = error.chars().take(FAILURE).collect();
        sql!("update segments set failure = $1, failed_at = $2 where id = $3")
            .bind(error)
            .bind(tx.now())
            .bind(self.id)
            .execute(tx)
            .await?;
        Ok(())
    }

    async fn compare(&self, tx: &mut Tx, frame: &Frame, scope: Scope<'_>) -> Result<Moved> {
        let predicate = self.predicate(frame)?;
        let wanted = among(tx, predicate, "f.party", scope).await?;
        let mut rows = Predicate { text: "k.segment = $1".into(), values: vec![self.id.into()] };
        let only = scoped(&mut rows, "k.party", scope);
        let text = format!("select k.party from segment_members k where {}{only}", rows.text);
        let query = rows.values.into_iter().fold(::store::Query::built(text), ::store::Query::bind);
        let present: BTreeSet<PartyId> =
            query.fetch_all::<(PartyId,)>(tx).await?.into_iter().map(|(party,)| party).collect();
        let moved = Moved {
            entered: wanted.difference(&present).copied().collect(),
            left: present.difference(&wanted).copied().collect(),
        };
        self.write(tx, &moved, frame).await?;
        Ok(moved)
    }

    async fn write(&self, tx: &mut Tx, moved: &Moved, frame: &Frame) -> Result<()> {
        for slice in moved.left.chunks(SLICE) {
            let mut delete =
                sql_rows!(1, "delete from segment_members where segment = $1 and party in (values {rows})")
                    .bind(self.id);
            slice.iter().for_each(|party| delete.push_row([(*party).into()]));
            delete.execute(tx).await?;
        }
        let now = tx.now();
        for slice in moved.entered.chunks(SLICE) {
            let mut insert =
                sql_rows!(3, "insert into segment_members (segment, party, since) values {rows}");
            slice.iter().for_each(|party| insert.push_row([self.id.into(), (*party).into(), now.into()]));
            insert.execute(tx).await?;
        }
        let (entered, left) = (moved.entered.len(), moved.left.len());
        if entered + left > 0 {
            let by = i64::try_from(entered).unwrap_or(0) - i64::try_from(left).unwrap_or(0);
            self.resize(tx, by, frame).await?;
        }
        Ok(())
    }

    /// Moves the size, today's included.
    async fn resize(&self, tx: &mut Tx, by: i64, frame: &Frame) -> Result<()> {
        sql!("update segments set size = coalesce(size, 0) + $1 where id = $2")
            .bind(by)
            .bind(self.id)
            .execute(tx)
            .await?;
        self.keep_size(tx, frame).await
    }

    async fn keep_size(&self, tx: &mut Tx, frame: &Frame) -> Result<()> {
        sql!(
            "insert into segment_sizes (segment, day, size) select id, $1, coalesce(size, 0) from segments \
             where id = $2 on conflict (segment, day) do update set size = excluded.size"
        )
        .bind(frame.today)
        .bind(self.id)
        .execute(tx)
        .await?;
        Ok(())
    }

    /// Tells the log who moved and how that came, if something listens.
    pub async fn tell(&self, tx: &mut Tx, moved: &Moved, origin: Origin) -> Result<()> {
        if !self.saved.heard || !self.is_built() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(moved.entered.len() + moved.left.len());
        for (kind, parties) in [("segment.entered", &moved.entered), ("segment.left", &moved.left)] {
            for party in parties {
                // Someone can enter the same segment many times, so the name is a number of its own.
                let name: Id<kinds::Audit> = tx.id();
                let entry = Entry { origin, ..Entry::live(tx, kind, self.id.number()) }.about(*party);
                let entry = entry.named(format!("{kind}:{}", name.number()));
                entries.push(entry.with(json!({ "segment": self.id.to_string() })));
            }
        }
        log::append_all(tx, entries).await
    }

    /// Says that everyone has been looked at by the present rule; told to the log once a version.
    pub async fn finish(&self, tx: &mut Tx, frame: &Frame) -> Result<()> {
        let now: Instant = tx.now();
        sql!(
            "update segments set built = $1, built_at = $2, size = coalesce(size, 0), failure = null, failed_at = null \
             where id = $3"
        )
            .bind(self.saved.version)
            .bind(now)
            .bind(self.id)
            .execute(tx)
            .await?;
        self.keep_size(tx, frame).await?;
        if self.is_built() {
            return Ok(());
        }
        let name = format!("segment.rebuilt:{}:{}", self.id.number(), self.saved.version);
        let body = json!({ "segment": self.id.to_string(), "version": self.saved.version });
        let entry = Entry::live(tx, "segment.rebuilt", self.id.number()).named(name).with(body);
        log::append(tx, entry).await
    }

    /// The version it stands at.
    pub fn version(&self) -> i64 {
        self.saved.version
    }
}

fn scoped(predicate: &mut Predicate, column: &str, scope: Scope<'_>) -> String {
    match scope {
        Scope::Some(parties) => {
            let places: Vec<String> = parties.iter().map(|party| predicate.bind(*party)).collect();
            format!(" and {column} in ({})", places.join(", "))
        }
        Scope::Range(after, last) => {
            let (after, last) = (predicate.bind(after), predicate.bind(last));
            format!(" and {column} > {after} and {column} <= {last}")
        }
    }
}

async fn among(
    tx: &mut Tx,
    mut predicate: Predicate,
    column: &str,
    scope: Scope<'_>,
) -> Result<BTreeSet<PartyId>> {
    let only = scoped(&mut predicate, column, scope);
    let rows: Vec<(PartyId,)> = predicate.into_query(column, &only).fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// Looks at these people again in every segment, and tells who moved.
pub async fn look_again(tx: &mut Tx, parties: &BTreeSet<PartyId>, origin: Origin) -> Result<()> {
    let segments = live(tx).await?;
    if segments.is_empty() || parties.is_empty() {
        return Ok(());
    }
    let frame = Frame::load(tx).await?;
    let parties: Vec<PartyId> = parties.iter().copied().collect();
    for slice in parties.chunks(SLICE) {
        // One that is being built is kept up as well: the page with these people may be behind already.
        for live in segments.iter().filter(|live| !live.is_set_aside()) {
            if let Some(moved) = live.sync(tx, &frame, Scope::Some(slice)).await? {
                live.tell(tx, &moved, origin).await?;
            }
        }
    }
    Ok(())
}

/// Keeps every other from comparing members until this transaction ends (PostgreSQL; SQLite has one writer): two that
/// read before either wrote would both write the same row. The reaction holds this row from its start.
pub async fn hold_reaction(tx: &mut Tx) -> Result<()> {
    sql!("update reactions set turned_at = turned_at where name = $1")
        .bind(super::reaction::NAME)
        .execute(tx)
        .await?;
    Ok(())
}
