//! Point predictions published with lifetimes, BTYD and CLVTools for the CDNOW fit, and identities.

use super::engine::Engine;
use super::*;
use pareto::PARETO;

const BG: BgNbd = BgNbd { r: 0.242595, alpha: 4.413602, a: 0.79292, b: 2.425888 };
/// The three-digit parameters most published predictions were made with.
const ROUNDED: BgNbd = BgNbd { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const MBG: MbgNbd = MbgNbd { r: 0.524836, alpha: 6.182987, a: 0.891363, b: 1.614025 };

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[test]
fn conditional_expectation_and_p_alive() {
    close(BG.expected_transactions(39.0, 2, 30.43, 38.86), 1.22599, 2e-4);
    close(BG.p_alive(2, 30.43, 38.86), 0.72662, 1e-4);
    assert_eq!(BG.p_alive(0, 0.0, 38.86), 1.0);
}

#[test]
fn new_customers_purchases() {
    let published =
        [(0.1429, 0.0078), (1.0, 0.0532), (3.0, 0.1506), (31.8571, 1.0405), (32.0, 1.0437), (78.0, 1.8576)];
    for (t, want) in published {
        close(BG.expected_transactions_new_customer(t), want, 6e-5_f64.max(2e-4 * want));
    }
}

#[test]
fn probabilities_of_counts() {
    close(ROUNDED.probability_of_n(0, 39.0), 0.573_786_4, 2e-6);
    close(ROUNDED.probability_of_n(10, 2.0), 1.07869e-7, 2e-11);
    let published = [
        0.0019995214,
        0.0015170236,
        0.0011633150,
        0.0009003148,
        0.0007023638,
        0.0005517902,
        0.0004361913,
        0.0003467171,
        0.0002769613,
        0.0002222260,
    ];
    for (n, want) in (11..).zip(published) {
        close(ROUNDED.probability_of_n(n, 30.0), want, 2e-7);
    }
}

/// The closed form of Fader, Hardie & Lee (2005, eq. 10), with a plain series for 2F1.
fn closed_form(m: &BgNbd, horizon: f64, x: u32, t_x: f64, t: f64) -> f64 {
    let n = f64::from(x);
    let z = horizon / (m.alpha + t + horizon);
    let (p, q, c) = (m.r + n, m.b + n, m.a + m.b + n - 1.0);
    let (mut term, mut sum) = (1.0, 1.0);
    for j in 0..5_000 {
        let j = f64::from(j);
        term *= (p + j) * (q + j) / ((c + j) * (j + 1.0)) * z;
        sum += term;
    }
    let shrink = ((m.alpha + t) / (m.alpha + t + horizon)).powf(p);
    (m.a + m.b + n - 1.0) / (m.a - 1.0) * (1.0 - shrink * sum) * m.p_alive(x, t_x, t)
}

#[test]
fn the_integral_equals_the_published_closed_form() {
    for (x, t_x, t) in [(0, 0.0, 0.0), (0, 0.0, 39.0), (2, 30.43, 38.86), (26, 30.86, 31.0), (60, 50.0, 52.0)]
    {
        for horizon in [1.0, 39.0, 52.0, 260.0, 1_040.0] {
            let want = closed_form(&BG, horizon, x, t_x, t);
            close(BG.expected_transactions(horizon, x, t_x, t), want, 1e-8 * want.max(1.0));
        }
    }
}

#[test]
fn nothing_breaks_where_the_closed_form_is_singular() {
    let at_one = BgNbd { a: 1.0, ..BG }.expected_transactions(52.0, 3, 20.0, 30.0);
    let beside = BgNbd { a: 1.0 + 1e-9, ..BG }.expected_transactions(52.0, 3, 20.0, 30.0);
    close(at_one, beside, 1e-8);
    assert!(at_one > 0.0);
}

#[test]
fn expected_new_purchases_agree_with_the_probabilities_of_counts() {
    fn check(model: impl LatentAttrition) {
        let mean: f64 = (0..400).map(|n| f64::from(n) * model.probability_of_n(n, 26.0)).sum();
        close(model.expected_transactions_new_customer(26.0), mean, 1e-8);
        let total: f64 = (0..400).map(|n| model.probability_of_n(n, 26.0)).sum();
        close(total, 1.0, 1e-9);
    }
    check(BG);
    check(MBG);
    // Nearly equal rates: the alternating series would cancel, Euler's form does not.
    check(BgNbd { r: 80.0, alpha: 200.0, a: 0.3, b: 1.2 });
}

#[test]
fn the_second_moment_agrees_with_the_probabilities_of_counts() {
    let pairs: f64 =
        (0..400).map(|n| f64::from(n) * (f64::from(n) - 1.0) * BG.probability_of_n(n, 26.0)).sum();
    let horizons = Horizons { orders: 26.0, discount: 0.0, value: 26.0 };
    let moments = BG.living(0, 0.0).moments(&horizons);
    close(moments.pairs, pairs, 1e-8);
    close(moments.discounted_pairs, pairs, 1e-8);
}

#[test]
fn the_near_and_the_far_horizon_add_up() {
    let horizons = Horizons { orders: 52.0, discount: 0.002, value: 520.0 };
    for (x, t) in [(0, 0.0), (3, 30.0), (90, 100.0)] {
        let flow = MBG.living(x, t);
        let moments = flow.moments(&horizons);
        close(moments.orders, flow.expected(0.0, 52.0), 1e-12);
        // One panel of sixteen nodes against two: the quadrature has settled.
        close(moments.discounted, flow.expected(0.002, 520.0), 1e-7 * moments.discounted);
        assert_eq!(flow.means(&horizons), [moments.orders, moments.discounted]);
    }
}

#[test]
fn discounting_lies_between_none_and_all() {
    let plain = MBG.expected_transactions(260.0, 4, 30.0, 39.0);
    let discounted = MBG.residual_transactions(0.0027, 260.0, 4, 30.0, 39.0);
    assert!(discounted < plain && discounted > plain * (-0.0027_f64 * 260.0).exp());
}

#[test]
fn counts_in_the_thousands_stay_finite() {
    for x in [1_001, 50_000, 1_000_000_000] {
        let t = f64::from(x) / 3.0;
        for (t_x, t) in [(t, t), (t, 1.2 * t), (0.0, t)] {
            for value in [
                BG.p_alive(x, t_x, t),
                BG.expected_transactions(52.0, x, t_x, t),
                MBG.residual_transactions(0.002, 520.0, x, t_x, t),
                MBG.customer_log_likelihood(x, t_x, t),
                PARETO.p_alive(x, t_x, t),
                PARETO.customer_log_likelihood(x, t_x, t),
                PARETO.expected_transactions(52.0, x, t_x, t),
                PARETO.dert(0.002, x, t_x, t).unwrap(),
                BG.dert(0.002, x, t_x, t).unwrap(),
            ] {
                assert!(value.is_finite(), "x = {x}, t_x = {t_x}, t = {t}: {value}");
            }
        }
    }
}

#[test]
fn gradients_are_the_slopes_of_the_likelihood() {
    fn check<M: LatentAttrition>(model: M) {
        let histories = [(0, 0, 100), (1, 30, 250), (3, 200, 272), (17, 270, 272), (2, 5, 5), (0, 0, 0)];
        let summary = crate::Summary::from_days(histories).unwrap();
        let (_, slopes) = model.likelihood(&summary);
        for i in 0..4 {
            let moved = |step: f64| {
                let mut parameters = model.parameters();
                parameters[i] *= 1.0 + step;
                M::from_parameters(parameters).log_likelihood(&summary)
            };
            let numeric = (moved(1e-5) - moved(-1e-5)) / (2e-5 * model.parameters()[i]);
            close(slopes[i], numeric, 1e-6 * numeric.abs().max(1.0));
        }
        let each = |row| {
            let c = summary.in_weeks(row);
            model.customer_log_likelihood(c.x, c.t_x, c.t)
        };
        close(model.log_likelihood(&summary), summary.rows().iter().map(each).sum(), 1e-10);
    }
    check(BG);
    check(MBG);
    check(PARETO);
}

mod pareto;
