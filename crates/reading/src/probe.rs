//! A first look at a file: what it is, which source wrote it, and a plan to start from.

use kernel::resident;
use std::path::Path;

use serde::Serialize;

use crate::fault::{FileFault, FileFaultCode, RowFaultCode};
use crate::header;
use crate::input::{self, BytesRead, Shape};
use crate::plan::{DateOrder, Delimiter, Encoding, Field, Plan, Source};
use crate::row::{Row, Rows, Step};
use crate::sources;
use crate::table::{self, Head};
use crate::text;
use crate::values::when::DateLook;

/// How much text the encoding is guessed from, in bytes.
const LOOKED_AT: u64 = 4 << 20;
/// How much text the delimiter is guessed from, in bytes.
const DELIMITER_SAMPLE: usize = 64 * 1024;
const SAMPLE_ROWS: usize = 20;
/// Rows whose dates are looked at in any case, so that rows that contradict each other are noticed.
const DATED_ROWS: usize = 5_000;
/// Rows that are looked at as long as some column has not settled its order of day and month: a fifth of a second. Online
/// Retail settles its own after 25,000; whoever writes more without a day after the twelfth is asked.
const DATED_ROWS_MAX: usize = 100_000;

/// Text or workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Delimited text, gzipped or not.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// How well a source fits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guess {
    /// The source.
    pub source: Source,
    /// Its Korean name.
    pub label_ko: &'static str,
    /// Its English name.
    pub label_en: &'static str,
    /// The share of its key columns that the file has, 0 to 1.
    pub score: f64,
}

/// What a first look found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Probe {
    /// Text or workbook.
    pub kind: Kind,
    /// The guessed or chosen encoding.
    pub encoding: Encoding,
    /// The guessed or chosen delimiter.
    pub delimiter: Delimiter,
    /// Where the column names stand, if anywhere.
    pub header_line: Option<u64>,
    /// The columns' names; their numbers from 1 without a header.
    pub columns: Vec<String>,
    /// Sources by descending score, those without any left out; the two for any other file are always there.
    pub guesses: Vec<Guess>,
    /// The first rows after the header, without forbidden columns and numbers.
    pub sample: Vec<Vec<String>>,
    /// For each column, what its cells say about the order of day, month and year.
    pub dates: Vec<DateLook>,
    /// The workbook is locked and was not opened: nothing else is known yet.
    pub needs_password: bool,
}

/// Looks at a file; encoding and delimiter are guessed.
pub fn probe(path: &Path, password: Option<&str>) -> Result<Probe, FileFault> {
    probe_as(path, password, None, None)
}

/// Looks at a file again after a person chose another encoding or delimiter.
pub fn probe_as(
    path: &Path,
    password: Option<&str>,
    encoding: Option<Encoding>,
    delimiter: Option<Delimiter>,
) -> Result<Probe, FileFault> {
    let shape = input::shape(path)?;
    if shape == Shape::LockedWorkbook && password.is_none() {
        return Ok(locked());
    }
    let (encoding, delimiter) = match shape {
        Shape::Workbook | Shape::LockedWorkbook => (Encoding::Utf8, Delimiter::Comma),
        Shape::Text | Shape::GzippedText => guess_text(path, shape, encoding, delimiter)?,
    };
    let mut rows = table::open(path, shape, encoding, delimiter, password, BytesRead::default())?;
    let head = table::first_rows(&mut *rows)?;
    if head.rows.is_empty() && head.faults.is_empty() {
        return Err(FileFault::new(FileFaultCode::Empty));
    }
    if let Some(fault) = head.faults.iter().find(|f| head.rows.is_empty() && f.code == RowFaultCode::BadText)
    {
        return Err(table::wrong_encoding(encoding, fault.line));
    }
    let kind = if matches!(shape, Shape::Workbook | Shape::LockedWorkbook) { Kind::Xlsx } else { Kind::Csv };
    let mut probe = describe(kind, encoding, delimiter, &head)?;
    probe.look_at_dates(&head, &mut *rows)?;
    Ok(probe)
}

fn locked() -> Probe {
    Probe {
        kind: Kind::Xlsx,
        encoding: Encoding::Utf8,
        delimiter: Delimiter::Comma,
        header_line: None,
        columns: Vec::new(),
        guesses: Vec::new(),
        sample: Vec::new(),
        dates: Vec::new(),
        needs_password: true,
    }
}

fn describe(kind: Kind, encoding: Encoding, delimiter: Delimiter, head: &Head) -> Result<Probe, FileFault> {
    let header = head.header_row();
    let width = head.width(header);
    let columns = match header {
        Some(row) => {
            header::refuse_duplicates(row)?;
            header::names(row, width)
        }
        None => header::numbers(width),
    };
    let header_line = header.map(|row| row.line);
    let rows: Vec<&Row> =
        head.rows.iter().filter(|row| header_line.is_none_or(|line| row.line > line)).collect();
    let guesses = guesses(&columns);
    Ok(Probe {
        kind,
        encoding,
        delimiter,
        header_line,
        guesses,
        sample: rows.iter().take(SAMPLE_ROWS).map(|row| sample_row(row, &columns)).collect(),
        dates: vec![DateLook::default(); columns.len()],
        columns,
        needs_password: false,
    })
}

fn folded(columns: &[String]) -> Vec<String> {
    columns.iter().map(|name| header::folded(name)).collect()
}

fn sample_row(row: &Row, columns: &[String]) -> Vec<String> {
    let cell = |(at, name): (usize, &String)| match header::is_forbidden(name) {
        true => String::new(),
        false => resident::without(row.cell(at)).into_owned(),
    };
    columns.iter().enumerate().map(cell).collect()
}

/// Sources by descending score; among equals the order of [`sources::ALL`].
fn guesses(columns: &[String]) -> Vec<Guess> {
    let columns = folded(columns);
    let mut guesses: Vec<Guess> = sources::ALL
        .iter()
        .map(|preset| Guess {
            source: preset.source,
            label_ko: preset.label_ko,
            label_en: preset.label_en,
            score: preset.score(&columns),
        })
        .filter(|guess| guess.score >= 0.2 || [Source::Generic, Source::Customers].contains(&guess.source))
        .collect();
    guesses.sort_by(|a, b| b.score.total_cmp(&a.score));
    guesses
}

impl Probe {
    /// Goes on from the first rows as far as it takes to settle the order of day and month.
    fn look_at_dates(&mut self, head: &Head, rows: &mut dyn Rows) -> Result<(), FileFault> {
        for row in head.rows.iter().filter(|row| self.header_line.is_none_or(|line| row.line > line)) {
            see(&mut self.dates, row);
        }
        let (mut row, mut count) = (Row::default(), head.rows.len());
        while count < DATED_ROWS
            || count < DATED_ROWS_MAX && self.dates.iter().any(|look| look.needs_choice())
        {
            match rows.next(&mut row)? {
                Step::Row => see(&mut self.dates, &row),
                Step::Fault(_) => {}
                Step::End => break,
            }
            count += 1;
        }
        Ok(())
    }

    /// The order of day and month in a column under the rules of `source`.
    pub fn date_order_for(&self, source: Source, column: usize) -> Option<DateOrder> {
        date_order(source, self.dates.get(column).copied().unwrap_or_default())
    }

    /// The plan the best guess makes; `currency` and `zone` are the company's.
    pub fn plan(&self, currency: &str, zone: &str) -> Plan {
        let best = self.guesses.first().map_or(Source::Generic, |guess| guess.source);
        self.plan_for(best, currency, zone)
    }

    /// The plan the best guess makes among sources of customers, or among those of orders.
    pub fn plan_among(&self, customers: bool, currency: &str, zone: &str) -> Plan {
        let best = self
            .guesses
            .iter()
            .map(|guess| guess.source)
            .find(|source| source.is_of_customers() == customers);
        let other = if customers { Source::Customers } else { Source::Generic };
        self.plan_for(best.unwrap_or(other), currency, zone)
    }

    /// The plan for a source that a person chose.
    pub fn plan_for(&self, source: Source, currency: &str, zone: &str) -> Plan {
        let preset = sources::preset(source);
        let mut mapping = match self.header_line {
            Some(_) => preset.mapping(&folded(&self.columns)),
            None => Default::default(),
        };
        mapping.retain(|_, column| !header::is_forbidden(&self.columns[*column]));
        let date_order = mapping.get(&Field::Date).and_then(|column| self.date_order_for(source, *column));
        Plan {
            encoding: self.encoding,
            delimiter: self.delimiter,
            source,
            account: String::new(),
            header: self.header_line.is_some(),
            mapping,
            own: Default::default(),
            currency: preset.currency.unwrap_or(currency).to_owned(),
            zone: zone.to_owned(),
            date_order,
        }
    }
}

/// The order that a look settles, else the one `source` is known to write, if no cell is against it.
pub fn date_order(source: Source, look: DateLook) -> Option<DateOrder> {
    let usual = sources::preset(source).date_order.filter(|order| look.allows(*order));
    look.settled().or(usual)
}

fn see(dates: &mut [DateLook], row: &Row) {
    for (at, look) in dates.iter_mut().enumerate() {
        look.see(row.cell(at));
    }
}

fn guess_text(
    path: &Path,
    shape: Shape,
    encoding: Option<Encoding>,
    delimiter: Option<Delimiter>,
) -> Result<(Encoding, Delimiter), FileFault> {
    use std::io::Read;
    input::refuse_bomb(path, shape)?;
    let mut bytes = Vec::new();
    input::text(path, shape, BytesRead::default())?.take(LOOKED_AT).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Err(FileFault::new(FileFaultCode::Empty));
    }
    let whole = (bytes.len() as u64) < LOOKED_AT;
    let encoding = encoding.unwrap_or_else(|| text::guess(&bytes, whole));
    if delimiter.is_some() {
        return Ok((encoding, delimiter.unwrap_or(Delimiter::Comma)));
    }
    let mut sample = bytes;
    if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        let mut text = Vec::new();
        text::Utf16::new(sample.as_slice(), encoding).take(DELIMITER_SAMPLE as u64).read_to_end(&mut text)?;
        sample = text;
    }
    sample.truncate(DELIMITER_SAMPLE);
    Ok((encoding, guess_delimiter(sample)))
}

/// The delimiter that cuts most rows into the same number of cells, more than one; blanks only if no other does.
fn guess_delimiter(sample: Vec<u8>) -> Delimiter {
    if let Some(stated) = crate::delimited::separator_line(&sample) {
        return stated;
    }
    let fits = |delimiter| {
        let (share, width) = evenness(&sample, delimiter);
        if width < 2 { 0.0 } else { share + width.min(50) as f64 / 1_000.0 }
    };
    let marks = [Delimiter::Comma, Delimiter::Tab, Delimiter::Semicolon, Delimiter::Pipe];
    let best = marks.into_iter().map(|mark| (fits(mark), mark)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    match best {
        Some((score, mark)) if score > 0.5 => mark,
        _ if fits(Delimiter::Blank) > 0.8 => Delimiter::Blank,
        Some((score, mark)) if score > 0.0 => mark,
        _ => Delimiter::Comma,
    }
}

/// The share of rows that have the most common number of cells, and that number.
fn evenness(sample: &[u8], delimiter: Delimiter) -> (f64, usize) {
    let bytes = std::io::Cursor::new(sample.to_vec());
    let head = crate::delimited::Delimited::new(bytes, delimiter, Encoding::Windows1252)
        .and_then(|mut rows| table::first_rows(&mut rows));
    let Ok(head) = head else { return (0.0, 0) };
    // Rows of one cell are notices before the table.
    let wide: Vec<&Row> = head.rows.iter().filter(|row| row.len() > 1).collect();
    let width = head.width_of(&wide);
    let even = wide.iter().filter(|row| row.len() == width).count();
    (even as f64 / head.rows.len().max(1) as f64, width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_cuts_evenly() {
        let guess = |text: &str| guess_delimiter(text.as_bytes().to_vec());
        assert_eq!(guess("a,b,c\n1,2,3\n"), Delimiter::Comma);
        assert_eq!(guess("a;b;c\n1,5;2;3\n2,5;2;3\n"), Delimiter::Semicolon);
        assert_eq!(guess("a\tb\n1, 2\t3\n"), Delimiter::Tab);
        assert_eq!(guess("a|b\n1|2\n"), Delimiter::Pipe);
        assert_eq!(guess(" 1 19970101  1   11.77\n 2 19970112  1   12.00\n"), Delimiter::Blank);
        assert_eq!(guess("sep=;\na,b;c\n"), Delimiter::Semicolon);
        assert_eq!(guess("one column\nof words\n"), Delimiter::Blank);
        assert_eq!(guess("column\nwords\n"), Delimiter::Comma);
    }
}
