//! The markets there are, and what a party is in one.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A market: a kind of stakeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// Its code.
    pub code: &'static str,
    /// The market it is a part of.
    pub part_of: Option<&'static str>,
    /// As what one may belong to it.
    pub details: &'static [&'static str],
}

const fn market(code: &'static str, details: &'static [&'static str]) -> Market {
    Market { code, part_of: None, details }
}

/// Every market, in the order in which they are shown. Suppliers bring five kinds of resource; six kinds of body
/// influence what others think of a company; a competitor may be an ally.
pub const MARKETS: [Market; 8] = [
    market("customer", &[]),
    market("referral", &[]),
    market("supplier", &["people", "money", "material", "technology", "information"]),
    Market { code: "recruitment", part_of: Some("supplier"), details: &[] },
    market("influence", &["finance", "press", "government", "community", "consumer", "environment"]),
    market("internal", &[]),
    market("alliance", &["ally", "competitor"]),
    market("distributor", &[]),
];

/// The market with this code.
pub fn named(code: &str) -> Option<&'static Market> {
    MARKETS.iter().find(|market| market.code == code)
}

/// A market somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Held {
    /// Its code: `customer`, `referral`, `supplier`, `recruitment`, `influence`, `internal`, `alliance` or
    /// `distributor`.
    pub market: String,
    /// As what: of suppliers `people`, `money`, `material`, `technology`, `information`; of influence `finance`,
    /// `press`, `government`, `community`, `consumer`, `environment`; of alliance `ally`, `competitor`.
    #[serde(default)]
    pub details: Vec<String>,
}

/// Markets and details as rows: of each market one with the empty detail.
pub type Rows = BTreeSet<(String, String)>;

/// The rows that `held` means; none when a code is not known.
pub fn rows(held: &[Held]) -> Option<Rows> {
    let mut rows = Rows::new();
    for held in held {
        let market = named(&held.market)?;
        for code in [Some(market.code), market.part_of].into_iter().flatten() {
            rows.insert((code.into(), String::new()));
        }
        for detail in &held.details {
            let detail = market.details.iter().find(|known| *known == detail)?;
            rows.insert((market.code.into(), (*detail).into()));
        }
    }
    Some(rows)
}

/// The markets that `rows` mean, in the order in which they are shown.
pub fn held(rows: &Rows) -> Vec<Held> {
    let mut markets: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (market, detail) in rows {
        let details = markets.entry(market).or_default();
        details.extend((!detail.is_empty()).then(|| detail.clone()));
    }
    let shown =
        MARKETS.iter().filter_map(|market| markets.remove(market.code).map(|details| (market, details)));
    shown.map(|(market, details)| Held { market: market.code.into(), details }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(market: &str, details: &[&str]) -> Held {
        Held { market: market.into(), details: details.iter().map(|detail| (*detail).to_owned()).collect() }
    }

    #[test]
    fn there_are_eight_markets_five_resources_and_six_kinds_of_influence() {
        assert_eq!(MARKETS.len(), 8);
        assert_eq!(named("supplier").map(|market| market.details.len()), Some(5));
        assert_eq!(named("influence").map(|market| market.details.len()), Some(6));
    }

    #[test]
    fn whoever_helps_to_recruit_is_a_supplier() {
        let rows = rows(&[of("recruitment", &[])]).unwrap();
        assert_eq!(held(&rows), [of("supplier", &[]), of("recruitment", &[])]);
    }

    #[test]
    fn markets_read_back_in_their_order_and_what_is_not_known_is_refused() {
        let asked = [of("influence", &["press"]), of("customer", &[]), of("supplier", &["money", "people"])];
        let shown = held(&rows(&asked).unwrap());
        assert_eq!(
            shown,
            [of("customer", &[]), of("supplier", &["money", "people"]), of("influence", &["press"])]
        );
        assert_eq!(rows(&[of("moon", &[])]), None);
        assert_eq!(rows(&[of("customer", &["press"])]), None);
    }
}
