//! What the tables of measure hold of people.

use ::store::holding::Erasure::Keep;
use ::store::holding::Export::Part;
use ::store::holding::Holds::{Nobody, Somebody};
use ::store::holding::Shape;
use ::store::holding::Whose::Columns;
use ::store::holding::{read, text};

::store::holds! {
    "costs" => Nobody("company");
    "model_runs" => Nobody("sums");
    "leak_moves" => Somebody {
        whose: Columns(&["party"]),
        export: Part("comings_and_goings", &[
            read("month", "month", Shape::Month), text("direction"), text("reason"),
            read("inferred", "inferred", Shape::Flag),
        ]),
        erasure: Keep("figures"),
    };
    "leak_months" => Nobody("sums");
    "leak_reasons" => Nobody("sums");
}
