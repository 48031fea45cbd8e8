//! A file as a stream of records, by a plan.

use kernel::resident;
use std::collections::VecDeque;
use std::path::Path;

use crate::customer::{Customer, CustomerReader};
use crate::fault::{FileFault, FileFaultCode, Notice, NoticeCode, RowFault, RowFaultCode};
use crate::header;
use crate::input::{self, BytesRead, Shape};
use crate::interpret::{Draft, Interpreter};
use crate::order;
use crate::plan::{Field, Plan, Source};
use crate::record::{Currency, Record};
use crate::row::{Row, Rows, Step};
use crate::table;

/// Rows of one order that are held until it is complete; a longer order is settled in parts.
const MAX_ORDER_ROWS: usize = 5_000;

/// What comes out of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line of an order.
    Record(Box<Record>),
    /// A customer of a list of customers.
    Customer(Box<Customer>),
    /// A row that was set aside.
    Fault(RowFault),
    /// Something to tell that stops nothing.
    Notice(Notice),
}

/// Rows that a program told, as a file of the same shop would hold them.
#[derive(Debug)]
pub struct Told<'t> {
    /// Whose rules apply.
    pub source: Source,
    /// The columns' names.
    pub columns: &'t [&'static str],
    /// What columns mean that files of the source do not have.
    pub more: &'t [(Field, &'static str)],
    /// The rows, a cell a column.
    pub rows: Vec<Vec<String>>,
    /// The currency of rows that name none.
    pub currency: &'t str,
    /// The zone of times without an offset.
    pub zone: &'t str,
}

/// Rows in memory.
struct TheRows(std::vec::IntoIter<Vec<String>>);

impl Rows for TheRows {
    fn next(&mut self, row: &mut Row) -> Result<Step, FileFault> {
        let Some(cells) = self.0.next() else { return Ok(Step::End) };
        row.start(row.line + 1);
        cells.iter().for_each(|cell| row.push(cell));
        Ok(Step::Row)
    }
}

/// The records of a file, in its order. Memory stays flat whatever the file's size.
pub struct Records {
    rows: Box<dyn Rows>,
    row: Row,
    interpreter: Interpreter,
    /// What reads the rows where they are customers.
    customers: Option<CustomerReader>,
    columns: Vec<String>,
    header_line: u64,
    forbidden: Vec<usize>,
    keys: [Option<usize>; 2],
    is_text: bool,
    order: Vec<Draft>,
    queue: VecDeque<Item>,
    ended: bool,
    bytes: BytesRead,
    size: u64,
}

impl Records {
    /// Opens a file by a plan. Whatever is wrong with the file as a whole is said here, before the first record.
    pub fn open(path: &Path, plan: &Plan, password: Option<&str>) -> Result<Self, FileFault> {
        let shape = input::shape(path)?;
        input::refuse_bomb(path, shape)?;
        let is_text = matches!(shape, Shape::Text | Shape::GzippedText);
        let columns = Columns::find(path, shape, plan, password)?;
        let zone = plan.checked(columns.names.len())?;
        let currency = Currency::parse(&plan.currency).ok_or_else(|| FileFault::new(FileFaultCode::Plan))?;
        let folded: Vec<String> = columns.names.iter().map(|name| header::folded(name)).collect();
        let interpreter = Interpreter::new(plan, zone, currency, &folded);
        let bytes = BytesRead::default();
        let rows = table::open(path, shape, plan.encoding, plan.delimiter, password, bytes.clone())?;
        let forbidden: Vec<usize> =
            (0..folded.len()).filter(|at| header::is_forbidden(&folded[*at])).collect();
        let mut records = Self {
            rows,
            row: Row::default(),
            keys: [interpreter.column(Field::Order), interpreter.column(Field::Line)],
            customers: plan.source.is_of_customers().then(|| CustomerReader::new(plan, &columns.names)),
            interpreter,
            header_line: columns.header_line,
            columns: columns.names,
            forbidden,
            is_text,
            order: Vec::new(),
            queue: VecDeque::new(),
            ended: false,
            bytes,
            size: input::size(path)?,
        };
        records.tell_forbidden_columns();
        Ok(records)
    }

    /// Rows that no file holds, because a program told them: read as if they stood in a file of `source` under `columns`.
    /// `more` says what columns mean that files of the source do not have.
    pub fn told(told: Told<'_>) -> Result<Self, FileFault> {
        let columns: Vec<String> = told.columns.iter().map(|name| (*name).to_owned()).collect();
        let folded: Vec<String> = columns.iter().map(|name| header::folded(name)).collect();
        let mut mapping = crate::sources::preset(told.source).mapping(&folded);
        for (field, name) in told.more {
            let at = columns.iter().position(|column| column == name);
            mapping.extend(at.map(|at| (*field, at)));
        }
        let plan = Plan {
            encoding: crate::plan::Encoding::Utf8,
            delimiter: crate::plan::Delimiter::Comma,
            source: told.source,
            account: String::new(),
            header: false,
            mapping,
            own: Default::default(),
            currency: told.currency.to_owned(),
            zone: told.zone.to_owned(),
            date_order: Some(crate::plan::DateOrder::Ymd),
        };
        let zone = plan.checked(columns.len())?;
        let currency = Currency::parse(&plan.currency).ok_or_else(|| FileFault::new(FileFaultCode::Plan))?;
        let interpreter = Interpreter::new(&plan, zone, currency, &folded);
        Ok(Self {
            rows: Box::new(TheRows(told.rows.into_iter())),
            row: Row::default(),
            keys: [interpreter.column(Field::Order), interpreter.column(Field::Line)],
            customers: None,
            interpreter,
            columns,
            header_line: 0,
            forbidden: Vec::new(),
            is_text: false,
            order: Vec::new(),
            queue: VecDeque::new(),
            ended: false,
            bytes: BytesRead::default(),
            size: 0,
        })
    }

    /// The columns' names; their numbers from 1 where there is no header.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How much of the file has been read, 0 to 1; 0 for a workbook until its end.
    pub fn progress(&self) -> f64 {
        let read = if self.ended { self.size } else { self.bytes.get() };
        (read as f64 / self.size.max(1) as f64).min(1.0)
    }

    fn tell_forbidden_columns(&mut self) {
        if !self.forbidden.is_empty() {
            let columns = self.forbidden.iter().map(|at| self.columns[*at].clone()).collect();
            let notice = Notice { line: self.header_line.max(1), code: NoticeCode::ForbiddenColumn, columns };
            self.queue.push_back(Item::Notice(notice));
        }
    }

    /// Reads one row and puts what comes of it into the queue.
    fn advance(&mut self) -> Result<(), FileFault> {
        match self.rows.next(&mut self.row)? {
            Step::End => {
                self.settle_order();
                self.ended = true;
                self.bytes.set(self.size);
            }
            Step::Fault(fault) if fault.line <= self.header_line => {}
            Step::Fault(fault) => self.set_aside(fault),
            Step::Row if self.row.line <= self.header_line => {}
            Step::Row => self.take_row(),
        }
        Ok(())
    }

    fn take_row(&mut self) {
        self.drop_forbidden();
        if self.row.is_blank() {
            return;
        }
        if let Some(fault) = self.ragged() {
            return self.set_aside(fault);
        }
        if let Some(customers) = &self.customers {
            match customers.read(&self.row) {
                Err(fault) => self.queue.push_back(Item::Fault(fault)),
                Ok((customer, notices)) => {
                    self.queue.extend(notices.into_iter().map(Item::Notice));
                    self.queue.push_back(Item::Customer(Box::new(customer)));
                }
            }
            return;
        }
        match self.interpreter.read(&mut self.row) {
            Err(fault) => self.queue.push_back(Item::Fault(fault)),
            Ok(draft) if self.interpreter.is_grouped() => self.join_order(draft),
            Ok(draft) => {
                let records = order::settle_row(draft).map(|record| Item::Record(Box::new(record)));
                self.queue.extend(records);
            }
        }
    }

    /// In a row that was not cut into its columns a forbidden cell could stand anywhere: nothing of it is kept.
    fn set_aside(&mut self, mut fault: RowFault) {
        if !self.forbidden.is_empty() {
            fault.raw.clear();
        }
        self.queue.push_back(Item::Fault(fault));
    }

    /// A row of text has as many cells as the header; empty ones at the end do not count. A workbook leaves empty
    /// cells out, so its rows cannot be ragged.
    fn ragged(&self) -> Option<RowFault> {
        let (expected, found) = (self.columns.len(), self.row.len());
        let surplus = (expected..found).any(|at| !self.row.cell(at).is_empty());
        let is_ragged = self.is_text && (found < expected || surplus);
        is_ragged.then(|| {
            let fault = RowFault::new(self.row.line, RowFaultCode::Ragged).raw(&self.row.as_csv());
            fault.with("expected", expected).with("found", found)
        })
    }

    fn drop_forbidden(&mut self) {
        // Keys of orders look like resident numbers now and then; without them orders would run together.
        let is_key = |at: usize| self.keys.contains(&Some(at));
        let has_number = |(at, cell): (usize, &str)| {
            !is_key(at) && resident::find(cell).is_some() && !resident::is_barcode(cell)
        };
        let found: Vec<usize> = (self.row.cells().enumerate())
            .filter(|(at, cell)| cell.len() >= 13 && has_number((*at, cell)))
            .map(|(at, _)| at)
            .collect();
        if found.is_empty() && self.forbidden.is_empty() {
            return;
        }
        let forbidden = &self.forbidden;
        self.row.rewrite(|at, cell| match at {
            at if forbidden.contains(&at) => Some(String::new()),
            at if found.contains(&at) => Some(resident::without(cell).into_owned()),
            _ => None,
        });
        let found: Vec<usize> = found.into_iter().filter(|at| !forbidden.contains(at)).collect();
        if !found.is_empty() {
            let name = |at: &usize| self.columns.get(*at).cloned().unwrap_or_else(|| (at + 1).to_string());
            let columns = found.iter().map(name).collect();
            let notice = Notice { line: self.row.line, code: NoticeCode::ResidentNumber, columns };
            self.queue.push_back(Item::Notice(notice));
        }
    }

    fn join_order(&mut self, draft: Draft) {
        let same = self
            .order
            .last()
            .is_some_and(|last| draft.sale.order_no.is_some() && last.sale.order_no == draft.sale.order_no);
        if !same || self.order.len() >= MAX_ORDER_ROWS {
            self.settle_order();
        }
        self.order.push(draft);
    }

    fn settle_order(&mut self) {
        let records = order::settle_order(std::mem::take(&mut self.order));
        self.queue.extend(records.into_iter().map(|record| Item::Record(Box::new(record))));
    }
}

impl Iterator for Records {
    type Item = Result<Item, FileFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                return Some(Ok(item));
            }
            if self.ended {
                return None;
            }
            if let Err(fault) = self.advance() {
                self.ended = true;
                return Some(Err(fault));
            }
        }
    }
}

/// The columns of a file and the line they stand on (0 without a header).
struct Columns {
    names: Vec<String>,
    header_line: u64,
}

impl Columns {
    fn find(path: &Path, shape: Shape, plan: &Plan, password: Option<&str>) -> Result<Self, FileFault> {
        let head = table::head(path, shape, plan.encoding, plan.delimiter, password)?;
        let undecodable = head.faults.iter().find(|fault| fault.code == RowFaultCode::BadText);
        let (first_row, fault_line) =
            (head.rows.first().map(|row| row.line), undecodable.map(|fault| fault.line));
        let header = if plan.header { head.header_row().or(head.rows.first()) } else { None };
        let start = header.map(|row| row.line).or(first_row);
        if let Some(line) = fault_line.filter(|line| start.is_none_or(|start| *line <= start)) {
            return Err(table::wrong_encoding(plan.encoding, line));
        }
        if head.rows.is_empty() && head.faults.is_empty() {
            return Err(FileFault::new(FileFaultCode::Empty));
        }
        match header {
            Some(row) => {
                header::refuse_duplicates(row)?;
                Ok(Self { names: header::names(row, head.width(Some(row))), header_line: row.line })
            }
            None => Ok(Self { names: header::numbers(head.width(None)), header_line: 0 }),
        }
    }
}
