//! The statements and what stands, in the database.

use super::derive::{self, Joined, Key, Present, Said, reconfirm_by};
use super::model::{Basis, Channel, ConsentId, Evidence, PartyId, Purpose, State, Statement, WordingId};
use super::notices;
use crate::parties::root::{self, members};
use crate::rules;
use ::store::{FromRow, Json, Result, Tx, sql, sql_rows};
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use utoipa::ToSchema;
use web::{Company, Sight};

type UserId = Id<kinds::User>;

/// Statements of one person that are read: far more than anybody makes.
const MOST: i64 = 10_000;
/// Statements written at a time.
const SLICE: usize = 100;
/// Statements shown on a card.
const SHOWN: i64 = 200;

/// Writes statements about `party`; gives their rows. What stands is not made anew by it.
pub async fn append(
    tx: &mut Tx,
    party: PartyId,
    statements: &[Statement],
    by: Option<UserId>,
) -> Result<Vec<ConsentId>> {
    let about: Vec<_> = statements.iter().map(|statement| (party, statement)).collect();
    append_all(tx, &about, by).await
}

/// Writes statements about many.
pub async fn append_all(
    tx: &mut Tx,
    about: &[(PartyId, &Statement)],
    by: Option<UserId>,
) -> Result<Vec<ConsentId>> {
    let company = Company::load(tx).await?;
    let mut ids = Vec::with_capacity(about.len());
    for slice in about.chunks(SLICE) {
        ids.extend(insert(tx, slice, by, &company).await?);
    }
    Ok(ids)
}

/// Writes the statement `id` once more, about `party`; gives the new row.
pub async fn copy(tx: &mut Tx, id: i64, party: PartyId) -> Result<ConsentId> {
    let copy: ConsentId = tx.id();
    sql!(
        "insert into consents (id, party, channel, purpose, topic, state, at, shown_at, recorded_at, source, basis, \
         wording, locale, evidence, import_id, recorded_by) select $1, $2, channel, purpose, topic, state, at, shown_at, \
         $3, source, basis, wording, locale, evidence, import_id, recorded_by from consents where id = $4"
    )
    .bind(copy)
    .bind(party)
    .bind(tx.now())
    .bind(id)
    .execute(tx)
    .await?;
    Ok(copy)
}

async fn insert(
    tx: &mut Tx,
    about: &[(PartyId, &Statement)],
    by: Option<UserId>,
    company: &Company,
) -> Result<Vec<ConsentId>> {
    let now = tx.now();
    let mut ids = Vec::with_capacity(about.len());
    let mut insert = sql_rows!(
        16,
        "insert into consents (id, party, channel, purpose, topic, state, at, shown_at, recorded_at, source, basis, \
         wording, locale, evidence, import_id, recorded_by) values {rows}"
    );
    for (party, said) in about {
        let id: ConsentId = tx.id();
        ids.push(id);
        insert.push_row([
            id.into(),
            (*party).into(),
            said.channel.text().into(),
            said.purpose.text().into(),
            (&said.topic).into(),
            said.state.text().into(),
            said.at.into(),
            clock_text(said.at, company).into(),
            now.into(),
            said.source.text().into(),
            said.basis.map(Basis::text).into(),
            said.wording.into(),
            said.locale.tag().into(),
            serde_json::to_value(&said.evidence)?.into(),
            said.import.into(),
            by.into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(ids)
}

/// The time as the person reads it: `2026-11-22 12:00 (Asia/Seoul)`.
pub fn clock_text(at: Instant, company: &Company) -> String {
    let local = at.timestamp().to_zoned(company.zone());
    format!("{} ({})", local.strftime("%Y-%m-%d %H:%M"), company.zone)
}

#[derive(FromRow)]
struct SaidRow {
    id: ConsentId,
    party: PartyId,
    channel: String,
    purpose: String,
    topic: String,
    state: String,
    at: Instant,
    basis: Option<String>,
}

impl SaidRow {
    /// As it counts; a code that this program does not know says nothing.
    fn read(self) -> Option<Said> {
        Some(Said {
            id: self.id,
            party: self.party,
            key: (Channel::of(&self.channel)?, Purpose::of(&self.purpose)?, self.topic),
            state: State::of(&self.state)?,
            at: self.at,
            basis: self.basis.as_deref().and_then(Basis::of),
        })
    }
}

/// What was said by the records that `root` stands for, before `until`. What an import claimed that was taken back counts as
/// never said; it stays written, and counts again when the import runs again.
async fn said(tx: &mut Tx, root: PartyId, until: Instant) -> Result<Vec<Said>> {
    let rows: Vec<SaidRow> = sql!(concat!(
        "select id, party, channel, purpose, topic, state, at, basis from consents where party in ",
        members!("$1"),
        " and at < $2 and (import_id is null or not exists (select 1 from imports i where i.id = consents.import_id \
         and i.state in ('undoing', 'undone'))) order by id limit $3"
    ))
    .bind(root)
    .bind(until)
    .bind(MOST)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().filter_map(SaidRow::read).collect())
}

/// The merges that made `root` what it is.
async fn merges(tx: &mut Tx, root: PartyId) -> Result<Vec<Joined>> {
    let rows: Vec<(i64, PartyId, PartyId)> = sql!(
        "select m.id, m.survivor, m.absorbed from merges m join party_root r on r.party = m.absorbed \
         where r.root = $1 and m.undone_at is null order by m.id"
    )
    .bind(root)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, survivor, absorbed)| Joined { id, survivor, absorbed }).collect())
}

/// What stood for whoever `root` stands for, from what was said before `until`; records are one as they are now.
pub async fn present_at(tx: &mut Tx, root: PartyId, until: Instant) -> Result<BTreeMap<Key, Present>> {
    let (said, merges) = (said(tx, root, until).await?, merges(tx, root).await?);
    Ok(derive::derive(root, &said, &merges))
}

/// What stands for `party`, or for who stands for them.
pub async fn present(tx: &mut Tx, party: PartyId) -> Result<BTreeMap<Key, Present>> {
    let root = root::of(tx, party).await?;
    present_at(tx, root, Instant::from_micros(i64::MAX)).await
}

/// Writes anew what stands for everyone that one of `parties` belongs to.
pub async fn refresh(tx: &mut Tx, parties: &[PartyId]) -> Result<()> {
    let mut roots = BTreeSet::new();
    for party in parties {
        roots.insert(root::of(tx, *party).await?);
    }
    let years = rules::in_force::<rules::Reconfirm>(tx).await?.years;
    let zone = Company::load(tx).await?.zone();
    for root in roots {
        sql!(concat!("delete from consent_states where party in ", members!("$1")))
            .bind(root)
            .execute(tx)
            .await?;
        let present = present_at(tx, root, Instant::from_micros(i64::MAX)).await?;
        let confirmed = notices::confirmed(tx, root).await?;
        let mut insert = sql_rows!(
            9,
            "insert into consent_states (party, channel, purpose, topic, state, since, consent, basis, reconfirm_on) \
             values {rows}"
        );
        for ((channel, purpose, topic), stands) in &present {
            let asks = stands.allows() && topic.is_empty() && notices::is_confirmed(*purpose);
            let name = (channel.text().to_owned(), purpose.text().to_owned(), stands.since);
            let times = confirmed.get(&name).copied().unwrap_or(0);
            let due = reconfirm_by(stands.since.day_in(&zone), years, times);
            insert.push_row([
                root.into(),
                channel.text().into(),
                purpose.text().into(),
                topic.into(),
                stands.state.text().into(),
                stands.since.into(),
                stands.consent.into(),
                stands.basis.map(Basis::text).into(),
                asks.then_some(due).into(),
            ]);
        }
        if !insert.is_empty() {
            insert.execute(tx).await?;
        }
    }
    Ok(())
}

/// What stands about one medium and purpose, as the card shows it.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[schema(as = ConsentStanding)]
pub struct Standing {
    /// `email`, `sms`, `kakao`, `call`, `push` or `post`.
    pub channel: String,
    /// `ad`, `night_ad` or `third_party`.
    pub purpose: String,
    /// The topic, empty for the purpose as a whole.
    pub topic: String,
    /// `given`, `refused`, `withdrawn`, `expired` or `unverified`.
    pub state: String,
    /// Since when.
    #[schema(value_type = String)]
    pub since: Instant,
    /// The statement that decides.
    #[schema(value_type = String)]
    pub consent: ConsentId,
    /// On what ground it counts.
    pub basis: Option<String>,
    /// By when it must be confirmed again.
    #[schema(value_type = Option<String>)]
    pub reconfirm_on: Option<kernel::Day>,
}

/// What stands for `party`, who stands for themselves.
pub async fn standing(tx: &mut Tx, party: PartyId) -> Result<Vec<Standing>> {
    sql!(
        "select channel, purpose, topic, state, since, consent, basis, reconfirm_on from consent_states \
         where party = $1 order by channel, purpose, topic"
    )
    .bind(party)
    .fetch_all(tx)
    .await
}

/// A statement as the card shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ConsentSaid)]
pub struct Told {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ConsentId,
    /// The medium.
    pub channel: String,
    /// What for.
    pub purpose: String,
    /// The topic, empty for the purpose as a whole.
    pub topic: String,
    /// `given`, `refused`, `withdrawn`, `reconfirmed`, `expired` or `unverified`.
    pub state: String,
    /// When it was said.
    #[schema(value_type = String)]
    pub at: Instant,
    /// The time as the person read it.
    pub shown_at: String,
    /// How it was said.
    pub source: String,
    /// On what ground it counts.
    pub basis: Option<String>,
    /// The words that were shown.
    #[schema(value_type = Option<String>)]
    pub wording: Option<WordingId>,
    /// Their version.
    pub version: Option<i64>,
    /// The exact words, in the language they were shown in.
    pub text: Option<String>,
    /// How it is known.
    pub evidence: Evidence,
    /// Who recorded it.
    pub by: Option<String>,
}

#[derive(FromRow)]
struct ToldRow {
    id: ConsentId,
    channel: String,
    purpose: String,
    topic: String,
    state: String,
    at: Instant,
    shown_at: String,
    source: String,
    basis: Option<String>,
    wording: Option<WordingId>,
    version: Option<i64>,
    words: Option<String>,
    evidence: Json<Evidence>,
    name: Option<String>,
}

/// What `party` and those merged into them said, the newest first, as `sight` shows it.
pub async fn told(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<Told>> {
    let rows: Vec<ToldRow> = sql!(concat!(
        "select c.id, c.channel, c.purpose, c.topic, c.state, c.at, c.shown_at, c.source, c.basis, c.wording, w.version, \
         case when c.locale = 'en' and w.text_en <> '' then w.text_en else w.text_ko end as words, c.evidence, u.name \
         from consents c left join consent_wordings w on w.id = c.wording left join users u on u.id = c.recorded_by \
         where c.party in ",
        members!("$1"),
        " order by c.at desc, c.id desc limit $2"
    ))
    .bind(party)
    .bind(SHOWN)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| shown(row, sight)).collect())
}

fn shown(row: ToldRow, sight: Sight) -> Told {
    let Evidence { note, address, file, row: line, value, guardian } = row.evidence.0;
    // An address of the network says where somebody lives: whoever sees contacts in part sees none of it.
    let address = address.filter(|_| !sight.is_masked());
    let evidence = Evidence {
        note: sight.maybe(note),
        address,
        file: sight.maybe(file),
        row: line,
        value: sight.maybe(value),
        guardian: sight.maybe(guardian),
    };
    Told {
        id: row.id,
        channel: row.channel,
        purpose: row.purpose,
        topic: row.topic,
        state: row.state,
        at: row.at,
        shown_at: row.shown_at,
        source: row.source,
        basis: row.basis,
        wording: row.wording,
        version: row.version,
        text: row.words,
        evidence,
        by: row.name,
    }
}

/// On which media each of `parties`, who stand for themselves, agreed to advertising.
pub async fn agreed(tx: &mut Tx, parties: &[PartyId]) -> Result<HashMap<PartyId, Vec<String>>> {
    let mut found: HashMap<PartyId, Vec<String>> = HashMap::new();
    if parties.is_empty() {
        return Ok(found);
    }
    let mut query = sql_rows!(
        1,
        "select party, channel from consent_states where purpose = 'ad' and topic = '' and state = 'given' \
         and party in (values {rows}) order by party, channel"
    );
    parties.iter().for_each(|party| query.push_row([(*party).into()]));
    for (party, channel) in query.fetch_of_set::<(PartyId, String)>(tx).await? {
        found.entry(party).or_default().push(channel);
    }
    Ok(found)
}

/// Deletes what `parties` said and what stands for them: they are erased.
pub async fn erase(tx: &mut Tx, parties: &[PartyId]) -> Result<()> {
    for party in parties {
        sql!("insert into consent_erasures (party, at) values ($1, $2) on conflict (party) do nothing")
            .bind(*party)
            .bind(tx.now())
            .execute(tx)
            .await?;
        sql!("delete from consent_states where party = $1").bind(*party).execute(tx).await?;
        sql!("delete from consent_notices where party = $1").bind(*party).execute(tx).await?;
        sql!("delete from consents where party = $1").bind(*party).execute(tx).await?;
    }
    Ok(())
}
