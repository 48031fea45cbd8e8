//! The donors of Fader, Hardie & Shang (2010): BG/BB on 11,104 people who first gave in 1995, over six years.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use rand::Rng;
use rand_distr::{Beta, Distribution};
use science::Status;
use science::btyd::{BgBb, OccasionHistory, OccasionRow, Occasions};
use science::clv::{PeriodOutlook, score_occasions};
use science::random::stream;

fn donors() -> Option<Occasions> {
    let text = crate::real::text("cdnow/donations.csv")?;
    let row = |line: &str| {
        let [x, t_x, periods, weight] =
            line.split(',').map(|v| v.trim().parse::<u32>().unwrap()).collect::<Vec<_>>()[..]
        else {
            panic!("four columns")
        };
        (x, t_x, periods, u64::from(weight))
    };
    Some(Occasions::new(text.lines().skip(1).map(row)).unwrap())
}

fn history(x: u32, t_x: u32, periods: u32) -> OccasionHistory {
    OccasionHistory::new(x, t_x, periods).unwrap()
}

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// Table 3 of the paper: 1.204, .750, .657, 2.783, LL -33225.6; lifetimes' test has LL -33225.5813.
#[test]
fn bg_bb_on_the_donations() {
    let Some(donors) = donors() else { return };
    assert_eq!((donors.customers(), donors.rows().len()), (11_104, 22));
    let fit = BgBb::fit(&donors).unwrap();
    assert_eq!(fit.status, Status::Converged);
    for (got, want) in fit.model.parameters().into_iter().zip([1.2035, 0.7497, 0.6567, 2.7835]) {
        close(got, want, 2e-4);
    }
    close(fit.log_likelihood, -33_225.581_3, 1e-3);
    assert!(fit.standard_errors().unwrap().iter().all(|error| *error > 0.0 && *error < 1.0));
    let [one, two] = fit.starts[..] else { panic!("two starts") };
    close(one.log_likelihood, two.log_likelihood, 1e-6);
}

/// P(alive) .11, .59, .93 (tolerance .005) for whom the last of none, two and six gifts came in 1995, 1999 and 2001;
/// 12,884.2 gifts expected in the next five years (tolerance 1); 3,454.9 and 1,253.1 people with none and six (.1).
#[test]
fn predictions_of_the_donations() {
    let Some(donors) = donors() else { return };
    let model = BgBb::fit(&donors).unwrap().model;
    for ((x, t_x), want) in [(0, 0), (2, 4), (6, 6)].into_iter().zip([0.11, 0.59, 0.93]) {
        close(model.p_alive(history(x, t_x, 6)), want, 0.005);
    }
    let expected = |row: &OccasionRow| row.weight as f64 * model.expected_transactions(5, row.history);
    close(donors.rows().iter().map(expected).sum(), 12_884.2, 1.0);
    close(11_104.0 * model.probability_of_n(0, 6), 3_454.9, 0.1);
    close(11_104.0 * model.probability_of_n(6, 6), 1_253.1, 0.1);
}

#[test]
fn no_history_breaks_bg_bb() {
    for parameters in [[1e-3; 4], [1e3; 4], [0.7, 1e3, 1e-3, 5.0]] {
        let model = BgBb::from(parameters);
        for (x, t_x, n) in [(0, 0, 0), (0, 0, 10_000), (10_000, 10_000, 10_000), (1, 9_000, 10_000)] {
            let h = history(x, t_x, n);
            assert!(model.customer_log_likelihood(h).is_finite());
            assert!((0.0..=1.0).contains(&model.p_alive(h)));
            let ahead = model.expected_transactions(50, h);
            assert!((0.0..=50.0).contains(&ahead), "{ahead}");
            assert!(model.dert(0.05, h).unwrap().is_finite());
            assert!((0.0..=1.0).contains(&model.p_zero_purchases(5, h)));
        }
    }
    for rows in [
        vec![(0, 0, 0, 500)],
        vec![(6, 6, 6, 500)],
        vec![(1, 6, 6, 1 << 40)],
        vec![(0, 0, 6, 400), (1, 1, 6, 30)],
    ] {
        if let Ok(fit) = BgBb::fit(&Occasions::new(rows).unwrap()) {
            assert!(fit.log_likelihood.is_finite());
            assert!(fit.model.parameters().iter().all(|p| p.is_finite() && *p > 0.0));
        }
    }
}

/// The value of the donors: point forecasts are those of the model, DERT is what a long horizon comes to, and intervals hold
/// them.
#[test]
fn value_of_the_donors() {
    let Some(donors) = donors() else { return };
    let fit = BgBb::fit(&donors).unwrap();
    let outlook = PeriodOutlook { orders_periods: 5, discount_per_period: 0.1, value_periods: 400 };
    let scores = score_occasions(&fit, &donors, &outlook);
    let total: f64 =
        donors.rows().iter().zip(&scores).map(|(row, score)| row.weight as f64 * score.orders.value).sum();
    close(total, 12_884.2, 1.0);
    for (row, score) in donors.rows().iter().zip(&scores) {
        close(score.p_alive.value, fit.model.p_alive(row.history), 1e-12);
        assert!(score.p_alive.low < score.p_alive.value && score.p_alive.value < score.p_alive.high);
        assert!(score.orders.low <= score.orders.value && score.orders.value <= score.orders.high);
        close(score.residual.orders, fit.model.dert(0.1, row.history).unwrap(), 1e-9);
        let (zero, none) = (fit.model.p_zero_purchases(400, row.history), score.residual.none);
        close(none, zero, 1e-12);
    }
    let mut unknown = fit.clone();
    unknown.covariance = None;
    let wide = score_occasions(&unknown, &donors, &outlook);
    assert!(wide.iter().zip(&scores).all(|(wide, known)| wide.orders.high >= known.orders.high));
    assert!(wide.iter().all(|wide| (wide.p_alive.low, wide.p_alive.high) == (0.0, 1.0)));
}

/// What forty thousand donors drawn from the model then give lies within what is expected of them, and 95 % intervals of
/// single donors hold at least so many.
#[test]
fn forecasts_in_periods_come_true() {
    let truth = BgBb { alpha: 1.2, beta: 0.75, gamma: 0.66, delta: 2.8 };
    let draw = |i: u64| {
        let mut chance = stream(61, i);
        let beta = |a: f64, b: f64| Beta::new(a, b).unwrap();
        let (buys, leaves): (f64, f64) = (
            beta(truth.alpha, truth.beta).sample(&mut chance),
            beta(truth.gamma, truth.delta).sample(&mut chance),
        );
        let (mut x, mut t_x, mut after, mut there) = (0, 0, 0, true);
        for period in 1..=11 {
            there &= chance.random::<f64>() >= leaves;
            let bought = there && chance.random::<f64>() < buys;
            if bought && period <= 6 {
                (x, t_x) = (x + 1, period);
            }
            after += u32::from(bought && period > 6);
        }
        ((x, t_x), after)
    };
    let drawn: Vec<((u32, u32), u32)> = (0..40_000).map(draw).collect();
    let occasions = Occasions::new(drawn.iter().map(|((x, t_x), _)| (*x, *t_x, 6, 1))).unwrap();
    let fit = BgBb::fit(&occasions).unwrap();
    for ((got, error), want) in
        fit.model.parameters().iter().zip(fit.standard_errors().unwrap()).zip(truth.parameters())
    {
        assert!((got - want).abs() < 4.0 * error, "{:?}", fit.model);
    }
    let outlook = PeriodOutlook { orders_periods: 5, discount_per_period: 0.1, value_periods: 5 };
    let scores = score_occasions(&fit, &occasions, &outlook);
    let [mut expected, mut error, mut came, mut inside] = [0.0; 4];
    for ((x, t_x), after) in &drawn {
        let at = occasions.rows().partition_point(|row| row.history < history(*x, *t_x, 6));
        let orders = scores[at].orders;
        (expected, error, came) =
            (expected + orders.value, error + orders.standard_error, came + f64::from(*after));
        inside += f64::from(u8::from((orders.low..=orders.high).contains(&f64::from(*after))));
    }
    assert!((expected - came).abs() < 3.0 * error, "{expected} ± {error}, came {came}");
    assert!(inside >= 0.95 * 40_000.0, "{inside}");
}
