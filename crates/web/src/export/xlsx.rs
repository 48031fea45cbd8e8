//! Workbooks, row by row in constant memory.

use super::{Cell, disk, harmless};
use crate::{Answer, Problem};
use jiff::civil::Date;
use kernel::{Day, limits};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use std::fs::File;

/// Characters of a cell at most.
const CELL_CHARS: usize = 32_767;

/// A workbook that is being written.
pub(super) struct Writer {
    book: Workbook,
    day: Format,
    next: u32,
}

impl Writer {
    pub fn begin(headings: &[&str]) -> Answer<Self> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(fault)?;
        for (column, heading) in (0_u16..).zip(headings) {
            sheet.write(0, column, *heading).map_err(fault)?;
        }
        Ok(Self { book, day: Format::new().set_num_format("yyyy-mm-dd"), next: 1 })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Answer<()> {
        if self.next as usize > limits::WORKBOOK_ROWS {
            return Err(Problem::invalid("export_too_long").with("rows", limits::WORKBOOK_ROWS));
        }
        let row = self.next;
        self.next += 1;
        let sheet = self.book.worksheet_from_index(0).map_err(fault)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Empty => continue,
                Cell::Text(text) => sheet.write(row, column, fitted(text)),
                Cell::Int(number) => sheet.write(row, column, *number as f64),
                Cell::Float(number) => sheet.write(row, column, *number),
                Cell::Money(money) => {
                    let unit = 10_f64.powi(money.currency.decimals().cast_signed());
                    sheet.write(row, column, money.amount_minor as f64 / unit)
                }
                Cell::Day(day) => sheet.write_with_format(row, column, &excel_day(*day)?, &self.day),
                Cell::At(at) => sheet.write(row, column, at.to_string()),
            }
            .map_err(fault)?;
        }
        Ok(())
    }

    pub fn finish(mut self) -> Answer<File> {
        let mut file = tempfile::tempfile().map_err(disk)?;
        self.book.save_to_writer(&mut file).map_err(fault)?;
        Ok(file)
    }
}

fn fitted(text: &str) -> String {
    harmless(text).chars().take(CELL_CHARS).collect()
}

/// Workbooks know no day before 1900: such a day is a fault of the source and becomes that first one.
fn excel_day(day: Day) -> Answer<ExcelDateTime> {
    let date: Date = day.date().max(jiff::civil::date(1900, 1, 1));
    let [month, day] = [date.month(), date.day()].map(|part| part.unsigned_abs());
    ExcelDateTime::from_ymd(date.year().unsigned_abs(), month, day).map_err(fault)
}

fn fault(error: XlsxError) -> Problem {
    match error {
        XlsxError::IoError(error) => disk(error),
        other => Problem::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Seek};

    #[test]
    fn a_workbook_is_written_row_by_row() {
        let mut writer = Writer::begin(&["이름", "날"]).unwrap();
        writer.row(&[Cell::Text("=1+1".into()), Cell::Day(Day::from_epoch(20_000))]).unwrap();
        let mut file = writer.finish().unwrap();
        file.rewind().unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        // A zip container whose sheet was deflated: what is inside is checked with a reader in the stories.
        assert_eq!(&bytes[..4], b"PK\x03\x04");
    }

    #[test]
    fn a_cell_takes_what_fits_and_text_never_begins_a_formula() {
        assert_eq!(fitted("=1+1"), "'=1+1");
        assert_eq!(fitted(&"가".repeat(40_000)).chars().count(), CELL_CHARS);
    }
}
