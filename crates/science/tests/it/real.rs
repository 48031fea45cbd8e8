//! Where the real data sets lie, and what is said when they do not.

use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::PathBuf;

/// The text of a data file, unpacked if its name ends in `.gz`. Says what is left out and returns `None` where the
/// folder `../shared/data` beside the repository (or `DANGOL_DATA_DIR`) does not have it; fails there with
/// `DANGOL_REQUIRE_DATA=1`.
pub fn text(name: &str) -> Option<String> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("DANGOL_DATA_DIR").map_or_else(beside, PathBuf::from);
    let path = folder.join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        let required = std::env::var_os("DANGOL_REQUIRE_DATA").is_some_and(|set| set == "1");
        assert!(!required, "DANGOL_REQUIRE_DATA=1, but {} is absent", path.display());
        eprintln!("left out: {} is absent", path.display());
        return None;
    };
    let mut unpacked = Vec::new();
    if name.ends_with(".gz") {
        MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).expect("a data file unpacks");
    } else {
        unpacked = bytes;
    }
    Some(String::from_utf8_lossy(&unpacked).into_owned())
}
