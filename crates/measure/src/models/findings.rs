//! Findings: what the numbers say in one sentence each, with one thing to do.
//!
//! Findings are about the whole company, whoever reads them.
//! A finding is a code with its numbers; the sentence is written where it is read. Each leads to its people.

use super::run::{RunResult, share};
use crate::leak::LeakMonth;
use ::store::{Result, Tx};
use kernel::Day;
use know::parties::list::{Filter, count};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::Sight;

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    /// Which.
    pub code: &'static str,
    /// Its numbers.
    #[schema(value_type = Object)]
    pub params: Value,
    /// Where its people are.
    pub href: String,
}

/// Fewest people a finding is made of.
const PEOPLE: i64 = 5;
/// Value is concentrated when the best tenth holds this share.
const CONCENTRATED: f64 = 0.4;
/// The second visit is weak when fewer than this share came back.
const WEAK: f64 = 0.4;
/// A change of the share of repeat revenue smaller than this is noise.
const MOVED: f64 = 0.03;
/// The leak grows when the loss rate is this much above its mean of the three months before.
const GROWS: f64 = 1.2;

/// What can be said today, the most urgent first.
pub async fn findings(
    tx: &mut Tx,
    result: &RunResult,
    months: &[LeakMonth],
    today: Day,
) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    found.extend(people(tx, today, "late_regulars", "state=regular&late=true", late()).await?);
    found.extend(valuable(tx, result, today).await?);
    found.extend(leak_growing(months));
    found.extend(second_visit(tx, today).await?);
    found.extend(concentrated(result));
    found.extend(relationship(result, today));
    Ok(found)
}

fn late() -> Filter {
    Filter { late: Some(true), ..Filter::default() }
}

async fn people(
    tx: &mut Tx,
    today: Day,
    code: &'static str,
    query: &str,
    filter: Filter,
) -> Result<Option<Finding>> {
    let people = count(tx, &filter, today, Sight::WHOLE).await?;
    let href = format!("/know/customers?{query}");
    Ok((people >= PEOPLE).then(|| Finding { code, params: json!({ "people": people }), href }))
}

/// People of the best tenth by value who have become dormant.
async fn valuable(tx: &mut Tx, result: &RunResult, today: Day) -> Result<Option<Finding>> {
    let Some(best) = result.deciles.first().filter(|best| best.value_min > 0) else { return Ok(None) };
    let filter =
        Filter { state: Some("dormant".into()), value_min: Some(best.value_min as f64), ..Filter::default() };
    people(tx, today, "dormant_valuable", &format!("state=dormant&value_min={}", best.value_min), filter)
        .await
}

async fn second_visit(tx: &mut Tx, today: Day) -> Result<Option<Finding>> {
    let came = count(tx, &Filter { days_min: Some(1), ..Filter::default() }, today, Sight::WHOLE).await?;
    let again = count(tx, &Filter { days_min: Some(2), ..Filter::default() }, today, Sight::WHOLE).await?;
    let share = again as f64 / came.max(1) as f64;
    Ok((came >= 10 * PEOPLE).then(|| Finding {
        code: if share < WEAK { "second_visit_weak" } else { "second_visit" },
        params: json!({ "share": share, "people": came - again }),
        href: "/know/customers?days_min=1&days_max=1".into(),
    }))
}

fn concentrated(result: &RunResult) -> Option<Finding> {
    let (best, total) = (result.deciles.first()?, result.value_total?);
    let share = best.value.amount_minor as f64 / total.amount_minor.max(1) as f64;
    (share >= CONCENTRATED && best.people >= PEOPLE.cast_unsigned()).then(|| Finding {
        code: "value_concentrated",
        params: json!({ "share": share, "people": best.people }),
        href: format!("/know/customers?value_min={}&sort=-value", best.value_min),
    })
}

/// The last complete month against the one before.
fn relationship(result: &RunResult, today: Day) -> Option<Finding> {
    let of = |back: i64| {
        let month = result.relationship.iter().find(|row| row.month == today.month().plus(-back))?;
        share(month.first.amount_minor, month.repeat.amount_minor)
    };
    let (now, before) = (of(1)?, of(2)?);
    let (code, href) = match now - before {
        change if change <= -MOVED => ("relationship_down", "/measure/leak"),
        change if change >= MOVED => ("relationship_up", "/know/customers?state=regular"),
        _ => return None,
    };
    let params = json!({ "share": now, "before": before, "month": today.month().plus(-1) });
    Some(Finding { code, params, href: href.into() })
}

fn leak_growing(months: &[LeakMonth]) -> Option<Finding> {
    let [.., a, b, c, last] = months else { return None };
    let before = (a.loss_rate? + b.loss_rate? + c.loss_rate?) / 3.0;
    let now = last.loss_rate.filter(|now| *now > before * GROWS && last.outflow >= PEOPLE)?;
    let params = json!({ "share": now, "before": before, "month": last.month, "people": last.outflow });
    let href = format!("/know/customers?month={}&move=out", last.month);
    Some(Finding { code: "leak_growing", params, href })
}
