//! The BG/BB log-likelihood and its gradient.
//!
//! A history is a sum over the period of leaving, from the last purchase on; its terms depend on x and that period alone.
//! So for the customers of one x each term is made once, and for those of one x and n the sums from every last purchase to
//! the end are read off one pass. Sums are kept relative to their largest term, so that no length underflows.

use super::BgBb;
use super::occasions::{OccasionHistory, OccasionRow, Occasions};
use crate::special::{digamma, ln_beta};

/// The log-likelihood and its gradient in (alpha, beta, gamma, delta).
pub(super) fn log_likelihood(model: &BgBb, occasions: &Occasions) -> (f64, [f64; 4]) {
    let mut sums = [0.0; 5];
    for of_count in occasions.rows().chunk_by(|a, b| a.history.x() == b.history.x()) {
        let terms = Terms::new(model, of_count);
        for of_length in of_count.chunk_by(|a, b| a.history.periods() == b.history.periods()) {
            terms.add(of_length, &mut sums);
        }
    }
    let [value, a, b, c, d] = sums;
    (value, [a, b, c, d])
}

/// The log-likelihood of one history.
pub(super) fn history_likelihood(model: &BgBb, history: OccasionHistory) -> f64 {
    let left = |last: u32| ln_ended(model, history.x(), last, true);
    let stayed = ln_ended(model, history.x(), history.periods(), false);
    let largest = (history.t_x()..history.periods()).map(left).fold(stayed, f64::max);
    let rest: f64 = (history.t_x()..history.periods()).map(|last| (left(last) - largest).exp()).sum();
    largest + ((stayed - largest).exp() + rest).ln()
}

/// ln P(x purchases at given occasions, alive through `last` periods, then left or not yet).
pub(super) fn ln_ended(model: &BgBb, x: u32, last: u32, left: bool) -> f64 {
    let (x, last) = (f64::from(x), f64::from(last));
    let BgBb { alpha, beta, gamma, delta } = *model;
    let buys = ln_beta(alpha + x, beta + last - x) - ln_beta(alpha, beta);
    let leaves = f64::from(u8::from(left));
    buys + ln_beta(gamma + leaves, delta + last) - ln_beta(gamma, delta)
}

/// What a term is, and its slopes.
type Term = (f64, [f64; 4]);

fn term(model: &BgBb, base: &[f64; 4], x: u32, last: u32, left: bool) -> Term {
    let slopes = slopes(model, f64::from(x), f64::from(last), f64::from(u8::from(left)));
    (ln_ended(model, x, last, left), std::array::from_fn(|i| slopes[i] - base[i]))
}

/// d ln B(alpha + x, beta + last - x) B(gamma + leaves, delta + last) in the parameters.
fn slopes(model: &BgBb, x: f64, last: f64, leaves: f64) -> [f64; 4] {
    let BgBb { alpha, beta, gamma, delta } = *model;
    let (buys, stays) = (digamma(alpha + beta + last), digamma(gamma + delta + leaves + last));
    [
        digamma(alpha + x) - buys,
        digamma(beta + last - x) - buys,
        digamma(gamma + leaves) - stays,
        digamma(delta + last) - stays,
    ]
}

/// The terms of customers with one x.
struct Terms<'a> {
    model: &'a BgBb,
    base: [f64; 4],
    /// The period of the first of `left`.
    first: u32,
    /// Left after each period.
    left: Vec<Term>,
}

impl<'a> Terms<'a> {
    /// Rows of one x, sorted by periods.
    fn new(model: &'a BgBb, rows: &[OccasionRow]) -> Self {
        let x = rows[0].history.x();
        let first = rows.iter().map(|row| row.history.t_x()).min().unwrap_or(0);
        let last = rows.iter().map(|row| row.history.periods()).max().unwrap_or(0);
        let base = slopes(model, 0.0, 0.0, 0.0);
        let left = (first..last).map(|last| term(model, &base, x, last, true)).collect();
        Self { model, base, first, left }
    }

    /// Adds rows of one x and one n, sorted by `t_x`: from the end back to each last purchase.
    fn add(&self, rows: &[OccasionRow], sums: &mut [f64; 5]) {
        let (x, periods) = (rows[0].history.x(), rows[0].history.periods());
        let mut sum = Sum::of(term(self.model, &self.base, x, periods, false));
        let mut from = periods;
        for row in rows.iter().rev() {
            while from > row.history.t_x() {
                from -= 1;
                sum.add(&self.left[(from - self.first) as usize]);
            }
            let weight = row.weight as f64;
            sums[0] += weight * sum.ln();
            sums[1..].iter_mut().zip(sum.slopes).for_each(|(s, slope)| *s += weight * slope / sum.total);
        }
    }
}

/// A sum of exponentials with the slopes of its terms, relative to the largest of them.
struct Sum {
    largest: f64,
    total: f64,
    slopes: [f64; 4],
}

impl Sum {
    fn of((ln, slopes): Term) -> Self {
        Self { largest: ln, total: 1.0, slopes }
    }

    fn add(&mut self, (ln, slopes): &Term) {
        if *ln > self.largest {
            let shrink = (self.largest - ln).exp();
            self.total *= shrink;
            self.slopes.iter_mut().for_each(|slope| *slope *= shrink);
            self.largest = *ln;
        }
        let share = (ln - self.largest).exp();
        self.total += share;
        self.slopes.iter_mut().zip(slopes).for_each(|(sum, slope)| *sum += share * slope);
    }

    fn ln(&self) -> f64 {
        self.largest + self.total.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: BgBb = BgBb { alpha: 1.2035, beta: 0.7497, gamma: 0.6567, delta: 2.7835 };

    fn occasions() -> Occasions {
        let rows = [
            (0, 0, 6, 5),
            (3, 4, 6, 2),
            (3, 6, 6, 4),
            (3, 3, 9, 1),
            (6, 6, 6, 1),
            (1, 1, 2, 9),
            (0, 0, 4, 3),
        ];
        Occasions::new(rows).unwrap()
    }

    #[test]
    fn gradients_are_the_slopes_of_the_likelihood() {
        let slopes = log_likelihood(&MODEL, &occasions()).1;
        for i in 0..4 {
            let moved = |step: f64| {
                let mut parameters = MODEL.parameters();
                parameters[i] += step;
                log_likelihood(&BgBb::from(parameters), &occasions()).0
            };
            assert!((slopes[i] - (moved(1e-6) - moved(-1e-6)) / 2e-6).abs() < 1e-6);
        }
    }

    #[test]
    fn the_sum_is_that_of_single_histories() {
        let each = |row: &OccasionRow| row.weight as f64 * history_likelihood(&MODEL, row.history);
        let want: f64 = occasions().rows().iter().map(each).sum();
        assert!((log_likelihood(&MODEL, &occasions()).0 - want).abs() < 1e-10);
    }

    /// Ten thousand periods in ten thousand different histories: one pass, where one a history took a hundred million terms.
    #[test]
    fn long_histories_are_counted_once() {
        let rows = (1..10_000_u32).map(|t_x| (1, t_x, 10_000, 1));
        let (value, slopes) = log_likelihood(&MODEL, &Occasions::new(rows).unwrap());
        assert!(value.is_finite() && slopes.iter().all(|slope| slope.is_finite()));
    }
}
