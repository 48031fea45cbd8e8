//! Reading order files: what kind of file it is, which shop wrote it, and its rows as records.
//!
//! [`probe`] looks at a file and suggests a [`Plan`]; a person may change it; [`Records`] then streams the file's
//! lines as [`Record`]s, with [`RowFault`]s for rows that are set aside. Nothing here knows of databases.
//!
//! Invariants:
//! - Memory stays flat: no file, line, cell or workbook makes it grow with its size.
//! - A [`FileFault`] that concerns the file as a whole comes from [`probe`] or [`Records::open`], before any record.
//! - Sources are recognised by the set of their column names, never by position.
//! - Resident registration numbers and the columns made for them never leave this crate.
//! - Amounts are integers in minor units, worked out without floats.

mod customer;
mod delimited;
mod fault;
mod header;
mod input;
mod interpret;
mod order;
mod plan;
mod probe;
mod record;
mod records;
mod row;
mod sources;
mod table;
mod text;
mod values;
mod workbook;
mod workbook_guard;

pub use customer::{Address, Channel, Customer, answer};
pub use fault::{FileFault, FileFaultCode, Notice, NoticeCode, RAW_SHOWN, RowFault, RowFaultCode};
pub use header::folded;
pub use plan::{
    DateOrder, Delimiter, Encoding, Field, Mapping, NotAMapping, Plan, PlanProblem, Source, parse_mapping,
};
pub use probe::{Guess, Kind, Probe, date_order, probe, probe_as};
pub use record::{Currency, ORDER_REFUND, Record, Stands, refund_of};
pub use records::{Item, Records, Told};
pub use table::verify;
pub use values::birthday::Birthday;
pub use values::when::DateLook;

/// The number that a cell holds, as shops write numbers: `1,234.5`, `₩12,000`. Nothing where it is none.
pub fn number(text: &str) -> Option<f64> {
    values::money::number(text, None).ok().flatten().map(values::decimal::Decimal::nearest)
}

/// The day of the solar calendar that a cell holds, its year first: `2019-05-18`, `2019.5.18`, `20190518`.
pub fn day(text: &str) -> Option<jiff::civil::Date> {
    let day = values::birthday::read(text).filter(|day| !day.lunar)?;
    jiff::civil::Date::new(day.year?, day.month, day.day).ok()
}

/// Whether a text holds a resident registration number, which the law forbids keeping.
pub fn has_resident_number(text: &str) -> bool {
    kernel::resident::find(text).is_some()
}
