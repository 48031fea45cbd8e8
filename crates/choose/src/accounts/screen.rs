//! Who is screened, and how they rank.

use crate::worth::store as worth;
use crate::worth::{AccountSettings, Figure};
use ::store::{Result, Tx, sql};
use kernel::{Currency, Id, kinds};
use know::assessments::Input;
use know::privacy::suspension;
use know::ties;
use science::value::{Criterion, Screening, SensitivityOptions, screen};
use std::collections::{BTreeMap, BTreeSet};

type PartyId = Id<kinds::Party>;

/// Customers about whom something was judged who are screened: the newest first.
const JUDGED: i64 = 400;
/// The largest by what they spent are screened as well: nobody has to be judged to be seen.
const LARGEST: i64 = 50;

/// The customers who are screened, with their figures.
pub struct Pool {
    /// In the order of the screening's rows.
    pub parties: Vec<PartyId>,
    /// Of each.
    pub figures: BTreeMap<PartyId, Figure>,
    /// How they rank.
    pub screening: Screening,
}

impl Pool {
    /// Everyone who is screened, ranked.
    pub async fn load(tx: &mut Tx, settings: &AccountSettings, currency: Currency) -> Result<Self> {
        let asked = asked(tx, currency).await?;
        let figures = worth::figures(tx, &asked).await?;
        let parties: Vec<PartyId> = asked.into_iter().filter(|party| figures.contains_key(party)).collect();
        let screening = ranked(&parties, &figures, settings);
        Ok(Self { parties, figures, screening })
    }

    /// The score of a customer and their place, from 1; none of who is not eligible.
    pub fn place(&self, party: PartyId) -> Option<(usize, f64)> {
        let row = self.parties.iter().position(|other| *other == party)?;
        let mut ranked = self.screening.ranked.iter().enumerate();
        ranked.find(|(_, account)| account.row == row).map(|(place, account)| (place + 1, account.score))
    }
}

async fn asked(tx: &mut Tx, currency: Currency) -> Result<Vec<PartyId>> {
    let judged: Vec<(PartyId,)> = sql!("select party from worth order by is_key desc, party desc limit $1")
        .bind(JUDGED)
        .fetch_all(tx)
        .await?;
    let largest: Vec<(PartyId, Option<Currency>)> =
        sql!("select party, currency from facts order by spend desc, party desc limit $1")
            .bind(LARGEST)
            .fetch_all(tx)
            .await?;
    let largest = largest.into_iter().filter(|(_, own)| *own == Some(currency)).map(|(party, _)| party);
    let mut all: BTreeSet<PartyId> = judged.into_iter().map(|(party,)| party).chain(largest).collect();
    // An organisation may be large by the people who work for it, and each order counts once.
    let people: Vec<PartyId> = all.iter().copied().collect();
    let keys = worth::keys(tx).await?;
    let unused = suspension::all(tx).await?;
    for (organisation, person) in ties::organisations_of(tx, &people).await? {
        all.insert(organisation);
        if !keys.contains(&person) {
            all.remove(&person);
        }
    }
    Ok(all.into_iter().filter(|party| !unused.contains(party)).collect())
}

/// A criterion: its name, its weight, and its value for a customer.
type Asked = (&'static str, f64, fn(&Figure) -> Option<f64>);

/// The criteria that count.
pub fn criteria(settings: &AccountSettings) -> Vec<Asked> {
    let weights = &settings.weights;
    let all: [Asked; 4] = [
        ("profit", weights.profit, |it| it.profit_now().map(|profit| profit as f64)),
        ("growth", weights.growth, |it| it.growth.map(|growth| growth.rate)),
        ("potential", weights.potential, |it| it.score(Input::Potential).map(|score| score as f64)),
        ("fit", weights.fit, |it| it.score(Input::Fit).map(|score| score as f64)),
    ];
    all.into_iter().filter(|(_, weight, _)| *weight > 0.0).collect()
}

fn ranked(parties: &[PartyId], figures: &BTreeMap<PartyId, Figure>, settings: &AccountSettings) -> Screening {
    let asked = criteria(settings);
    let column = |value: fn(&Figure) -> Option<f64>| -> Vec<Option<f64>> {
        parties.iter().map(|party| figures.get(party).and_then(value)).collect()
    };
    let columns: Vec<Vec<Option<f64>>> = asked.iter().map(|(_, _, value)| column(*value)).collect();
    let criteria: Vec<Criterion<'_>> = asked
        .iter()
        .zip(&columns)
        .map(|((name, weight, _), values)| Criterion { name, weight: *weight, reversed: false, values })
        .collect();
    let wanted = usize::try_from(settings.wanted).unwrap_or(0);
    screen(&criteria, wanted, &SensitivityOptions::default())
        .expect("settings are checked when they are saved, and the columns are of one length")
}
