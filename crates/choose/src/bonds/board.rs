//! The board: how many customers stand at each level, and who moved between two days.

use super::settings::STEPS;
use ::store::{Query, Result, Tx, Value};
use kernel::{Day, Id, kinds};
use know::parties::list::{self, Filter};
use science::value::migration;
use serde::Serialize;
use utoipa::ToSchema;
use web::Sight;

type PartyId = Id<kinds::Party>;

/// How many customers stand at a level.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BondStep {
    /// From 0 to 3.
    level: usize,
    /// Customers.
    count: i64,
    /// Their share.
    share: Option<f64>,
    /// The list of them.
    href: String,
}

/// How many customers moved from one level to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BondMove {
    /// The level on the earlier day.
    before: usize,
    /// The level on the later day.
    after: usize,
    /// Customers.
    count: i64,
    /// The list of them.
    href: String,
}

/// The ladder on a day, and what moved since an earlier one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BondBoard {
    /// The earlier day.
    #[schema(value_type = String)]
    from: Day,
    /// The later day.
    #[schema(value_type = String)]
    to: Day,
    /// Levels from 0 to 3 on the later day.
    steps: Vec<BondStep>,
    /// Every pair of levels, those who stayed included.
    moves: Vec<BondMove>,
    /// Customers who moved up, stayed and moved down.
    directions: Vec<u64>,
    /// Whether any bond was ever entered.
    any: bool,
}

/// The board of two days as `sight` reaches it.
pub async fn board(tx: &mut Tx, [from, to]: [Day; 2], sight: Sight) -> Result<BondBoard> {
    let levels = levels(tx, [from, to], sight).await?;
    let everyone = list::count(tx, &Filter::default(), to, sight).await?;
    let place = |level: i64| usize::try_from(level).ok().filter(|level| *level < STEPS);
    let before: Vec<Option<usize>> = levels.iter().map(|(_, before, _)| place(*before)).collect();
    let after: Vec<Option<usize>> = levels.iter().map(|(_, _, after)| place(*after)).collect();
    let mut matrix = migration(STEPS, &before, &after).expect("columns of one length, levels below four");
    // Whoever never had a bond stood at 0 on both days.
    let others = u64::try_from(everyone).unwrap_or(0).saturating_sub(levels.len() as u64);
    matrix.counts[0][0] += others;
    let at = |level: usize| matrix.counts.iter().map(|row| row[level]).sum::<u64>();
    let steps = (0..STEPS).map(|level| BondStep {
        level,
        count: i64::try_from(at(level)).unwrap_or(i64::MAX),
        share: (everyone > 0).then(|| at(level) as f64 / everyone as f64),
        href: format!("/know/customers?bond_level={level}&bond_on={to}&sort=-spend"),
    });
    let pairs = (0..STEPS).flat_map(|before| (0..STEPS).map(move |after| (before, after)));
    let moves = pairs.map(|(before, after)| BondMove {
        before,
        after,
        count: i64::try_from(matrix.counts[before][after]).unwrap_or(i64::MAX),
        href: format!(
            "/know/customers?bond_was={before}&bond_from={from}&bond_level={after}&bond_on={to}&sort=-spend"
        ),
    });
    Ok(BondBoard {
        from,
        to,
        steps: steps.collect(),
        moves: moves.collect(),
        directions: matrix.directions().to_vec(),
        any: !levels.is_empty(),
    })
}

/// The levels on two days of everyone who ever had a bond and whom `sight` reaches.
async fn levels(tx: &mut Tx, [from, to]: [Day; 2], sight: Sight) -> Result<Vec<(PartyId, i64, i64)>> {
    let mut values: Vec<Value> = vec![from.into(), to.into()];
    let mut seen = String::new();
    if let Some((condition, of)) = list::seen(sight) {
        seen = format!(" and {condition}");
        for value in of {
            values.push(value);
            seen = seen.replacen('?', &format!("${}", values.len()), 1);
        }
    }
    let on = |place: &str| {
        format!(
            "max(case when b.started <= {place} and (b.ended is null or b.ended > {place}) then b.level else 0 end)"
        )
    };
    let text = format!(
        "select f.party, {}, {} from bonds b left join party_root r on r.party = b.party \
         join facts f on f.party = coalesce(r.root, b.party) join parties p on p.id = f.party \
         where b.deleted_at is null and p.retracted_by is null{seen} group by f.party",
        on("$1"),
        on("$2")
    );
    values.into_iter().fold(Query::built(text), Query::bind).fetch_all(tx).await
}
