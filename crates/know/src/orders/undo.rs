//! Taking back what an import wrote, line by line: a new line goes, a changed line says again what it said before.
//!
//! Lines that a later import or a person has changed since belong to that change and stay.

use super::store::{self, Former, Stored};
use super::write::From;
use ::store::log::{self, Entry, Origin};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use serde_json::json;

/// Takes back the lines of `import` after the line `after`, at most `limit`; gives the last line it came to.
pub async fn undo_slice(
    tx: &mut Tx,
    import: Id<kinds::Import>,
    after: i64,
    limit: i64,
) -> Result<Option<i64>> {
    let lines = store::of_import(tx, import, after, limit).await?;
    let Some(last) = lines.last().map(|(_, line)| line.id.number()) else { return Ok(None) };
    let (mut gone, mut entries) = (Vec::new(), Vec::new());
    for (source, stored) in lines {
        // A file can name a line twice: what the import itself wrote first is not what was there before it.
        match standing_before(tx, stored.id, import).await? {
            Some(former) => {
                let from = From { source: &source, import: former.import_id, origin: Origin::Undo };
                store::replace(tx, stored.id, stored.revision + 1, &former.content.0, from.import).await?;
                entries.push(taken_back(tx, "order.changed", import, &source, &stored));
                if former.content.0.party != stored.party
                    && let Some(party) = former.content.0.party
                {
                    let mut entry = taken_back(tx, "order.changed", import, &source, &stored).about(party);
                    entry.source_id.push_str(":former");
                    entries.push(entry);
                }
            }
            None => {
                gone.push(stored.id);
                entries.push(taken_back(tx, "order.retracted", import, &source, &stored));
            }
        }
    }
    store::retract(tx, &gone, import).await?;
    log::append_all(tx, entries).await?;
    Ok(Some(last))
}

/// What a line said before `import`, and before other imports that were taken back since; nothing when none of them
/// found it there.
async fn standing_before(
    tx: &mut Tx,
    line: Id<kinds::OrderLine>,
    import: Id<kinds::Import>,
) -> Result<Option<Former>> {
    let mut by = import;
    loop {
        let former = store::before(tx, line, by).await?;
        store::forget_history(tx, line, by).await?;
        let Some(former) = former.filter(|former| former.import_id != Some(by)) else { return Ok(None) };
        match former.import_id {
            Some(earlier) if earlier == import || store::is_undone(tx, earlier).await? => by = earlier,
            _ => return Ok(Some(former)),
        }
    }
}

fn taken_back(
    tx: &Tx,
    kind: &'static str,
    import: Id<kinds::Import>,
    source: &str,
    stored: &Stored,
) -> Entry {
    let name = format!("{}:{}#{}:undo:{}", stored.order_no, stored.line_id, stored.revision, import.number());
    Entry {
        at: stored.at,
        origin: Origin::Undo,
        party: stored.party,
        amount: Some(stored.amount),
        currency: Some(stored.currency),
        import: Some(import),
        source: source.to_owned(),
        source_id: name,
        body: json!({ "amount": stored.amount, "revision": stored.revision }),
        ..Entry::live(tx, kind, stored.id.number())
    }
}
