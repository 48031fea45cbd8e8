//! Real data, which lies beside the repository and is never part of it.

use std::path::PathBuf;

/// The file `name` of the real data; `None`, and a line that says so, where it is missing, a failure with
/// `DANGOL_REQUIRE_DATA=1`.
pub fn file(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var_os("DANGOL_REQUIRE_DATA").is_some_and(|set| set == "1");
    assert!(!required, "DANGOL_REQUIRE_DATA=1, but {} is not there", path.display());
    println!("left out: {name}, because {} is not there", path.display());
    None
}
