//! What the tables of choose hold of people.

use ::store::holding::Erasure::{Delete, Keep, Tell};
use ::store::holding::Export::{Left, Part};
use ::store::holding::Holds::{Nobody, Somebody};
use ::store::holding::Shape;
use ::store::holding::Whose::{Columns, Words};
use ::store::holding::{day, instant, money, number, read, text};

::store::holds! {
    "segments" => Somebody {
        whose: Words { key: &["id"], columns: &["name", "rule"] },
        export: Left("company"),
        erasure: Tell,
    };
    "segment_versions" => Nobody("company");
    "segment_members" => Somebody {
        whose: Columns(&["party"]),
        export: Part("segments", &[
            read("(select s.name from segments s where s.id = t.segment)", "segment", Shape::Text),
            instant("since"),
        ]),
        // The reaction takes them out, so that sizes stay what a recount finds.
        erasure: Keep("leaves"),
    };
    "segment_hands" => Somebody {
        whose: Columns(&["party"]),
        export: Part("segments_by_hand", &[
            read("(select s.name from segments s where s.id = t.segment)", "segment", Shape::Text),
            text("side"), instant("at"),
        ]),
        erasure: Delete,
    };
    "segment_sizes" => Nobody("sums");
    "worth" => Somebody {
        whose: Columns(&["party"]),
        export: Part("worth", &[
            text("currency"), money("margin"), money("cost"), money("profit"), number("quality"), text("cell"),
        ]),
        erasure: Delete,
    };
    "account_decisions" => Somebody {
        whose: Columns(&["party"]),
        export: Part("key_account", &[text("decision"), text("reason"), instant("at")]),
        erasure: Delete,
    };
    "account_watch" => Somebody {
        whose: Columns(&["party"]),
        export: Part("forecast", &[text("currency"), money("forecast"), text("basis"), instant("at")]),
        erasure: Delete,
    };
    "vip_rules" => Nobody("company");
    "vip_members" => Somebody {
        whose: Columns(&["party"]),
        export: Part("tier", &[text("tier"), number("score"), read("t.since", "since_day", Shape::Day)]),
        erasure: Delete,
    };
    "vip_grants" => Somebody {
        whose: Columns(&["party"]),
        export: Part("tier_by_hand", &[text("tier"), text("reason"), day("until"), instant("at")]),
        erasure: Delete,
    };
    "vip_moves" => Somebody {
        whose: Columns(&["party"]),
        export: Part("tier_history", &[text("from_tier"), text("to_tier"), day("day"), text("cause")]),
        erasure: Keep("figures"),
    };
}
