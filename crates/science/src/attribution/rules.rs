//! The rules of thumb: weights of the touches of one journey, adding up to 1.

use super::{Journey, Rule};
use std::collections::BTreeSet;

/// The weight of each touch; empty for a journey without touches.
pub(super) fn weights(rule: Rule, journey: &Journey) -> Vec<f64> {
    let n = journey.channels.len();
    let all_to = |at: usize| (0..n).map(|i| f64::from(u8::from(i == at))).collect();
    let raw: Vec<f64> = match rule {
        Rule::First => all_to(0),
        Rule::Last => all_to(n.saturating_sub(1)),
        Rule::Position { first, last } if n > 2 => {
            let (first, last) = ends(first, last);
            let between = (1.0 - first - last) / (n - 2) as f64;
            (0..n)
                .map(|i| {
                    if i == 0 {
                        first
                    } else if i + 1 == n {
                        last
                    } else {
                        between
                    }
                })
                .collect()
        }
        Rule::Position { first, last } if n == 2 => vec![ends(first, last).0, ends(first, last).1],
        Rule::TimeDecay { half_life } => decay(journey, half_life),
        _ => vec![1.0; n],
    };
    let total: f64 = raw.iter().sum();
    if total > 0.0 { raw.iter().map(|w| w / total).collect() } else { vec![1.0 / n.max(1) as f64; n] }
}

/// The shares of both ends, held within 0 and 1 together.
fn ends(first: f64, last: f64) -> (f64, f64) {
    let sound = |share: f64| if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.4 };
    let (first, last) = (sound(first), sound(last));
    let over = (first + last).max(1.0);
    (first / over, last / over)
}

/// 2^(-age / half-life), ages counted from the youngest touch so that old journeys do not vanish.
fn decay(journey: &Journey, half_life: f64) -> Vec<f64> {
    let n = journey.channels.len();
    let by_touch = || (0..n).map(|i| (n - 1 - i) as f64).collect();
    let ages: Vec<f64> = if journey.ages.is_empty() { by_touch() } else { journey.ages.clone() };
    let youngest = ages.iter().copied().fold(f64::INFINITY, f64::min);
    let half_life = if half_life > 0.0 { half_life } else { f64::MIN_POSITIVE };
    ages.iter()
        .map(|age| if *age == youngest { 1.0 } else { (-(age - youngest) / half_life).exp2() })
        .collect()
}

/// Evenly to each distinct channel, the touches of one channel sharing.
pub(super) fn evenly_by_channel(channels: &[u8]) -> Vec<f64> {
    let distinct = channels.iter().collect::<BTreeSet<_>>().len() as f64;
    let touches = |channel: &u8| channels.iter().filter(|c| *c == channel).count() as f64;
    channels.iter().map(|c| 1.0 / distinct / touches(c)).collect()
}
