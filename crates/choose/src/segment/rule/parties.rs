//! What a rule can ask of parties of every market: markets, tags, ties, birthdays.

use super::catalogue::{Field, Kind, Source};

/// Markets beside the customers', which [`know::markets`] has: of customers there is the flag `customer`.
const MARKETS: &[&str] =
    &["referral", "supplier", "recruitment", "influence", "internal", "alliance", "distributor"];
/// As what somebody belongs to a market.
const DETAILS: &[&str] = &[
    "people",
    "money",
    "material",
    "technology",
    "information",
    "finance",
    "press",
    "government",
    "community",
    "consumer",
    "environment",
    "ally",
    "competitor",
];
/// What the ends of ties say.
const TIES: &[&str] = &[
    "works_for",
    "employs",
    "family_of",
    "referred_by",
    "referred",
    "supplies",
    "supplied_by",
    "part_of",
    "has_part",
];

/// Rows of which a party may have several.
const fn rows(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    from: &'static str,
    only: &'static str,
    column: &'static str,
) -> Field {
    let source = Source::Rows { from, party: "x.party", only, column, many: true };
    Field { name, aliases, kind, source, folded: None, historical: false }
}

const fn value(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    value: &'static str,
) -> Field {
    Field { name, aliases, kind, source: Source::Value(value), folded: None, historical: false }
}

macro_rules! submit {
    ($($field:expr;)*) => { $(inventory::submit! { $field })* };
}

submit! {
    rows("tag", &["태그"], Kind::Text, "party_tags x", "1 = 1", "x.tag");
    value("customer", &["고객임"], Kind::Flag, concat!("not (", know::outside!(), ")"));
    rows("market", &["시장"], Kind::Choice(MARKETS), "party_markets x", "x.detail = ''", "x.market");
    rows("market_kind", &["시장종류"], Kind::Choice(DETAILS), "party_markets x", "x.detail <> ''", "x.detail");
    // A tie is said from both ends.
    rows("tie", &["관계"], Kind::Choice(TIES),
        "(select t.party, t.kind as said from ties t where t.until is null union all \
         select t.other as party, case t.kind when 'works_for' then 'employs' when 'referred_by' then 'referred' \
         when 'supplies' then 'supplied_by' when 'part_of' then 'has_part' else t.kind end as said \
         from ties t where t.until is null) x", "1 = 1", "x.said");
    value("birthday_in", &["생일까지"], Kind::Int,
        "(select min(b.next_day) - {today} from {who} join birthdays b on b.party = k.party where b.next_day >= {today})");
    value("under_14", &["만14세미만"], Kind::Flag,
        "(select max(b.of_age_on) from {who} join birthdays b on b.party = k.party) > {today}");
}
