//! States in the database: judging parties and writing where they stand.

use super::model::{self, State};
use super::reaction;
use super::settings::StateSettings;
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Day, Id, Instant, kinds};
use know::facts::History;
use know::facts::store::{self as facts, Kept, Standing};
use serde_json::json;
use std::collections::BTreeMap;
use web::Company;

type PartyId = Id<kinds::Party>;

/// Parties judged in one transaction: a slice that keeps nobody waiting.
pub const PAGE: i64 = 2_000;

/// What everyone is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Standards {
    /// The thresholds.
    pub settings: StateSettings,
    /// The company's usual interval in days.
    pub company: Option<f64>,
    /// The company's day.
    pub today: Day,
}

/// A party that is in another state than before.
#[derive(Debug, Clone)]
pub struct Change {
    /// Who.
    pub party: PartyId,
    /// The state before.
    pub from: String,
    /// The state now.
    pub to: &'static str,
    /// Since when.
    pub since: Option<Day>,
}

impl Standards {
    /// The standards as they stand now.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let clock = tx.environment().clock.clone();
        let today = Company::load(tx).await?.today(&*clock);
        Ok(Self {
            settings: StateSettings::load(tx).await?,
            company: facts::company_interval(tx).await?,
            today,
        })
    }

    /// Where somebody stands; nowhere, who is outside of the customer market.
    fn judge(&self, party: PartyId, history: &[u8], outside: bool) -> Standing {
        let judged = model::judge(&order_days(history), self.today, self.company, &self.settings);
        Standing {
            party,
            state: if outside { facts::NO_STATE } else { judged.state.text() },
            since: judged.since,
            changes_at: judged.changes_at,
            interval: judged.interval,
            late_from: judged.late_from,
            regular_until: judged.regular_until,
        }
    }

    /// Judges `kept`, writes where they stand and gives those whose state is another.
    pub async fn apply(&self, tx: &mut Tx, kept: &[Kept]) -> Result<Vec<Change>> {
        let standings: Vec<Standing> =
            kept.iter().map(|kept| self.judge(kept.party, &kept.history, kept.outside)).collect();
        facts::write_standings(tx, &standings).await?;
        // Coming into the customer market or leaving it is no step of a customer's life.
        let is_step = |kept: &Kept, standing: &Standing| {
            kept.state != standing.state && ![kept.state.as_str(), standing.state].contains(&facts::NO_STATE)
        };
        let changed = kept.iter().zip(&standings).filter(|(kept, standing)| is_step(kept, standing));
        Ok(changed
            .map(|(kept, standing)| Change {
                party: kept.party,
                from: kept.state.clone(),
                to: standing.state,
                since: standing.since,
            })
            .collect())
    }
}

/// The order days of a kept history.
pub fn order_days(history: &[u8]) -> Vec<Day> {
    History::days_from_bytes(history).into_iter().map(|day| day.day).collect()
}

/// Shows the order days of everyone in the customer market to `each`, holding a page at a time.
pub async fn each_history(tx: &mut Tx, mut each: impl FnMut(&[Day]) + Send) -> Result<()> {
    let mut after = i64::MIN;
    loop {
        let page = facts::kept_page(tx, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.party.number();
        page.iter().filter(|kept| !kept.outside).for_each(|kept| each(&order_days(&kept.history)));
    }
}

/// Tells the log of changes that happened at the instant `at` gives.
pub async fn tell(tx: &mut Tx, changes: &[Change], at: impl Fn(&Change) -> Instant) -> Result<()> {
    let entries = changes.iter().map(|change| {
        // Someone can change from one state to the same other twice a day, so the name is a number of its own.
        let name: Id<kinds::Audit> = tx.id();
        let entry = Entry::live(tx, "state.changed", change.party.number()).about(change.party);
        let entry = entry.named(format!("state.changed:{}", name.number()));
        Entry { at: at(change), ..entry.with(json!({ "from": change.from, "to": change.to })) }
    });
    let entries = entries.collect();
    log::append_all(tx, entries).await
}

/// Keeps the reaction from judging until this transaction ends, so that what is written here cannot be older than
/// what the reaction wrote meanwhile (PostgreSQL; SQLite has one writer).
pub async fn hold_reaction(tx: &mut Tx) -> Result<()> {
    sql!("update reactions set turned_at = turned_at where name = $1")
        .bind(reaction::NAME)
        .execute(tx)
        .await?;
    Ok(())
}

/// Moves those whose state changes by time, at most a page; gives whether there may be more.
pub async fn move_due(tx: &mut Tx, standards: &Standards) -> Result<bool> {
    hold_reaction(tx).await?;
    let due = facts::due(tx, standards.today, PAGE).await?;
    let kept = facts::kept(tx, &due).await?;
    let changes = standards.apply(tx, &kept).await?;
    let (zone, now) = (Company::load(tx).await?.zone(), tx.now());
    tell(tx, &changes, |change| change.since.map_or(now, |day| day.start_in(&zone).min(now))).await?;
    Ok(i64::try_from(due.len()).unwrap_or(i64::MAX) >= PAGE)
}

/// A party with where it was last seen to stand.
#[derive(FromRow)]
struct Present {
    party: PartyId,
    history: Vec<u8>,
    state: String,
    state_since: Option<Day>,
    state_changes_at: Option<Day>,
    usual_interval: Option<f64>,
    late_from: Option<Day>,
    regular_until: Option<Day>,
    outside: bool,
}

impl Present {
    fn stands_at(&self, standing: &Standing) -> bool {
        self.state == standing.state
            && self.state_since == standing.since
            && self.state_changes_at == standing.changes_at
            && self.usual_interval == standing.interval
            && self.late_from == standing.late_from
            && self.regular_until == standing.regular_until
    }
}

/// Judges a page of everyone after `after` and writes what is different; gives the last party, if there was any.
pub async fn rejudge_page(tx: &mut Tx, standards: &Standards, after: i64) -> Result<Option<PartyId>> {
    hold_reaction(tx).await?;
    let page: Vec<Present> = sql!(concat!(
        "select party, history, state, state_since, state_changes_at, usual_interval, late_from, regular_until, (",
        know::outside!(),
        ") as outside from facts f where party > $1 order by party limit $2"
    ))
    .bind(after)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let judged = page
        .iter()
        .map(|present| (present, standards.judge(present.party, &present.history, present.outside)));
    let moved: Vec<Standing> = judged
        .filter(|(present, standing)| !present.stands_at(standing))
        .map(|(_, standing)| standing)
        .collect();
    facts::write_standings(tx, &moved).await?;
    Ok(page.last().map(|last| last.party))
}

/// How many parties are in each state, with every state named.
pub async fn counts(tx: &mut Tx) -> Result<BTreeMap<State, i64>> {
    let known = facts::state_counts(tx).await?;
    Ok(State::ALL.map(|state| (state, known.get(state.text()).copied().unwrap_or_default())).into())
}

/// How many parties would be in each state under `standards`, without writing anything.
pub async fn counts_under(tx: &mut Tx, standards: &Standards) -> Result<BTreeMap<State, i64>> {
    let mut counts: BTreeMap<State, i64> = State::ALL.map(|state| (state, 0)).into();
    let Standards { settings, company, today } = *standards;
    each_history(tx, |days| {
        *counts.entry(model::state_on(days, today, company, &settings)).or_default() += 1
    })
    .await?;
    Ok(counts)
}
