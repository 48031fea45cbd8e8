//! What the owner of a made-up shop has chosen, so that whoever looks around finds the boards of choosing at work.

use crate::accounts;
use crate::refresh;
use crate::segment;
use crate::vip::{self, Tier, TierBy, VipRules};
use ::store::Tx;
use web::{Actor, Answer};

/// Segments of a coffee shop: name, folder and rule.
const SEGMENTS: [(&str, &str, &str); 6] = [
    (
        "늦어진 단골",
        "오늘",
        "was_regular and late_by > 0.5 and last_order within 90 days and not has_open_complaint",
    ),
    ("한 번 더 오면 단골", "오늘", "order_days = 2 and last_order within 60 days"),
    ("새로 온 손님", "오늘", "first_order within 30 days"),
    ("떠난 큰손", "되찾기", "state in (dormant, lost) and m = 5"),
    ("원두를 사 가는 손님", "취향", "ordered category \"원두\" at least 2 times within 180 days"),
    ("문자를 받는 단골", "", "state = regular and consent.sms"),
];

/// Tiers, the lowest first: code, name, colour, and the best so many percent.
const TIERS: [(&str, &str, &str, f64); 3] =
    [("silver", "실버", "ink", 20.0), ("gold", "골드", "amber", 8.0), ("black", "블랙", "indigo", 2.0)];

/// Key accounts: why the best, the second best and so on became one.
const REASONS: [&str; 5] = [
    "꾸준히 오시고 가장 많이 쓰신 분이에요.",
    "회사 회의 커피를 저희에게 맡겨 주시는 분이에요.",
    "다른 손님을 소개해 주신 적이 있는 분이에요.",
    "앞으로 더 자주 오실 여지가 큰 분이에요.",
    "저희가 되고 싶은 가게와 잘 맞는 분이에요.",
];

/// Makes the segments and the tiers; the job that goes through everyone finds who belongs to them.
///
/// # Errors
/// Where a rule is not understood or a name is taken: the company is not empty then.
pub async fn segments_and_tiers(tx: &mut Tx, owner: &Actor) -> Answer<()> {
    for (name, folder, text) in SEGMENTS {
        segment::create(tx, owner, name, folder, text).await?;
    }
    let tier = |(code, name, colour, at): (&str, &str, &str, f64)| Tier {
        code: code.into(),
        name: name.into(),
        colour: colour.into(),
        by: TierBy::Top,
        at,
        starts: None,
        ends: None,
    };
    let rules = VipRules { tiers: TIERS.map(tier).into(), ..VipRules::default() };
    vip::store::save_rules(tx, owner, &rules, None).await?;
    Ok(refresh::request(tx).await?)
}

/// Makes the first of the proposed key accounts; once the figures are there.
///
/// # Errors
/// Where somebody is a key account already.
pub async fn key_accounts(tx: &mut Tx, owner: &Actor) -> Answer<()> {
    accounts::approve_best(tx, owner, &REASONS).await
}
