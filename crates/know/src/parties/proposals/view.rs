//! Proposals as people see them: the two records side by side, how sure it is, and why.

use super::known::known;
use super::likeness::{Shared, Signal, likeness};
use super::model::{Evidence, PartyId, ProposalId};
use super::store::Row;
use crate::parties::list::{self, Filter, PartyRow, Sort, View};
use crate::parties::root::{self, Roots};
use crate::parties::store::ContactRow;
use ::store::{FromRow, Result, Tx, sql_rows};
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use utoipa::ToSchema;
use web::{Person, Sight};

/// One of the two records.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Side {
    /// What the list says.
    #[serde(flatten)]
    pub row: PartyRow,
    /// Its contacts.
    pub contacts: Vec<ContactRow>,
}

/// A proposal to merge two customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeProposal {
    /// Its id.
    #[schema(value_type = String)]
    id: ProposalId,
    /// The two, the older record first.
    parties: [Person; 2],
    /// The two records.
    sides: [Side; 2],
    /// How likely they are one, 1 to 99.
    score: i64,
    /// What speaks for and against it, the strongest first.
    signals: Vec<Signal>,
    /// `email` or `phone`: a record that is the one's names this contact of the other; `likeness`: the records are
    /// alike.
    reason: String,
    /// What made the record the one's, and what is the other's.
    evidence: Vec<Evidence>,
    /// `open`, `dismissed` or `merged`.
    state: String,
    /// Until when it was put off.
    #[schema(value_type = Option<String>)]
    waits_until: Option<Instant>,
    /// The merge that settled it.
    #[schema(value_type = Option<String>)]
    merge: Option<Id<kinds::Merge>>,
    /// The import that met the pair first, if one did.
    #[schema(value_type = Option<String>)]
    import: Option<Id<kinds::Import>>,
    /// When the pair was met first.
    #[schema(value_type = String)]
    created_at: Instant,
}

#[derive(FromRow)]
struct Owned {
    party: PartyId,
    #[sqlx(flatten)]
    contact: ContactRow,
}

/// The proposals of `rows` as people see them. One is left out of whose parties the facts do not tell yet, or the sight
/// does not reach both: whoever sees one of two alone is not told that there is the other.
pub async fn shown(tx: &mut Tx, rows: Vec<Row>, view: View) -> Result<Vec<MergeProposal>> {
    let ids: BTreeSet<PartyId> = rows.iter().flat_map(|row| [row.party, row.other]).collect();
    let roots = root::groups(tx, ids.iter().copied()).await?;
    let known = known(tx, &ids, &roots).await?;
    let sides = sides(tx, &ids, &roots, view).await?;
    let mut proposals = Vec::with_capacity(rows.len());
    for row in rows {
        let [one, other] = [row.party.min(row.other), row.party.max(row.other)];
        let (Some(first), Some(second)) = (sides.get(&one).cloned(), sides.get(&other).cloned()) else {
            continue;
        };
        let found = likeness(&known[&one], &known[&other], &shared(&row.evidence.0));
        let sight = view.sight;
        proposals.push(MergeProposal {
            id: row.id,
            parties: [person(&first), person(&second)],
            sides: [first, second],
            score: found.score,
            signals: found.signals.into_iter().map(|signal| seen(signal, sight)).collect(),
            reason: row.reason,
            evidence: row
                .evidence
                .0
                .into_iter()
                .map(|evidence| Evidence { shown: sight.text(evidence.shown), ..evidence })
                .collect(),
            state: row.state,
            waits_until: row.waits_until,
            merge: row.merge_id,
            import: row.import_id,
            created_at: row.created_at,
        });
    }
    Ok(proposals)
}

fn seen(signal: Signal, sight: Sight) -> Signal {
    Signal { one: sight.maybe(signal.one), other: sight.maybe(signal.other), ..signal }
}

/// The contacts that a record gave to both: the second of the evidence is the other's.
pub fn shared(evidence: &[Evidence]) -> Vec<Shared<'_>> {
    let named = |evidence: &&Evidence| evidence.kind != "source_id";
    evidence.iter().skip(1).filter(named).map(|one| Shared { kind: &one.kind, shown: &one.shown }).collect()
}

fn person(side: &Side) -> Person {
    let name = side.row.name.clone().unwrap_or_else(|| side.row.handle.clone());
    Person { id: side.row.id, name }
}

async fn sides(
    tx: &mut Tx,
    ids: &BTreeSet<PartyId>,
    roots: &Roots,
    view: View,
) -> Result<HashMap<PartyId, Side>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let filter = Filter { ids: Some(list.join(",")), ..Filter::default() };
    let sort = Sort::parse(None).expect("the default order is known");
    let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX - 1);
    let (rows, _) = list::page(tx, &filter, sort, None, limit, view).await?;
    let mut contacts = contacts(tx, ids, roots, view.sight).await?;
    let side = |row: PartyRow| {
        let contacts = contacts.remove(&row.id).unwrap_or_default();
        (row.id, Side { row, contacts })
    };
    Ok(rows.into_iter().map(side).collect())
}

async fn contacts(
    tx: &mut Tx,
    ids: &BTreeSet<PartyId>,
    roots: &Roots,
    sight: Sight,
) -> Result<HashMap<PartyId, Vec<ContactRow>>> {
    let merged = roots.merged().map(|(party, _)| party);
    let asked: BTreeSet<PartyId> = ids.iter().copied().chain(merged).collect();
    let mut query = sql_rows!(
        1,
        "select party, id, kind, source, value, shown from contacts where party in (values {rows}) order by kind, id"
    );
    asked.into_iter().for_each(|party| query.push_row([party.into()]));
    let mut found: HashMap<PartyId, Vec<ContactRow>> = HashMap::new();
    for Owned { party, contact } in query.fetch_of_set(tx).await? {
        found.entry(roots.of(party)).or_default().push(contact.seen(sight));
    }
    Ok(found)
}
