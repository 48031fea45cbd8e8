//! Reading order files.
