//! A rule asked of an earlier day: orders up to that day, computed by the function that makes facts, and judged as the
//! life cycle judges. Identities, corrections and settings are as known today; what has no history is taken as of
//! today and named.

use super::consents;
use super::frame::Frame;
use super::people::{PAGE, fields, people};
use super::person::Person;
use super::rule::{Leaf, Rule, Scalar};
use crate::lifecycle::{State, StateSettings, judge};
use ::store::{Db, Result, Tx, sql};
use futures::TryStreamExt;
use futures::stream::{BoxStream, Peekable, StreamExt};
use kernel::{Day, Id, kinds};
use know::facts::store::{NO_STATE, totals_as_of};
use know::facts::{Gaps, History, OrderTotal, median};
use know::used;
use std::collections::BTreeSet;
use std::pin::Pin;

type PartyId = Id<kinds::Party>;
type Totals<'t> = Peekable<BoxStream<'t, Result<(PartyId, OrderTotal)>>>;

/// Who it was.
#[derive(Debug, Clone, Default)]
pub struct AsOf {
    /// How many.
    pub count: i64,
    /// The first of them.
    pub sample: Vec<PartyId>,
    /// Names of conditions that were asked with today's values.
    pub not_historical: BTreeSet<String>,
}

/// Who the rule meant on the frame's day.
pub async fn as_of(db: &Db, rule: &Rule, frame: &Frame, sample: usize) -> Result<AsOf> {
    let company = company_interval(&mut db.read().await?, frame.today).await?;
    let (mut orders, mut rest) = (db.read().await?, db.read().await?);
    let judge = Judge { frame, company, settings: StateSettings::load(&mut rest).await? };
    let mut totals = totals_as_of(&mut orders, frame.today).peekable();
    let mut answer = AsOf { not_historical: not_historical(rule), ..AsOf::default() };
    let mut after = i64::MIN;
    loop {
        let page = parties_after(&mut rest, after).await?;
        let Some(last) = page.last() else { return Ok(answer) };
        after = last.number();
        for mut person in people(&mut rest, rule, &page, frame).await? {
            let history = history_of(&mut totals, person.party).await?;
            judge.put_back(rule, &mut person, &history);
            consents::put_back(&mut rest, rule, &mut person, frame).await?;
            if person.is_meant(rule, frame) {
                answer.count += 1;
                if answer.sample.len() < sample {
                    answer.sample.push(person.party);
                }
            }
        }
    }
}

async fn parties_after(tx: &mut Tx, after: i64) -> Result<Vec<PartyId>> {
    let page = i64::try_from(PAGE).unwrap_or(i64::MAX);
    let rows: Vec<(PartyId,)> = sql!(concat!(
        "select f.party from facts f where f.party > $1 and ",
        used!(),
        " order by f.party limit $2"
    ))
    .bind(after)
    .bind(page)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// The company's usual interval by the orders up to the day.
async fn company_interval(tx: &mut Tx, day: Day) -> Result<Option<f64>> {
    let (mut gaps, mut totals) = (Gaps::new(), totals_as_of(tx, day).peekable());
    while let Some(party) =
        Pin::new(&mut totals).peek().await.and_then(|next| next.as_ref().ok()).map(|next| next.0)
    {
        let history = history_of(&mut totals, party).await?;
        history.gaps().for_each(|gap| *gaps.entry(gap).or_default() += 1);
    }
    totals.try_next().await?;
    Ok(median(&gaps))
}

/// The history of a party from totals that come one party after another in the order of their ids.
async fn history_of(totals: &mut Totals<'_>, party: PartyId) -> Result<History> {
    let mut own = Vec::new();
    loop {
        let next = Pin::new(&mut *totals).peek().await.map(|next| next.as_ref().map(|next| next.0).ok());
        match next {
            Some(Some(other)) if other > party => break,
            None => break,
            _ => {}
        }
        if let Some((other, total)) = totals.try_next().await?
            && other == party
        {
            own.push(total);
        }
    }
    Ok(History::from_totals(&own))
}

/// Conditions of which only the present is known. Segments are made of people as they are now.
fn not_historical(rule: &Rule) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = fields(rule)
        .into_values()
        .filter(|field| !field.historical)
        .map(|field| field.name.to_owned())
        .collect();
    if rule.leaves().any(|leaf| matches!(leaf, Leaf::Member(_))) {
        names.insert("segment".into());
    }
    names
}

struct Judge<'j> {
    frame: &'j Frame,
    company: Option<f64>,
    settings: StateSettings,
}

impl Judge<'_> {
    /// Replaces what facts say of today by what the history says of the day.
    fn put_back(&self, rule: &Rule, person: &mut Person, history: &History) {
        let days: Vec<Day> = history.days.iter().map(|day| day.day).collect();
        let judged = judge(&days, self.frame.today, self.company, &self.settings);
        let money = |pick: fn(&know::facts::Spend) -> i64| match history.currency {
            Some(currency) if currency != self.frame.currency => None,
            currency => Some(Scalar::Int(currency.and_then(|it| history.money.get(&it)).map_or(0, pick))),
        };
        let day = |day: Option<Day>| day.map(|day| Scalar::Int(day.epoch()));
        let over = |last: Day| {
            let interval = judged.interval.filter(|interval| *interval != 0.0)?;
            Some(Scalar::Float(self.frame.today.since(last) as f64 / interval))
        };
        // Whoever is outside of the customer market is in no state.
        let outside = days.is_empty()
            && person.values.get("state").is_some_and(|now| now.contains(&Scalar::Text(NO_STATE.into())));
        for field in fields(rule).into_values() {
            let value = match field.name {
                "orders" => Some(Scalar::Int(history.orders)),
                "order_days" => Some(Scalar::Int(i64::try_from(days.len()).unwrap_or(i64::MAX))),
                "spend" => money(|spend| spend.net),
                "refunds" => money(|spend| spend.refunds),
                "first_order" => day(history.first_day()),
                "last_order" => day(history.last_day()),
                "interval" => judged.interval.map(Scalar::Float),
                "overdue" => history.last_day().and_then(over),
                "state" if outside => continue,
                "state" => Some(Scalar::Text(judged.state.text().into())),
                "state_since" => day(judged.since),
                "was_regular" => history
                    .last_day()
                    .map(|last| Scalar::Int(judged.regular_until.is_some_and(|until| last < until).into())),
                "late_by" => history.last_day().and_then(over).map(|over| match over {
                    Scalar::Float(over) => Scalar::Float(over - 1.0),
                    other => other,
                }),
                "late" => self.late(judged.state, judged.late_from),
                // Asked of the day already.
                _ => continue,
            };
            person.values.insert(field.name, value.into_iter().collect());
        }
    }

    fn late(&self, state: State, from: Option<Day>) -> Option<Scalar> {
        let late = from.map(|from| from <= self.frame.today);
        match (state, late) {
            (State::Regular, late) => late.map(|late| Scalar::Int(late.into())),
            _ => Some(Scalar::Int(0)),
        }
    }
}
