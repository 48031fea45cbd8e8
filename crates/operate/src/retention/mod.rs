//! Retention: what is kept for how long, its destruction each night, and the report of it.
//!
//! The law asks to destroy personal data without delay when its purpose or period ends, beyond recovery (Korea's Personal
//! Information Protection Act, article 21), and to be able to show it: what, how much, when, how, on whose decision.
//!
//! Invariants:
//! - Nothing is destroyed that nobody set a period for.
//! - A destruction and its line in the report are one transaction; the report holds counts, never what was destroyed.
//! - What other parts need stays: orders, the log, facts, the audit log. What goes is the copy of what was read or sent.

mod api;
mod job;
mod store;

use kernel::Instant;
use serde::{Deserialize, Serialize};

/// The name of the setting.
const SETTING: &str = "retention";
/// Days a period may have at most: a century.
const LONGEST: u32 = 36_525;

pub(crate) fn register(registry: &mut web::Registry) {
    api::register(registry);
    registry.work(job::Destroy);
    registry.timer(job::Nightly);
    registry.starter(job::Nightly);
}

/// How many days each kind is kept; nothing keeps it until it is deleted by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Periods {
    /// Rows of imported files as they stood there, from the end of the import.
    pub raw_rows: Option<u32>,
    /// Rows of lists of customers as they stood there, from the end of the import.
    pub customer_rows: Option<u32>,
    /// Rows that could not be read, from the end of the import.
    pub import_faults: Option<u32>,
    /// What was made ready of one person for them to take, from when it was; the proof of it stays.
    pub exports: Option<u32>,
    /// What was sent, from when it was.
    pub sent: Option<u32>,
    /// Jobs that have ended.
    pub jobs: Option<u32>,
    /// Who decided so last; written by the program.
    #[schema(value_type = Option<String>)]
    pub approved_by: Option<kernel::Id<kernel::kinds::User>>,
}

/// A kind of data with a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    RawRows,
    CustomerRows,
    ImportFaults,
    Exports,
    Sent,
    Jobs,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::RawRows, Self::CustomerRows, Self::ImportFaults, Self::Exports, Self::Sent, Self::Jobs];

    /// Its name in the report.
    pub const fn text(self) -> &'static str {
        match self {
            Self::RawRows => "raw_rows",
            Self::CustomerRows => "customer_rows",
            Self::ImportFaults => "import_faults",
            Self::Exports => "exports",
            Self::Sent => "sent",
            Self::Jobs => "jobs",
        }
    }

    /// Its period.
    pub const fn days(self, periods: &Periods) -> Option<u32> {
        match self {
            Self::RawRows => periods.raw_rows,
            Self::CustomerRows => periods.customer_rows,
            Self::ImportFaults => periods.import_faults,
            Self::Exports => periods.exports,
            Self::Sent => periods.sent,
            Self::Jobs => periods.jobs,
        }
    }
}

/// What is older has ended its period.
fn ended_before(now: Instant, days: u32) -> Instant {
    now.plus(-i64::from(days) * Instant::DAY)
}
