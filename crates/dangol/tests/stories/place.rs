//! Where a story's data lies, and the real program run on it.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use testkit::TestDatabase;

/// A new company, on either engine.
pub struct Place {
    folder: TempDir,
    database: Option<TestDatabase>,
}

impl Place {
    /// In a folder.
    pub fn sqlite() -> Self {
        Self { folder: TempDir::new().unwrap(), database: None }
    }

    /// On PostgreSQL; `None`, and a line that says so, where there is no server.
    pub fn postgres() -> Option<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(TestDatabase::create())?;
        Some(Self { folder: TempDir::new().unwrap(), database: Some(database) })
    }

    /// On every engine there is.
    pub fn all() -> Vec<Self> {
        [Some(Self::sqlite()), Self::postgres()].into_iter().flatten().collect()
    }

    /// The folder, for files beside the data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the data lies.
    pub fn location(&self) -> store::Location {
        match &self.database {
            Some(database) => store::Location::Postgres(database.url().to_owned()),
            None => store::Location::Folder(self.data()),
        }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder().join("data")
    }

    /// The program on this data, in English, with nothing of the environment that changes what it does.
    pub fn dangol<S: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dangol"));
        for name in ["DANGOL_DATA", "DANGOL_DATABASE_URL", "DANGOL_LOG", "LC_MESSAGES"] {
            program.env_remove(name);
        }
        program.env("LC_ALL", "C.UTF-8").arg("--data").arg(self.data());
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
