//! CSV (RFC 4180): UTF-8 with a byte order mark, lines that end in CR LF.

use super::{Cell, decimal, disk, harmless};
use crate::{Answer, Problem};
use std::fs::File;
use std::io::{BufWriter, Write};

/// A CSV file that is being written.
pub(super) struct Writer(::csv::Writer<BufWriter<File>>);

impl Writer {
    pub fn begin(headings: &[&str]) -> Answer<Self> {
        let mut file = BufWriter::new(tempfile::tempfile().map_err(disk)?);
        file.write_all("\u{feff}".as_bytes()).map_err(disk)?;
        let terminator = ::csv::Terminator::CRLF;
        let mut writer = ::csv::WriterBuilder::new().terminator(terminator).from_writer(file);
        writer.write_record(headings).map_err(fault)?;
        Ok(Self(writer))
    }

    pub fn row(&mut self, cells: &[Cell]) -> Answer<()> {
        for cell in cells {
            self.0.write_field(text(cell)).map_err(fault)?;
        }
        self.0.write_record(None::<&[u8]>).map_err(fault)
    }

    pub fn finish(self) -> Answer<File> {
        let buffered = self.0.into_inner().map_err(|error| disk(error.into_error()))?;
        buffered.into_inner().map_err(|error| disk(error.into_error()))
    }
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text).into_owned(),
        Cell::Int(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Money(money) => decimal(*money),
        Cell::Day(day) => day.to_string(),
        Cell::At(at) => at.to_string(),
    }
}

fn fault(error: ::csv::Error) -> Problem {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => disk(error),
        other => Problem::internal(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Currency, Money};
    use std::io::{Read, Seek};

    #[test]
    fn a_file_begins_with_the_mark_and_keeps_numbers_numbers() {
        let mut writer = Writer::begin(&["이름", "금액"]).unwrap();
        let owed = Cell::Money(Money::new(Currency::KRW, -500));
        writer.row(&[Cell::Text("=cmd()".into()), owed]).unwrap();
        writer.row(&[Cell::Text("홍, \"길동\"".into()), Cell::Empty]).unwrap();
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "\u{feff}이름,금액\r\n'=cmd(),-500\r\n\"홍, \"\"길동\"\"\",\r\n");
    }
}
