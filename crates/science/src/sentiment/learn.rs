//! L2-regularised logistic regression by dual coordinate descent: Yu, Huang & Lin, "Dual coordinate descent methods for
//! logistic regression and maximum entropy models", Machine Learning 85 (2011), algorithm 5.
//!
//! One text after the other in a seeded order, so the result does not depend on the number of threads.

use crate::random::stream;
use rand::seq::SliceRandom;

/// The texts as rows of features; each feature of a row has the value scale / √(features of the row).
pub(super) struct Rows {
    starts: Vec<usize>,
    features: Vec<u32>,
    pub praise: Vec<bool>,
}

impl Rows {
    pub fn new(rows: Vec<Vec<u32>>, praise: Vec<bool>) -> Self {
        let mut starts = vec![0];
        let mut features = Vec::with_capacity(rows.iter().map(Vec::len).sum());
        for row in rows {
            features.extend_from_slice(&row);
            starts.push(features.len());
        }
        Self { starts, features, praise }
    }

    pub fn len(&self) -> usize {
        self.praise.len()
    }

    pub fn row(&self, i: usize) -> &[u32] {
        &self.features[self.starts[i]..self.starts[i + 1]]
    }

    /// The score of a row under weights that hold the scales already.
    pub fn score(&self, weights: &[f32], i: usize) -> f64 {
        let sum: f64 = self.row(i).iter().map(|f| f64::from(weights[*f as usize])).sum();
        sum / length(self.row(i))
    }
}

/// Minimises ½|w|² + C Σ ln(1 + exp(-y w·x)) over the rows `used`; the weights come back times `scales`.
pub(super) fn logistic(
    rows: &Rows,
    used: &[u32],
    scales: &[f32],
    c: f64,
    epochs: u32,
    seed: u64,
) -> Vec<f32> {
    let mut w = vec![0.0_f32; scales.len()];
    let norms: Vec<f64> = used.iter().map(|i| squared_norm(rows.row(*i as usize), scales)).collect();
    let start = (1e-3 * c).min(1e-8);
    let mut alpha = vec![start; used.len()];
    for i in used {
        move_by(&mut w, rows.row(*i as usize), scales, signed(rows.praise[*i as usize], start));
    }
    let mut order: Vec<u32> = (0..used.len() as u32).collect();
    for epoch in 0..epochs {
        order.shuffle(&mut stream(seed, u64::from(epoch)));
        for &k in &order {
            let i = used[k as usize] as usize;
            let (row, norm) = (rows.row(i), norms[k as usize]);
            if norm <= 0.0 {
                continue;
            }
            let margin = signed(rows.praise[i], dot(&w, row, scales));
            let old = alpha[k as usize];
            let new = solve(old, c, norm, margin);
            alpha[k as usize] = new;
            move_by(&mut w, row, scales, signed(rows.praise[i], new - old));
        }
    }
    w.iter().zip(scales).map(|(w, s)| w * s).collect()
}

fn signed(praise: bool, value: f64) -> f64 {
    if praise { value } else { -value }
}

fn length(row: &[u32]) -> f64 {
    (row.len().max(1) as f64).sqrt()
}

fn squared_norm(row: &[u32], scales: &[f32]) -> f64 {
    row.iter().map(|j| f64::from(scales[*j as usize]).powi(2)).sum::<f64>() / row.len().max(1) as f64
}

fn dot(w: &[f32], row: &[u32], scales: &[f32]) -> f64 {
    let sum: f64 = row.iter().map(|j| f64::from(w[*j as usize] * scales[*j as usize])).sum();
    sum / length(row)
}

fn move_by(w: &mut [f32], row: &[u32], scales: &[f32], by: f64) {
    let by = (by / length(row)) as f32;
    for j in row {
        w[*j as usize] += by * scales[*j as usize];
    }
}

/// The best dual variable in (0, C) of one row: the root of Q(z - old) + margin + ln(z / (C - z)), by Newton steps
/// held inside a bracket.
fn solve(old: f64, c: f64, q: f64, margin: f64) -> f64 {
    let (mut low, mut high) = (0.0, c);
    let mut z = old.clamp(c * 1e-12, c * (1.0 - 1e-12));
    for _ in 0..30 {
        let slope = q * (z - old) + margin + (z / (c - z)).ln();
        if slope.abs() < 1e-6 {
            break;
        }
        if slope > 0.0 {
            high = z
        } else {
            low = z
        }
        let newton = z - slope / (q + c / (z * (c - z)));
        z = if newton > low && newton < high { newton } else { (low + high) / 2.0 };
    }
    z
}
