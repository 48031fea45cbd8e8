//! Real data, which lies beside the repository and is never part of it.

use std::path::PathBuf;

/// The file `name` of the real data; `None`, and a line that says so, where it is missing.
pub fn file(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    println!("left out: {name}, because {} is not there", path.display());
    None
}
