//! Every loop, page, batch, queue and upload has a named limit.

/// Rows of a list page when the caller does not say.
pub const PAGE_ROWS: i64 = 50;
/// Rows of a list page at the most.
pub const PAGE_ROWS_MAX: i64 = 500;
/// Cards on Today at the most; the rest stand behind "more".
pub const TODAY_CARDS: usize = 7;
/// People named on a card.
pub const CARD_PEOPLE: usize = 5;
/// Bytes of a JSON request.
pub const REQUEST_BYTES: usize = 1024 * 1024;
/// Bytes of an uploaded file.
pub const UPLOAD_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Characters of a memo.
pub const NOTE_CHARS: usize = 4_000;
/// Characters of a name.
pub const NAME_CHARS: usize = 200;
/// Amounts outside ±(2^53 − 1) minor units are refused: JSON readers would round them.
pub const AMOUNT_MAX: i64 = 9_007_199_254_740_991;
/// Interactions a reaction reads at a time.
pub const REACTION_BATCH: i64 = 5_000;
/// Times a reaction tries one interaction before it parks it.
pub const REACTION_TRIES: i64 = 3;
/// Writes that share one commit.
pub const GROUP_COMMIT_WRITES: usize = 256;
/// Microseconds a group of writes stays open.
pub const GROUP_COMMIT_MICROS: u64 = 2_000;
/// Writes that may wait for the writer in one lane.
pub const WRITER_QUEUE: usize = 1_024;
/// Seconds a job's or reaction's lease lasts without being renewed.
pub const LEASE_SECONDS: i64 = 30;
/// Members of a `values` list in one statement, in parameters: far below what both engines take (SQLite 32,766,
/// PostgreSQL 65,535), because longer statements are no quicker and a kept one takes memory for each member.
pub const STATEMENT_PARAMETERS: usize = 2_000;
/// Rows of an export at the most for a workbook (an Excel sheet has 1,048,576).
pub const WORKBOOK_ROWS: usize = 1_048_575;
