//! The seven-factor model of satisfaction: Spreng, MacKenzie & Olshavsky, "A reexamination of the determinants of
//! consumer satisfaction", Journal of Marketing 60 (1996) 15-32.
//!
//! Perceived performance is compared with what customers need (desires) and with what they were led to expect; how well
//! it meets either (congruency, asked directly) makes them satisfied with the product and with the information it was
//! sold by, and both make up overall satisfaction. Desires, expectations and performance correlate freely, which
//! includes any effect of expectations on performance. The paper's coefficients were not available to us: the estimators
//! are validated by recovery of simulated answers, not against its table.
//!
//! ```
//! use science::satisfaction::SevenFactor;
//!
//! let model = SevenFactor::with_items(3); // desires1, desires2, desires3, expectations1, …
//! assert_eq!(model.items().count(), 24);
//! let answers = model.simulate(&SevenFactor::EXAMPLE, 300, 7);
//! let fit = model.cb_sem().fit(&answers)?;
//! let effect = fit.regression("overall_satisfaction", "attribute_satisfaction").ok_or("no such path")?;
//! assert!(effect.standardised.is_some_and(|b| (b - 0.5).abs() < 0.2));
//! assert!(model.pls().consistent(true).fit(&answers)?.path("desires", "desires_congruency") < Some(0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::Answers;
use super::pls::PlsModel;
use super::sem::CbSem;
use crate::dense::Dense;
use crate::random::stream;
use rand::Rng;
use rand_distr::StandardNormal;

/// The constructs: seven factors and what they lead to.
pub const CONSTRUCTS: [&str; 8] = [
    "desires",
    "expectations",
    "performance",
    "desires_congruency",
    "expectations_congruency",
    "attribute_satisfaction",
    "information_satisfaction",
    "overall_satisfaction",
];

/// The paths, cause and consequence, by place in [`CONSTRUCTS`].
const PATHS: [(usize, usize); 10] =
    [(0, 3), (2, 3), (1, 4), (2, 4), (3, 5), (4, 5), (3, 6), (4, 6), (5, 7), (6, 7)];

/// The model with its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SevenFactor {
    items: [Vec<String>; 8],
}

/// Standardised truth to simulate answers from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// Effects in the order of [`SevenFactor::paths`].
    pub effects: [f64; 10],
    /// Correlations: desires with expectations, desires with performance, expectations with performance.
    pub correlations: [f64; 3],
    /// Loadings of a construct's items, repeated when it has more.
    pub loadings: [f64; 3],
}

impl SevenFactor {
    /// Middling effects and good items. Chosen, not published. No construct is nearly uncorrelated with its neighbours:
    /// PLS finds a construct's weights from these correlations, so where causes cancel out its weights are noise and
    /// most consistent solutions impossible; covariance SEM does not need them.
    pub const EXAMPLE: Truth = Truth {
        effects: [-0.45, 0.55, -0.4, 0.5, 0.5, 0.3, 0.25, 0.45, 0.5, 0.35],
        correlations: [0.4, 0.1, 0.15],
        loadings: [0.85, 0.8, 0.75],
    };

    /// The model over the items of each construct, in the order of [`CONSTRUCTS`].
    pub fn new(items: [Vec<String>; 8]) -> Self {
        Self { items }
    }

    /// The model over items named by construct and number, so many of each.
    pub fn with_items(each: u32) -> Self {
        Self::new(CONSTRUCTS.map(|name| (1..=each).map(|i| format!("{name}{i}")).collect()))
    }

    /// All items, construct by construct.
    pub fn items(&self) -> impl Iterator<Item = &String> {
        self.items.iter().flatten()
    }

    /// The paths, cause and consequence.
    pub fn paths() -> [(&'static str, &'static str); 10] {
        PATHS.map(|(from, to)| (CONSTRUCTS[from], CONSTRUCTS[to]))
    }

    /// As a PLS path model; `consistent(true)` frees it of measurement error.
    pub fn pls(&self) -> PlsModel {
        let constructs = CONSTRUCTS.iter().zip(&self.items);
        let measured =
            constructs.fold(PlsModel::new(), |model, (name, items)| model.reflective(name, items.clone()));
        Self::paths().into_iter().fold(measured, |model, (from, to)| model.paths([from], [to]))
    }

    /// As a covariance structure model.
    pub fn cb_sem(&self) -> CbSem {
        let constructs = CONSTRUCTS.iter().zip(&self.items);
        let measured =
            constructs.fold(CbSem::new(), |model, (name, items)| model.measured_by(name, items.clone()));
        Self::paths().into_iter().fold(measured, |model, (from, to)| model.regress(to, [from]))
    }

    /// Normal answers of `n` respondents to a known truth. Unexplained variances make every variance 1; where effects
    /// already explain more than 1, nothing is added.
    pub fn simulate(&self, truth: &Truth, n: usize, seed: u64) -> Answers {
        let mut dice = stream(seed, 0);
        let draw = FactorDraw::new(truth);
        let mut columns: Vec<Vec<f64>> = vec![Vec::with_capacity(n); self.items().count()];
        for _ in 0..n {
            let factors = draw.factors(&mut dice);
            let mut column = columns.iter_mut();
            for (factor, items) in factors.iter().zip(&self.items) {
                for (at, _) in items.iter().enumerate() {
                    let loading = truth.loadings[at % truth.loadings.len()];
                    let error: f64 = dice.sample(StandardNormal);
                    let answer = loading * factor + (1.0 - loading * loading).max(0.0).sqrt() * error;
                    column.next().expect("a column an item").push(answer);
                }
            }
        }
        Answers::new(self.items().cloned().zip(columns)).expect("simulated answers are numbers")
    }
}

/// Draws the eight constructs of one respondent.
struct FactorDraw {
    /// Row: construct, column: its cause or, among the first three, the root of their correlations.
    effects: Dense,
    /// Standard deviation of what is not explained.
    residual: [f64; 8],
}

impl FactorDraw {
    fn new(truth: &Truth) -> Self {
        let mut covariance = Dense::identity(8);
        for ((a, b), r) in [(0, 1), (0, 2), (1, 2)].into_iter().zip(truth.correlations) {
            (covariance[(a, b)], covariance[(b, a)]) = (r, r);
        }
        let mut effects = Dense::zeros(8, 8);
        PATHS.iter().zip(truth.effects).for_each(|((from, to), effect)| effects[(*to, *from)] = effect);
        let mut residual = [1.0; 8];
        // Consequences stand after their causes.
        for to in 3..8 {
            let with: Vec<f64> =
                (0..to).map(|i| (0..to).map(|k| effects[(to, k)] * covariance[(k, i)]).sum()).collect();
            let explained: f64 = (0..to).map(|i| effects[(to, i)] * with[i]).sum();
            residual[to] = (1.0 - explained).max(0.0).sqrt();
            (0..to).for_each(|i| (covariance[(to, i)], covariance[(i, to)]) = (with[i], with[i]));
        }
        let [r01, r02, r12] = truth.correlations;
        let second = (1.0 - r01 * r01).max(0.0).sqrt();
        let of_third = if second > 0.0 { (r12 - r01 * r02) / second } else { 0.0 };
        (effects[(1, 0)], effects[(2, 0)], effects[(2, 1)]) = (r01, r02, of_third);
        (residual[1], residual[2]) = (second, (1.0 - r02 * r02 - of_third * of_third).max(0.0).sqrt());
        Self { effects, residual }
    }

    fn factors(&self, dice: &mut impl Rng) -> [f64; 8] {
        let noise: [f64; 8] = std::array::from_fn(|_| dice.sample(StandardNormal));
        let mut factors = [0.0; 8];
        for to in 0..8 {
            // The first three are mixed from independent noise, the others from their causes.
            let from = if to < 3 { &noise } else { &factors };
            let explained: f64 = (0..to).map(|i| self.effects[(to, i)] * from[i]).sum();
            factors[to] = explained + self.residual[to] * noise[to];
        }
        factors
    }
}
