//! The demo: the same seed and day give the same company, another seed another one.

use crate::cli::make_older;
use crate::place::Place;
use crate::rows::{Rows, ask};
use crate::serving::Serving;

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
fn every_board_of_choosing_has_something_to_show() {
    let (_base, inside) = filled("1");
    for (what, least, text) in [
        ("segments with people", 6, "select name from segments where size > 0 and failure is null"),
        ("tiers", 3, "select distinct tier from vip_members where tier is not null"),
        ("levels of bonds", 3, "select distinct cast(level as text) from bonds"),
        ("key accounts", 5, "select cast(party as text) from account_decisions"),
        ("true customers", 1, "select cast(party as text) from worth where is_true = 1"),
    ] {
        assert!(ask(&inside, text).len() >= least, "{what}");
    }
}

#[test]
fn a_demo_is_replaced_with_a_word_and_never_while_it_is_served() {
    let (base, inside) = filled("1");
    let another = ["demo", "--today", "2026-11-20", "--fill-only"];
    let serving = Serving::start(&inside, &["serve", "--listen", "127.0.0.1:0"]);
    let refused = base.run(&another);
    assert_eq!((refused.code(), refused.out()), (1, String::new()));
    assert!(refused.err().contains("being served"), "{}", refused.err());
    assert_eq!(serving.get("/api/v1/session"), 401, "it is still there");
    serving.stop();
    let told = base.text(&another);
    assert!(told.contains("Replacing") && told.contains("2026-11-21"), "{told}");
}

#[test]
fn what_is_no_demo_is_left_alone() {
    let base = Place::sqlite();
    let inside = Place::at(&base.folder().join("data/demo-data"));
    inside.text(&["migrate"]);
    make_older(&inside);
    let refused = base.run(&["demo", "--fill-only"]);
    assert!(refused.code() == 1 && refused.err().contains("no demo"), "{}", refused.err());
    assert_eq!(inside.run(&["migrate", "--check"]).code(), 1, "nor is it migrated");
    inside.text(&["report"]);
    let elsewhere = base.run(&["--database", "postgres://nobody@127.0.0.1:1/nothing", "demo"]);
    assert!(elsewhere.code() == 2 && elsewhere.err().contains("--database"), "{}", elsewhere.err());
}

#[test]
fn files_that_are_no_demo_are_left_alone() {
    for (folder, name) in [
        ("demo-data", "letters.txt"),
        ("demo-data", "dangol.db.before-0006"),
        ("demo-data.fresh", "letters.txt"),
    ] {
        let base = Place::sqlite();
        let folder = base.folder().join("data").join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), "dear").unwrap();
        let refused = base.run(&["demo", "--fill-only"]);
        assert!(refused.code() == 1 && refused.err().contains(name), "{}", refused.err());
        assert_eq!(std::fs::read(folder.join(name)).unwrap(), b"dear");
    }
    let (base, inside) = filled("1");
    let letter = base.folder().join("data/demo-data/letters.txt");
    std::fs::write(&letter, "dear").unwrap();
    let refused = base.run(&["demo", "--today", "2026-11-20", "--fill-only"]);
    assert!(refused.code() == 1 && refused.err().contains("letters.txt"), "{}", refused.err());
    assert!(letter.exists() && inside.text(&["report"]).len() > 100);
}

#[test]
fn a_filled_demo_is_not_filled_again() {
    let (base, inside) = filled("1");
    let before = Rows::of(&inside);
    let again = base.text(&["demo", "--today", "2026-11-21", "--seed", "1", "--fill-only"]);
    assert_eq!(again, "", "nothing is simulated");
    assert!(before == Rows::of(&inside));
}
