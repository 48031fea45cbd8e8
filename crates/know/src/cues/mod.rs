//! Cues in memos: occasions with their day, for which a follow-up is proposed; and what may not be kept at all.
//!
//! "아들 졸업식 2월 10일" becomes a graduation on 10 February, to be congratulated on at the next visit. The words stand in
//! `words/{ko,en}`, one list a language, both read whatever the language of the interface: memos are mixed.
//!
//! Invariants:
//! - Reading is pure: the same text on the same day gives the same cues.
//! - A cue is a proposal; nothing is kept before a person says so.
//! - What [`sensitive`] finds is never kept, and is named by its category and its word so that it can be left out.

mod dates;
mod occasions;
mod sensitive;
mod words;

pub use dates::next_yearly;
pub use occasions::{Cue, OCCASIONS, Plan, cues};
pub use sensitive::{Found, sensitive, sensitive_heading};
