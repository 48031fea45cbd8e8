//! Acquisition against retention: cost of a gained and of a kept customer, and when winning one pays.

use crate::kotler::Lack;
use kernel::{Currency, Money, Month};
use science::economics::{acquisition_cost, compare_costs, payback_months};
use serde::Serialize;
use utoipa::ToSchema;

/// The multiple that books name; studies range from five to seven.
const REFERENCE: f64 = 6.0;

/// What the economics of some months are worked out from; amounts in minor units of one currency.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The first and the last month.
    pub months: [Month; 2],
    /// (kind, medium, amount).
    pub spent: Vec<(String, String, i64)>,
    /// People whose first order lies in the months.
    pub gained: i64,
    /// People who came again in them.
    pub kept: i64,
    /// Margin of one customer in a month.
    pub monthly_margin: Option<f64>,
    /// Mean lifetime value of a live customer.
    pub lifetime_value: Option<i64>,
}

/// The economics of winning and keeping.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Economics {
    /// The first month that is counted.
    #[schema(value_type = String)]
    from: Month,
    /// The last month that is counted.
    #[schema(value_type = String)]
    to: Month,
    acquisition: Side<Gained>,
    retention: Side<Kept>,
    /// Cost of a gained over that of a kept customer.
    ratio: Option<f64>,
    /// The multiple that books name, to compare with.
    reference: f64,
    by_medium: Vec<Medium>,
    /// Months until the margin of a customer has paid for winning them.
    cac_payback_months: Option<f64>,
    /// Lifetime value over the cost of winning.
    clv_to_cac: Option<f64>,
    /// What is not known: `acquisition_costs`, `retention_costs`, `margin`, `value`.
    missing: Vec<Lack>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
enum Side<T> {
    Known(T),
    Missing { missing: Lack },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
struct Gained {
    cost: Money,
    gained: i64,
    each: Option<Money>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
struct Kept {
    cost: Money,
    kept: i64,
    each: Option<Money>,
}

/// What was spent where. Orders do not tell through which medium somebody came, so there is no cost of each.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
struct Medium {
    kind: String,
    medium: Option<String>,
    cost: Money,
}

impl Economics {
    /// Worked out from these figures.
    pub fn new(figures: &Figures, currency: Currency) -> Self {
        let money = |amount: f64| Money::new(currency, amount.round() as i64);
        let spent = |kind: &str| -> i64 {
            figures.spent.iter().filter(|(of, _, _)| of == kind).map(|(_, _, amount)| amount).sum()
        };
        let (offensive, defensive) = (spent("acquisition"), spent("retention"));
        let costs =
            compare_costs(offensive as f64, figures.gained as f64, defensive as f64, figures.kept as f64);
        let each = |cost: Option<f64>| cost.map(money);
        let people = u64::try_from(figures.gained).unwrap_or_default();
        let cac = acquisition_cost(offensive as f64, people).filter(|_| offensive > 0);
        let lacks = [
            ("acquisition_costs", offensive == 0),
            ("retention_costs", defensive == 0),
            ("margin", figures.monthly_margin.is_none()),
            ("value", figures.lifetime_value.is_none()),
        ];
        let (gained, kept) = (figures.gained, figures.kept);
        let cost = |amount: i64| Money::new(currency, amount);
        let [from, to] = figures.months;
        Self {
            from,
            to,
            acquisition: side(offensive > 0, "acquisition_costs", || Gained {
                cost: cost(offensive),
                gained,
                each: each(costs.per_gained),
            }),
            retention: side(defensive > 0, "retention_costs", || Kept {
                cost: cost(defensive),
                kept,
                each: each(costs.per_kept),
            }),
            ratio: costs.ratio.filter(|_| offensive > 0 && defensive > 0),
            reference: REFERENCE,
            by_medium: figures.spent.iter().map(|row| medium(row, currency)).collect(),
            cac_payback_months: cac
                .zip(figures.monthly_margin)
                .and_then(|(cac, margin)| payback_months(cac, margin)),
            clv_to_cac: cac.zip(figures.lifetime_value).map(|(cac, value)| value as f64 / cac),
            missing: lacks
                .into_iter()
                .filter(|(_, lacking)| *lacking)
                .map(|(code, _)| Lack::of(code))
                .collect(),
        }
    }
}

fn side<T>(known: bool, lack: &'static str, make: impl FnOnce() -> T) -> Side<T> {
    if known { Side::Known(make()) } else { Side::Missing { missing: Lack::of(lack) } }
}

fn medium((kind, medium, amount): &(String, String, i64), currency: Currency) -> Medium {
    let named = Some(medium.clone()).filter(|medium| !medium.is_empty());
    Medium { kind: kind.clone(), medium: named, cost: Money::new(currency, *amount) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn year() -> Figures {
        let months = ["2025-11", "2026-10"].map(|month| month.parse().unwrap());
        Figures { months, spent: Vec::new(), gained: 0, kept: 0, monthly_margin: None, lifetime_value: None }
    }

    fn shown(figures: &Figures) -> Value {
        serde_json::to_value(Economics::new(figures, Currency::KRW)).unwrap()
    }

    /// exD28.
    #[test]
    fn the_worked_example() {
        let spent = |kind: &str, medium: &str, amount: i64| (kind.to_owned(), medium.to_owned(), amount);
        let figures = Figures {
            spent: vec![
                spent("acquisition", "search", 4_000_000),
                spent("acquisition", "", 2_000_000),
                spent("retention", "coupon", 2_000_000),
            ],
            gained: 100,
            kept: 200,
            monthly_margin: Some(20_000.0),
            lifetime_value: Some(180_000),
            ..year()
        };
        let shown = shown(&figures);
        assert_eq!(shown["acquisition"]["each"]["amount_minor"], 60_000);
        assert_eq!(shown["retention"]["each"]["amount_minor"], 10_000);
        assert_eq!((&shown["ratio"], &shown["reference"]), (&json!(6.0), &json!(6.0)));
        assert_eq!((&shown["cac_payback_months"], &shown["clv_to_cac"]), (&json!(3.0), &json!(3.0)));
        assert_eq!(shown["missing"], json!([]));
        assert_eq!(shown["by_medium"][1]["medium"], Value::Null);
        assert_eq!((&shown["from"], &shown["to"]), (&json!("2025-11"), &json!("2026-10")));
    }

    #[test]
    fn what_is_missing_is_said() {
        let shown = shown(&Figures { gained: 3, ..year() });
        assert_eq!(shown["acquisition"]["missing"]["code"], "acquisition_costs");
        assert_eq!((&shown["ratio"], &shown["clv_to_cac"]), (&Value::Null, &Value::Null));
        assert_eq!(shown["missing"].as_array().unwrap().len(), 4);
    }
}
