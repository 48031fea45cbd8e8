//! Who stands for whom after merges.
//!
//! Invariants:
//! - A row of `party_root` names a party that was merged away and the one that stands for it now, its *root*; a root has
//!   no row of its own. Whoever is not there stands for themselves.
//! - Order lines, memos, visits, contacts and the log keep the party they were written for; readers ask for the
//!   *members* of a root. So taking a merge back moves nothing.
//! - Facts, scores and lists know roots alone.

use ::store::{Result, Tx, sql, sql_rows};
use kernel::{Id, kinds};
use std::collections::{BTreeSet, HashMap};

type PartyId = Id<kinds::Party>;

/// The members of the root at a place of a statement (`"$1"`, `"f.party"`), the root among them: what follows `in`.
macro_rules! members {
    ($root:literal) => {
        concat!(
            "(select cast(",
            $root,
            " as bigint) union all select m.party from party_root m where m.root = ",
            $root,
            ")"
        )
    };
}
pub(crate) use members;

/// The members of the row `f` of facts, for texts that are built at run time: what follows `in`.
pub const MEMBERS_OF_F: &str =
    "(select f.party union all select m.party from party_root m where m.root = f.party)";

/// Parties asked about in one statement.
const SLICE: usize = 500;

/// Who stands for whom, of some groups of merged parties.
#[derive(Debug, Clone, Default)]
pub struct Roots(HashMap<PartyId, PartyId>);

impl Roots {
    /// Who stands for `party`: itself, unless it was merged away.
    pub fn of(&self, party: PartyId) -> PartyId {
        self.0.get(&party).copied().unwrap_or(party)
    }

    /// Those who were merged away, with their roots.
    pub fn merged(&self) -> impl Iterator<Item = (PartyId, PartyId)> + '_ {
        self.0.iter().map(|(party, root)| (*party, *root))
    }
}

/// Every member of every group that one of `parties` belongs to.
pub async fn groups(tx: &mut Tx, parties: impl IntoIterator<Item = PartyId>) -> Result<Roots> {
    let parties: Vec<PartyId> = parties.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let mut roots = Roots::default();
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "with asked (party) as (values {rows}) select m.party, m.root from party_root m where m.root in \
             (select coalesce(r.root, a.party) from asked a left join party_root r on r.party = a.party)"
        );
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        roots.0.extend(query.fetch_of_set::<(PartyId, PartyId)>(tx).await?);
    }
    Ok(roots)
}

/// Who stands for `party`.
pub async fn of(tx: &mut Tx, party: PartyId) -> Result<PartyId> {
    let row: Option<(PartyId,)> =
        sql!("select root from party_root where party = $1").bind(party).fetch_optional(tx).await?;
    Ok(row.map_or(party, |(root,)| root))
}

/// The members of the group that `root` stands for, itself first.
pub async fn group(tx: &mut Tx, root: PartyId) -> Result<Vec<PartyId>> {
    let rows: Vec<(PartyId,)> =
        sql!("select party from party_root where root = $1 order by party").bind(root).fetch_all(tx).await?;
    Ok(std::iter::once(root).chain(rows.into_iter().map(|(party,)| party)).collect())
}
