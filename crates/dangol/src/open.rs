//! Opening the company's data.

use anyhow::{Context, Result};
use std::path::PathBuf;
use store::{Db, Environment, Location};

/// Where the data lies when nothing is said.
const USUAL_FOLDER: &str = "dangol-data";

/// Which data the command line names.
#[derive(Debug, Clone)]
pub struct Data {
    /// The folder, for uploads as well.
    pub folder: PathBuf,
    /// The database.
    pub location: Location,
}

impl Data {
    /// The data in `folder`, or in the PostgreSQL database `url` with `folder` for uploads.
    pub fn named(folder: Option<PathBuf>, url: Option<String>) -> Self {
        let folder = folder.unwrap_or_else(|| USUAL_FOLDER.into());
        let location = url.map_or_else(|| Location::Folder(folder.clone()), Location::Postgres);
        Self { folder, location }
    }

    /// Opens the database, migrating it as needed.
    pub async fn open(&self, environment: Environment) -> Result<Db> {
        Db::open(&self.location, environment).await.with_context(|| match &self.location {
            Location::Folder(folder) => format!("the data in {} cannot be opened", folder.display()),
            Location::Postgres(_) => "the PostgreSQL database cannot be opened".into(),
        })
    }

    /// Opens the database as it stands, without migrating it.
    pub async fn connect(&self) -> Result<Db> {
        Ok(Db::connect(&self.location, Environment::real()).await?)
    }
}
