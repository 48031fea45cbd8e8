//! What the tables of operate hold of people.

use store::holding::Holds::Nobody;

store::holds! {
    "destructions" => Nobody("sums");
}
