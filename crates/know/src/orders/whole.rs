//! An order that is told whole, by a program that knows all of it: what it names stands, and a line it names no more
//! is taken back.

use super::model::{Line, Outcome};
use super::store::{self, Stored};
use super::write::{From, write};
use ::store::log::{self, Entry};
use ::store::{Result, Tx};
use kernel::Instant;
use serde_json::json;
use std::collections::BTreeSet;

/// The standing lines of the order `order_no` of a source.
pub async fn standing(tx: &mut Tx, source: &str, order_no: &str) -> Result<Vec<Stored>> {
    store::of_order(tx, source, order_no).await
}

/// When an order happened that is told again without saying when: as far as is known, and never anew.
pub fn at(told: Option<Instant>, standing: &[Stored], now: Instant) -> Instant {
    told.or_else(|| standing.iter().map(|line| line.at).min()).unwrap_or(now)
}

/// Writes the lines of an order of which `standing` are there; gives what happened to the order.
pub async fn write_whole(
    tx: &mut Tx,
    from: &From<'_>,
    standing: Vec<Stored>,
    lines: &[Line],
) -> Result<Outcome> {
    let named: BTreeSet<&str> = lines.iter().map(|line| line.key.line_id.as_str()).collect();
    let gone: Vec<Stored> =
        standing.into_iter().filter(|line| !named.contains(line.line_id.as_str())).collect();
    let written = write(tx, from, lines).await?;
    take_back(tx, from, &gone).await?;
    let all = |outcome| gone.is_empty() && written.iter().all(|line| line.outcome == outcome);
    Ok(match () {
        () if all(Outcome::Unchanged) => Outcome::Unchanged,
        () if all(Outcome::New) => Outcome::New,
        () => Outcome::Changed,
    })
}

/// Takes lines back, and tells the log.
pub async fn take_back(tx: &mut Tx, from: &From<'_>, gone: &[Stored]) -> Result<()> {
    let ids: Vec<_> = gone.iter().map(|line| line.id).collect();
    store::retract_told(tx, &ids).await?;
    let entries: Vec<Entry> = gone.iter().map(|line| taken_back(tx, from, line)).collect();
    log::append_all(tx, entries).await
}

pub(super) fn taken_back(tx: &Tx, from: &From<'_>, line: &Stored) -> Entry {
    Entry {
        at: line.at,
        origin: from.origin,
        party: line.party,
        amount: Some(line.amount),
        currency: Some(line.currency),
        source: from.source.to_owned(),
        // A line that comes back has the next revision: this name is never needed twice.
        source_id: format!("{}:{}#{}:gone", line.order_no, line.line_id, line.revision),
        body: json!({ "amount": line.amount, "revision": line.revision }),
        ..Entry::live(tx, "order.retracted", line.id.number())
    }
}
