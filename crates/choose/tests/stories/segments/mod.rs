//! Segments.

mod cells;
mod crowd;
mod differential;
mod lists;
mod live;
mod members;
mod saved;
