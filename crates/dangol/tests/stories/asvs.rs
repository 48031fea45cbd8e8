//! The table of ASVS 5.0, level 1: whole, and naming tests that exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const TABLE: &str = include_str!("../../../../docs/security/asvs.md");
/// What holds of level 2.
const LEVEL_2: &str = include_str!("../../../../docs/security/asvs-level-2.md");

/// The requirements of level 1 (OWASP ASVS 5.0.0), a section each: chapter.section, and how many of its first, or which.
const LEVEL_1: &[(&str, &[u8])] = &[
    ("1.2", &[1, 2, 3, 4, 5]),
    ("1.3", &[1, 2]),
    ("1.5", &[1]),
    ("2.1", &[1]),
    ("2.2", &[1, 2]),
    ("2.3", &[1]),
    ("3.2", &[1, 2]),
    ("3.3", &[1]),
    ("3.4", &[1, 2]),
    ("3.5", &[1, 2, 3]),
    ("4.1", &[1]),
    ("4.4", &[1]),
    ("5.2", &[1, 2]),
    ("5.3", &[1, 2]),
    ("6.1", &[1]),
    ("6.2", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("6.3", &[1, 2]),
    ("6.4", &[1, 2]),
    ("7.2", &[1, 2, 3, 4]),
    ("7.4", &[1, 2]),
    ("8.1", &[1]),
    ("8.2", &[1, 2]),
    ("8.3", &[1]),
    ("9.1", &[1, 2, 3]),
    ("9.2", &[1]),
    ("10.4", &[1, 2, 3, 4, 5]),
    ("11.3", &[1, 2]),
    ("11.4", &[1]),
    ("12.1", &[1]),
    ("12.2", &[1, 2]),
    ("13.4", &[1]),
    ("14.2", &[1]),
    ("14.3", &[1]),
    ("15.1", &[1]),
    ("15.2", &[1]),
    ("15.3", &[1]),
];

/// The rows: requirement, how, shown by.
fn rows(table: &'static str) -> Vec<[&'static str; 3]> {
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        cells.try_into().unwrap_or_else(|cells| panic!("three cells were expected: {cells:?}"))
    })
    .collect()
}

#[test]
fn every_requirement_of_level_1_has_its_row_once() {
    let asked: Vec<String> = LEVEL_1
        .iter()
        .flat_map(|(section, numbers)| numbers.iter().map(move |number| format!("{section}.{number}")))
        .collect();
    assert_eq!(asked.len(), 70);
    let found: Vec<&str> = rows(TABLE).iter().map(|[requirement, ..]| *requirement).collect();
    assert_eq!(found, asked);
}

#[test]
fn what_a_row_names_exists_and_a_row_without_says_why() {
    let known = known();
    for [requirement, how, shown] in [rows(TABLE), rows(LEVEL_2)].concat() {
        match shown.strip_prefix('`').and_then(|shown| shown.strip_suffix('`')) {
            Some(name) => assert!(known.contains(name), "{requirement} names {name}, which is nowhere"),
            None => {
                assert!(shown == "n/a" && how.len() > 10, "{requirement} shows nothing and does not say why")
            }
        }
    }
}

/// What a table may name: functions, and files with their ending or, of a bench, without.
pub fn known() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut known: BTreeSet<String> = BTreeSet::new();
    for file in files(&root) {
        known.insert(file.file_name().unwrap().to_string_lossy().into_owned());
        let name = file.file_stem().unwrap().to_string_lossy();
        known.extend(name.starts_with("bench_").then(|| name.into_owned()));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        known.extend(text.split("fn ").skip(1).filter_map(|rest| Some(rest.split_once('(')?.0.to_owned())));
    }
    known
}

/// The sources and tests of every crate, of the tasks, and the journeys.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.join("crates"), root.join("xtask/src"), root.join("e2e/journeys")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(ending) if ending == "rs" || ending == "ts" => found.push(path),
                _ => {}
            }
        }
    }
    found
}
