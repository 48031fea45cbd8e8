//! Where a story's data lies, and the real program run on it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use store::Location;
use tempfile::TempDir;
use testkit::TestDatabase;

/// A company, on either engine.
pub struct Place {
    data: PathBuf,
    database: Option<TestDatabase>,
    _folder: Option<TempDir>,
}

impl Place {
    /// New, in a folder.
    pub fn sqlite() -> Self {
        Self::on(None)
    }

    /// New, on PostgreSQL; `None`, and a line that says so, where there is no server.
    pub fn postgres() -> Option<Self> {
        crate::rows::block_on(TestDatabase::create()).map(|database| Self::on(Some(database)))
    }

    fn on(database: Option<TestDatabase>) -> Self {
        let folder = TempDir::new().unwrap();
        Self { data: folder.path().join("data"), database, _folder: Some(folder) }
    }

    /// The one that lies in the folder `data`.
    pub fn at(data: &Path) -> Self {
        Self { data: data.to_owned(), database: None, _folder: None }
    }

    /// On every engine there is.
    pub fn all() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres()].into_iter().flatten().collect()
    }

    /// The folder around the data, for files beside it.
    pub fn folder(&self) -> &Path {
        self.data.parent().unwrap()
    }

    /// Whether the data lies in a folder.
    pub fn is_folder(&self) -> bool {
        self.database.is_none()
    }

    /// Where the data lies.
    pub fn location(&self) -> Location {
        match &self.database {
            Some(database) => Location::Postgres(database.url().to_owned()),
            None => Location::Folder(self.data.clone()),
        }
    }

    /// The program on this data, in English, with nothing of the environment that changes what it does.
    pub fn dangol<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dangol"));
        for name in [
            "DANGOL_DATA",
            "DANGOL_DATABASE_URL",
            "DANGOL_LOG",
            "DANGOL_BACKUP_PASSPHRASE",
            "DANGOL_AUDIT_ANCHOR",
            "DANGOL_AUDIT_KEY",
            "DANGOL_CONFIG",
            "DANGOL_LISTEN",
            "DANGOL_BEHIND_PROXY",
            "DANGOL_INSECURE_LAN",
            "DANGOL_PRIVATE_IDENTITY_PROVIDER",
            "LC_MESSAGES",
        ] {
            program.env_remove(name);
        }
        program.env("LC_ALL", "C.UTF-8").arg("--data").arg(&self.data);
        if let Some(database) = &self.database {
            program.arg("--database").arg(database.url());
        }
        program.args(words).stdin(Stdio::null());
        program
    }

    /// Runs the program to its end.
    pub fn run(&self, words: &[&str]) -> Ended {
        Ended(self.dangol(words).output().unwrap())
    }

    /// Runs the program, which must end well, and reads the JSON it prints.
    #[track_caller]
    pub fn json(&self, words: &[&str]) -> Value {
        serde_json::from_str(&self.text(words)).unwrap()
    }

    /// Runs the program, which must end well; gives what it prints.
    #[track_caller]
    pub fn text(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert_eq!(ended.code(), 0, "{words:?}: {}{}", ended.out(), ended.err());
        ended.out()
    }
}

/// How the program ended.
pub struct Ended(Output);

impl Ended {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        Self(command.output().unwrap())
    }

    /// The exit code; -1 when a signal ended it.
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    /// What it printed.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// What it complained of.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }
}
