//! The donors of Fader, Hardie & Shang (2010): BG/BB on 11,104 people who first gave in 1995, over six years.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use science::Status;
use science::btyd::{BgBb, OccasionRow, Occasions};

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
        close(model.p_alive(x, t_x, 6), want, 0.005);
    }
    let expected =
        |row: &OccasionRow| row.weight as f64 * model.expected_transactions(5, row.x, row.t_x, row.periods);
    close(donors.rows().iter().map(expected).sum(), 12_884.2, 1.0);
    close(11_104.0 * model.probability_of_n(0, 6), 3_454.9, 0.1);
    close(11_104.0 * model.probability_of_n(6, 6), 1_253.1, 0.1);
}

#[test]
fn no_history_breaks_bg_bb() {
    for parameters in [[1e-3; 4], [1e3; 4], [0.7, 1e3, 1e-3, 5.0]] {
        let model = BgBb::from(parameters);
        for (x, t_x, n) in [(0, 0, 0), (0, 0, 10_000), (10_000, 10_000, 10_000), (1, 9_000, 10_000)] {
            assert!(model.customer_log_likelihood(x, t_x, n).is_finite());
            assert!((0.0..=1.0).contains(&model.p_alive(x, t_x, n)));
            let ahead = model.expected_transactions(50, x, t_x, n);
            assert!((0.0..=50.0).contains(&ahead), "{ahead}");
            assert!(model.dert(0.05, x, t_x, n).unwrap().is_finite());
            assert!((0.0..=1.0).contains(&model.p_zero_purchases(5, x, t_x, n)));
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
