//! Kinds of events that have rows of their own: bonds, and what is judged of a customer. Told by a program or entered as an
//! event they become the very rows that their panels write, so that boards and levels know no difference.

use super::model::Told;
use crate::assessments::store::{self as assessments, Standing};
use crate::assessments::{Input, NewAssessment};
use crate::bonds::store as bonds;
use crate::bonds::{Level, NewBond};
use ::store::{Result, Tx};
use kernel::{Day, Id, Money, kinds};
use web::{Actor, Company};

type PartyId = Id<kinds::Party>;

/// Stars from which a review speaks for us.
const GOOD_STARS: i64 = 4;

/// Who tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Teller<'t> {
    /// A person.
    Person(&'t Actor),
    /// A program: its source, and the event's name there.
    Program(&'t str, &'t str),
}

/// Writes the row of an event that has one; gives its number.
pub(super) async fn keep(
    tx: &mut Tx,
    party: PartyId,
    told: &Told<'_>,
    amount: Option<Money>,
    day: Day,
    teller: Teller<'_>,
) -> Result<Option<i64>> {
    if let Some(level) = told.value.and_then(Level::of).filter(|_| told.kind.starts_with("bond.")) {
        return bond(tx, party, told, level, day, teller).await;
    }
    let Some((input, value)) = judged(told, amount) else { return Ok(None) };
    let company = Company::load(tx).await?;
    let standing = Standing { currency: company.currency, today: day };
    let (user, name, source) = teller.parts();
    let currency = amount.map(|amount| amount.currency);
    let new = NewAssessment { input, value, currency, day: Some(day), source, note: None };
    let by = assessments::Recorder { user, name, told: teller.told() };
    let id = assessments::insert(tx, party, &new, standing, &by).await?;
    Ok(Some(id.number()))
}

async fn bond(
    tx: &mut Tx,
    party: PartyId,
    told: &Told<'_>,
    level: Level,
    day: Day,
    teller: Teller<'_>,
) -> Result<Option<i64>> {
    let name = told.what.unwrap_or(match level {
        Level::Financial => "financial",
        Level::Social => "social",
        Level::Structural => "structural",
    });
    if told.kind == "bond.ended" {
        bonds::end_named(tx, party, level, name, day).await?;
        return Ok(None);
    }
    let (user, shown, source) = teller.parts();
    let new = NewBond { level, name: name.to_owned(), started: Some(day), ended: None, source };
    let by = bonds::Recorder { user, name: shown, told: teller.told() };
    Ok(Some(bonds::keep(tx, party, &new, day, &by).await?.number()))
}

/// What an event judges, and its number.
fn judged(told: &Told<'_>, amount: Option<Money>) -> Option<(Input, i64)> {
    match told.kind {
        "margin.stated" => Some((Input::Margin, amount?.amount_minor)),
        // A cost below nothing is a slip.
        "cost_to_serve.stated" => Some((Input::CostToServe, amount?.amount_minor.max(0))),
        "intention.stated" => Some((Input::Intention, told.value?)),
        "referral.made" => Some((Input::Referral, 1)),
        "recommendation.made" => Some((Input::Recommendation, 1)),
        "review.written" if told.value? >= GOOD_STARS => Some((Input::Review, 1)),
        _ => None,
    }
}

impl Teller<'_> {
    fn parts(self) -> (Option<Id<kinds::User>>, String, Option<String>) {
        match self {
            Self::Person(actor) => (Some(actor.user), actor.name.clone(), None),
            Self::Program(source, _) => (None, source.to_owned(), Some(source.to_owned())),
        }
    }

    fn told(self) -> Option<String> {
        match self {
            Self::Person(_) => None,
            Self::Program(_, name) => Some(name.to_owned()),
        }
    }
}
