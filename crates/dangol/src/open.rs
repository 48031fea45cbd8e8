//! Opening the company's data: with a copy before it is migrated, and without making a company where none was meant.

use anyhow::{Context, Result, bail};
use operate::backup::{self, Passphrase, Sealing};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use store::migrate::{self, Standing};
use store::{Db, Environment, Location, copy};

/// Where the data lies when nothing is said.
const USUAL_FOLDER: &str = "dangol-data";
/// The file that whoever serves a folder holds a shared lock on.
pub const LOCK: &str = "serving.lock";

/// Which data the command line names.
#[derive(Debug, Clone)]
pub struct Data {
    /// The folder, for uploads as well.
    pub folder: PathBuf,
    /// The database.
    pub location: Location,
    /// The list of those who were erased.
    pub erased_list: PathBuf,
    /// Whether somebody said where it is.
    pub list_is_named: bool,
}

impl Data {
    /// The data in `folder`, or in the PostgreSQL database `url` with `folder` for uploads.
    pub fn named(folder: Option<PathBuf>, url: Option<String>) -> Self {
        let folder = folder.unwrap_or_else(|| USUAL_FOLDER.into());
        let location = url.map_or_else(|| Location::Folder(folder.clone()), Location::Postgres);
        let erased_list = folder.join(know::privacy::list::FILE);
        Self { folder, location, erased_list, list_is_named: false }
    }

    /// The same with the list of the erased elsewhere, if it is.
    #[must_use]
    pub fn with_erased_list(self, list: Option<PathBuf>) -> Self {
        let list_is_named = list.is_some();
        Self { erased_list: list.unwrap_or(self.erased_list), list_is_named, ..self }
    }

    /// Opens the database, creating and migrating it as needed. An older SQLite database is copied first.
    pub async fn open(&self, environment: Environment) -> Result<Db> {
        self.make_ready().await?;
        self.settled(Db::open(&self.location, environment).await)
    }

    /// Opens the database of a company that is there already: a mistyped `--data` makes no new one.
    pub async fn open_existing(&self, environment: Environment) -> Result<Db> {
        self.keep_copy(&self.standing().await?).await?;
        self.settled(Db::open(&self.location, environment).await)
    }

    /// How far the company's database is.
    ///
    /// # Errors
    /// When there is no company; nothing is made.
    pub async fn standing(&self) -> Result<Standing> {
        let standing = if self.is_there() { Some(self.look().await?) } else { None };
        match standing {
            Some(standing) if standing.newest.is_some() => Ok(standing),
            _ => bail!(
                "there is no company in {}: check {}, or begin one with dangol serve or dangol import",
                self.name(),
                if matches!(self.location, Location::Folder(_)) { "--data" } else { "--database" }
            ),
        }
    }

    /// Whether somebody began a company there.
    pub async fn has_company(&self) -> Result<bool> {
        Ok(self.is_there() && self.look().await?.newest.is_some())
    }

    /// Whether there is something to look at; a server has to be asked.
    fn is_there(&self) -> bool {
        match &self.location {
            Location::Folder(folder) => folder.join("dangol.db").is_file(),
            Location::Postgres(_) => true,
        }
    }

    async fn look(&self) -> Result<Standing> {
        let db = self.settled(Db::connect(&self.location, Environment::real()).await)?;
        let standing = self.settled(migrate::look(&db).await);
        db.close().await?;
        standing
    }

    /// Before the data is migrated, says so and copies what can be copied.
    pub async fn make_ready(&self) -> Result<()> {
        if self.is_there() { self.keep_copy(&self.look().await?).await } else { Ok(()) }
    }

    async fn keep_copy(&self, standing: &Standing) -> Result<()> {
        let (Some(newest), Some(first), Some(last)) =
            (standing.newest, standing.pending.first(), standing.pending.last())
        else {
            return Ok(());
        };
        let kept = match &self.location {
            Location::Folder(folder) => {
                let copy = copy::before(folder, first.version).await?;
                format!("it was copied to {} first", copy.display())
            }
            Location::Postgres(_) => {
                let file = self.back_up(first.version).await?;
                format!("it was backed up to {} first", file.display())
            }
        };
        eprintln!(
            "The data in {} is at schema step {newest:04} and is brought to {:04} now; {kept}.",
            self.name(),
            last.version
        );
        Ok(())
    }

    /// A backup in the data folder, of what a database server holds; with the passphrase, where there is one.
    async fn back_up(&self, step: i64) -> Result<PathBuf> {
        let sealing = Passphrase::from_environment()?.map_or(Sealing::Plain, Sealing::With);
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("the folder {} cannot be made", self.folder.display()))?;
        let name = |count: u32| match count {
            1 => self.folder.join(format!("before-{step:04}.backup")),
            _ => self.folder.join(format!("before-{step:04}-{count}.backup")),
        };
        let file = (1..).map(name).find(|file| !file.exists()).unwrap_or_else(|| name(1));
        let db = self.settled(Db::connect(&self.location, Environment::real()).await)?;
        let written = backup::write(&db, &file, &sealing).await;
        db.close().await?;
        written.context("nothing was migrated, because the backup before it failed")?;
        Ok(file)
    }

    /// What the data is called in messages: no address of a database, which may hold a password.
    fn name(&self) -> String {
        match &self.location {
            Location::Folder(folder) => folder.display().to_string(),
            Location::Postgres(_) => "the PostgreSQL database".into(),
        }
    }

    fn settled<T>(&self, opened: store::Result<T>) -> Result<T> {
        opened.with_context(|| match &self.location {
            Location::Folder(folder) => format!("the data in {} cannot be opened", folder.display()),
            Location::Postgres(_) => "the PostgreSQL database cannot be opened".into(),
        })
    }

    /// Opens the database as it stands, without migrating it.
    pub async fn connect(&self) -> Result<Db> {
        Ok(Db::connect(&self.location, Environment::real()).await?)
    }

    /// Says that the folder is being served, until what it gives is dropped; a database server needs no such word.
    pub fn serving(&self) -> Result<Option<File>> {
        if matches!(self.location, Location::Postgres(_)) {
            return Ok(None);
        }
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("the folder {} cannot be made", self.folder.display()))?;
        let file = lock_file(&self.folder)?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => {
                bail!("{} is being replaced: start again when that has ended", self.folder.display())
            }
            // On a file system without locks nobody can be warned.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
        }
    }
}

/// Holds a folder for replacing it; nothing while it is being served.
pub fn replacing(folder: &Path) -> Result<Option<File>> {
    let file = lock_file(folder)?;
    Ok(match file.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Ok(()) | Err(TryLockError::Error(_)) => Some(file),
    })
}

fn lock_file(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let opened = File::options().create(true).truncate(false).write(true).open(&path);
    opened.with_context(|| format!("{} cannot be opened", path.display()))
}
