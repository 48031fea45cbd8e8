//! Cox's partial likelihood over customers from the last time to the first, so that risk sets only grow.

use super::{Durations, Ties};

/// Customers at one time.
pub struct Moment {
    /// The time.
    pub time: f64,
    /// Rows of those who left then.
    pub events: Vec<usize>,
    /// Rows of those last seen then.
    pub censored: Vec<usize>,
}

/// Standardised covariates of all customers, and the times they belong to.
pub struct Sample {
    /// Distinct times, the last first.
    pub moments: Vec<Moment>,
    /// Covariates row by row.
    pub z: Vec<f64>,
    /// Covariates of a row.
    pub width: usize,
}

/// Sums over a risk set: Σ θ, Σ θ z and the lower triangle of Σ θ z z'.
pub struct RiskSum {
    pub zero: f64,
    pub one: Vec<f64>,
    pub two: Vec<f64>,
}

/// The log partial likelihood with its slopes.
#[derive(Clone)]
pub struct Partial {
    pub value: f64,
    pub gradient: Vec<f64>,
    /// Minus the second derivatives.
    pub information: Vec<Vec<f64>>,
}

/// What the tied events of one time add: Σ 1/D, Σ f/D, and the same with D², over D = Σθ − f Σθ(events).
pub struct TieSums {
    pub ln: f64,
    pub inverse: f64,
    pub inverse_part: f64,
    pub square: f64,
    pub square_part: f64,
    pub square_parts: f64,
}

impl RiskSum {
    pub fn new(width: usize) -> Self {
        Self { zero: 0.0, one: vec![0.0; width], two: vec![0.0; width * (width + 1) / 2] }
    }

    pub fn clear(&mut self) {
        self.zero = 0.0;
        self.one.fill(0.0);
        self.two.fill(0.0);
    }

    pub fn add(&mut self, theta: f64, z: &[f64]) {
        self.zero += theta;
        let mut at = 0;
        for (i, zi) in z.iter().enumerate() {
            let weighted = theta * zi;
            self.one[i] += weighted;
            for (sum, zj) in self.two[at..=at + i].iter_mut().zip(z) {
                *sum += weighted * zj;
            }
            at += i + 1;
        }
    }
}

impl TieSums {
    /// The sums for d events; Breslow's method takes f = 0 for all of them, Efron's 0, 1/d, … (d−1)/d.
    pub fn new(all: f64, events: f64, d: usize, ties: Ties) -> Self {
        let mut sums = Self {
            ln: 0.0,
            inverse: 0.0,
            inverse_part: 0.0,
            square: 0.0,
            square_part: 0.0,
            square_parts: 0.0,
        };
        for l in 0..d {
            let f = if ties == Ties::Efron { l as f64 / d as f64 } else { 0.0 };
            let inverse = 1.0 / (all - f * events);
            sums.ln -= inverse.ln();
            sums.inverse += inverse;
            sums.inverse_part += f * inverse;
            sums.square += inverse * inverse;
            sums.square_part += f * inverse * inverse;
            sums.square_parts += f * f * inverse * inverse;
        }
        sums
    }
}

impl Sample {
    /// Sorts the customers; `z` holds their standardised covariates row by row.
    pub fn new(durations: &Durations<'_>, z: Vec<f64>, width: usize) -> Self {
        let order = durations.ascending();
        let moment = |tied: &[usize]| {
            let (events, censored) = tied.iter().partition(|i| durations.events[**i]);
            Moment { time: durations.times[tied[0]], events, censored }
        };
        let tied = order.chunk_by(|a, b| durations.times[*a] == durations.times[*b]);
        let mut moments: Vec<Moment> = tied.map(moment).collect();
        moments.reverse();
        Self { moments, z, width }
    }

    /// Covariates of a row.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.z[i * self.width..(i + 1) * self.width]
    }

    /// β'z of a row.
    pub fn score(&self, beta: &[f64], i: usize) -> f64 {
        self.row(i).iter().zip(beta).map(|(z, b)| z * b).sum()
    }

    /// The highest β'z: taken off before exponentials, which it cannot change.
    pub fn shift(&self, beta: &[f64]) -> f64 {
        let rows = self.moments.iter().flat_map(|m| m.events.iter().chain(&m.censored));
        rows.map(|i| self.score(beta, *i)).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Calls `visit(moment, sums over the risk set, sums over its events)` for each time with events, last first.
    pub fn visit(&self, beta: &[f64], mut visit: impl FnMut(&Moment, &RiskSum, &RiskSum)) {
        let shift = self.shift(beta);
        let (mut all, mut events) = (RiskSum::new(self.width), RiskSum::new(self.width));
        for moment in &self.moments {
            events.clear();
            for i in moment.events.iter().chain(&moment.censored) {
                all.add((self.score(beta, *i) - shift).exp(), self.row(*i));
            }
            for i in &moment.events {
                events.add((self.score(beta, *i) - shift).exp(), self.row(*i));
            }
            if !moment.events.is_empty() {
                visit(moment, &all, &events);
            }
        }
    }

    /// The log partial likelihood at β.
    pub fn partial(&self, beta: &[f64], ties: Ties) -> Partial {
        let shift = self.shift(beta);
        let (mut value, mut gradient) = (0.0, vec![0.0; self.width]);
        let mut information = vec![0.0; self.width * (self.width + 1) / 2];
        self.visit(beta, |moment, all, events| {
            let sums = TieSums::new(all.zero, events.zero, moment.events.len(), ties);
            value -= sums.ln;
            for i in &moment.events {
                value += self.score(beta, *i) - shift;
                gradient.iter_mut().zip(self.row(*i)).for_each(|(g, z)| *g += z);
            }
            let mut at = 0;
            for (i, slope) in gradient.iter_mut().enumerate() {
                *slope -= sums.inverse * all.one[i] - sums.inverse_part * events.one[i];
                for j in 0..=i {
                    information[at] += sums.inverse * all.two[at]
                        - sums.inverse_part * events.two[at]
                        - sums.square * all.one[i] * all.one[j]
                        + sums.square_part * (all.one[i] * events.one[j] + events.one[i] * all.one[j])
                        - sums.square_parts * events.one[i] * events.one[j];
                    at += 1;
                }
            }
        });
        Partial { value, gradient, information: square(&information, self.width) }
    }
}

/// A lower triangle as a symmetric matrix.
fn square(triangle: &[f64], width: usize) -> Vec<Vec<f64>> {
    let at = |i: usize, j: usize| triangle[i.max(j) * (i.max(j) + 1) / 2 + i.min(j)];
    (0..width).map(|i| (0..width).map(|j| at(i, j)).collect()).collect()
}
