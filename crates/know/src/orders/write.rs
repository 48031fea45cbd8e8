//! Writing a chunk of lines: what is new goes in, what changed gets a new revision, what is the same stays.

use super::model::{Line, LineKey, Outcome};
use super::store::{self, Stored};
use ::store::log::{self, Entry, Origin};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use serde_json::json;
use std::collections::HashMap;

/// Where lines come from.
#[derive(Debug, Clone)]
pub struct From<'a> {
    /// Preset and account.
    pub source: &'a str,
    /// The import, if it is one.
    pub import: Option<Id<kinds::Import>>,
    /// How they come to be told.
    pub origin: Origin,
}

/// A line that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub line: Id<kinds::OrderLine>,
    /// What happened to it.
    pub outcome: Outcome,
}

/// Writes `lines`, whose keys are all different; gives what happened to each.
pub async fn write(tx: &mut Tx, from: &From<'_>, lines: &[Line]) -> Result<Vec<Written>> {
    let rows: Vec<(Id<kinds::OrderLine>, &Line)> = lines.iter().map(|line| (tx.id(), line)).collect();
    let inserted = store::insert(tx, from, &rows).await?;
    // Mostly all lines of a chunk are new, and need no look at what is there.
    if usize::try_from(inserted) == Ok(rows.len()) {
        store::tell_inserted(tx, from, &rows).await?;
        return Ok(rows.iter().map(|(id, _)| Written { line: *id, outcome: Outcome::New }).collect());
    }
    let stored = store::find(tx, from.source, &keys(lines)).await?;
    let is_new =
        |id: &Id<kinds::OrderLine>, line: &Line| stored.get(&line.key).is_some_and(|stored| stored.id == *id);
    let mut entries: Vec<Entry> = rows
        .iter()
        .filter(|(id, line)| is_new(id, line))
        .map(|(id, line)| told(from, "order.added", *id, 1, line))
        .collect();
    let mut written = Vec::with_capacity(lines.len());
    for (id, line) in &rows {
        written.push(match stored.get(&line.key) {
            _ if is_new(id, line) => Written { line: *id, outcome: Outcome::New },
            Some(stored) => {
                let outcome = replace(tx, from, stored, line, &mut entries).await?;
                Written { line: stored.id, outcome }
            }
            None => {
                return Err(::store::Error::Corrupt("an order line was neither written nor found".into()));
            }
        });
    }
    log::append_all(tx, entries).await?;
    Ok(written)
}

/// What [`write()`] would do with `lines`, without writing.
pub async fn compare(tx: &mut Tx, source: &str, lines: &[Line]) -> Result<Vec<Outcome>> {
    let stored: HashMap<LineKey, Stored> = store::find(tx, source, &keys(lines)).await?;
    Ok(lines
        .iter()
        .map(|line| stored.get(&line.key).map_or(Outcome::New, |stored| judge(stored, line)))
        .collect())
}

fn keys(lines: &[Line]) -> Vec<&LineKey> {
    lines.iter().map(|line| &line.key).collect()
}

fn judge(stored: &Stored, line: &Line) -> Outcome {
    match () {
        () if stored.retracted_by.is_some() => Outcome::New,
        () if stored.content_hash == line.content_hash() => Outcome::Unchanged,
        () => Outcome::Changed,
    }
}

/// Gives a stored line its new content as a new revision, and keeps the old one for an undo.
async fn replace(
    tx: &mut Tx,
    from: &From<'_>,
    stored: &Stored,
    line: &Line,
    entries: &mut Vec<Entry>,
) -> Result<Outcome> {
    let outcome = judge(stored, line);
    if outcome == Outcome::Unchanged {
        return Ok(outcome);
    }
    if outcome == Outcome::Changed {
        store::keep_history(tx, stored, from.import).await?;
    }
    let revision = stored.revision + 1;
    store::replace(tx, stored.id, revision, line, from.import).await?;
    let kind = if outcome == Outcome::New { "order.added" } else { "order.changed" };
    entries.push(told(from, kind, stored.id, revision, line));
    if let Some(former) =
        stored.party.filter(|former| Some(*former) != line.party && outcome == Outcome::Changed)
    {
        // Facts of the one who loses the line must follow as well.
        let mut entry = told(from, "order.changed", stored.id, revision, line).about(former);
        entry.source_id.push_str(":former");
        entries.push(entry);
    }
    Ok(outcome)
}

fn told(from: &From<'_>, kind: &'static str, id: Id<kinds::OrderLine>, revision: i64, line: &Line) -> Entry {
    Entry {
        at: line.at,
        origin: from.origin,
        party: line.party,
        kind,
        subject: Some(id.number()),
        amount: Some(line.amount),
        currency: Some(line.currency),
        store: line.store.clone(),
        staff: line.staff.clone(),
        channel: line.channel.clone(),
        import: from.import,
        source: from.source.to_owned(),
        source_id: format!("{}:{}#{revision}", line.key.order_no, line.key.line_id),
        body: json!({}),
    }
}
