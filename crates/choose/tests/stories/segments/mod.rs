//! Segments.

mod crowd;
mod differential;
mod live;
mod members;
mod saved;
