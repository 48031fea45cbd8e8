//! One row of a table as text cells, whatever the file was, and the trait its readers share.

use crate::fault::{FileFault, RowFault};

/// A row in a buffer that is used again for the next one.
#[derive(Debug, Default, Clone)]
pub(crate) struct Row {
    /// The line where it begins, from 1; the row number in a workbook.
    pub line: u64,
    text: String,
    ends: Vec<usize>,
    /// The row as it stood in the file; empty where there is no such text (a workbook).
    pub raw: String,
}

impl Row {
    pub fn start(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.raw.clear();
    }

    pub fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Cell by index, trimmed; empty beyond the last.
    pub fn cell(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else { return "" };
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        let cell = trimmed(&self.text[start..end]);
        // `="010"` is how exports keep spreadsheets from turning text into a number.
        let quoted = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
        quoted.unwrap_or(cell)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.cell(index))
    }

    pub fn is_blank(&self) -> bool {
        self.cells().all(str::is_empty)
    }

    /// Replaces cells and drops the text as it stood in the file, which still holds what was replaced.
    pub fn rewrite(&mut self, mut change: impl FnMut(usize, &str) -> Option<String>) {
        let cells: Vec<String> = self
            .cells()
            .enumerate()
            .map(|(at, cell)| change(at, cell).unwrap_or_else(|| cell.into()))
            .collect();
        let line = self.line;
        self.start(line);
        cells.iter().for_each(|cell| self.push(cell));
        self.raw = self.as_csv();
    }

    /// The cells as one line of CSV.
    pub fn as_csv(&self) -> String {
        let mut out = String::with_capacity(self.text.len() + self.ends.len());
        for (index, cell) in self.cells().enumerate() {
            if index > 0 {
                out.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(cell);
            }
        }
        out
    }
}

/// Without blanks, marks of byte order and no-break spaces at either end.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}')
}

/// What a reader found.
pub(crate) enum Step {
    /// The row is filled.
    Row,
    /// A row that was set aside.
    Fault(RowFault),
    /// No more rows.
    End,
}

/// A table, row by row.
pub(crate) trait Rows: Send {
    /// Fills `row` with the next one that is not empty.
    fn next(&mut self, row: &mut Row) -> Result<Step, FileFault>;
}
