//! The demo: the same seed and day give the same company, another seed another one.

use crate::place::Place;
use crate::rows::{Rows, ask};

/// A demo without its server. Its folder is `demo-data` in the data folder.
fn filled(seed: &str) -> (Place, Place) {
    let base = Place::sqlite();
    base.text(&["demo", "--today", "2026-11-21", "--seed", seed, "--fill-only"]);
    let inside = Place::at(&base.folder().join("data/demo-data"));
    (base, inside)
}

#[test]
fn the_same_seed_and_day_give_the_same_company() {
    let ((_one_base, one), (_other_base, other), (_third_base, third)) = std::thread::scope(|threads| {
        let fills = ["1", "1", "2"].map(|seed| threads.spawn(move || filled(seed)));
        let [one, other, third] = fills.map(|fill| fill.join().unwrap());
        (one, other, third)
    });
    let report = ["report", "--json", "--as-of", "2026-11-20"];
    assert_eq!(one.text(&report), other.text(&report));
    assert_eq!(one.text(&["export", "customers"]), other.text(&["export", "customers"]));
    let rows = Rows::of(&one);
    assert!(rows.facts.len() > 2_000 && rows == Rows::of(&other));
    let ids = "select concat_ws('|', seq, at, recorded_at, party, kind, subject, source, source_id, body) from interactions";
    assert!(ask(&one, ids) == ask(&other, ids), "the logs differ");
    assert_ne!(one.text(&report), third.text(&report));
}

#[test]
fn a_filled_demo_is_not_filled_again() {
    let (base, inside) = filled("1");
    let before = Rows::of(&inside);
    let again = base.text(&["demo", "--today", "2026-11-21", "--seed", "1", "--fill-only"]);
    assert_eq!(again, "", "nothing is simulated");
    assert!(before == Rows::of(&inside));
}
