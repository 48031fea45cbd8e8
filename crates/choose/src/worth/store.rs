//! Figures in the database: read for some, kept for those about whom something was judged or decided.

use super::model::{Figure, Inputs};
use super::reaction;
use super::settings::AccountSettings;
use ::store::{FromRow, Result, Tx, Value, sql, sql_rows};
use kernel::{Currency, Id, kinds};
use know::assessments;
use know::facts::{History, OrderDay};
use know::privacy::suspension;
use know::ties;
use science::value::{Evidence, Sign};
use std::collections::{BTreeMap, BTreeSet};
use web::Company;

type PartyId = Id<kinds::Party>;

/// Parties read in one statement.
const SLICE: usize = 500;
/// Rows looked at again in one transaction of the refresh.
pub const PAGE: i64 = 500;

#[derive(FromRow)]
struct Facts {
    party: PartyId,
    history: Vec<u8>,
    state: String,
    currency: Option<Currency>,
}

impl Facts {
    /// Order days; none of who buys in another currency than the company's.
    fn days(&self, currency: Currency) -> Vec<OrderDay> {
        let own = self.currency.is_none_or(|own| own == currency);
        if own { History::days_from_bytes(&self.history) } else { Vec::new() }
    }
}

async fn facts(tx: &mut Tx, parties: &BTreeSet<PartyId>) -> Result<BTreeMap<PartyId, Facts>> {
    let parties: Vec<PartyId> = parties.iter().copied().collect();
    let mut all = BTreeMap::new();
    for slice in parties.chunks(SLICE) {
        let mut query =
            sql_rows!(1, "select party, history, state, currency from facts where party in (values {rows})");
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        all.extend(query.fetch_of_set::<Facts>(tx).await?.into_iter().map(|facts| (facts.party, facts)));
    }
    Ok(all)
}

/// The figures of `roots`, of those who have facts. What people buy who work for an organisation counts for it as well;
/// of who asked not to be used what was judged is left out, and with it every score.
pub async fn figures(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeMap<PartyId, Figure>> {
    let company = Company::load(tx).await?;
    let today = company.today(&*tx.environment().clock.clone());
    let settings = AccountSettings::load(tx).await?;
    let mut judged = assessments::of_roots(tx, roots).await?;
    let unused = suspension::all(tx).await?;
    judged.retain(|party, _| !unused.contains(party));
    let people = ties::people_of(tx, roots).await?;
    let asked = roots.iter().copied().chain(people.iter().map(|(_, person)| *person)).collect();
    let known = facts(tx, &asked).await?;
    let mut all = BTreeMap::new();
    for root in roots {
        let Some(facts) = known.get(root) else { continue };
        let mut inputs = Inputs {
            today,
            currency: company.currency,
            margin_percent: company.margin_percent,
            days: facts.days(company.currency),
            state: facts.state.clone(),
            people: 0,
            judged: judged.remove(root).unwrap_or_default(),
        };
        let own = people.iter().filter(|(organisation, _)| organisation == root);
        for person in own.filter_map(|(_, person)| known.get(person)) {
            inputs.add_person(&person.days(company.currency), &person.state);
        }
        all.insert(*root, Figure::of(&inputs, &settings));
    }
    Ok(all)
}

/// Works out and writes the rows of `roots`; whoever has nothing judged or decided any more loses theirs, and whoever
/// asked not to be used.
pub async fn rewrite(tx: &mut Tx, roots: &BTreeSet<PartyId>) -> Result<()> {
    if roots.is_empty() {
        return Ok(());
    }
    let roots: Vec<PartyId> = roots.iter().copied().collect();
    let keys: BTreeSet<PartyId> = keys(tx).await?;
    let decided: BTreeSet<PartyId> = decided(tx, &roots).await?;
    let currency = Company::load(tx).await?.currency;
    let unused = suspension::all(tx).await?;
    let figures = figures(tx, &roots).await?;
    for slice in roots.chunks(SLICE) {
        let mut clear = sql_rows!(1, "delete from worth where party in (values {rows})");
        slice.iter().for_each(|party| clear.push_row([(*party).into()]));
        clear.execute(tx).await?;
        let mut insert = sql_rows!(
            12,
            "insert into worth (party, currency, margin, cost, profit, quality, cell, will, behaviour, promotion, \
             is_true, is_key) values {rows}"
        );
        for party in slice.iter().filter(|party| !unused.contains(party)) {
            let Some(figure) = figures.get(party) else { continue };
            if !figure.judged.is_empty() || decided.contains(party) {
                insert.push_row(row(*party, currency, figure, keys.contains(party)));
            }
        }
        if !insert.is_empty() {
            insert.execute(tx).await?;
        }
    }
    Ok(())
}

fn row(party: PartyId, currency: Currency, figure: &Figure, is_key: bool) -> [Value; 12] {
    let sign = |sign: Sign| -> Value {
        let seen = figure.truth.evidence.iter().find(|(of, _)| *of == sign).map(|(_, seen)| *seen);
        match seen {
            Some(Evidence::Shown) => Some(true),
            Some(Evidence::Absent) => Some(false),
            _ => None,
        }
        .into()
    };
    [
        party.into(),
        currency.into(),
        figure.margin.map(|(margin, _)| margin).into(),
        figure.cost.into(),
        figure.profit.into(),
        figure.points().into(),
        figure.cell.map(str::to_owned).into(),
        sign(Sign::Will),
        sign(Sign::Behaviour),
        sign(Sign::Promotion),
        figure.is_true().into(),
        is_key.into(),
    ]
}

/// Who stands for those whose last decision made them a key account.
pub async fn keys(tx: &mut Tx) -> Result<BTreeSet<PartyId>> {
    let rows: Vec<(PartyId, String)> = sql!(
        "select coalesce(r.root, d.party), d.decision from account_decisions d \
         left join party_root r on r.party = d.party order by d.id"
    )
    .fetch_all(tx)
    .await?;
    let last: BTreeMap<PartyId, String> = rows.into_iter().collect();
    Ok(last.into_iter().filter(|(_, decision)| decision == "approved").map(|(party, _)| party).collect())
}

/// Those of `roots` about whom something was decided.
async fn decided(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeSet<PartyId>> {
    let rows: Vec<(PartyId,)> = sql!(
        "select distinct coalesce(r.root, d.party) from account_decisions d left join party_root r on r.party = d.party"
    )
    .fetch_all(tx)
    .await?;
    let asked: BTreeSet<PartyId> = roots.iter().copied().collect();
    Ok(rows.into_iter().map(|(party,)| party).filter(|party| asked.contains(party)).collect())
}

/// Works out a page of the rows anew, because time passed or settings changed; gives the last party, if there was any.
pub async fn rewrite_page(tx: &mut Tx, after: i64) -> Result<Option<PartyId>> {
    // The reaction shall not write what is older than this (PostgreSQL; SQLite has one writer).
    sql!("update reactions set turned_at = turned_at where name = $1")
        .bind(reaction::NAME)
        .execute(tx)
        .await?;
    let page: Vec<(PartyId,)> = sql!("select party from worth where party > $1 order by party limit $2")
        .bind(after)
        .bind(PAGE)
        .fetch_all(tx)
        .await?;
    let page: BTreeSet<PartyId> = page.into_iter().map(|(party,)| party).collect();
    rewrite(tx, &page).await?;
    Ok(page.last().copied())
}

/// Those of `roots` whose rows may have to be written: somebody judged or decided something of them.
pub async fn concerned(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeSet<PartyId>> {
    let mut all = BTreeSet::new();
    for slice in roots.chunks(SLICE) {
        let mut query = sql_rows!(1, "select party from worth where party in (values {rows})");
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        all.extend(query.fetch_of_set::<(PartyId,)>(tx).await?.into_iter().map(|(party,)| party));
    }
    Ok(all)
}
