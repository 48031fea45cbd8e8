//! Every code that any crate answers with has its texts.

use kernel::Locale;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use web::text;

/// The calls whose argument (the first, or the second) is a code, and the keys its texts stand under.
const CALLS: [(&str, usize, &[&str]); 9] = [
    ("Problem::invalid(", 0, &["{}.title", "{}.detail"]),
    ("Problem::conflict(", 0, &["{}.title", "{}.detail"]),
    ("Problem::forbidden(", 0, &["{}.title", "{}.detail"]),
    ("Self::invalid(", 0, &["{}.title", "{}.detail"]),
    ("Self::conflict(", 0, &["{}.title", "{}.detail"]),
    ("Problem::too_many(", 0, &["{}.title", "{}.detail"]),
    ("Problem::new(", 1, &["{}.title", "{}.detail"]),
    ("Self::new(", 1, &["{}.title", "{}.detail"]),
    (".field(", 1, &["field.{}"]),
];

#[test]
fn every_code_in_the_sources_has_its_texts() {
    let mut keys = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")) {
        let source = std::fs::read_to_string(&file).unwrap();
        for (call, argument, texts) in CALLS {
            let codes = source.split(call).skip(1).filter_map(|rest| literal(rest, argument));
            keys.extend(codes.flat_map(|code| texts.iter().map(move |key| key.replace("{}", code))));
        }
    }
    assert!(keys.contains("invalid.title") && keys.contains("field.required"), "{keys:?}");
    let all = text::all(Locale::Ko);
    let without: Vec<_> = keys.iter().filter(|key| !all.contains_key(*key)).collect();
    assert!(without.is_empty(), "codes without a text: {without:?}");
}

/// The text literal at this place among the arguments of a call, if it is one.
fn literal(arguments: &str, place: usize) -> Option<&str> {
    let mut rest = arguments;
    for _ in 0..place {
        rest = rest.split_once(',')?.1;
    }
    let (code, _) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_').then_some(code)
}

/// The sources of every crate.
fn sources(crates: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = entries(crates)
        .into_iter()
        .map(|folder| folder.join("src"))
        .filter(|folder| folder.is_dir())
        .collect();
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}
