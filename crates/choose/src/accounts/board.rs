//! The board of key accounts: who is proposed and why, who is approved, who was left out and how they do.

use super::candidates::is_candidate;
use super::screen::{Pool, criteria};
use super::store::{self, Decision};
use super::watch::{self, Course};
use crate::worth::store as worth;
use crate::worth::{AccountSettings, Figure, Growth, Margin};
use ::store::{Result, Tx};
use kernel::{Currency, Day, Id, Instant, Money, Month, kinds};
use know::assessments::Input;
use know::parties::list::{self, Filter, PartyRow, Sort, View};
use know::privacy::suspension;
use science::value::Reason;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use web::{Company, Sight};

type PartyId = Id<kinds::Party>;

/// Customers named of those who lack something: what a list takes.
const NAMED: usize = 200;

/// A customer as boards name them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountParty {
    /// Their id.
    #[schema(value_type = String)]
    pub id: PartyId,
    /// Their name, else what to call them.
    pub name: String,
    /// Their state.
    pub state: String,
}

/// What a criterion added to a score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountPart {
    /// The criterion or input.
    pub input: String,
    /// What it added, in the unit of the score.
    pub contribution: f64,
}

impl From<&Reason> for AccountPart {
    fn from(reason: &Reason) -> Self {
        Self { input: reason.input.clone(), contribution: reason.contribution }
    }
}

/// A customer who is screened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Candidate {
    party: AccountParty,
    /// The place, from 1; none of who lacks something.
    place: Option<usize>,
    /// Σ weight × criterion, 0 to 1.
    score: Option<f64>,
    /// Whether they are among those proposed.
    proposed: bool,
    /// The share of tries with weights near the owner's in which they are proposed.
    stability: Option<f64>,
    /// What each criterion added, the largest first.
    parts: Vec<AccountPart>,
    /// Criteria that are not known.
    missing: Vec<String>,
    /// Whether they are a key account.
    is_key: bool,
    /// The profit they are compared by: margin less cost to serve, or the margin where no cost is recorded.
    profit: Option<Money>,
    /// Where the margin comes from.
    margin: Option<Margin>,
    /// Whether a cost to serve is recorded.
    cost_known: bool,
    /// Net purchases of the last year.
    revenue: Money,
    /// People who work for the organisation and whose orders are counted with it.
    people: usize,
    growth: Option<Growth>,
    /// From 0 to 10.
    potential: Option<i64>,
    /// From 0 to 10.
    fit: Option<i64>,
}

/// A key account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyAccount {
    party: AccountParty,
    /// Why, as somebody wrote it.
    reason: String,
    /// Who decided.
    by: String,
    /// When.
    #[schema(value_type = String)]
    at: Instant,
    /// The place on that day.
    place_then: Option<i64>,
    /// The score on that day.
    score_then: Option<f64>,
    /// The place now.
    place: Option<usize>,
}

/// A decision of the past.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PastDecision {
    #[schema(value_type = String)]
    id: Id<kinds::AccountDecision>,
    party: AccountParty,
    /// `approved` or `removed`.
    decision: String,
    reason: String,
    by: String,
    #[schema(value_type = String)]
    at: Instant,
}

/// A month of somebody who is watched.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchMonth {
    #[schema(value_type = String)]
    month: Month,
    /// Net purchases.
    actual: Money,
}

/// Somebody who was left out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WatchRow {
    party: AccountParty,
    /// Expected a month, as of the decision.
    forecast: Money,
    /// `stated`, `model` or `trend`.
    basis: String,
    /// The first month that counts.
    #[schema(value_type = String)]
    since: Month,
    /// The last twelve full months.
    months: Vec<WatchMonth>,
    /// Actual over forecast of all full months; none before the first has ended.
    ratio: Option<f64>,
    /// Whether they should be looked at again.
    candidate: bool,
}

/// An input that some customers lack.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountGap)]
pub struct Gap {
    /// The input.
    input: String,
    /// How many lack it.
    count: usize,
    /// The list of them.
    href: String,
}

/// The board.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AccountBoard {
    #[schema(value_type = String)]
    as_of: Day,
    settings: AccountSettings,
    /// How many are proposed.
    proposed: usize,
    /// How many are eligible: everything that counts is known.
    eligible: usize,
    /// Whether the company's margin is known, from which margins are estimated.
    margin_known: bool,
    /// Those screened: the ranked first, then those who lack something, by what they bought.
    candidates: Vec<Candidate>,
    keys: Vec<KeyAccount>,
    /// The list of key accounts.
    keys_href: String,
    watch: Vec<WatchRow>,
    /// Decisions, the latest first.
    history: Vec<PastDecision>,
    /// What is missing, and of how many.
    missing: Vec<Gap>,
}

/// The names of customers whom `sight` reaches.
pub async fn names(
    tx: &mut Tx,
    parties: impl IntoIterator<Item = PartyId>,
    view: View,
) -> Result<BTreeMap<PartyId, AccountParty>> {
    /// What the list takes by id.
    const IDS: usize = 1_000;
    let parties: Vec<PartyId> = parties.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let sort = Sort::parse(Some("created")).expect("the day they were added is a column of the list");
    let mut all = BTreeMap::new();
    for slice in parties.chunks(IDS) {
        let filter = Filter { ids: Some(joined(slice)), ..Filter::default() };
        let limit = i64::try_from(IDS).unwrap_or(i64::MAX);
        let (rows, _) = list::page(tx, &filter, sort, None, limit, view).await?;
        all.extend(rows.into_iter().map(|row| (row.id, row.into())));
    }
    Ok(all)
}

impl From<PartyRow> for AccountParty {
    fn from(row: PartyRow) -> Self {
        Self { id: row.id, name: row.name.unwrap_or(row.handle), state: row.state }
    }
}

fn joined(parties: &[PartyId]) -> String {
    parties.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// The address of a list of these.
pub fn list_of(parties: &[PartyId]) -> String {
    format!("/know/customers?ids={}&sort=-spend", joined(&parties[..parties.len().min(NAMED)]))
}

/// The board as `sight` reaches it.
pub async fn board(tx: &mut Tx, sight: Sight) -> Result<AccountBoard> {
    let company = Company::load(tx).await?;
    let today = company.today(&*tx.environment().clock.clone());
    let settings = AccountSettings::load(tx).await?;
    let pool = Pool::load(tx, &settings, company.currency).await?;
    let mut keys = worth::keys(tx).await?;
    // As in the list that `keys_href` opens: what was decided stays in the history.
    let unused = suspension::all(tx).await?;
    keys.retain(|party| !unused.contains(party));
    let decisions = store::decisions(tx).await?;
    let courses = watch::courses(tx, today).await?;
    let named = pool.parties.iter().copied().chain(decisions.iter().map(|it| it.party));
    let named = named.chain(courses.iter().map(|it| it.party)).collect::<Vec<_>>();
    let view = View { today, currency: company.currency, sight };
    let names = names(tx, named, view).await?;
    let shown = Shown { names: &names, pool: &pool, keys: &keys, currency: company.currency, sight };
    Ok(AccountBoard {
        as_of: today,
        settings,
        proposed: pool.screening.proposed,
        eligible: pool.screening.ranked.len(),
        margin_known: company.margin_percent.is_some(),
        candidates: shown.candidates(),
        keys: shown.keys(&decisions),
        keys_href: "/know/customers?key_account=true&sort=-spend".into(),
        watch: courses.into_iter().filter_map(|course| shown.watched(course, &settings)).collect(),
        history: decisions.iter().filter_map(|decision| shown.decision(decision)).collect(),
        missing: shown.missing(&settings),
    })
}

/// What rows are made from.
struct Shown<'s> {
    names: &'s BTreeMap<PartyId, AccountParty>,
    pool: &'s Pool,
    keys: &'s BTreeSet<PartyId>,
    currency: Currency,
    /// People write contacts into reasons.
    sight: Sight,
}

impl Shown<'_> {
    fn candidates(&self) -> Vec<Candidate> {
        let screening = &self.pool.screening;
        let ranked = screening.ranked.iter().enumerate().filter_map(|(position, account)| {
            let row = self.candidate(self.pool.parties[account.row])?;
            Some(Candidate {
                place: Some(position + 1),
                score: Some(account.score),
                proposed: position < screening.proposed,
                stability: Some(account.stability),
                parts: account.reasons.iter().map(AccountPart::from).collect(),
                ..row
            })
        });
        let mut left: Vec<Candidate> = screening
            .left_out
            .iter()
            .filter_map(|left| {
                let row = self.candidate(self.pool.parties[left.row])?;
                Some(Candidate { missing: left.missing.clone(), ..row })
            })
            .collect();
        left.sort_by_key(|row| std::cmp::Reverse(row.revenue.amount_minor));
        ranked.chain(left).collect()
    }

    /// A customer with nothing of a score; none whom the sight does not reach.
    fn candidate(&self, party: PartyId) -> Option<Candidate> {
        let figure: &Figure = self.pool.figures.get(&party)?;
        let money = |amount| Money::new(self.currency, amount);
        Some(Candidate {
            party: self.names.get(&party)?.clone(),
            place: None,
            score: None,
            proposed: false,
            stability: None,
            parts: Vec::new(),
            missing: Vec::new(),
            is_key: self.keys.contains(&party),
            profit: figure.profit_now().map(money),
            margin: figure.margin.map(|(_, from)| from),
            cost_known: figure.cost.is_some(),
            revenue: money(figure.revenue),
            people: figure.people,
            growth: figure.growth,
            potential: figure.score(Input::Potential),
            fit: figure.score(Input::Fit),
        })
    }

    fn keys(&self, decisions: &[Decision]) -> Vec<KeyAccount> {
        let last = |party: &PartyId| decisions.iter().find(|decision| decision.party == *party);
        let keys = self.keys.iter().filter_map(|party| {
            let decision = last(party)?;
            Some(KeyAccount {
                party: self.names.get(party)?.clone(),
                reason: self.sight.text(decision.reason.clone()),
                by: decision.by_name.clone(),
                at: decision.at,
                place_then: decision.place,
                score_then: decision.score,
                place: self.pool.place(*party).map(|(place, _)| place),
            })
        });
        let mut keys: Vec<KeyAccount> = keys.collect();
        keys.sort_by_key(|key| key.place.unwrap_or(usize::MAX));
        keys
    }

    fn watched(&self, course: Course, settings: &AccountSettings) -> Option<WatchRow> {
        let candidate = is_candidate(&course, settings.threshold);
        let money = |amount| Money::new(course.currency, amount);
        let months = course.months.iter().map(|it| WatchMonth { month: it.month, actual: money(it.actual) });
        Some(WatchRow {
            party: self.names.get(&course.party)?.clone(),
            forecast: money(course.forecast),
            months: months.collect(),
            basis: course.basis.clone(),
            since: course.since,
            ratio: course.ratio,
            candidate,
        })
    }

    fn decision(&self, decision: &Decision) -> Option<PastDecision> {
        Some(PastDecision {
            id: decision.id,
            party: self.names.get(&decision.party)?.clone(),
            decision: decision.decision.clone(),
            reason: self.sight.text(decision.reason.clone()),
            by: decision.by_name.clone(),
            at: decision.at,
        })
    }

    /// Of each criterion that counts, who lacks it; and the cost to serve, without which profit is the margin.
    fn missing(&self, settings: &AccountSettings) -> Vec<Gap> {
        let seen: Vec<PartyId> =
            self.pool.parties.iter().copied().filter(|party| self.names.contains_key(party)).collect();
        let lacking = |input: &str, has: &dyn Fn(&Figure) -> bool| {
            let lack: Vec<PartyId> = seen
                .iter()
                .copied()
                .filter(|party| self.pool.figures.get(party).is_some_and(|figure| !has(figure)))
                .collect();
            Gap { input: input.to_owned(), count: lack.len(), href: list_of(&lack) }
        };
        let asked = criteria(settings);
        let of_criteria = asked.iter().map(|(name, _, value)| lacking(name, &|it| value(it).is_some()));
        let cost = lacking("cost_to_serve", &|it| it.cost.is_some());
        of_criteria.chain([cost]).filter(|gap| gap.count > 0).collect()
    }
}
