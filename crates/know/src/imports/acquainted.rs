//! Whom an import has met: the same customer comes again and again in a file of orders, and who they are was settled
//! when they came first.
//!
//! Invariants:
//! - Only what is committed is remembered, so a chunk that is tried again is settled again.
//! - What was settled once settles the same way again, with nothing new: the contacts are the party's by now. This holds
//!   as long as the party stands, which is asked for each chunk.

use crate::parties::resolve::{Origins, Resolved, resolve};
use crate::parties::{Identity, store};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};

type PartyId = Id<kinds::Party>;

/// Customers that are remembered: with 24 bytes each about 6 MB. One more, and all are forgotten.
const ACQUAINTED: usize = 200_000;

/// Parties by the hash of what the file says of who they are.
#[derive(Debug, Default)]
pub struct Acquainted(HashMap<u128, PartyId>);

impl Acquainted {
    /// Who the identities are: who was met before is not looked for again.
    pub async fn settle(&self, tx: &mut Tx, from: &Origins<'_>, identities: &[Identity]) -> Result<Resolved> {
        let mut parties = self.met(tx, identities).await?;
        let strangers = parties.iter().zip(identities).filter(|(party, _)| party.is_none());
        let strangers: Vec<Identity> = strangers.map(|(_, identity)| identity.clone()).collect();
        let Resolved { parties: settled, added } = resolve(tx, from, &strangers).await?;
        parties.iter_mut().filter(|party| party.is_none()).zip(settled).for_each(|(party, who)| *party = who);
        Ok(Resolved { parties, added })
    }

    /// The party of each identity that was met before; nobody when one of them does not stand any more.
    async fn met(&self, tx: &mut Tx, identities: &[Identity]) -> Result<Vec<Option<PartyId>>> {
        let met: Vec<Option<PartyId>> =
            identities.iter().map(|identity| self.0.get(&hash(identity)).copied()).collect();
        let asked: BTreeSet<PartyId> = met.iter().flatten().copied().collect();
        match store::all_stand(tx, &asked).await? {
            true => Ok(met),
            false => Ok(vec![None; identities.len()]),
        }
    }

    /// Remembers who the identities are, once that is committed.
    pub fn remember<'i>(&mut self, settled: impl Iterator<Item = (&'i Identity, Option<PartyId>)>) {
        for (identity, party) in settled {
            if self.0.len() >= ACQUAINTED {
                self.0.clear();
            }
            self.0.extend(party.map(|party| (hash(identity), party)));
        }
    }
}

/// Two different hashes in one: two customers of a file do not get the same.
fn hash(identity: &Identity) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, identity).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}
