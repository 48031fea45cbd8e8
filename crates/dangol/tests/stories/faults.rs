//! The table of faults: whole, and naming tests that exist.

use crate::asvs::known;

const TABLE: &str = include_str!("../../../../docs/faults.md");
/// The faults of what is built, by their numbers in the requirements.
const ASKED: [std::ops::RangeInclusive<u8>; 7] =
    [18..=18, 24..=39, 48..=51, 53..=54, 56..=58, 60..=61, 63..=76];
/// How a state begins.
const STATES: [&str; 3] = ["holds", "in part: ", "not shown: "];

/// The rows: number, what happens, shown by, state.
fn rows() -> Vec<[&'static str; 4]> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("four cells were expected: {cells:?}"))
    })
    .collect()
}

#[test]
fn every_fault_of_what_is_built_has_its_row_once() {
    let asked: Vec<String> = ASKED.into_iter().flatten().map(|number| number.to_string()).collect();
    let found: Vec<&str> = rows().iter().map(|[number, ..]| *number).collect();
    assert_eq!(found, asked);
}

#[test]
fn what_shows_a_fault_exists_and_what_is_not_shown_says_why() {
    let known = known();
    for [number, _, shown, state] in rows() {
        assert!(STATES.iter().any(|begin| state.starts_with(begin)), "{number}: {state}");
        if shown == "n/a" {
            assert!(state.starts_with("not shown: "), "{number} names no test and claims that it {state}");
            continue;
        }
        for name in shown.split(", ") {
            let name = name.trim_matches('`');
            assert!(known.contains(name), "{number} names {name}, which is nowhere");
        }
    }
}
