//! The log: everything that happens is an interaction, appended in the transaction that changes the state it
//! tells of, and never changed again.
//!
//! `body` holds ids, amounts and codes only: never a name, a contact or free text.

use crate::tx::Connection;
use crate::{FromRow, Json, Query, Result, Tx, sql, sql_rows};
use kernel::{Currency, Id, Instant, kinds};
use serde_json::Value as Body;

/// How an interaction came to be. Effects look at `live` ones only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It happened now.
    Live,
    /// It was read from a file or fetched from a shop.
    Import,
    /// It was derived later from what was known.
    Backfill,
    /// It takes something back.
    Undo,
}

impl Origin {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Import => "import",
            Self::Backfill => "backfill",
            Self::Undo => "undo",
        }
    }
}

/// An interaction to append.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it happened.
    pub at: Instant,
    /// How it came to be.
    pub origin: Origin,
    /// Whom it concerns.
    pub party: Option<Id<kinds::Party>>,
    /// What happened: `order.added`, `note.written`, …
    pub kind: &'static str,
    /// The number of the row it tells of.
    pub subject: Option<i64>,
    /// Its amount in minor units.
    pub amount: Option<i64>,
    /// The amount's currency.
    pub currency: Option<Currency>,
    /// Where.
    pub store: Option<String>,
    /// By whom.
    pub staff: Option<String>,
    /// Through which channel.
    pub channel: Option<String>,
    /// The import that brought it.
    pub import: Option<Id<kinds::Import>>,
    /// Who tells: `dangol`, or a shop's account.
    pub source: String,
    /// Its name there, with the revision; the same name twice is refused.
    pub source_id: String,
    /// Ids, amounts and codes.
    pub body: Body,
}

impl Entry {
    /// Something that happens now, in Dangol itself, named after the row it tells of.
    pub fn live(tx: &Tx, kind: &'static str, subject: i64) -> Self {
        Self {
            at: tx.now(),
            origin: Origin::Live,
            party: None,
            kind,
            subject: Some(subject),
            amount: None,
            currency: None,
            store: None,
            staff: None,
            channel: None,
            import: None,
            source: "dangol".into(),
            source_id: format!("{kind}:{subject}"),
            body: Body::Object(serde_json::Map::new()),
        }
    }

    /// The same about `party`.
    #[must_use]
    pub fn about(mut self, party: Id<kinds::Party>) -> Self {
        self.party = Some(party);
        self
    }

    /// The same with another name at its source, where a row has more than one interaction of a kind.
    #[must_use]
    pub fn named(mut self, source_id: String) -> Self {
        self.source_id = source_id;
        self
    }

    /// The same with a body.
    #[must_use]
    pub fn with(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
}

/// An interaction of the log.
#[derive(Debug, Clone, FromRow)]
pub struct Interaction {
    /// Its place in the log.
    pub seq: i64,
    /// The transaction that wrote it (PostgreSQL), else its place once more.
    pub xid: i64,
    /// When it happened.
    pub at: Instant,
    /// When it was written.
    pub recorded_at: Instant,
    /// How it came to be.
    pub origin: String,
    /// Whom it concerns.
    pub party: Option<i64>,
    /// What happened.
    pub kind: String,
    /// The number of the row it tells of.
    pub subject: Option<i64>,
    /// Its amount in minor units.
    pub amount: Option<i64>,
    /// The amount's currency.
    pub currency: Option<Currency>,
    /// The import that brought it.
    pub import_id: Option<i64>,
    /// Ids, amounts and codes.
    pub body: Json<Body>,
}

impl Interaction {
    /// Whom it concerns.
    pub fn party(&self) -> Option<Id<kinds::Party>> {
        self.party.map(Id::from_number)
    }
}

/// A place in the log: everything up to it has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, FromRow)]
pub struct Cursor {
    /// The transaction.
    pub xid: i64,
    /// The interaction.
    pub seq: i64,
}

impl Cursor {
    /// Before the first interaction.
    pub const START: Self = Self { xid: -1, seq: -1 };
}

/// Appends one interaction.
pub async fn append(tx: &mut Tx, entry: Entry) -> Result<()> {
    append_all(tx, vec![entry]).await
}

/// Appends interactions in their order.
pub async fn append_all(tx: &mut Tx, entries: Vec<Entry>) -> Result<()> {
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let mut insert = sql_rows!(
            15,
            "insert into interactions (at, recorded_at, origin, party, kind, subject, amount, currency, store, \
             staff, channel, import_id, source, source_id, body) values {rows}"
        );
        while !insert.is_full() {
            let Some(entry) = entries.next() else { break };
            insert.push_row(row(tx, entry));
        }
        insert.execute(tx).await?;
        tx.appended = true;
    }
    Ok(())
}

/// Appends what `insert`, an `insert into interactions` from other tables, selects: of many rows of one kind that stand
/// in a table already. Its columns keep the rules of the log.
pub async fn append_selected(tx: &mut Tx, insert: Query) -> Result<u64> {
    let appended = insert.execute(tx).await?;
    tx.appended |= appended > 0;
    Ok(appended)
}

fn row(tx: &Tx, entry: Entry) -> [crate::Value; 15] {
    [
        entry.at.into(),
        tx.now().into(),
        entry.origin.text().into(),
        entry.party.into(),
        entry.kind.into(),
        entry.subject.into(),
        entry.amount.into(),
        entry.currency.into(),
        entry.store.into(),
        entry.staff.into(),
        entry.channel.into(),
        entry.import.into(),
        entry.source.into(),
        entry.source_id.into(),
        entry.body.into(),
    ]
}

/// The interactions after `cursor` that no open transaction can still come before, at most `limit`.
pub async fn after(tx: &mut Tx, cursor: Cursor, limit: i64) -> Result<Vec<Interaction>> {
    let horizon = horizon(tx).await?;
    sql!(
        "select seq, xid, at, recorded_at, origin, party, kind, subject, amount, currency, import_id, body \
         from interactions where (xid, seq) > ($1, $2) and xid < $3 order by xid, seq limit $4"
    )
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(horizon)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// The place of the last of the next `limit` interactions after `cursor` that can be read now, and how many there are.
pub(crate) async fn reach(tx: &mut Tx, cursor: Cursor, limit: i64) -> Result<Option<(Cursor, i64)>> {
    let horizon = horizon(tx).await?;
    // Where there are so many, a step along the index finds the last one; only the rest at the end is counted.
    if let Some(last) = nth(tx, cursor, horizon, limit).await? {
        return Ok(Some((last, limit)));
    }
    let last: Option<(i64, i64, i64)> = sql!(
        "with next as (select xid, seq from interactions where (xid, seq) > ($1, $2) and xid < $3 \
         order by xid, seq limit $4) \
         select xid, seq, count(*) over () from next order by xid desc, seq desc limit 1"
    )
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(horizon)
    .bind(limit)
    .fetch_optional(tx)
    .await?;
    Ok(last.map(|(xid, seq, count)| (Cursor { xid, seq }, count)))
}

/// Whether more than `count` interactions after `cursor` can be read now.
pub(crate) async fn are_more_than(tx: &mut Tx, cursor: Cursor, count: i64) -> Result<bool> {
    let horizon = horizon(tx).await?;
    Ok(nth(tx, cursor, horizon, count + 1).await?.is_some())
}

/// The place of the `number`th interaction after `cursor` and below the transaction `horizon`.
async fn nth(tx: &mut Tx, cursor: Cursor, horizon: i64, number: i64) -> Result<Option<Cursor>> {
    sql!(
        "select xid, seq from interactions where (xid, seq) > ($1, $2) and xid < $3 \
         order by xid, seq limit 1 offset $4"
    )
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(horizon)
    .bind(number - 1)
    .fetch_optional(tx)
    .await
}

/// The interactions of `kinds` among the next `count` after `cursor`, up to `end`; only those that happened now, where
/// `live` says so.
pub(crate) async fn between(
    tx: &mut Tx,
    cursor: Cursor,
    (end, count): (Cursor, i64),
    kinds: &[&'static str],
    live: bool,
) -> Result<Vec<Interaction>> {
    // The limit bounds the walk through the index: of the pair in `end` SQLite would use the first member alone.
    sql!(
        "with next as (select seq, xid, kind, origin from interactions where (xid, seq) > ($1, $2) \
         order by xid, seq limit $5) \
         select i.seq, i.xid, i.at, i.recorded_at, i.origin, i.party, i.kind, i.subject, i.amount, i.currency, \
         i.import_id, i.body from next n join interactions i on i.seq = n.seq \
         where (n.xid, n.seq) <= ($3, $4) and $6 like '% ' || n.kind || ' %' and (n.origin = 'live' or not $7) \
         order by n.xid, n.seq"
    )
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(end.xid)
    .bind(end.seq)
    .bind(count)
    .bind(listed(kinds))
    .bind(live)
    .fetch_all(tx)
    .await
}

/// Interactions asked for by their places in one statement.
const PLACES: usize = 1_024;

/// The interactions at `places`, which are in the order of the log.
pub(crate) async fn at(tx: &mut Tx, places: &[Cursor]) -> Result<Vec<Interaction>> {
    let mut found = Vec::with_capacity(places.len());
    for places in places.chunks(PLACES) {
        let mut query = sql_rows!(
            1,
            "select seq, xid, at, recorded_at, origin, party, kind, subject, amount, currency, import_id, body \
             from interactions where seq in ({rows}) order by xid, seq"
        );
        places.iter().for_each(|place| query.push_row([place.seq.into()]));
        found.extend(query.fetch_of_set::<Interaction>(tx).await?);
    }
    Ok(found)
}

/// What an interaction speaks of: of those of the same topic the last says all that a reader of the present needs.
///
/// That is the party, whatever was imported of it. Where no party is named it is the kind, and of what was derived later
/// it is the party with the kind: that two records were merged is not said again by the order that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Topic {
    party: i64,
    /// The place of the kind among those that were asked for.
    kind: Option<u8>,
}

/// The topic of an interaction, and where it stands: no topic where it must come whatever follows, because it is live.
pub(crate) type Spoken = (Option<Topic>, Cursor);

/// Of what the next `count` interactions of `kinds` after `cursor`, up to `end`, speak, in no order.
pub(crate) async fn spoken_of(
    tx: &mut Tx,
    cursor: Cursor,
    (end, count): (Cursor, i64),
    kinds: &[&'static str],
) -> Result<Vec<Spoken>> {
    // All in one text: a row for each would cost a way between two threads.
    let mut query = sql_rows!(
        1,
        "with next as (select xid, seq, party, kind, origin from interactions where (xid, seq) > ($1, $2) \
         order by xid, seq limit $5) \
         select string_agg(xid || ' ' || seq || case when origin = 'live' then '' \
         when party is null or origin = 'backfill' then ' ' || coalesce(party, 0) || ' ' || kind \
         else ' ' || party end, ',') \
         from next where (xid, seq) <= ($3, $4) and kind in (values {rows})"
    )
    .bind(cursor.xid)
    .bind(cursor.seq)
    .bind(end.xid)
    .bind(end.seq)
    .bind(count);
    kinds.iter().for_each(|kind| query.push_row([(*kind).into()]));
    let found: Vec<(Option<String>,)> = query.fetch_of_set(tx).await?;
    let text = found.into_iter().find_map(|(text,)| text).unwrap_or_default();
    Ok(text.split(',').filter_map(|text| spoken(text, kinds)).collect())
}

/// Reads `xid seq [party [kind]]`.
fn spoken(text: &str, kinds: &[&'static str]) -> Option<Spoken> {
    let mut words = text.split(' ');
    let place = Cursor { xid: words.next()?.parse().ok()?, seq: words.next()?.parse().ok()? };
    let Some(party) = words.next() else { return Some((None, place)) };
    let place_of = |kind: &str| kinds.iter().position(|known| *known == kind);
    let kind = words.next().and_then(place_of).and_then(|index| u8::try_from(index).ok());
    Some((Some(Topic { party: party.parse().ok()?, kind }), place))
}

/// Kinds as a text in which `like` finds one of them.
fn listed(kinds: &[&'static str]) -> String {
    format!(" {} ", kinds.join(" "))
}

/// The last interaction that can be read now.
pub async fn head(tx: &mut Tx) -> Result<Cursor> {
    let horizon = horizon(tx).await?;
    let last: Option<Cursor> =
        sql!("select xid, seq from interactions where xid < $1 order by xid desc, seq desc limit 1")
            .bind(horizon)
            .fetch_optional(tx)
            .await?;
    Ok(last.unwrap_or(Cursor::START))
}

/// The last interaction that is committed, whether or not it can be read yet.
pub async fn last(tx: &mut Tx) -> Result<Cursor> {
    let last: Option<Cursor> = sql!("select xid, seq from interactions order by xid desc, seq desc limit 1")
        .fetch_optional(tx)
        .await?;
    Ok(last.unwrap_or(Cursor::START))
}

/// Transactions from this one on may still be open (PostgreSQL). SQLite has one writer, so nothing is hidden.
async fn horizon(tx: &mut Tx) -> Result<i64> {
    Ok(match tx.connection() {
        Connection::Sqlite(_) => i64::MAX,
        Connection::Postgres(connection) => {
            let text = "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
            sqlx::query_scalar(text).fetch_one(connection).await?
        }
    })
}
