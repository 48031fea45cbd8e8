//! What the program reports of real data is what an independent recount gives, and the same on both engines.

use crate::data;
use crate::ledger::{Ledger, day_named};
use crate::place::Place;
use serde_json::Value;
use std::path::Path;

#[test]
fn cdnow_is_counted_as_by_hand() {
    let Some(file) = data::file("cdnow/CDNOW_master.txt") else { return };
    let ledger = Ledger::cdnow(&file);
    let places = imported(&file, ledger.lines.len());
    agree(&places, &ledger, &["1997-04-01", "1997-09-30", "1998-06-30"]);
    let customers = places[0].text(&["export", "customers"]);
    let ends = |column: usize| {
        let mut days: Vec<&str> =
            customers.lines().skip(1).map(|row| row.split(',').nth(column).unwrap()).collect();
        days.sort_unstable();
        (days[0].to_owned(), days[days.len() - 1].to_owned())
    };
    let header: Vec<&str> =
        customers.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').collect();
    let column = |name: &str| header.iter().position(|header| *header == name).unwrap();
    assert_eq!(customers.lines().count(), 23_570 + 1);
    assert_eq!(ends(column("first_order")).0, "1997-01-01");
    assert_eq!(ends(column("last_order")).1, "1998-06-30");
}

#[test]
fn online_retail_is_counted_as_by_hand() {
    let Some(packed) = data::file("online_retail/online_retail.csv.gz") else { return };
    let ledger = Ledger::online_retail(&packed);
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("Online Retail.csv");
    let mut unpacked = flate2::read::GzDecoder::new(std::fs::File::open(packed).unwrap());
    std::io::copy(&mut unpacked, &mut std::fs::File::create(&file).unwrap()).unwrap();
    let places = imported(&file, ledger.lines.len());
    agree(&places, &ledger, &["2011-06-30", "2011-12-09"]);
}

/// The file in a new company on every engine, both at once.
fn imported(file: &Path, lines: usize) -> Vec<Place> {
    let import = |place: Place| {
        let told = place.json(&["import", file.to_str().unwrap(), "--json"]);
        let counts = &told[0]["counts"];
        assert_eq!((&counts["read"], &counts["new"]), (&lines.into(), &lines.into()), "{told}");
        place
    };
    std::thread::scope(|threads| {
        let imports: Vec<_> = Place::all().into_iter().map(|place| threads.spawn(|| import(place))).collect();
        imports.into_iter().map(|import| import.join().unwrap()).collect()
    })
}

/// Every engine reports the same text, and its counts are those of the ledger.
fn agree(places: &[Place], ledger: &Ledger, days: &[&str]) {
    let by_day = days.iter().map(|day| vec!["report", "--json", "--as-of", day]);
    for words in by_day.chain([vec!["report", "--json"]]) {
        let texts: Vec<String> = places.iter().map(|place| place.text(&words)).collect();
        let report: Value = serde_json::from_str(&texts[0]).unwrap();
        let as_of = report["as_of"].as_str().unwrap();
        same(&ledger.report(day_named(as_of)), &report, as_of);
        assert!(
            texts.iter().all(|text| *text == texts[0]),
            "the engines differ as of {as_of}: {}",
            texts.join("\n")
        );
    }
}

/// Every member of `expected` stands in `found`; quotients may differ in the last bits.
fn same(expected: &Value, found: &Value, path: &str) {
    match expected {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| same(value, &found[name], &format!("{path}.{name}")))
        }
        Value::Number(number) if number.is_f64() => near(number.as_f64().unwrap(), found, 1e-12, path),
        _ => assert_eq!(expected, found, "{path}"),
    }
}

fn near(expected: f64, found: &Value, tolerance: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{what} is no number but {found}"));
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{what}: {found}, expected {expected}");
}

/// Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way; Fader and Hardie (2013) for Gamma-Gamma.
#[test]
fn the_models_fit_the_cdnow_sample_as_published() {
    let Some(file) = data::file("cdnow/CDNOW_sample.txt") else { return };
    let place = Place::sqlite();
    let columns = "customer=1,date=3,quantity=4,amount=5";
    place.text(&["import", file.to_str().unwrap(), "--map", columns, "--currency", "USD"]);
    let report = place.json(&["report", "--json", "--as-of", "1997-09-30"]);
    let bg = &report["models"]["bg_nbd"];
    for (name, published) in
        [("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426), ("log_likelihood", -9582.4)]
    {
        near(published, &bg[name], 0.005, name);
    }
    assert_eq!((&bg["customers"], &bg["unit"]), (&2357.into(), &"week".into()));
    for (name, published) in [("p", 6.25), ("q", 3.74), ("gamma", 15.44)] {
        near(published, &report["models"]["gamma_gamma"][name], 0.01, name);
    }
    assert_eq!(report["models"]["gamma_gamma"]["customers"], 946);
}
