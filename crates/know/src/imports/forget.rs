//! What an import keeps of people beside their rows: the first rows of the file as a look at it found them, and the file
//! itself where it was uploaded. Both go when one of them is erased.

use super::model::{Import, Trouble};
use super::store;
use crate::parties::root::members;
use ::store::{Db, Json, Result, Tx, sql};
use kernel::{Id, kinds};
use std::io::ErrorKind;
use std::path::Path;

type ImportId = Id<kinds::Import>;

/// Takes what `is_said` finds from what is kept of an import.
pub async fn words(tx: &mut Tx, id: ImportId, is_said: impl Fn(&str) -> bool) -> Result<()> {
    let Some(import) = store::find(tx, id).await? else { return Ok(()) };
    let Import { file, mut probe, problem, .. } = import;
    probe.0.sample.retain(|row| !row.iter().any(|cell| is_said(cell)));
    // Without column names the first row stands for them.
    if probe.0.columns.iter().any(|column| is_said(column)) {
        probe.0.columns.iter_mut().for_each(String::clear);
    }
    let told = |trouble: &Trouble| trouble.params.values().any(|value| is_said(value));
    let problem = problem.filter(|problem| !told(&problem.0)).map(|Json(problem)| problem);
    let file = if is_said(&file) { id.to_string() } else { file };
    sql!("update imports set file = $2, probe = $3 where id = $1")
        .bind(id)
        .bind(file)
        .bind(serde_json::to_value(&probe.0)?)
        .execute(tx)
        .await?;
    if problem.is_none() {
        sql!("update imports set problem = null where id = $1").bind(id).execute(tx).await?;
    }
    Ok(())
}

/// Removes the uploaded files of the imports that brought something of a person. A file that the command line found lies
/// where somebody else put it, and is theirs.
pub async fn uploads(db: &Db, root: Id<kinds::Party>) -> Result<()> {
    let rows: Vec<(ImportId,)> = sql!(concat!(
        "select import_id from parties where import_id is not null and id in ",
        members!("$1"),
        " union select import_id from order_lines where import_id is not null and party in ",
        members!("$1")
    ))
    .bind(root)
    .fetch_all(&mut db.read().await?)
    .await?;
    for (import,) in rows {
        upload(db, import).await?;
    }
    Ok(())
}

/// Removes the file of an import if it was uploaded.
pub async fn upload(db: &Db, id: ImportId) -> Result<()> {
    let Some(import) = store::find(&mut db.read().await?, id).await? else { return Ok(()) };
    let path = Path::new(&import.path);
    let is_ours = path.parent().is_some_and(|folder| folder.ends_with("uploads"))
        && path.file_name().is_some_and(|name| name == id.to_string().as_str());
    if !is_ours {
        return Ok(());
    }
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(::store::Error::Refused(format!(
            "the uploaded file {} cannot be removed: {error}",
            path.display()
        ))),
        _ => Ok(()),
    }
}
