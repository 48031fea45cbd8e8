//! The line of column names: where it is, what it says, and which source it speaks of.

use unicode_normalization::UnicodeNormalization;

use crate::fault::{FileFault, FileFaultCode};
use crate::plan::Source;
use crate::row::{Row, trimmed};
use crate::sources;
use crate::values::{money, when};

/// Notices before the header are rarely longer than this many rows.
pub(crate) const SEARCHED_ROWS: usize = 30;
/// From this share of a source's key columns on, a row is that source's header wherever it stands.
const SURE: f64 = 0.4;

/// A name as it is compared: trimmed, composed (macOS writes Hangul in parts), lower case, one blank for many.
pub fn folded(name: &str) -> String {
    let composed: String = trimmed(name).nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Columns that may not be kept at all, whatever they hold.
pub(crate) fn is_forbidden(name: &str) -> bool {
    let name: String = name.nfc().filter(|c| !c.is_whitespace()).collect();
    ["개인통관고유부호", "개인통관부호", "주민등록번호", "주민번호", "통관고유번호"]
        .iter()
        .any(|word| name.contains(word))
}

/// The line of the header among the first rows, if there is one.
pub(crate) fn find(rows: &[Row]) -> Option<usize> {
    let scored = rows.iter().enumerate().map(|(at, row)| (at, best_score(row)));
    let best = scored.filter(|(_, score)| *score >= SURE).reduce(|a, b| if b.1 > a.1 { b } else { a });
    best.map(|(at, _)| at).or_else(|| first_named_row(rows))
}

fn best_score(row: &Row) -> f64 {
    let columns: Vec<String> = row.cells().map(folded).collect();
    let known =
        sources::ALL.iter().filter(|preset| ![Source::Generic, Source::Customers].contains(&preset.source));
    known.map(|preset| preset.score(&columns)).fold(0.0, f64::max)
}

/// The first row as wide as the table, if nothing in it is a date or a number.
fn first_named_row(rows: &[Row]) -> Option<usize> {
    let filled = |row: &Row| row.cells().filter(|cell| !cell.is_empty()).count();
    let width = rows.iter().map(filled).max().unwrap_or(0);
    let at = rows.iter().position(|row| filled(row) * 2 > width)?;
    let mut names = rows[at].cells().filter(|cell| !cell.is_empty());
    let all_named = names.all(is_name);
    all_named.then_some(at)
}

fn is_name(cell: &str) -> bool {
    let is_number = matches!(money::number(cell, None), Ok(Some(_)));
    !is_number && !cell.contains('@') && !when::looks_like(cell)
}

/// The names of a header row; an empty one is named by its number.
pub(crate) fn names(row: &Row, width: usize) -> Vec<String> {
    let name = |at: usize| match row.cell(at) {
        "" => (at + 1).to_string(),
        name => name.to_owned(),
    };
    (0..width).map(name).collect()
}

/// The names of columns without a header: their numbers from 1.
pub(crate) fn numbers(width: usize) -> Vec<String> {
    (1..=width).map(|number| number.to_string()).collect()
}

/// Refuses two columns of one name: which of them is meant cannot be known.
pub(crate) fn refuse_duplicates(row: &Row) -> Result<(), FileFault> {
    let mut seen = std::collections::HashSet::new();
    let mut twice: Vec<&str> = Vec::new();
    for cell in row.cells().filter(|cell| !cell.is_empty()) {
        if !seen.insert(folded(cell)) && !twice.contains(&cell) {
            twice.push(cell);
        }
    }
    if twice.is_empty() {
        return Ok(());
    }
    Err(FileFault::new(FileFaultCode::DuplicateHeader).at(row.line).with("columns", twice.join(", ")))
}
