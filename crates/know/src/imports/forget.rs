//! What an import keeps of people beside their rows: the first rows of the file as a look at it found them, and the file
//! itself where it was uploaded. Both go when one of them is erased; and when an import meets somebody who was erased
//! before, nothing of them is kept anew: no first row, no row that was set aside, and not the file.

use super::job::{ERASED, ERASED_LISTED};
use super::model::{Import, Probe, Trouble};
use super::store;
use crate::parties::root::members;
use crate::parties::{Contact, Identity};
use crate::privacy::forgotten;
use ::store::{Db, Json, Result, Tx, sql};
use kernel::{Id, kinds};
use reading::{Delimiter, Field, RowFault};
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

/// The contacts that the cells of a row are: of whatever column an address or a number, of the customer's column their id.
fn contacts<'c>(import: &Import, cells: impl Iterator<Item = &'c str>) -> Vec<Contact> {
    let (source, own) = (import.source(), import.plan.mapping.get(&Field::Customer).copied());
    let of = |(at, cell): (usize, &str)| {
        let cell = Some(cell.trim().to_owned());
        let source_id = cell.clone().filter(|_| own == Some(at));
        Identity { source_id, email: cell.clone(), phone: cell, name: None }.contacts(&source)
    };
    cells.enumerate().flat_map(of).collect()
}

/// The faults of a chunk without the rows of people who were erased; and how many rows that were.
pub async fn faults(tx: &mut Tx, import: &Import, faults: &[RowFault]) -> Result<(Vec<RowFault>, i64)> {
    let delimiter = letter(import.probe.delimiter);
    let cells = |fault: &RowFault| {
        // A row of the wrong length is kept with commas, whatever its file has.
        let cells = |letter: char| fault.raw.split(letter).map(|cell| cell.trim().trim_matches('"'));
        let mut all = contacts(import, cells(delimiter));
        if delimiter != ',' {
            all.extend(contacts(import, cells(',')));
        }
        all
    };
    let named = forgotten::are_named(tx, &faults.iter().map(cells).collect::<Vec<_>>()).await?;
    let without = |(fault, named): (&RowFault, &bool)| match named {
        true => RowFault { raw: String::new(), params: Vec::new(), ..fault.clone() },
        false => fault.clone(),
    };
    let kept = faults.iter().zip(&named).map(without).collect();
    Ok((kept, i64::try_from(named.iter().filter(|named| **named).count()).unwrap_or(i64::MAX)))
}

fn letter(delimiter: Delimiter) -> char {
    match delimiter {
        Delimiter::Comma => ',',
        Delimiter::Tab => '\t',
        Delimiter::Semicolon => ';',
        Delimiter::Pipe => '|',
        Delimiter::Blank => ' ',
    }
}

/// Takes the first rows of people who were erased from what is kept of an import that met them.
pub async fn first_rows(tx: &mut Tx, id: ImportId) -> Result<()> {
    let Some(import) = store::find(tx, id).await?.filter(met_erased) else { return Ok(()) };
    let probe = &import.probe.0;
    // Without column names the first row stands for them.
    let rows = std::iter::once(&probe.columns).chain(&probe.sample);
    let cells = rows.map(|row| contacts(&import, row.iter().map(String::as_str))).collect::<Vec<_>>();
    let named = forgotten::are_named(tx, &cells).await?;
    let columns = match named[0] {
        true => vec![String::new(); probe.columns.len()],
        false => probe.columns.clone(),
    };
    let sample = probe.sample.iter().zip(&named[1..]).filter(|(_, named)| !**named);
    let probe = Probe { columns, sample: sample.map(|(row, _)| row.clone()).collect(), ..probe.clone() };
    sql!("update imports set probe = $2 where id = $1")
        .bind(id)
        .bind(serde_json::to_value(&probe)?)
        .execute(tx)
        .await?;
    Ok(())
}

fn met_erased(import: &Import) -> bool {
    [ERASED, ERASED_LISTED].iter().any(|code| import.notices.0.0.contains_key(*code))
}

/// Removes the uploaded file of an import that met somebody who was erased, once nothing more is read from it.
pub async fn read_through(db: &Db, id: ImportId) -> Result<()> {
    match store::find(&mut db.read().await?, id).await?.as_ref().is_some_and(met_erased) {
        true => upload(db, id).await,
        false => Ok(()),
    }
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
