//! What other rules would make of the people there are, without writing anything.

use super::model::{self, Standing};
use super::rules::VipRules;
use super::store::{self, Frame};
use crate::accounts::{AccountParty, names};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use know::parties::list::View;
use know::privacy::suspension;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::Sight;

type PartyId = Id<kinds::Party>;

/// People named of those who would move between two tiers.
const SAMPLE: usize = 10;

/// How many would have a tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TierCount {
    /// The tier; none for those without one.
    tier: Option<String>,
    /// How many have it now.
    now: i64,
    /// How many would have it.
    then: i64,
}

/// Who would move from one tier to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TierMove {
    from: Option<String>,
    to: Option<String>,
    count: i64,
    /// Ten of them, as far as the caller sees them.
    sample: Vec<AccountParty>,
}

/// What other rules would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipPreview {
    /// Customers who ordered within the window.
    customers: usize,
    tiers: Vec<TierCount>,
    moves: Vec<TierMove>,
    /// The lowest score of each tier.
    lines: BTreeMap<String, i64>,
}

/// Judges everyone by `rules` and compares with how they stand. A fall is shown as if its notice were over.
pub async fn preview(tx: &mut Tx, rules: &VipRules, sight: Sight) -> Result<VipPreview> {
    let frame = Frame::load(tx).await?;
    let everyone = store::everyone(tx, rules, frame).await?;
    let run = store::run_of(&everyone, rules, 0, frame);
    let grants = store::grants(tx, frame.today).await?;
    let unused = suspension::all(tx).await?;
    let now = store::tiers(tx).await?;
    let mut then: BTreeMap<PartyId, Option<String>> = now.keys().map(|party| (*party, None)).collect();
    then.extend(grants.keys().filter(|party| !unused.contains(party)).map(|party| (*party, None)));
    then.extend(everyone.iter().map(|(party, _)| (*party, None)));
    let scores: BTreeMap<PartyId, i64> =
        everyone.iter().map(|(party, measures)| (*party, measures.score(&run.cuts, rules))).collect();
    for (party, tier) in &mut then {
        let reached =
            scores.get(party).and_then(|score| model::reached(rules, &run.lines, *score, frame.today));
        let granted = grants.get(party).map(|grant| grant.tier.as_str());
        *tier = model::next(&Standing::default(), reached, granted, rules, frame.today, false).tier;
    }
    let mut counts: BTreeMap<Option<String>, (i64, i64)> = BTreeMap::new();
    let mut moves: BTreeMap<(Option<String>, Option<String>), Vec<PartyId>> = BTreeMap::new();
    for (party, after) in then {
        let before = now.get(&party).cloned().flatten();
        counts.entry(before.clone()).or_default().0 += 1;
        counts.entry(after.clone()).or_default().1 += 1;
        if before != after {
            moves.entry((before, after)).or_default().push(party);
        }
    }
    let named = moves.values().flat_map(|parties| parties.iter().copied().take(SAMPLE)).collect::<Vec<_>>();
    let names = names(tx, named, View { today: frame.today, currency: frame.currency, sight }).await?;
    let moves = moves.into_iter().map(|((from, to), parties)| TierMove {
        from,
        to,
        count: i64::try_from(parties.len()).unwrap_or(i64::MAX),
        sample: parties.iter().take(SAMPLE).filter_map(|party| names.get(party).cloned()).collect(),
    });
    Ok(VipPreview {
        customers: everyone.len(),
        tiers: counts.into_iter().map(|(tier, (now, then))| TierCount { tier, now, then }).collect(),
        moves: moves.collect(),
        lines: run.lines,
    })
}
