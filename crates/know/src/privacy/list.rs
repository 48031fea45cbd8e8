//! The list of those who were erased, as a file beside the database: what a restored backup does not know.
//!
//! A line is an erasure: its id, its instant, the salt, and the hashes of the record's numbers and contacts. It says who
//! was erased to whoever has that person's data, and nothing to anybody else.
//!
//! Invariants:
//! - Lines are only added. What the database knows and the file does not is added at the next erasure and at each start.
//! - A file that cannot be written is noticed before anybody is erased.

use super::salt::Salt;
use super::store;
use ::store::{Db, Error, Result};
use kernel::Instant;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Its name, beside the database.
pub const FILE: &str = "erased.list";
/// Its first line.
const HEAD: &str =
    "# Dangol: who was erased, as salted hashes. Keep it apart from the backups: a restore asks for it.";

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The erasure's id, as text.
    pub id: String,
    /// When.
    pub at: Instant,
    /// What its hashes are made with.
    pub salt: Salt,
    /// The hashes of the record's numbers.
    pub parties: BTreeSet<String>,
    /// The hashes of their contacts.
    pub contacts: BTreeSet<String>,
}

impl Line {
    /// The line as it stands in the file.
    pub fn text(&self) -> String {
        let joined = |hashes: &BTreeSet<String>| hashes.iter().cloned().collect::<Vec<_>>().join(",");
        let Self { id, at, salt, parties, contacts } = self;
        format!("{id} {} {} {} {}", at.micros(), salt.0, dashed(joined(parties)), dashed(joined(contacts)))
    }

    /// What a line says; nothing of one that is no erasure.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split_ascii_whitespace();
        let mut next = || parts.next();
        let (id, at, salt, parties, contacts) = (next()?, next()?, next()?, next()?, next()?);
        let hashes = |text: &str| text.split(',').filter(|hash| *hash != "-").map(str::to_owned).collect();
        Some(Self {
            id: id.to_owned(),
            at: Instant::from_micros(at.parse().ok()?),
            salt: Salt(salt.to_owned()),
            parties: hashes(parties),
            contacts: hashes(contacts),
        })
    }
}

fn dashed(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}

/// The lines of a file.
///
/// # Errors
/// When it cannot be read, or a line says nothing that is known: a list that was cut must not pass for a whole one.
pub fn read(path: &Path) -> Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| {
            Line::parse(line).ok_or_else(|| {
                Error::Refused(format!(
                    "line {} of {} cannot be read: use a whole copy of it",
                    at + 1,
                    path.display()
                ))
            })
        })
        .collect()
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    Error::Refused(format!("the list of the erased {} cannot be read: {error}", path.display()))
}

/// Makes sure that lines can be added, before anybody is erased.
///
/// # Errors
/// [`Error::Refused`] with what stands in the way.
pub fn ready(path: &Path) -> Result<()> {
    open(path).map(drop).map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Path, error: &io::Error) -> Error {
    Error::Refused(format!("the list of the erased {} cannot be written: {error}", path.display()))
}

/// Opens the file, which only its owner may read, with its first line.
fn open(path: &Path) -> io::Result<File> {
    // With a database elsewhere nothing has made the data folder yet.
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    let is_new = !path.exists();
    let mut options = File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if is_new {
        // One write: a process that dies in between must not leave a line that swallows the next.
        file.write_all(format!("{HEAD}\n").as_bytes())?;
        file.sync_all()?;
    }
    Ok(file)
}

/// Adds to the file what the database knows and it does not.
///
/// # Errors
/// [`Error::Refused`] when the file cannot be read or written.
pub async fn sync(db: &Db, path: &Path) -> Result<()> {
    let known = store::lines(&mut db.read().await?).await?;
    let path = path.to_owned();
    let writing = move || {
        let mut file = open(&path).map_err(|error| unwritten(&path, &error))?;
        let there: BTreeSet<String> = read(&path)?.into_iter().map(|line| line.id).collect();
        let missing =
            known.iter().filter(|line| Line::parse(line).is_some_and(|line| !there.contains(&line.id)));
        let mut text = String::new();
        for line in missing {
            text.push_str(line);
            text.push('\n');
        }
        // One write: of two processes that add at once neither halves the other's lines.
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| unwritten(&path, &error))
    };
    tokio::task::spawn_blocking(writing).await.map_err(|error| Error::Panicked(error.to_string()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_was_written_and_half_a_line_is_no_line() {
        let salt = Salt("5a17".into());
        let line = Line {
            id: "ers_0000000000001".into(),
            at: Instant::from_micros(7),
            parties: [salt.party(1), salt.party(2)].into(),
            contacts: BTreeSet::new(),
            salt,
        };
        let text = line.text();
        assert_eq!(Line::parse(&text), Some(line));
        assert_eq!(Line::parse(text.rsplit_once(' ').unwrap().0), None);
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(FILE);
        ready(&path).unwrap();
        assert_eq!(read(&path).unwrap(), []);
        std::fs::write(&path, format!("{HEAD}\n{text}\nhalf")).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("line 3"));
    }
}
