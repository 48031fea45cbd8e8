//! A list of customers as a rule: what every number of a board opens can become a segment.
//!
//! Invariants:
//! - Each filter of the list is either said by a condition that means the same people, or named as left out; a filter
//!   that is added to the list does not compile until it stands here.
//! - Orders that refunds have wholly taken back count for a store of the list and not for a rule's `ordered`.
//! - The list is of the day it is looked at, a segment of every day: what the list asks of another day, or of some
//!   people by name, is left out.

use kernel::Day;
use know::parties::list::Filter;
use serde_json::{Value, json};

/// A list as conditions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// All of them hold of whoever is in the list; as the JSON form of a rule has them.
    pub conditions: Vec<Value>,
    /// Filters that no condition says.
    pub left_out: Vec<&'static str>,
}

impl Said {
    /// The conditions that mean whom `filter` does on the day `today`; `tags` are the names that its tags mean.
    pub fn of(filter: &Filter, today: Day, tags: &[String]) -> Self {
        let mut said = Self::default();
        said.standing(filter);
        said.relation(filter, tags);
        said.orders(filter);
        said.worth(filter);
        said.bonds(filter, today);
        said.left(filter, today);
        said
    }

    fn add(&mut self, condition: Option<Value>) {
        self.conditions.extend(condition);
    }

    /// A flag, asked either way.
    fn flag(&mut self, asked: Option<bool>, condition: Value) {
        self.add(asked.map(|holds| if holds { condition } else { json!({ "not": condition }) }));
    }

    /// A number or a day between two ends.
    fn between<T: serde::Serialize>(&mut self, field: &str, least: Option<T>, most: Option<T>) {
        self.add(least.map(|value| json!({ "field": field, "op": ">=", "value": value })));
        self.add(most.map(|value| json!({ "field": field, "op": "<=", "value": value })));
    }

    fn standing(&mut self, filter: &Filter) {
        self.add(filter.state.as_deref().map(|states| one_of("state", words(states))));
        self.flag(filter.late, json!({ "field": "late" }));
        for (field, cells) in [("r", &filter.r), ("f", &filter.f), ("m", &filter.m)] {
            self.add(cells.as_deref().map(|cells| one_of(field, numbers(cells))));
        }
        self.add((filter.vip == Some(true)).then(|| json!({ "field": "vip" })));
        let known = |field: &str| json!({ "field": field, "op": "known" });
        self.flag(filter.reachable, json!({ "any": [known("email"), known("phone")] }));
        self.flag(filter.named, known("name"));
    }

    fn relation(&mut self, filter: &Filter, tags: &[String]) {
        // Whoever has a state, or is late, is a customer.
        let implied = filter.state.is_some() || filter.late == Some(true);
        if let Some(markets) = filter.market.as_deref() {
            let (customer, others): (Vec<Value>, Vec<Value>) =
                words(markets).into_iter().partition(|market| market == "customer");
            let mut any: Vec<Value> = customer.iter().map(|_| json!({ "field": "customer" })).collect();
            any.extend((!others.is_empty()).then(|| one_of("market", others)));
            match any.len() {
                1 if implied && !customer.is_empty() => {}
                1 => self.conditions.extend(any),
                _ => self.add(Some(json!({ "any": any }))),
            }
        }
        self.add(filter.kind.as_ref().map(|kind| json!({ "field": "kind", "op": "=", "value": kind })));
        self.add(filter.tag.as_ref().map(|_| one_of("tag", tags.iter().map(|tag| json!(tag)).collect())));
        self.add(filter.tie.as_ref().map(|tie| json!({ "field": "tie", "op": "=", "value": tie })));
        self.between("birthday_in", None, filter.birthday_within);
        let consent = filter.consent.as_deref().map(|medium| match medium {
            "any" => json!({ "field": "consent" }),
            medium => json!({ "field": format!("consent.{medium}") }),
        });
        self.add(consent);
        self.add(filter.segment.map(|segment| json!({ "segment": segment })));
        self.add(
            filter.source.as_ref().map(|source| json!({ "field": "source", "op": "=", "value": source })),
        );
    }

    fn orders(&mut self, filter: &Filter) {
        self.between("orders", filter.orders_min, filter.orders_max);
        self.between("order_days", filter.days_min, filter.days_max);
        self.between("spend", filter.spend_min, filter.spend_max);
        self.between("first_order", filter.first_from, filter.first_to);
        self.between("last_order", filter.last_from, filter.last_to);
        if filter.bought_from.is_some() || filter.bought_to.is_some() {
            // "After" a day is from the next one on, and "before" one up to the day before.
            let mut ordered = json!({ "did": "ordered" });
            if let Some(from) = filter.bought_from {
                ordered["after"] = json!(from.plus(-1));
            }
            if let Some(to) = filter.bought_to {
                ordered["before"] = json!(to.plus(1));
            }
            self.add(Some(ordered));
        }
        for (place, name) in [("store", &filter.store), ("staff", &filter.staff)] {
            self.add(name.as_ref().map(|name| json!({ "did": "ordered", "with": { place: name } })));
        }
    }

    fn worth(&mut self, filter: &Filter) {
        self.between("p_alive", filter.alive_min, filter.alive_max);
        let minor = |value: Option<f64>| value.map(|value| value.round() as i64);
        self.between("value", minor(filter.value_min), minor(filter.value_max));
        self.flag(filter.key_account, json!({ "field": "key_account" }));
        self.flag(filter.true_customer, json!({ "field": "true_customer" }));
        let cell = filter.quality_cell.as_ref();
        self.add(cell.map(|cell| json!({ "field": "quality_cell", "op": "=", "value": cell })));
        self.between("quality", filter.quality_min, filter.quality_max);
        self.between("profit", filter.profit_min, filter.profit_max);
        let tier = filter.vip_tier.as_ref();
        self.add(tier.map(|tier| json!({ "field": "vip_tier", "op": "=", "value": tier })));
        self.flag(filter.vip_falls, json!({ "field": "vip_falls", "op": "known" }));
    }

    fn bonds(&mut self, filter: &Filter, today: Day) {
        if filter.bond_on.is_none_or(|day| day == today) {
            self.add(filter.bond_level.as_deref().map(|levels| one_of("bond_level", numbers(levels))));
        }
    }

    /// What is left out. Every filter is named here, so that none is forgotten.
    fn left(&mut self, filter: &Filter, today: Day) {
        let Filter {
            q,
            contacted,
            import,
            month,
            moved,
            reason,
            lost_since,
            kept_since,
            live_in,
            keeper,
            tied_to,
            bond_on,
            bond_was,
            bond_from,
            ids,
            vip,
            state: _,
            late: _,
            r: _,
            f: _,
            m: _,
            source: _,
            orders_min: _,
            orders_max: _,
            days_min: _,
            days_max: _,
            spend_min: _,
            spend_max: _,
            first_from: _,
            first_to: _,
            last_from: _,
            last_to: _,
            bought_from: _,
            bought_to: _,
            alive_min: _,
            alive_max: _,
            value_min: _,
            value_max: _,
            store: _,
            staff: _,
            consent: _,
            segment: _,
            kind: _,
            market: _,
            tag: _,
            tie: _,
            birthday_within: _,
            key_account: _,
            true_customer: _,
            quality_cell: _,
            quality_min: _,
            quality_max: _,
            profit_min: _,
            profit_max: _,
            vip_tier: _,
            vip_falls: _,
            bond_level: _,
            reachable: _,
            named: _,
        } = filter;
        let other_day = bond_on.is_some_and(|day| day != today);
        let asked = [
            ("q", q.as_deref().is_some_and(|text| !text.trim().is_empty())),
            ("contacted", contacted.is_some()),
            // The list leaves it out as well.
            ("vip", *vip == Some(false)),
            ("import", import.is_some()),
            ("month", month.is_some() || moved.is_some()),
            ("reason", reason.is_some()),
            ("lost_since", lost_since.is_some()),
            ("kept_since", kept_since.is_some()),
            ("live_in", live_in.is_some()),
            ("keeper", keeper.is_some()),
            ("tied_to", tied_to.is_some()),
            ("bond_level", other_day),
            ("bond_was", bond_was.is_some() && bond_from.is_some()),
            ("ids", ids.is_some()),
        ];
        self.left_out.extend(asked.into_iter().filter(|(_, asked)| *asked).map(|(name, _)| name));
    }
}

fn words(list: &str) -> Vec<Value> {
    list.split(',').map(|word| json!(word.trim())).collect()
}

fn numbers(list: &str) -> Vec<Value> {
    list.split(',')
        .filter_map(|number| number.trim().parse::<i64>().ok())
        .map(|number| json!(number))
        .collect()
}

/// One of several values; one alone is compared, and none means nobody.
fn one_of(field: &str, values: Vec<Value>) -> Value {
    match values.as_slice() {
        [] => json!({ "any": [] }),
        [value] => json!({ "field": field, "op": "=", "value": value }),
        _ => json!({ "field": field, "op": "in", "value": values }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::{Book, from_json, print};
    use super::*;

    fn said(filter: &Filter) -> (String, Vec<&'static str>) {
        let said = Said::of(filter, Day::from_epoch(20_000), &["소개".into()]);
        let rule = from_json(&json!({ "all": said.conditions })).unwrap();
        (print(&rule, &Book::default()), said.left_out)
    }

    #[test]
    fn what_a_list_shows_is_said_as_a_rule() {
        let cell = Filter { r: Some("4,5".into()), f: Some("1".into()), ..Filter::default() };
        assert_eq!(said(&cell).0, "r in (4, 5) and f = 1");
        let late =
            Filter { state: Some("regular".into()), market: Some("customer".into()), ..Filter::default() };
        assert_eq!(said(&late).0, "state = regular");
        let market = Filter {
            market: Some("customer,supplier".into()),
            tag: Some("소개".into()),
            ..Filter::default()
        };
        assert_eq!(said(&market).0, "(customer or market = supplier) and tag = \"소개\"");
        let store = Filter { store: Some("성수".into()), days_min: Some(2), ..Filter::default() };
        assert_eq!(said(&store).0, "order_days >= 2 and ordered store \"성수\"");
    }

    #[test]
    fn what_no_condition_says_is_named() {
        let some = Filter {
            q: Some("김".into()),
            contacted: Some(false),
            late: Some(true),
            bond_level: Some("2".into()),
            bond_on: Some(Day::from_epoch(19_000)),
            ..Filter::default()
        };
        assert_eq!(said(&some), ("late".into(), vec!["q", "contacted", "bond_level"]));
    }
}
