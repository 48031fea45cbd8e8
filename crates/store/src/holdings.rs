//! What the tables of the store hold of people.

use crate::holding::Erasure::{Delete, Keep, Strip};
use crate::holding::Export::{Left, Part};
use crate::holding::Holds::{Nobody, Somebody};
use crate::holding::Whose::{Columns, Where, Words};
use crate::holding::{Shape, instant, money, read, text};

crate::holds! {
    "schema_steps" => Nobody("technical");
    "nodes" => Nobody("technical");
    "settings" => Nobody("company");
    "reactions" => Nobody("technical");
    "timers" => Nobody("technical");
    // What is in the log is ids, amounts and codes: it becomes a pseudonym's once nothing says whose they were.
    "interactions" => Somebody {
        whose: Columns(&["party"]),
        export: Part("log", &[
            instant("at"), text("kind"), text("source"), money("amount"), text("currency"), text("store"),
            text("staff"), text("channel"), instant("recorded_at"), read("t.body", "told", Shape::Json),
        ]),
        erasure: Keep("figures"),
    };
    // A fault may quote the row it stumbled over.
    "parked" => Somebody {
        whose: Where("t.seq in (select i.seq from interactions i where i.party in {group})"),
        export: Left("technical"),
        erasure: Strip("error = ''", "technical"),
    };
    "jobs" => Somebody {
        whose: Words { key: &["id"], columns: &["message"] },
        export: Left("technical"),
        erasure: Strip("message = null", "technical"),
    };
    "outbox" => Somebody {
        whose: Words { key: &["id"], columns: &["body", "error"] },
        export: Left("technical"),
        erasure: Delete,
    };
    "grams" => Somebody {
        whose: Where("t.area = 'party' and t.subject in {group}"),
        export: Left("derived"),
        erasure: Delete,
    };
}
