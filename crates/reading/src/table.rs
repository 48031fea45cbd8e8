//! Any file as rows of text, and its first rows.

use std::path::Path;

use crate::delimited::Delimited;
use crate::fault::{FileFault, FileFaultCode, RowFault};
use crate::header;
use crate::input::{self, BytesRead, Shape};
use crate::plan::{Delimiter, Encoding};
use crate::row::{Row, Rows, Step};
use crate::text::Utf16;
use crate::workbook::Workbook;

pub(crate) fn open(
    path: &Path,
    shape: Shape,
    encoding: Encoding,
    delimiter: Delimiter,
    password: Option<&str>,
    bytes: BytesRead,
) -> Result<Box<dyn Rows>, FileFault> {
    match shape {
        Shape::Workbook => Ok(Box::new(Workbook::open(path, false, None)?)),
        Shape::LockedWorkbook => Ok(Box::new(Workbook::open(path, true, password)?)),
        Shape::Text | Shape::GzippedText => {
            let text = input::text(path, shape, bytes)?;
            Ok(match encoding {
                Encoding::Utf16Le | Encoding::Utf16Be => {
                    Box::new(Delimited::new(Utf16::new(text, encoding), delimiter, Encoding::Utf8)?)
                }
                encoding => Box::new(Delimited::new(text, delimiter, encoding)?),
            })
        }
    }
}

/// The first rows of a file.
pub(crate) struct Head {
    pub rows: Vec<Row>,
    pub faults: Vec<RowFault>,
}

impl Head {
    pub fn header_row(&self) -> Option<&Row> {
        header::find(&self.rows).map(|at| &self.rows[at])
    }

    /// How many columns the table has: those the header names, or else the most common number of cells.
    pub fn width(&self, header: Option<&Row>) -> usize {
        match header {
            Some(row) => row
                .cells()
                .collect::<Vec<_>>()
                .iter()
                .rposition(|cell| !cell.is_empty())
                .map_or(0, |at| at + 1),
            None => most_common(self.rows.iter().map(Row::len)),
        }
    }

    /// The most common number of cells among some of the rows.
    pub fn width_of(&self, rows: &[&Row]) -> usize {
        most_common(rows.iter().map(|row| row.len()))
    }
}

fn most_common(counts: impl Iterator<Item = usize>) -> usize {
    let mut seen = std::collections::BTreeMap::<usize, usize>::new();
    counts.for_each(|count| *seen.entry(count).or_default() += 1);
    seen.into_iter().max_by_key(|(_, times)| *times).map_or(0, |(count, _)| count)
}

/// Reads as many rows as a header is looked for in, and some more to judge values by.
pub(crate) fn head(
    path: &Path,
    shape: Shape,
    encoding: Encoding,
    delimiter: Delimiter,
    password: Option<&str>,
) -> Result<Head, FileFault> {
    first_rows(&mut *open(path, shape, encoding, delimiter, password, BytesRead::default())?)
}

pub(crate) fn first_rows(rows: &mut dyn Rows) -> Result<Head, FileFault> {
    let mut head = Head { rows: Vec::new(), faults: Vec::new() };
    let mut row = Row::default();
    while head.rows.len() + head.faults.len() < header::SEARCHED_ROWS {
        match rows.next(&mut row)? {
            Step::Row => head.rows.push(row.clone()),
            Step::Fault(fault) => head.faults.push(fault),
            Step::End => break,
        }
    }
    Ok(head)
}

/// Reads a workbook to its end and keeps nothing, so that damage is found before the first row is used. Texts have no
/// damage that stops them half-way: what is gzipped was unpacked when it was opened.
pub fn verify(path: &Path, password: Option<&str>) -> Result<(), FileFault> {
    let shape = input::shape(path)?;
    if matches!(shape, Shape::Text | Shape::GzippedText) {
        return Ok(());
    }
    let mut rows = Workbook::open(path, shape == Shape::LockedWorkbook, password)?;
    let mut row = Row::default();
    while !matches!(rows.next(&mut row)?, Step::End) {}
    Ok(())
}

pub(crate) fn wrong_encoding(encoding: Encoding, line: u64) -> FileFault {
    FileFault::new(FileFaultCode::Encoding).at(line).with("encoding", encoding.as_str())
}
