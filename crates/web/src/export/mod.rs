//! Exports: lists as files that spreadsheets open, safe against formula injection (ASVS 5.0: 1.2.10).
//!
//! A cell of text that a spreadsheet would run as a formula is written behind an apostrophe in CSV; in a workbook
//! text is text by its type, and gets the apostrophe as well, because workbooks are saved as CSV again. Numbers
//! stay numbers. A file is written to an unnamed temporary file first: memory stays flat, and a failure half-way
//! is an error, not a short file that looks whole.

mod csv;
mod spool;
mod xlsx;

use crate::{Answer, Problem};
use axum::body::Body;
use axum::http::Response;
use kernel::{Day, Instant, Money};
use serde::Deserialize;
use std::borrow::Cow;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// UTF-8 with a byte order mark, which Excel needs to read Korean.
    #[default]
    Csv,
    /// An Office Open XML workbook.
    Xlsx,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text from people or programs.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A float.
    Float(f64),
    /// An amount in the major unit of its currency; the currency belongs into a column of its own.
    Money(Money),
    /// A day.
    Day(Day),
    /// A point in time, in UTC.
    At(Instant),
}

impl Cell {
    /// The same, or an empty cell for `None`.
    pub fn or_empty<T: Into<Self>>(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Makes cells of plain values.
macro_rules! cells {
    ($($type:ty => $variant:ident;)*) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

cells! {
    String => Text;
    &str => Text;
    i64 => Int;
    f64 => Float;
    Money => Money;
    Day => Day;
    Instant => At;
}

/// A file that is being written.
pub struct Export {
    writer: Writer,
    file: String,
}

enum Writer {
    Csv(Box<csv::Writer>),
    Xlsx(Box<xlsx::Writer>),
}

impl Export {
    /// Begins a file called `name` (without an ending) with a row of headings.
    pub fn begin(format: Format, name: &str, headings: &[&str]) -> Answer<Self> {
        let (writer, ending) = match format {
            Format::Csv => (Writer::Csv(Box::new(csv::Writer::begin(headings)?)), "csv"),
            Format::Xlsx => (Writer::Xlsx(Box::new(xlsx::Writer::begin(headings)?)), "xlsx"),
        };
        Ok(Self { writer, file: format!("{name}.{ending}") })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// 422 `export_too_long` when a workbook has no room for it; 507 when the disk is full.
    pub fn row(&mut self, cells: &[Cell]) -> Answer<()> {
        match &mut self.writer {
            Writer::Csv(writer) => writer.row(cells),
            Writer::Xlsx(writer) => writer.row(cells),
        }
    }

    /// Ends the file and gives it, to be read from its start: for the command line.
    pub fn into_file(self) -> Answer<std::fs::File> {
        let mut file = match self.writer {
            Writer::Csv(writer) => writer.finish()?,
            Writer::Xlsx(writer) => writer.finish()?,
        };
        std::io::Seek::rewind(&mut file).map_err(disk)?;
        Ok(file)
    }

    /// Ends the file and sends it as a download.
    pub async fn finish(self) -> Answer<Response<Body>> {
        let (file, kind) = match self.writer {
            Writer::Csv(writer) => (writer.finish()?, "text/csv; charset=utf-8"),
            Writer::Xlsx(writer) => (
                // Packing a workbook keeps a processor busy for seconds.
                tokio::task::spawn_blocking(|| writer.finish()).await.map_err(Problem::internal)??,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
        };
        spool::send(file, &self.file, kind)
    }
}

/// `text` as no spreadsheet runs it.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// An amount in the major unit as decimal text: `12000`, `-3.05`.
pub fn decimal(money: Money) -> String {
    let decimals = money.currency.decimals() as usize;
    let digits = format!("{:0width$}", money.amount_minor.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if money.amount_minor < 0 { "-" } else { "" };
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

fn disk(error: std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::StorageFull => store::Error::Full.into(),
        _ => Problem::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    #[test]
    fn what_would_run_as_a_formula_gets_an_apostrophe() {
        for bad in ["=1+1", "+82 10", "-2", "@sum", "\tx", "\rx", "\0x"] {
            assert_eq!(harmless(bad), format!("'{bad}"));
        }
        assert_eq!(harmless("홍=길동"), "홍=길동");
    }

    #[test]
    fn amounts_are_written_in_the_major_unit() {
        assert_eq!(decimal(Money::new(Currency::KRW, -12_000)), "-12000");
        assert_eq!(decimal(Money::new(Currency::USD, -5)), "-0.05");
        assert_eq!(decimal(Money::new(Currency::GBP, 12_345)), "123.45");
    }
}
