//! What rules can ask of tiers.

use crate::segment::rule::catalogue::{Field, Kind, Source};

const fn member(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    column: &'static str,
) -> Field {
    let source = Source::Rows { from: "vip_members x", party: "x.party", only: "1 = 1", column, many: false };
    Field { name, aliases, kind, source, folded: None, historical: false }
}

// The codes of tiers are the owner's, so the tier is a text and not a choice.
inventory::submit! { member("vip_tier", &["회원등급"], Kind::Text, "x.tier") }
inventory::submit! { member("vip_score", &["등급점수"], Kind::Int, "x.score") }
inventory::submit! { member("vip_falls", &["등급내려갈날"], Kind::Due, "x.falls_on") }
