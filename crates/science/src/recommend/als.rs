//! Implicit alternating least squares (Hu, Koren & Volinsky, ICDM 2008).
//!
//! Taking is a preference of 1 held with the confidence c = 1 + α r; not taking one of 0 held with 1. Customers' and
//! items' factors are solved in turn, each row by a few steps of conjugate gradients from where it stood (Takács,
//! Pilászy & Tikk 2011). The model keeps the items' factors only: a customer's are solved exactly from the history when
//! asked, which serves new customers too and gives the reasons (equation 7 of the paper).
//!
//! Invariant: rows of factors are padded with zeros to a multiple of 16 and stay zero there.

use super::cholesky::Cholesky;
use super::interactions::{Csr, History, Interactions};
use super::{RecommendError, Recommender};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How the factors are fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlsOptions {
    /// Factors, f.
    pub factors: usize,
    /// Times both sides are solved.
    pub iterations: usize,
    /// The ridge λ on every row, above 0.
    pub regularisation: f32,
    /// α of the confidence 1 + α r, above 0. (The Python library `implicit` takes c itself as `alpha` × r.)
    pub alpha: f32,
    /// Conjugate gradient steps a row.
    pub steps: usize,
    /// Of the first factors.
    pub seed: u64,
}

impl Default for AlsOptions {
    /// 64 factors, 15 iterations of 3 steps, λ = 0.01, α = 40 as in the paper.
    fn default() -> Self {
        Self { factors: 64, iterations: 15, regularisation: 0.01, alpha: 40.0, steps: 3, seed: 1 }
    }
}

/// The items' factors.
///
/// ```
/// use science::recommend::{Als, AlsOptions, Interactions, Recommender, Seen};
/// // (customer, item, times): coffee (0) goes with filters (1), tea (2) with honey (3).
/// let bought = (0..40).flat_map(|i| [(i, 2 * (i % 2), 1.0), (i, 2 * (i % 2) + 1, 1.0)]);
/// let interactions = Interactions::new(bought.chain([(40, 2, 1.0)])).unwrap();
/// let options = AlsOptions { factors: 8, ..AlsOptions::default() };
/// let model = Als::fit(&interactions, &options).unwrap();
/// assert_eq!(model.recommend(interactions.user(40), 1, Seen::LeaveOut)[0].item, 3);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Als {
    /// Numbers in a row of factors.
    width: usize,
    regularisation: f32,
    alpha: f32,
    /// Item by item.
    factors: Vec<f32>,
    /// Y'Y.
    gram: Vec<f32>,
}

/// Beyond this a row of factors is no longer a small matrix.
const MAX_FACTORS: usize = 1_024;
/// How far apart the first factors lie.
const START: f32 = 0.01;

impl Als {
    /// Fits the factors.
    ///
    /// # Errors
    /// [`RecommendError::TooFewItems`] below two, [`RecommendError::Option`] for an option out of range.
    pub fn fit(interactions: &Interactions, options: &AlsOptions) -> Result<Self, RecommendError> {
        check(options)?;
        interactions.require_items(2)?;
        let width = options.factors.next_multiple_of(LANES);
        let mut users = start(interactions.users(), options, 0);
        let mut items = start(interactions.items(), options, 1);
        for _ in 0..options.iterations {
            solve_rows(interactions.by_user(), &items, &mut users, options);
            solve_rows(interactions.by_item(), &users, &mut items, options);
        }
        if items.iter().any(|factor| !factor.is_finite()) {
            return Err(RecommendError::Singular);
        }
        let gram = gram(&items, width);
        Ok(Self { width, regularisation: options.regularisation, alpha: options.alpha, factors: items, gram })
    }

    fn factors_of(&self, item: u32) -> &[f32] {
        &self.factors[item as usize * self.width..][..self.width]
    }

    fn knows(&self, item: u32) -> bool {
        (item as usize) < self.items()
    }

    /// Y'CY + λI of a history, factored; `None` for weights beyond reason.
    fn system(&self, history: History<'_>) -> Option<Cholesky> {
        let mut matrix: Vec<f64> = self.gram.iter().map(|g| f64::from(*g)).collect();
        for i in 0..self.width {
            matrix[i * self.width + i] += f64::from(self.regularisation);
        }
        for (item, value) in history.iter().filter(|(item, _)| self.knows(*item)) {
            let y = self.factors_of(item);
            for (row, yi) in matrix.chunks_exact_mut(self.width).zip(y) {
                let scaled = f64::from(self.alpha * value) * f64::from(*yi);
                for (entry, yj) in row.iter_mut().zip(y) {
                    *entry += scaled * f64::from(*yj);
                }
            }
        }
        Cholesky::new(matrix, self.width)
    }
}

fn check(options: &AlsOptions) -> Result<(), RecommendError> {
    let refuse = |name, value| Err(RecommendError::Option { name, value });
    if options.factors == 0 || options.factors > MAX_FACTORS {
        return refuse("factors", options.factors as f64);
    }
    for (name, value) in [("regularisation", options.regularisation), ("alpha", options.alpha)] {
        if !(value > 0.0 && value.is_finite()) {
            return refuse(name, f64::from(value));
        }
    }
    Ok(())
}

/// Small normal factors, a stream a row so that neither other rows nor threads matter.
fn start(rows: usize, options: &AlsOptions, side: u64) -> Vec<f32> {
    let width = options.factors.next_multiple_of(LANES);
    let mut factors = vec![0.0; rows * width];
    factors.par_chunks_mut(width).enumerate().for_each(|(row, factors)| {
        let mut chance = crate::random::stream(options.seed, 2 * row as u64 + side);
        for factor in &mut factors[..options.factors] {
            let normal: f32 = StandardNormal.sample(&mut chance);
            *factor = START * normal;
        }
    });
    factors
}

/// Y'Y, symmetric.
fn gram(factors: &[f32], width: usize) -> Vec<f32> {
    let mut gram = vec![0.0; width * width];
    let columns = MatRef::from_column_major_slice(factors, width, factors.len() / width);
    let out = MatMut::from_column_major_slice_mut(&mut gram, width, width);
    matmul(out, Accum::Replace, columns, columns.transpose(), 1.0, Par::Seq);
    gram
}

/// Solves every row of `x` given the other side's factors `y`.
fn solve_rows(rows: &Csr, y: &[f32], x: &mut [f32], options: &AlsOptions) {
    let width = options.factors.next_multiple_of(LANES);
    let mut system = gram(y, width);
    for i in 0..width {
        system[i * width + i] += options.regularisation;
    }
    let solve = |work: &mut Work, (row, x): (usize, &mut [f32])| {
        let history = rows.row(row);
        if history.items.is_empty() {
            x.fill(0.0);
        } else {
            work.solve(&Row { system: &system, y, history, alpha: options.alpha }, x, options.steps);
        }
    };
    x.par_chunks_mut(width).enumerate().for_each_init(|| Work::new(width), solve);
}

/// The equations of one row: (Y'Y + λI + Y'(C − I)Y) x = Y'C p.
struct Row<'a> {
    system: &'a [f32],
    y: &'a [f32],
    history: History<'a>,
    alpha: f32,
}

impl Row<'_> {
    /// `out` = system · v + Σ over the history of `weight(α r, y·v)` · y.
    fn apply(&self, v: &[f32], out: &mut [f32], weight: impl Fn(f32, f32) -> f32) {
        let width = v.len();
        out.fill(0.0);
        // The system is symmetric, so its rows may be added as columns, which needs no sums across lanes.
        for (row, scale) in self.system.chunks_exact(width).zip(v) {
            add_scaled(out, *scale, row);
        }
        for (item, value) in self.history.iter() {
            let y = &self.y[item as usize * width..][..width];
            add_scaled(out, weight(self.alpha * value, dot(y, v)), y);
        }
    }
}

/// A thread's vectors.
struct Work {
    residual: Vec<f32>,
    direction: Vec<f32>,
    image: Vec<f32>,
}

/// A squared residual that is zero for factors of any use.
const SETTLED: f32 = 1e-20;

impl Work {
    fn new(width: usize) -> Self {
        Self { residual: vec![0.0; width], direction: vec![0.0; width], image: vec![0.0; width] }
    }

    /// Conjugate gradients from where `x` stands.
    fn solve(&mut self, row: &Row<'_>, x: &mut [f32], steps: usize) {
        let Self { residual, direction, image } = self;
        // residual = Y'C p − (…) x, with the history's part in one pass: c − (c − 1) y·x.
        row.apply(x, residual, |extra, preference| extra * preference - (1.0 + extra));
        residual.iter_mut().for_each(|r| *r = -*r);
        direction.copy_from_slice(residual);
        let mut size = dot(residual, residual);
        for _ in 0..steps {
            if size < SETTLED {
                return;
            }
            row.apply(direction, image, |extra, along| extra * along);
            let step = size / dot(direction, image);
            add_scaled(x, step, direction);
            add_scaled(residual, -step, image);
            let next = dot(residual, residual);
            let keep = next / size;
            for (d, r) in direction.iter_mut().zip(&*residual) {
                *d = r + keep * *d;
            }
            size = next;
        }
    }
}

/// Numbers added side by side: rows are a multiple of it long.
const LANES: usize = 16;

/// The scalar product, in a fixed order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += scale * from;
    }
}

impl Recommender for Als {
    fn items(&self) -> usize {
        self.factors.len() / self.width
    }

    fn scores(&self, history: History<'_>) -> Vec<f32> {
        let nothing = || vec![0.0; self.items()];
        let Some(system) = self.system(history) else { return nothing() };
        let mut user = vec![0.0_f64; self.width];
        for (item, value) in history.iter().filter(|(item, _)| self.knows(*item)) {
            let confidence = 1.0 + f64::from(self.alpha * value);
            user.iter_mut().zip(self.factors_of(item)).for_each(|(u, y)| *u += confidence * f64::from(*y));
        }
        system.solve(&mut user);
        let user: Vec<f32> = user.into_iter().map(|u| u as f32).collect();
        let scores: Vec<f32> = self.factors.chunks_exact(self.width).map(|y| dot(y, &user)).collect();
        if scores.iter().all(|score| score.is_finite()) { scores } else { nothing() }
    }

    fn contributions(&self, history: History<'_>, items: &[u32]) -> Vec<Vec<f32>> {
        let Some(system) = self.system(history) else {
            return vec![vec![0.0; history.items.len()]; items.len()];
        };
        let of_item = |item: &u32| {
            let mut toward: Vec<f64> = self.factors_of(*item).iter().map(|y| f64::from(*y)).collect();
            system.solve(&mut toward);
            let toward: Vec<f32> = toward.into_iter().map(|t| t as f32).collect();
            let part = |(past, value): (u32, f32)| {
                if self.knows(past) {
                    (1.0 + self.alpha * value) * dot(&toward, self.factors_of(past))
                } else {
                    0.0
                }
            };
            history.iter().map(part).collect()
        };
        items.iter().map(of_item).collect()
    }

    fn similarities(&self, item: u32) -> Vec<f32> {
        let size = |y: &[f32]| dot(y, y).sqrt().max(f32::MIN_POSITIVE);
        let of = self.factors_of(item);
        self.factors.chunks_exact(self.width).map(|y| dot(y, of) / (size(y) * size(of))).collect()
    }
}
