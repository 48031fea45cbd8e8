//! Whether inputs changed since something was made from them.
//!
//! The stamp is a hash of names and contents, so that a fresh checkout of the same files counts as unchanged and a
//! touched file does not count as changed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// The inputs of one thing that is made, and the file that remembers them.
pub struct Stamp {
    file: PathBuf,
    hash: String,
}

impl Stamp {
    /// Reads all `inputs` (files, or folders with everything in them; missing ones count as empty) below `base`.
    pub fn of(base: &Path, inputs: &[&str], file: &str) -> Result<Stamp> {
        let mut hash = Fnv::default();
        for input in inputs {
            hash_path(&base.join(input), &mut hash).with_context(|| format!("cannot read {input}"))?;
        }
        Ok(Stamp { file: base.join(file), hash: format!("{:016x}\n", hash.0) })
    }

    /// Whether the inputs are those remembered.
    pub fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|remembered| remembered == self.hash)
    }

    /// Remembers the inputs; the folder of the stamp exists when what it speaks of has been made.
    pub fn remember(&self) -> Result<()> {
        fs::write(&self.file, &self.hash).with_context(|| format!("cannot write {}", self.file.display()))
    }
}

/// FNV-1a with 64 bits.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        self.0 = bytes.iter().fold(self.0, step);
    }
}

fn hash_path(path: &Path, hash: &mut Fnv) -> io::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| hash_path(entry, hash));
    }
    hash.add(path.file_name().unwrap_or_default().as_encoded_bytes());
    if path.exists() {
        hash.add(&fs::read(path)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_a_new_and_a_renamed_file_are_noticed() -> Result<()> {
        let base = std::env::temp_dir().join(format!("dangol-stamp-{}", std::process::id()));
        fs::create_dir_all(base.join("src"))?;
        let stamp = || Stamp::of(&base, &["src", "missing"], "stamp");
        fs::write(base.join("src/a"), "1")?;
        assert!(!stamp()?.is_fresh(), "nothing was remembered yet");
        stamp()?.remember()?;
        assert!(stamp()?.is_fresh());
        fs::write(base.join("src/a"), "2")?;
        assert!(!stamp()?.is_fresh());
        fs::write(base.join("src/a"), "1")?;
        assert!(stamp()?.is_fresh(), "the same content again");
        fs::rename(base.join("src/a"), base.join("src/b"))?;
        assert!(!stamp()?.is_fresh());
        fs::remove_dir_all(base)?;
        Ok(())
    }
}
