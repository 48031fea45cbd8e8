//! A chunk of a file in Dangol's own terms: lines and the identities behind them.
//!
//! A line that occurs twice in a chunk under the name its file gives it is written once, the last one winning. The
//! one it replaces counts as changed if the line itself did, else as unchanged: the same file again changes nothing.

use super::feed::Row;
use super::model::Counts;
use crate::orders::refunds_gone::Candidate;
use crate::orders::{Line, LineKey, Outcome};
use crate::parties::Identity;
use crate::privacy::forgotten::Gone;
use jiff::tz::TimeZone;
use kernel::{Currency, Id, Instant, kinds};
use reading::Stands;
use std::collections::{HashMap, HashSet};

/// Lines to write and what belongs to them.
#[derive(Default)]
pub struct Lines {
    /// Everyone behind the lines, each once.
    pub identities: Vec<Identity>,
    /// The lines, each key once; their parties are not known yet.
    pub lines: Vec<Line>,
    /// For each line, who is behind it.
    owners: Vec<usize>,
    /// For each line, the row it came from; nothing for a refund made from a sale's row.
    raws: Vec<Option<String>>,
    /// Rows that another row of the chunk replaced: the line, and whether both say the same.
    replaced: Vec<(usize, bool)>,
    /// Refunds that earlier files made and these rows make no more, with the place of their sale, and whether a refund of a
    /// part is meant as well.
    refunds_gone: Vec<(usize, LineKey, bool)>,
    /// For each line that is from before its customer was erased, the record without a name.
    gone: HashMap<usize, Option<Id<kinds::Party>>>,
}

impl Lines {
    /// Makes lines of `rows`; `company` is the company's zone, `plan` the zone of days without a time.
    pub fn new(rows: Vec<Row>, company: &TimeZone, plan: &TimeZone) -> Self {
        let mut made = Self::default();
        let (mut people, mut named) = (HashMap::new(), HashMap::new());
        for mut row in rows {
            let identity = identity(&mut row);
            let owner = people.get(&identity).copied().unwrap_or_else(|| {
                people.insert(identity.clone(), made.identities.len());
                made.identities.push(identity);
                made.identities.len() - 1
            });
            let raw = std::mem::take(&mut row.record.raw);
            let raw = (!row.record.is_derived_refund).then_some(raw);
            let may_repeat = row.named;
            let refunds_gone = std::mem::take(&mut row.refunds_gone);
            let parts = row.record.stands != Stands::InPart;
            let line = line(row, company, plan);
            let place = if may_repeat { named.get(&line.key).copied() } else { None };
            let place = match place {
                Some(place) => made.replace(place, line, owner, raw),
                None => {
                    if may_repeat {
                        named.insert(line.key.clone(), made.lines.len());
                    }
                    made.push(line, owner, raw)
                }
            };
            made.refunds_gone.extend(refunds_gone.into_iter().map(|key| (place, key, parts)));
        }
        made
    }

    fn push(&mut self, line: Line, owner: usize, raw: Option<String>) -> usize {
        self.lines.push(line);
        self.owners.push(owner);
        self.raws.push(raw);
        self.lines.len() - 1
    }

    fn replace(&mut self, place: usize, line: Line, owner: usize, raw: Option<String>) -> usize {
        self.replaced.push((place, self.lines[place] == line && self.owners[place] == owner));
        self.lines[place] = line;
        self.owners[place] = owner;
        self.raws[place] = raw;
        place
    }

    /// Refunds that may stand from before although these rows say otherwise: of a sale that is new there is none.
    pub fn refunds_gone(&self, outcomes: &[Outcome]) -> Vec<Candidate> {
        if self.refunds_gone.is_empty() {
            return Vec::new();
        }
        let here: HashSet<&LineKey> = self.lines.iter().map(|line| &line.key).collect();
        let was_there = |place: usize| outcomes[place] != Outcome::New;
        let gone =
            self.refunds_gone.iter().filter(|(place, key, _)| was_there(*place) && !here.contains(key));
        let candidate = |(place, key, parts): &'_ (usize, LineKey, bool)| Candidate {
            sale: *place,
            key: key.clone(),
            of: (!parts).then(|| self.lines[*place].amount),
        };
        gone.map(candidate).collect()
    }

    /// Sets lines aside that are from before their customer was erased: they go to the record without a name, and
    /// nothing else is kept of their rows. Whoever has no other line is nobody here. Gives how many lines.
    pub fn leave_out(&mut self, gone: &[Option<Gone>]) -> i64 {
        for (at, (line, owner)) in self.lines.iter().zip(&self.owners).enumerate() {
            if let Some(gone) = gone[*owner].filter(|gone| line.day <= gone.until) {
                self.gone.insert(at, gone.party);
                self.raws[at] = None;
            }
        }
        let lines = self.owners.iter().enumerate();
        let here: HashSet<usize> =
            lines.filter(|(at, _)| !self.gone.contains_key(at)).map(|(_, owner)| *owner).collect();
        for (owner, gone) in gone.iter().enumerate() {
            if gone.is_some() && !here.contains(&owner) {
                self.identities[owner] = Identity::default();
            }
        }
        i64::try_from(self.gone.len()).unwrap_or(i64::MAX)
    }

    /// Says whose each line is.
    pub fn belong_to(&mut self, parties: &[Option<Id<kinds::Party>>]) {
        for (at, (line, owner)) in self.lines.iter_mut().zip(&self.owners).enumerate() {
            line.party = self.gone.get(&at).copied().unwrap_or(parties[*owner]);
        }
    }

    /// What became of the lines, replaced ones among them.
    pub fn counts(&self, outcomes: &[Outcome]) -> Counts {
        let mut counts = Counts::default();
        let mut count = |outcome| {
            counts.read += 1;
            match outcome {
                Outcome::New => counts.new += 1,
                Outcome::Changed => counts.changed += 1,
                Outcome::Unchanged => counts.unchanged += 1,
            }
        };
        outcomes.iter().for_each(|outcome| count(*outcome));
        for (place, same) in &self.replaced {
            let settled = *same || outcomes[*place] == Outcome::Unchanged;
            count(if settled { Outcome::Unchanged } else { Outcome::Changed });
        }
        counts
    }

    /// The row each line came from.
    pub fn raws(&self) -> impl Iterator<Item = Option<&str>> {
        self.raws.iter().map(Option::as_deref)
    }
}

fn identity(row: &mut Row) -> Identity {
    let record = &mut row.record;
    Identity {
        source_id: record.customer.take(),
        email: record.email.take(),
        phone: record.phone.take(),
        name: record.name.take(),
    }
}

fn line(row: Row, company: &TimeZone, plan: &TimeZone) -> Line {
    let record = *row.record;
    let at = Instant::from_micros(record.at.as_microsecond());
    // A day without a time is that day, wherever the company is.
    let day = at.day_in(if record.day_only { plan } else { company });
    Line {
        key: row.key,
        party: None,
        at,
        day,
        product: record.product,
        category: record.category,
        quantity_milli: record.quantity_milli,
        amount: record.amount_minor,
        currency: record.currency.as_str().parse().unwrap_or(Currency::KRW),
        store: record.store,
        staff: record.staff,
        channel: record.channel,
    }
}
