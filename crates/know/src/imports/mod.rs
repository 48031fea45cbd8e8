//! Imports of files.
