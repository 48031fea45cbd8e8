//! What the shop spends each month to win people and to keep them.

use crate::{
    CostKind, CostSeed,
    calendar::Calendar,
    draw::{Draw, Purpose},
};

/// (what for, medium, usual won a month, share of months in which it is used)
const BUDGET: [(CostKind, &str, f64, f64); 5] = [
    (CostKind::Acquisition, "인스타그램 광고", 320_000.0, 1.0),
    (CostKind::Acquisition, "네이버 지역 광고", 180_000.0, 1.0),
    (CostKind::Acquisition, "전단지", 60_000.0, 0.3),
    (CostKind::Retention, "단골 쿠폰", 90_000.0, 1.0),
    (CostKind::Retention, "생일 음료", 45_000.0, 1.0),
];

/// The costs of every calendar month that has ended, in thousands of won.
pub(crate) fn costs(seed: u64, calendar: &Calendar) -> Vec<CostSeed> {
    let mut draw = Draw::new(seed, Purpose::Costs, 0);
    let mut costs = Vec::new();
    for month in calendar.whole_months() {
        for (kind, medium, usual, share) in BUDGET {
            let amount = usual * (0.8 + 0.4 * draw.uniform());
            if draw.chance(share) {
                let amount_minor = libm::round(amount / 1_000.0) as i64 * 1_000;
                costs.push(CostSeed { month, kind, medium, amount_minor });
            }
        }
    }
    costs
}
