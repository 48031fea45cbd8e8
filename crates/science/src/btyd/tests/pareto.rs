//! Pareto/NBD: predictions published with lifetimes, BTYD and CLVTools, identities, and the two ways to its likelihood.

use super::close;
use crate::Summary;
use crate::btyd::engine::Engine;
use crate::btyd::{LatentAttrition, Living, MbgNbd, ParetoNbd};

/// Maximum likelihood on the CDNOW summary published with lifetimes.
pub(super) const PARETO: ParetoNbd = ParetoNbd { r: 0.553275, alpha: 10.57761, s: 0.606215, beta: 11.66797 };

#[test]
fn predictions_of_lifetimes_and_btyd() {
    close(PARETO.expected_transactions_new_customer(52.0), 1.473_434, 2e-5);
    close(PARETO.expected_transactions(52.0, 26, 30.86, 31.0), 25.456_47, 1e-3);
    // lifetimes' .997874 does not go with its own expectation above; ours does, and BTYD has .99792.
    close(PARETO.p_alive(26, 30.86, 31.0), 0.997_874, 5e-5);
    close(PARETO.p_alive(26, 30.86, 31.0), 0.997_92, 5e-6);
}

#[test]
fn predictions_of_btyd_with_rounded_parameters() {
    let rounded = ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 };
    close(rounded.expected_transactions_new_customer(52.0), 1.472_16, 2e-3);
    close(rounded.expected_transactions(52.0, 26, 30.86, 31.0), 25.4557, 2e-2);
    close(rounded.p_alive(26, 30.86, 31.0), 0.997_92, 1e-4);
}

/// The histories that overflowed in lifetimes (its test of numerical stability).
#[test]
fn stability_cases_of_lifetimes() {
    let model = ParetoNbd { r: 0.55, alpha: 10.58, s: 0.61, beta: 11.67 };
    close(model.expected_transactions(10.0, 132, 200.0, 200.0), 6.206_051_788_963_242, 1e-9);
    close(model.expected_transactions(10.0, 133, 200.0, 200.0), 6.252_872_247_574_811, 1e-9);
}

/// CLVTools' customers whose P(alive) used to be NaN: it is a probability now, and falls with silence.
#[test]
fn frequent_buyers_of_clvtools() {
    let model = ParetoNbd { r: 0.5143, alpha: 2.8845, s: 0.2856, beta: 14.1087 };
    for x in [221, 254, 161, 204] {
        let mut last = 1.0;
        for silent in [0.0, 0.1, 0.5, 1.0, 5.0, 50.0] {
            let alive = model.p_alive(x, 100.0, 100.0 + silent);
            assert!((0.0..=last).contains(&alive) && (silent > 0.0 || alive == 1.0), "{x} {silent} {alive}");
            assert!(model.customer_log_likelihood(x, 100.0, 100.0 + silent).is_finite());
            last = alive;
        }
        assert!(last < 1e-6);
    }
}

/// P(left) and P(alive) by brute force: ten thousand steps of Simpson's rule over the time of leaving.
#[test]
fn the_quadrature_agrees_with_simpsons_rule() {
    for (x, t_x, t) in [(0, 0.0, 39.0), (1, 2.0, 38.0), (26, 20.0, 31.0), (3, 30.0, 30.5), (80, 10.0, 60.0)] {
        let ParetoNbd { r, alpha, s, beta } = PARETO;
        let shape = r + f64::from(x);
        let density = |tau: f64| {
            (-shape * ((alpha + tau) / (alpha + t)).ln() - (s + 1.0) * (beta + tau).ln()
                + s * (beta + t).ln())
            .exp()
        };
        let (steps, width) = (20_000, t - t_x);
        let point = |i: u32| density(t_x + width * f64::from(i) / f64::from(steps));
        let inner: f64 = (1..steps).map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * point(i)).sum();
        let odds = s * (point(0) + inner + point(steps)) * width / f64::from(3 * steps);
        close(PARETO.p_alive(x, t_x, t), 1.0 / (1.0 + odds), 1e-9);
    }
}

#[test]
fn probabilities_of_counts_are_a_distribution_with_the_expected_mean() {
    for model in
        [PARETO, ParetoNbd { r: 8.0, alpha: 3.0, s: 2.5, beta: 40.0 }, ParetoNbd { beta: 0.1, ..PARETO }]
    {
        let probability = |n| model.probability_of_n(n, 26.0);
        close((0..2_000).map(probability).sum(), 1.0, 1e-8);
        let mean: f64 = (0..2_000).map(|n| f64::from(n) * probability(n)).sum();
        close(mean, model.expected_transactions_new_customer(26.0), 1e-7 * mean);
        close(model.p_zero_purchases(26.0, 0, 0.0, 0.0), probability(0), 1e-10);
    }
}

#[test]
fn discounted_orders_of_all_the_future() {
    // A long horizon comes close to Tricomi's function.
    for (x, t_x, t) in [(0, 0.0, 39.0), (2, 30.43, 38.86), (200, 77.0, 78.0)] {
        let forever = PARETO.dert(0.01, x, t_x, t).unwrap();
        let long = PARETO.residual_transactions(0.01, 900.0, x, t_x, t);
        let longer = long
            + PARETO.p_alive(x, t_x, t)
                * PARETO
                    .living(x, t)
                    .integrate(900.0, 9_000.0, |s| [(-0.01 * s).exp() * PARETO.living(x, t).intensity(s)])[0];
        close(forever, longer, 1e-6 * forever);
    }
    assert!(PARETO.dert(0.0, 2, 30.0, 39.0).is_err() && PARETO.dert(-0.1, 2, 30.0, 39.0).is_err());
    assert!(PARETO.dert(f64::NAN, 2, 30.0, 39.0).is_err());
    // The ridge that gave CLVTools DERT = Inf (its issue 132).
    let ridge = ParetoNbd { s: 64.3, beta: 7_721.0, ..PARETO };
    let (none, little) = (ridge.dert(0.0, 2, 30.0, 39.0).unwrap(), ridge.dert(1e-9, 2, 30.0, 39.0).unwrap());
    close(little, none, 1e-5 * none);
}

#[test]
fn beta_geometric_orders_of_all_the_future() {
    let model = MbgNbd { r: 0.5, alpha: 6.0, a: 2.5, b: 3.0 };
    let none = model.dert(0.0, 2, 30.0, 39.0).unwrap();
    close(model.dert(1e-7, 2, 30.0, 39.0).unwrap(), none, 1e-3 * none);
    let year = model.dert(0.05, 2, 30.0, 39.0).unwrap();
    close(year, model.residual_transactions(0.05, 800.0, 2, 30.0, 39.0), 1e-5 * year);
    assert!(MbgNbd { a: 0.9, ..model }.dert(0.0, 2, 30.0, 39.0).is_err());
}

/// A customer base large enough for tables, and the same rows by their own integrals.
#[test]
fn the_tables_agree_with_the_integrals() {
    let rows = (0..40_000u32).map(|i| {
        let (x, t) = (i % 23, 120 + i % 97);
        (x, if x == 0 { 0 } else { (i * 7_919) % t + 1 }, t)
    });
    let summary = Summary::from_days(rows).unwrap();
    for model in
        [PARETO, ParetoNbd { r: 5.0, alpha: 2.0, s: 3.0, beta: 1.0 }, ParetoNbd { alpha: 0.05, ..PARETO }]
    {
        let (value, slopes) = model.likelihood(&summary);
        let mut direct = [0.0; 5];
        for row in summary.rows() {
            let one = Summary::from_days([(row.x, row.t_x, row.t)]).unwrap();
            let (v, g) = model.likelihood(&one);
            let c = summary.in_weeks(row);
            close(v, model.customer_log_likelihood(c.x, c.t_x, c.t), 1e-9 * v.abs().max(1.0));
            for (sum, part) in direct.iter_mut().zip([v, g[0], g[1], g[2], g[3]]) {
                *sum += row.weight as f64 * part;
            }
        }
        close(value, direct[0], 1e-9 * value.abs());
        for (slope, want) in slopes.iter().zip(&direct[1..]) {
            close(*slope, *want, 1e-7 * want.abs().max(value.abs()));
        }
    }
}

/// The silence of frequent buyers by a sum of a million steps: their integrand falls by hundreds of e-folds.
#[test]
fn silence_of_frequent_buyers_by_brute_force() {
    for (x, t) in [(300, 0.0), (300, 52.0), (2_000, 20.0)] {
        let living = PARETO.living(x, t);
        let (shape, rate, s, beta) = (PARETO.r + f64::from(x), PARETO.alpha + t, PARETO.s, PARETO.beta + t);
        let alive = |u: f64| (-s * (u / beta).ln_1p()).exp();
        let quiet = |u: f64| (-shape * (u / rate).ln_1p()).exp();
        let step = 52.0 / 1e6;
        let gone: f64 = (0..1_000_000)
            .map(|i| (f64::from(i) + 0.5) * step)
            .map(|u| step * s / (beta + u) * alive(u) * quiet(u))
            .sum();
        let want = alive(52.0) * quiet(52.0) + gone;
        close(living.silence(52.0), want, 1e-6 * want);
    }
}
