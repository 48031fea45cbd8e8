//! What every part of Dangol shares: ids, money, days, contacts, clocks, chance and limits.
//!
//! Nothing here does I/O. Time and chance are handed in as [`Clock`] and [`Chance`], so that a whole company
//! can be simulated in a test and a failing seed replays.

mod chance;
mod clock;
pub mod contact;
#[cfg(feature = "sqlx")]
mod database;
mod day;
mod id;
mod instant;
pub mod limits;
mod locale;
mod money;
mod registration;
pub mod resident;
mod text;

pub use chance::{Chance, OsChance, SeededChance};
pub use clock::{Clock, FakeClock, ShiftedClock, SystemClock};
pub use day::{Day, Month, NotADay};
pub use id::{Id, IdSource, Kind, NotAnId, kinds};
pub use instant::Instant;
pub use locale::Locale;
pub use money::{Currency, Money, NotACurrency};
pub use registration::{Form, Registration};
pub use text::{composed, one_line};
