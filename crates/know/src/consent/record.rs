//! Recording what somebody says, with everything that follows, in one transaction.

use super::ledger;
use super::model::{Basis, Channel, ConsentId, Evidence, PartyId, Purpose, Source, State, Statement};
use super::{notices, topics, wordings};
use crate::births;
use crate::parties::root;
use ::store::log::{self, Entry, Origin};
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Day, Id, Instant, Locale, kinds};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use web::{Actor, Answer, Company, Problem};

/// Records what `party` says. What it takes away is away when the transaction is: nothing after it asks anything else.
///
/// # Errors
/// 422 when a statement says something that is no consent: no words that were shown, no proof, of the future, about a
/// topic that is not there, of a child without its guardian, or confirming what does not stand.
pub async fn record(
    tx: &mut Tx,
    party: PartyId,
    mut statements: Vec<Statement>,
    by: Option<&Actor>,
) -> Answer<Vec<ConsentId>> {
    let present = ledger::present(tx, party).await?;
    let stands = |channel, purpose, topic: &str| {
        present.get(&(channel, purpose, topic.to_owned())).is_some_and(|present| present.allows())
    };
    for said in &statements {
        check(tx, party, said).await?;
        if said.state == State::Reconfirmed && !stands(said.channel, said.purpose, &said.topic) {
            return Err(Problem::conflict("consent_nothing_to_confirm"));
        }
    }
    // Whoever does not want any at all does not want it at night either, also when they want it again by day.
    let nights: Vec<Statement> = statements
        .iter()
        .filter(|said| is_no(said.state) && said.purpose == Purpose::Ad && said.topic.is_empty())
        .filter(|said| stands(said.channel, Purpose::NightAd, ""))
        .map(|said| Statement { purpose: Purpose::NightAd, wording: None, ..said.clone() })
        .collect();
    statements.extend(nights);
    let ids = ledger::append(tx, party, &statements, by.map(|by| by.user)).await?;
    ledger::refresh(tx, &[party]).await?;
    for (id, said) in ids.iter().zip(&statements) {
        tell(tx, *id, party, said).await?;
    }
    let told: Vec<_> = ids.iter().copied().zip(&statements).collect();
    notices::owe(tx, party, &told).await?;
    Ok(ids)
}

const fn is_no(state: State) -> bool {
    matches!(state, State::Refused | State::Withdrawn)
}

async fn check(tx: &mut Tx, party: PartyId, said: &Statement) -> Answer<()> {
    let mut problem = Problem::invalid("consent_invalid");
    if said.at > tx.now() {
        problem = problem.field("at", "consent_in_future");
    }
    if said.purpose == Purpose::NightAd && !said.channel.has_night() {
        problem = problem.field("purpose", "consent_no_night");
    }
    if !said.topic.is_empty() && (said.purpose != Purpose::Ad || !topics::is_known(tx, &said.topic).await?) {
        problem = problem.field("topic", "unknown");
    }
    if said.state == State::Given {
        // A topic narrows what was allowed with words of its own purpose; it allows nothing by itself.
        let shown = match said.wording {
            Some(wording) => wordings::purpose_of(tx, wording).await?,
            None => None,
        };
        if said.topic.is_empty() && shown != Some(said.purpose) {
            problem = problem
                .field("wording", if said.wording.is_some() { "unknown" } else { "consent_no_wording" });
        }
        if said.evidence == Evidence::default() {
            problem = problem.field("evidence", "consent_no_proof");
        }
        // A child under 14 cannot agree by itself (Personal Information Protection Act, article 22-2).
        let today = today(tx).await?;
        if said.evidence.guardian.is_none() && births::needs_guardian(tx, party, today).await? {
            problem = problem.field("guardian", "consent_no_guardian");
        }
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn today(tx: &mut Tx) -> Result<Day> {
    let clock = tx.environment().clock.clone();
    Ok(Company::load(tx).await?.today(&*clock))
}

async fn tell(tx: &mut Tx, id: ConsentId, party: PartyId, said: &Statement) -> Result<()> {
    let words =
        [said.channel.text(), said.purpose.text(), &said.topic, said.state.text(), said.source.text()];
    let entry = recorded(tx, id, party, words);
    log::append(tx, Entry { at: said.at, import: said.import, ..entry }).await
}

/// What the log is told of a statement.
pub(super) fn recorded(
    tx: &Tx,
    id: ConsentId,
    party: PartyId,
    [channel, purpose, topic, state, by]: [&str; 5],
) -> Entry {
    let body = json!({ "channel": channel, "purpose": purpose, "topic": topic, "state": state, "by": by });
    Entry::live(tx, "consent.recorded", id.number()).about(party).with(body)
}

/// What a file claims that somebody said about advertising.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose.
    pub party: PartyId,
    /// The medium.
    pub channel: Channel,
    /// Whether they agreed.
    pub yes: bool,
    /// The file, its row and what the column said.
    pub evidence: Evidence,
    /// The import.
    pub import: Option<Id<kinds::Import>>,
}

/// Claims kept at a time.
const SLICE: usize = 100;

/// Keeps what a file claims. A yes is *unverified*: it allows nothing until the owner vouches for it
/// ([`super::attest`]). A no counts at once, also against what an owner vouched for, because to be silent is never wrong.
/// What is claimed already is not kept twice; what somebody said themselves stands.
///
/// It is for imports: many at once, and nothing is told to effects.
pub async fn record_claims(tx: &mut Tx, claims: &[Claim]) -> Result<usize> {
    let mut kept = 0;
    for slice in claims.chunks(SLICE) {
        let roots = root::groups(tx, slice.iter().map(|claim| claim.party)).await?;
        let known = known(tx, slice.iter().map(|claim| roots.of(claim.party)).collect()).await?;
        let fresh = fresh(slice, &roots, &known, tx.now());
        let about: Vec<_> = fresh.iter().map(|(party, said)| (*party, said)).collect();
        let ids = ledger::append_all(tx, &about, None).await?;
        stand(tx, &roots, &fresh, &ids).await?;
        let entries = ids.iter().zip(&fresh).map(|(id, (party, said))| {
            let body = json!({ "channel": said.channel.text(), "purpose": "ad", "topic": "", "state": said.state.text(), "by": "import" });
            let entry = Entry::live(tx, "consent.recorded", id.number()).about(*party).with(body);
            Entry { origin: Origin::Import, import: said.import, ..entry }
        });
        let entries: Vec<Entry> = entries.collect();
        kept += entries.len();
        log::append_all(tx, entries).await?;
    }
    Ok(kept)
}

/// A medium of somebody.
type About = (PartyId, String);

/// The claims that say something new. Of a yes and a no about the same, the no does.
fn fresh(
    claims: &[Claim],
    roots: &root::Roots,
    known: &BTreeMap<About, Known>,
    at: Instant,
) -> Vec<(PartyId, Statement)> {
    let mut seen = BTreeSet::new();
    let (no, yes): (Vec<&Claim>, Vec<&Claim>) = claims.iter().partition(|claim| !claim.yes);
    let is_new = |claim: &&Claim| {
        let about = (roots.of(claim.party), claim.channel.text().to_owned());
        let says_more = known.get(&about).is_none_or(|known| !claim.yes && known.is_of_a_file());
        says_more && seen.insert(about)
    };
    no.into_iter().chain(yes).filter(is_new).map(|claim| (claim.party, claimed(claim, at))).collect()
}

fn claimed(claim: &Claim, at: Instant) -> Statement {
    Statement {
        channel: claim.channel,
        purpose: Purpose::Ad,
        topic: String::new(),
        state: if claim.yes { State::Unverified } else { State::Refused },
        at,
        source: Source::Import,
        basis: None::<Basis>,
        wording: None,
        locale: Locale::default(),
        evidence: claim.evidence.clone(),
        import: claim.import,
    }
}

/// What stands about a medium.
#[derive(Debug, FromRow)]
struct Known {
    party: PartyId,
    channel: String,
    state: String,
    basis: Option<String>,
}

impl Known {
    /// Whether it says yes, and a file alone says so.
    fn is_of_a_file(&self) -> bool {
        let attested = self.basis.as_deref() == Some(Basis::Attested.text());
        self.state == State::Unverified.text() || (self.state == State::Given.text() && attested)
    }
}

/// What stands about media for each of `roots`.
async fn known(tx: &mut Tx, roots: BTreeSet<PartyId>) -> Result<BTreeMap<About, Known>> {
    let mut query = sql_rows!(
        1,
        "select party, channel, state, basis from consent_states \
         where purpose = 'ad' and topic = '' and party in (values {rows})"
    );
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    let rows: Vec<Known> = query.fetch_of_set(tx).await?;
    Ok(rows.into_iter().map(|known| ((known.party, known.channel.clone()), known)).collect())
}

/// Works out anew what stands for those of `parties` about whom `import` claims something.
pub async fn refresh_claimed(tx: &mut Tx, parties: &[PartyId], import: Id<kinds::Import>) -> Result<()> {
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "select distinct c.party from consents c where c.import_id = $1 and c.party in (values {rows})"
        )
        .bind(import);
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        let about: Vec<(PartyId,)> = query.fetch_of_set(tx).await?;
        let about: Vec<PartyId> = about.into_iter().map(|(party,)| party).collect();
        ledger::refresh(tx, &about).await?;
    }
    Ok(())
}

/// What claims make stand: a yes where nothing stood; a no may take the place of what a file said.
async fn stand(
    tx: &mut Tx,
    roots: &root::Roots,
    fresh: &[(PartyId, Statement)],
    ids: &[ConsentId],
) -> Result<()> {
    let refused: Vec<PartyId> =
        fresh.iter().filter(|(_, said)| said.state == State::Refused).map(|(party, _)| *party).collect();
    ledger::refresh(tx, &refused).await?;
    if fresh.len() == refused.len() {
        return Ok(());
    }
    let mut insert = sql_rows!(
        7,
        "insert into consent_states (party, channel, purpose, topic, state, since, consent) values {rows} \
         on conflict do nothing"
    );
    for ((party, said), id) in fresh.iter().zip(ids) {
        insert.push_row([
            roots.of(*party).into(),
            said.channel.text().into(),
            said.purpose.text().into(),
            "".into(),
            said.state.text().into(),
            said.at.into(),
            (*id).into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(())
}
