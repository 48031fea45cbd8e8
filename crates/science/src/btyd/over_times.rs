//! What is to come of the living, for one x and many observation times.
//!
//! Customers with the same number of purchases differ in T alone, and their figures change with it as smoothly as with
//! u = ln(c + T), c the shortest time in the model: on the strip |Im u| < π/2 no power (1 + s / (c + T))^-n exceeds one.
//! So figures are computed at Chebyshev points of u and interpolated between them; the points are as many as Bernstein's
//! ellipse within that strip asks for (Trefethen 2013, "Approximation theory and approximation practice", chapter 8).

use super::LatentAttrition;
use std::f64::consts::{FRAC_PI_2, PI};

/// The shortest time among the parameters of a model, in weeks.
fn shortest_time<M: LatentAttrition>(model: &M) -> f64 {
    let times = model.parameters().into_iter().zip(M::TIMES).filter(|(_, is_time)| *is_time);
    times.map(|(time, _)| time).fold(f64::INFINITY, f64::min)
}

/// N figures at each of `times` (in ascending order, in weeks), to `error` of their largest; what is smooth in T and
/// computed by `figures`, is computed at as few times as that takes.
pub(crate) fn over_times<M: LatentAttrition, const N: usize>(
    model: &M,
    times: &[f64],
    error: f64,
    figures: impl Fn(f64) -> [f64; N],
) -> Vec<[f64; N]> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Vec::new() };
    let shortest = shortest_time(model);
    let clock = |t: f64| (shortest + t).ln();
    let points = Points::new(clock(*first), clock(*last), error);
    if times.len() <= points.count {
        return times.iter().map(|t| figures(*t)).collect();
    }
    let known: Vec<(f64, f64, [f64; N])> =
        points.iter().map(|(u, weight)| (u, weight, figures(u.exp() - shortest))).collect();
    times.iter().map(|t| interpolate(&known, clock(*t))).collect()
}

/// Chebyshev points of the first kind with their barycentric weights.
struct Points {
    middle: f64,
    half: f64,
    count: usize,
}

impl Points {
    fn new(low: f64, high: f64, error: f64) -> Self {
        let half = (high - low) / 2.0;
        let height = FRAC_PI_2 / half;
        let decay = (height + height.hypot(1.0)).ln();
        Self { middle: low + half, half, count: (-error.ln() / decay).ceil() as usize + 1 }
    }

    fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        (0..self.count).map(|k| {
            let angle = PI * (k as f64 + 0.5) / self.count as f64;
            (self.middle + self.half * angle.cos(), if k % 2 == 0 { angle.sin() } else { -angle.sin() })
        })
    }
}

/// The barycentric formula (Berrut & Trefethen 2004).
fn interpolate<const N: usize>(known: &[(f64, f64, [f64; N])], u: f64) -> [f64; N] {
    let (mut sums, mut total) = ([0.0; N], 0.0);
    for (at, weight, figures) in known {
        if *at == u {
            return *figures;
        }
        let share = weight / (u - at);
        total += share;
        sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += share * figure);
    }
    sums.map(|sum| sum / total)
}

#[cfg(test)]
mod tests {
    use super::super::{BgNbd, Horizons, Living, MbgNbd, ParetoNbd};
    use super::*;

    fn check<M: LatentAttrition>(model: &M, x: u32, days: std::ops::Range<u32>) {
        let to = Horizons { orders: 52.0, discount: 0.002, value: 520.0 };
        let figures = |t: f64| {
            let living = model.living(x, t);
            let [orders, discounted] = living.means(&to);
            let moments = living.moments(&to);
            [orders, discounted, moments.discounted_pairs, living.silence(52.0)]
        };
        let times: Vec<f64> = days.map(|day| f64::from(day) / 7.0).collect();
        let count = std::cell::Cell::new(0);
        let counted = |t: f64| {
            count.set(count.get() + 1);
            figures(t)
        };
        let all = over_times(model, &times, 1e-13, counted);
        assert!(count.get() < times.len() / 4, "{} of {}", count.get(), times.len());
        for (t, got) in times.iter().zip(all) {
            for (got, want) in got.into_iter().zip(figures(*t)) {
                assert!((got - want).abs() <= 1e-9 * want + 1e-12, "x {x}, T {t}: {got} is not {want}");
            }
        }
    }

    #[test]
    fn interpolation_is_as_good_as_computing() {
        for x in [0, 1, 7, 300] {
            check(&BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }, x, 365..730);
            check(&MbgNbd { r: 0.5, alpha: 6.2, a: 0.9, b: 1.6 }, x, 1..1_500);
            check(&ParetoNbd { r: 0.553, alpha: 10.6, s: 0.606, beta: 11.7 }, x, 0..3_000);
        }
    }

    #[test]
    fn few_times_are_computed_one_by_one() {
        let model = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
        assert_eq!(over_times(&model, &[3.0, 3.0, 9.0], 1e-13, |t| [t]), [[3.0], [3.0], [9.0]]);
        assert!(over_times(&model, &[], 1e-13, |t| [t]).is_empty());
    }
}
