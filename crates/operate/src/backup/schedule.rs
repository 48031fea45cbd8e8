//! Backups by themselves: each night at an hour, so many are kept, and a failure is shown.
//!
//! Invariants: only files that this wrote are removed, known by their names; the newest stays whatever the number says; an
//! older one goes only after a newer one was written and read to its end.

use super::file;
use super::seal::{PASSPHRASE, Passphrase, Sealing};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Instant;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use store::job::{self, Failure, Run, Work};
use store::timer::{self, OnTimer};
use store::{Lane, Result, Tx, setting, sql};
use web::{Company, Starter};

/// The name of the setting with the plan.
pub(super) const PLAN: &str = "backup.plan";
/// The name of the setting with how the last one went.
pub(super) const LAST: &str = "backup.last";
/// The kind of the job and of the timer.
pub const KIND: &str = "backup.write";
/// What the names of these files begin and end with.
const NAME: (&str, &str) = ("dangol-", ".backup");
/// Backups that may be kept.
pub(super) const MOST: u16 = 366;

/// When backups are made, where, and how many stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Plan {
    /// Whether they are made by themselves.
    pub on: bool,
    /// The folder, from the root of this machine.
    pub folder: String,
    /// The hour in the company's zone, 0 to 23.
    pub hour: u8,
    /// How many stay.
    pub keep: u16,
    /// Write them readable when there is no passphrase.
    #[serde(default)]
    pub plain: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { on: false, folder: String::new(), hour: 4, keep: 14, plain: false }
    }
}

/// How the last backup went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Last {
    /// When one was last written whole.
    #[schema(value_type = Option<String>)]
    pub written_at: Option<Instant>,
    /// Its file.
    pub file: Option<String>,
    /// Its length.
    pub bytes: Option<u64>,
    /// When one last failed, if that was later.
    #[schema(value_type = Option<String>)]
    pub failed_at: Option<Instant>,
    /// Why.
    pub error: Option<String>,
}

/// The plan as it stands.
pub async fn plan(tx: &mut Tx) -> Result<setting::Versioned<Plan>> {
    setting::get(tx, PLAN).await
}

/// When the plan was last changed.
pub(super) async fn changed_at(tx: &mut Tx) -> Result<Option<Instant>> {
    let row: Option<(Instant,)> =
        sql!("select changed_at from settings where name = $1").bind(PLAN).fetch_optional(tx).await?;
    Ok(row.map(|(at,)| at))
}

/// How the last one went.
pub async fn last(tx: &mut Tx) -> Result<Last> {
    Ok(setting::get(tx, LAST).await?.value)
}

/// When the next one is due, after now.
pub(super) async fn next(tx: &mut Tx, plan: &Plan) -> Result<Instant> {
    let company = Company::load(tx).await?;
    let (zone, now) = (company.zone(), tx.now());
    let at =
        |days: i64| now.day_in(&zone).plus(days).start_in(&zone).plus(i64::from(plan.hour) * Instant::HOUR);
    Ok([at(0), at(1)].into_iter().find(|at| *at > now).unwrap_or_else(|| at(2)))
}

/// Sets the timer anew after the plan changed.
pub(super) async fn set(tx: &mut Tx, plan: &Plan) -> Result<()> {
    if !plan.on {
        return timer::clear(tx, KIND, "").await;
    }
    let due = next(tx, plan).await?;
    timer::set(tx, KIND, "", due).await
}

/// Starts a backup at its hour; makes sure at each start of the program that there is one to come.
pub(crate) struct Nightly;

#[async_trait]
impl OnTimer for Nightly {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn due(&self, tx: &mut Tx, _: &str) -> Result<Option<Instant>> {
        let plan = plan(tx).await?.value;
        if !plan.on {
            return Ok(None);
        }
        request(tx).await?;
        Ok(Some(next(tx, &plan).await?))
    }
}

#[async_trait]
impl Starter for Nightly {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let plan = plan(tx).await?.value;
        // A night that was slept through is made up for: the timer of then is still there.
        if plan.on && !timer::is_set(tx, KIND, "").await? { set(tx, &plan).await } else { Ok(()) }
    }
}

/// Has a backup made, unless one is being made.
pub(super) async fn request(tx: &mut Tx) -> Result<()> {
    if job::is_active(tx, KIND).await? {
        return Ok(());
    }
    job::start(tx, KIND, serde_json::Value::Null).await.map(drop)
}

/// Writes the backup.
pub(crate) struct Write;

#[async_trait]
impl Work for Write {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, run: &mut Run) -> std::result::Result<Option<String>, Failure> {
        let checkpoint = run.checkpoint();
        let began = run.db().write(Lane::Reaction, move |tx| {
            async move {
                checkpoint.save(tx, "writing", 0, 0, &serde_json::Value::Null).await?;
                Ok::<_, store::Error>((plan(tx).await?.value, tx.now()))
            }
            .boxed()
        });
        let (plan, now) = began.await?;
        let written = make(run, &plan, now).await;
        let mut tx = run.db().read().await?;
        let mut told = last(&mut tx).await?;
        drop(tx);
        match &written {
            Ok(written) => {
                let file = written.file.display().to_string();
                told = Last {
                    written_at: Some(now),
                    file: Some(file),
                    bytes: Some(written.bytes),
                    ..Last::default()
                };
            }
            Err(error) => (told.failed_at, told.error) = (Some(now), Some(error.to_string())),
        }
        let kept: Result<i64> = run
            .db()
            .write(Lane::Reaction, move |tx| async move { setting::put(tx, LAST, &told).await }.boxed())
            .await;
        kept?;
        match written {
            Ok(written) => Ok(Some(written.file.display().to_string())),
            Err(error) => Err(Failure::Problem(error.to_string())),
        }
    }
}

async fn make(run: &Run, plan: &Plan, now: Instant) -> Result<file::Written> {
    let passphrase = Passphrase::from_environment()?;
    let sealing = match (passphrase.clone(), plan.plain) {
        (Some(passphrase), _) => Sealing::With(passphrase),
        (None, true) => Sealing::Plain,
        (None, false) => {
            return Err(store::Error::Refused(format!(
                "there is no passphrase: start the program with {PASSPHRASE}, or allow readable backups in the settings"
            )));
        }
    };
    let folder = Path::new(&plan.folder);
    let stamp: String = now.to_string().chars().filter(char::is_ascii_alphanumeric).take(15).collect();
    let written =
        file::write(run.db(), &folder.join(format!("{}{stamp}{}", NAME.0, NAME.1)), &sealing).await?;
    // What cannot be read back is no backup.
    file::check(&written.file, passphrase).await?;
    prune(folder, usize::from(plan.keep.max(1)));
    Ok(written)
}

/// The files that this wrote, the newest first: their names hold the time.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let stamp = name.strip_prefix(NAME.0).and_then(|rest| rest.strip_suffix(NAME.1));
        stamp.is_some_and(|stamp| {
            stamp.len() == 15 && stamp.bytes().all(|byte| byte.is_ascii_digit() || byte == b'T')
        })
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(ours).collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    files
}

fn prune(folder: &Path, keep: usize) {
    for file in files(folder).into_iter().skip(keep) {
        if let Err(error) = fs::remove_file(&file) {
            tracing::warn!(%error, file = %file.display(), "an old backup could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_oldest_of_its_own_files_go() {
        let home = tempfile::tempdir().unwrap();
        let names = [
            "dangol-20261120T190000.backup",
            "dangol-20261121T190000.backup",
            "dangol-20261122T190000.backup",
            "dangol-mine.backup",
            "dangol-20261101T190000.backup.part",
            "other.txt",
        ];
        for name in names {
            fs::write(home.path().join(name), "x").unwrap();
        }
        prune(home.path(), 2);
        let mut left: Vec<String> = fs::read_dir(home.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort_unstable();
        let mut wanted = names[1..].to_vec();
        wanted.sort_unstable();
        assert_eq!(left, wanted);
    }
}
