//! Recording what somebody says, with everything that follows, in one transaction.

use super::ledger;
use super::model::{Basis, Channel, ConsentId, Evidence, PartyId, Purpose, Source, State, Statement};
use super::{notices, topics, wordings};
use crate::parties::root;
use ::store::log::{self, Entry, Origin};
use ::store::{Result, Tx, sql_rows};
use kernel::{Id, Instant, Locale, kinds};
use serde_json::json;
use std::collections::BTreeSet;
use web::{Actor, Answer, Problem};

/// Records what `party` says. What it takes away is away when the transaction is: nothing after it asks anything else.
///
/// # Errors
/// 422 when a statement says something that is no consent: no words that were shown, no proof, of the future, about a
/// topic that is not there, or confirming what does not stand.
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
        check(tx, said).await?;
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

async fn check(tx: &mut Tx, said: &Statement) -> Answer<()> {
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
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn tell(tx: &mut Tx, id: ConsentId, party: PartyId, said: &Statement) -> Result<()> {
    let body = json!({
        "channel": said.channel.text(), "purpose": said.purpose.text(), "topic": said.topic,
        "state": said.state.text(), "by": said.source.text(),
    });
    let entry = Entry::live(tx, "consent.recorded", id.number()).about(party).with(body);
    log::append(tx, Entry { at: said.at, import: said.import, ..entry }).await
}

/// A consent that a file claims.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Whose.
    pub party: PartyId,
    /// The medium.
    pub channel: Channel,
    /// The file, its row and what the column said.
    pub evidence: Evidence,
    /// The import.
    pub import: Option<Id<kinds::Import>>,
}

/// Claims kept at a time.
const SLICE: usize = 100;

/// Keeps what a file claims as an *unverified* consent to advertising on a medium: it allows nothing until the owner
/// vouches for it ([`super::attest`]). What is claimed already is not kept twice; what somebody said themselves stands.
///
/// It is for imports: many at once, and nothing is told to effects.
pub async fn record_unverified(tx: &mut Tx, claims: &[Claim]) -> Result<usize> {
    let mut kept = 0;
    for slice in claims.chunks(SLICE) {
        let roots = root::groups(tx, slice.iter().map(|claim| claim.party)).await?;
        let known = known(tx, slice.iter().map(|claim| roots.of(claim.party)).collect()).await?;
        let mut seen = BTreeSet::new();
        let fresh: Vec<(PartyId, Statement)> = slice
            .iter()
            .filter(|claim| {
                let key = (roots.of(claim.party), claim.channel.text().to_owned());
                !known.contains(&key) && seen.insert(key)
            })
            .map(|claim| (claim.party, claimed(claim, tx.now())))
            .collect();
        let about: Vec<_> = fresh.iter().map(|(party, said)| (*party, said)).collect();
        let ids = ledger::append_all(tx, &about, None).await?;
        stand(tx, &roots, &fresh, &ids).await?;
        let entries = ids.iter().zip(&fresh).map(|(id, (party, said))| {
            let body = json!({ "channel": said.channel.text(), "purpose": "ad", "topic": "", "state": "unverified", "by": "import" });
            let entry = Entry::live(tx, "consent.recorded", id.number()).about(*party).with(body);
            Entry { origin: Origin::Import, import: said.import, ..entry }
        });
        let entries: Vec<Entry> = entries.collect();
        kept += entries.len();
        log::append_all(tx, entries).await?;
    }
    Ok(kept)
}

fn claimed(claim: &Claim, at: Instant) -> Statement {
    Statement {
        channel: claim.channel,
        purpose: Purpose::Ad,
        topic: String::new(),
        state: State::Unverified,
        at,
        source: Source::Import,
        basis: None::<Basis>,
        wording: None,
        locale: Locale::default(),
        evidence: claim.evidence.clone(),
        import: claim.import,
    }
}

/// The media about which something stands for each of `roots`.
async fn known(tx: &mut Tx, roots: BTreeSet<PartyId>) -> Result<BTreeSet<(PartyId, String)>> {
    let mut query = sql_rows!(
        1,
        "select party, channel from consent_states where purpose = 'ad' and topic = '' and party in (values {rows})"
    );
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    Ok(query.fetch_of_set::<(PartyId, String)>(tx).await?.into_iter().collect())
}

/// What a claim makes stand: nothing else stood there.
async fn stand(
    tx: &mut Tx,
    roots: &root::Roots,
    fresh: &[(PartyId, Statement)],
    ids: &[ConsentId],
) -> Result<()> {
    if fresh.is_empty() {
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
