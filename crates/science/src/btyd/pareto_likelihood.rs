//! The Pareto/NBD log-likelihood and its gradient over distinct rows.
//!
//! Rows are sorted by x, and times are ticks. So for the rows of one x the integral from t_x to T is the difference of
//! two entries of one table, ∫ from a tick to the last one, made by four Gauss-Legendre nodes a tick. Entries are kept
//! relative to the likelihood of having stayed at their own tick, so that no count overflows; the sum of positive terms
//! from the end loses nothing in the difference. A row then costs one exponential and one logarithm. Where a table does
//! not pay or a tick is too coarse for it, the rows take [`left_odds`] one by one.

use super::ParetoNbd;
use super::pareto_integral::left_odds;
use crate::fit::chunked_sum;
use crate::special::{digamma, gauss_legendre, ln_gamma, softplus_and_slope};
use crate::summary::{Row, Summary};
use rayon::prelude::*;

/// The log-likelihood and its gradient in (r, alpha, s, beta).
pub(super) fn log_likelihood(model: &ParetoNbd, summary: &Summary) -> (f64, [f64; 4]) {
    let rows = summary.rows();
    let by_count: Vec<&[Row]> = rows.chunk_by(|a, b| a.x == b.x).collect();
    let tabulated = by_count.iter().filter(|rows| pays(model, summary, rows));
    let last = tabulated.map(|rows| last_tick(rows)).max();
    let ticks = last.map_or_else(Vec::new, |last| (0..=last).map(|k| Tick::new(model, summary, k)).collect());
    let (ln_gamma_r, digamma_r) = (ln_gamma(model.r), digamma(model.r));
    let group = |rows: &&[Row]| {
        let (n, shape) = (f64::from(rows[0].x), model.r + f64::from(rows[0].x));
        Group {
            shape,
            value: ln_gamma(shape) - ln_gamma_r - n * model.alpha.ln(),
            slope: digamma(shape) - digamma_r,
            table: pays(model, summary, rows).then(|| Table::new(model, &ticks, shape, rows)),
        }
    };
    let groups: Vec<Group> = by_count.par_iter().map(group).collect();
    let group_of = |x: u32| by_count.partition_point(|rows| rows[0].x < x);
    let [value, r, alpha, s, beta] = chunked_sum(rows, |chunk: &[Row]| {
        let mut sums = [0.0; 5];
        for same in chunk.chunk_by(|a, b| a.x == b.x) {
            groups[group_of(same[0].x)].add(model, summary, &ticks, same, &mut sums);
        }
        sums
    });
    (value, [r, alpha, s, beta])
}

/// Ticks worth a table: 22 years of days.
const TABULATED: u32 = 8_192;
/// How much a direct integral costs, in ticks of a table.
const TICKS_A_ROW: u64 = 12;
/// E-folds the integrand may fall within a tick: four nodes then err by less than 1e-9 of it.
const COARSEST: f64 = 1.0;

fn last_tick(rows: &[Row]) -> u32 {
    // Sorted by (x, t, t_x).
    rows.last().map_or(0, |row| row.t)
}

/// Whether a table is quicker than the rows one by one, and exact enough.
fn pays(model: &ParetoNbd, summary: &Summary, rows: &[Row]) -> bool {
    let (first, last) = (first_tick(rows), last_tick(rows));
    let t = summary.weeks(first);
    let shape = model.r + f64::from(rows[0].x);
    let fall = summary.weeks(1) * (shape / (model.alpha + t) + (model.s + 1.0) / (model.beta + t));
    last <= TABULATED && u64::from(last - first) < TICKS_A_ROW * rows.len() as u64 && fall < COARSEST
}

fn first_tick(rows: &[Row]) -> u32 {
    rows.iter().map(|row| row.t_x).min().unwrap_or(0)
}

/// Nodes within a tick.
const NODES: usize = 4;

/// What a tick is in the units of the parameters.
struct Tick {
    /// ln(1 + t/alpha), ln(1 + t/beta).
    ln_alpha: f64,
    ln_beta: f64,
    /// 1 / (alpha + t), 1 / (beta + t).
    per_alpha: f64,
    per_beta: f64,
    nodes: [Node; NODES],
}

/// A node between a tick and the next.
#[derive(Clone, Copy)]
struct Node {
    weight: f64,
    /// ln((alpha + τ) / (alpha + tick)), ln((beta + τ) / (beta + tick)).
    from_alpha: f64,
    from_beta: f64,
    per_alpha: f64,
    per_beta: f64,
}

impl Tick {
    fn new(model: &ParetoNbd, summary: &Summary, tick: u32) -> Self {
        let (t, step) = (summary.weeks(tick), summary.weeks(1));
        let (per_alpha, per_beta) = (1.0 / (model.alpha + t), 1.0 / (model.beta + t));
        let node = |(at, weight): &(f64, f64)| {
            let later = step * at;
            Node {
                weight: weight * step * per_beta,
                from_alpha: (later * per_alpha).ln_1p(),
                from_beta: (later * per_beta).ln_1p(),
                per_alpha: 1.0 / (model.alpha + t + later),
                per_beta: 1.0 / (model.beta + t + later),
            }
        };
        let nodes = gauss_legendre::<NODES>();
        Self {
            ln_alpha: (t / model.alpha).ln_1p(),
            ln_beta: (t / model.beta).ln_1p(),
            per_alpha,
            per_beta,
            nodes: std::array::from_fn(|i| node(&nodes[i])),
        }
    }
}

/// ∫ from a tick to the last one of the density of leaving, and of it times ln(1 + τ/alpha), 1/(alpha + τ),
/// ln(1 + τ/beta), 1/(beta + τ); relative to the likelihood of having stayed at that tick.
type Tail = [f64; 5];

/// The tails of one x, from the first tick that is asked for.
struct Table {
    first: u32,
    tails: Vec<Tail>,
}

impl Table {
    fn new(model: &ParetoNbd, ticks: &[Tick], shape: f64, rows: &[Row]) -> Self {
        let (first, last) = (first_tick(rows), last_tick(rows));
        let mut tails = vec![[0.0; 5]; (last - first) as usize + 1];
        for tick in (first..last).rev() {
            let (here, next) = (&ticks[tick as usize], &ticks[tick as usize + 1]);
            let fall = shape * (here.ln_alpha - next.ln_alpha) + model.s * (here.ln_beta - next.ln_beta);
            let kept = fall.exp();
            let later = tails[(tick - first) as usize + 1].map(|tail| tail * kept);
            let within = panel(model, shape, here);
            tails[(tick - first) as usize] = std::array::from_fn(|i| within[i] + later[i]);
        }
        Self { first, tails }
    }

    fn at(&self, tick: u32) -> &Tail {
        &self.tails[(tick - self.first) as usize]
    }
}

fn panel(model: &ParetoNbd, shape: f64, tick: &Tick) -> Tail {
    let mut sums = [0.0; 5];
    for node in &tick.nodes {
        let fall = shape * node.from_alpha + (model.s + 1.0) * node.from_beta;
        let density = node.weight * (-fall).exp();
        sums[0] += density;
        sums[1] += density * (tick.ln_alpha + node.from_alpha);
        sums[2] += density * node.per_alpha;
        sums[3] += density * (tick.ln_beta + node.from_beta);
        sums[4] += density * node.per_beta;
    }
    sums
}

/// The customers with one x.
struct Group {
    shape: f64,
    /// The terms of x alone, and their slope in r.
    value: f64,
    slope: f64,
    table: Option<Table>,
}

/// The exponent up to which a double holds the ratio of two tails.
const LARGEST: f64 = 600.0;

impl Group {
    fn add(&self, model: &ParetoNbd, summary: &Summary, ticks: &[Tick], rows: &[Row], sums: &mut [f64; 5]) {
        for row in rows {
            let tabulated = self.table.as_ref().and_then(|table| self.tabulated(model, table, ticks, row));
            let terms = tabulated.unwrap_or_else(|| self.direct(model, summary, row));
            for (sum, term) in sums.iter_mut().zip(terms) {
                *sum += row.weight as f64 * term;
            }
        }
    }

    /// Value and gradient of one customer from the table of their x.
    fn tabulated(&self, model: &ParetoNbd, table: &Table, ticks: &[Tick], row: &Row) -> Option<[f64; 5]> {
        let (then, now) = (&ticks[row.t_x as usize], &ticks[row.t as usize]);
        let rise = self.shape * (now.ln_alpha - then.ln_alpha) + model.s * (now.ln_beta - then.ln_beta);
        if rise > LARGEST {
            return None;
        }
        let (scale, from, to) = (rise.exp(), table.at(row.t_x), table.at(row.t));
        let left: Tail = std::array::from_fn(|i| model.s * (scale * from[i] - to[i]));
        let odds = left[0].max(0.0);
        let alive = 1.0 / (1.0 + odds);
        let gone = odds * alive;
        let [_, ln_alpha, per_alpha, ln_beta, per_beta] = left.map(|v| v * alive);
        let slopes = [
            gone * now.ln_alpha - ln_alpha,
            self.shape * (gone * now.per_alpha - per_alpha),
            gone * (1.0 / model.s + now.ln_beta) - ln_beta,
            model.s * gone * now.per_beta - (model.s + 1.0) * per_beta,
        ];
        let at = [now.ln_alpha, now.per_alpha, now.ln_beta, now.per_beta];
        Some(self.terms(model, at, odds.ln_1p(), slopes))
    }

    /// The same by the customer's own integral.
    fn direct(&self, model: &ParetoNbd, summary: &Summary, row: &Row) -> [f64; 5] {
        let (t_x, t) = (summary.weeks(row.t_x), summary.weeks(row.t));
        let (left, slopes) = left_odds(model, row.x, t_x, t).map_or((0.0, [0.0; 4]), |odds| {
            let (left, gone) = softplus_and_slope(odds.log_odds);
            (left, odds.slopes.map(|slope| gone * slope))
        });
        let (alpha, beta) = (model.alpha, model.beta);
        let at = [(t / alpha).ln_1p(), 1.0 / (alpha + t), (t / beta).ln_1p(), 1.0 / (beta + t)];
        self.terms(model, at, left, slopes)
    }

    /// The customer who stayed, plus what may have left.
    fn terms(&self, model: &ParetoNbd, at: [f64; 4], left: f64, slopes: [f64; 4]) -> [f64; 5] {
        let [ln_alpha, per_alpha, ln_beta, per_beta] = at;
        [
            self.value - self.shape * ln_alpha - model.s * ln_beta + left,
            self.slope - ln_alpha + slopes[0],
            model.r / model.alpha - self.shape * per_alpha + slopes[1],
            -ln_beta + slopes[2],
            model.s / model.beta - model.s * per_beta + slopes[3],
        ]
    }
}
