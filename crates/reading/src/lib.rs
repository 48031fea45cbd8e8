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

pub use customer::{Address, Channel, Customer};
pub use fault::{FileFault, FileFaultCode, Notice, NoticeCode, RAW_SHOWN, RowFault, RowFaultCode};
pub use header::folded;
pub use plan::{
    DateOrder, Delimiter, Encoding, Field, Mapping, NotAMapping, Plan, PlanProblem, Source, parse_mapping,
};
pub use probe::{Guess, Kind, Probe, date_order, probe, probe_as};
pub use record::{Currency, Record};
pub use records::{Item, Records, Told};
pub use table::verify;
pub use values::birthday::Birthday;
pub use values::when::DateLook;

/// Whether a text holds a resident registration number, which the law forbids keeping.
pub fn has_resident_number(text: &str) -> bool {
    values::resident::find(text).is_some()
}
