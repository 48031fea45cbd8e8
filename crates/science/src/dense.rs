//! Small dense matrices of a size known at run time: a few dozen rows, no dependency, no threads.
//!
//! Everything that can fail on a singular matrix returns `None`; a pivot below 1e-12 of its diagonal counts as zero.

use std::ops::{Index, IndexMut};

/// A pivot this much smaller than what stood there before elimination is rounding, not information.
const SINGULAR: f64 = 1e-12;
/// Jacobi sweeps; matrices of this size settle in fewer than ten.
const SWEEPS: u32 = 60;

/// A matrix in row order.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Index<(usize, usize)> for Dense {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.values[i * self.columns + j]
    }
}

impl IndexMut<(usize, usize)> for Dense {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.values[i * self.columns + j]
    }
}

/// The scalar product.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

impl Dense {
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    pub fn from_fn(rows: usize, columns: usize, entry: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..rows * columns).map(|at| entry(at / columns, at % columns)).collect();
        Self { rows, columns, values }
    }

    pub fn identity(size: usize) -> Self {
        Self::from_fn(size, size, |i, j| f64::from(u8::from(i == j)))
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.columns..(i + 1) * self.columns]
    }

    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.values[i * self.columns..(i + 1) * self.columns]
    }

    pub fn to_rows(&self) -> Vec<Vec<f64>> {
        (0..self.rows).map(|i| self.row(i).to_vec()).collect()
    }

    pub fn transpose(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |i, j| self[(j, i)])
    }

    /// The matrix product.
    pub fn times(&self, other: &Self) -> Self {
        let mut product = Self::zeros(self.rows, other.columns);
        for i in 0..self.rows {
            for (k, &factor) in self.row(i).iter().enumerate() {
                if factor != 0.0 {
                    let out = &mut product.values[i * other.columns..(i + 1) * other.columns];
                    out.iter_mut().zip(other.row(k)).for_each(|(sum, v)| *sum += factor * v);
                }
            }
        }
        product
    }

    pub fn times_vector(&self, v: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|i| dot(self.row(i), v)).collect()
    }

    /// The rows and columns of a square matrix at these positions.
    pub fn principal(&self, at: &[usize]) -> Self {
        Self::from_fn(at.len(), at.len(), |i, j| self[(at[i], at[j])])
    }

    /// The Cholesky factor; `None` when the matrix is not positive definite.
    pub fn cholesky(&self) -> Option<Cholesky> {
        let n = self.rows;
        let mut lower = Self::zeros(n, n);
        for i in 0..n {
            for j in 0..=i {
                let rest = self[(i, j)] - dot(&lower.row(i)[..j], &lower.row(j)[..j]);
                if i != j {
                    lower[(i, j)] = rest / lower[(j, j)];
                } else if rest > SINGULAR * self[(i, i)].abs() && rest.is_finite() {
                    lower[(i, i)] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { lower })
    }

    /// The inverse by Gauss-Jordan elimination with row pivots; `None` when the matrix is singular.
    pub fn inverse(&self) -> Option<Self> {
        let n = self.rows;
        let (mut left, mut right) = (self.clone(), Self::identity(n));
        let largest = self.values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        for column in 0..n {
            let size = |i: &usize| left[(*i, column)].abs();
            let pivot = (column..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
            let at = size(&pivot);
            if !(at > SINGULAR * largest && at.is_finite()) {
                return None;
            }
            left.swap_rows(column, pivot);
            right.swap_rows(column, pivot);
            let scale = 1.0 / left[(column, column)];
            left.row_mut(column).iter_mut().for_each(|v| *v *= scale);
            right.row_mut(column).iter_mut().for_each(|v| *v *= scale);
            for i in (0..n).filter(|i| *i != column) {
                let factor = left[(i, column)];
                if factor != 0.0 {
                    left.subtract_row(i, column, factor);
                    right.subtract_row(i, column, factor);
                }
            }
        }
        Some(right)
    }

    fn swap_rows(&mut self, a: usize, b: usize) {
        for j in 0..self.columns {
            self.values.swap(a * self.columns + j, b * self.columns + j);
        }
    }

    fn subtract_row(&mut self, from: usize, what: usize, factor: f64) {
        for j in 0..self.columns {
            self.values[from * self.columns + j] -= factor * self.values[what * self.columns + j];
        }
    }

    /// Eigenvalues and eigenvectors (as columns) of a symmetric matrix, by Jacobi rotations; in no order.
    pub fn symmetric_eigen(&self) -> (Vec<f64>, Self) {
        let n = self.rows;
        let (mut m, mut vectors) = (self.clone(), Self::identity(n));
        for _ in 0..SWEEPS {
            let off: f64 = (0..n).flat_map(|p| (p + 1..n).map(move |q| (p, q))).map(|at| m[at].abs()).sum();
            if off == 0.0 {
                break;
            }
            for p in 0..n {
                for q in p + 1..n {
                    rotate(&mut m, &mut vectors, p, q);
                }
            }
        }
        ((0..n).map(|i| m[(i, i)]).collect(), vectors)
    }
}

fn rotate(m: &mut Dense, vectors: &mut Dense, p: usize, q: usize) {
    if m[(p, q)] == 0.0 {
        return;
    }
    let theta = (m[(q, q)] - m[(p, p)]) / (2.0 * m[(p, q)]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for i in 0..m.rows {
        for matrix in [&mut *m, &mut *vectors] {
            let (a, b) = (matrix[(i, p)], matrix[(i, q)]);
            (matrix[(i, p)], matrix[(i, q)]) = (c * a - s * b, s * a + c * b);
        }
    }
    for j in 0..m.columns {
        let (a, b) = (m[(p, j)], m[(q, j)]);
        (m[(p, j)], m[(q, j)]) = (c * a - s * b, s * a + c * b);
    }
    // What is left there is rounding; without this the sweeps would chase it.
    (m[(p, q)], m[(q, p)]) = (0.0, 0.0);
}

/// L with L L' = the matrix.
#[derive(Debug, Clone)]
pub struct Cholesky {
    lower: Dense,
}

impl Cholesky {
    /// The solution of M x = b.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let (l, n) = (&self.lower, b.len());
        let mut x = b.to_vec();
        for i in 0..n {
            x[i] = (x[i] - dot(&l.row(i)[..i], &x[..i])) / l[(i, i)];
        }
        for i in (0..n).rev() {
            let below: f64 = (i + 1..n).map(|k| l[(k, i)] * x[k]).sum();
            x[i] = (x[i] - below) / l[(i, i)];
        }
        x
    }

    pub fn inverse(&self) -> Dense {
        let n = self.lower.rows;
        let unit = |j: usize| -> Vec<f64> { (0..n).map(|i| f64::from(u8::from(i == j))).collect() };
        let columns: Vec<Vec<f64>> = (0..n).map(|j| self.solve(&unit(j))).collect();
        Dense::from_fn(n, n, |i, j| (columns[j][i] + columns[i][j]) / 2.0)
    }

    pub fn ln_determinant(&self) -> f64 {
        (0..self.lower.rows).map(|i| 2.0 * self.lower[(i, i)].ln()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hand_made() -> Dense {
        let rows = [[4.0, 2.0, 0.6], [2.0, 3.0, 0.4], [0.6, 0.4, 2.0]];
        Dense::from_fn(3, 3, |i, j| rows[i][j])
    }

    fn assert_close(a: &Dense, b: &Dense) {
        for (x, y) in a.values.iter().zip(&b.values) {
            assert!((x - y).abs() < 1e-13, "{a:?} is not {b:?}");
        }
    }

    #[test]
    fn both_inverses_undo_the_matrix() {
        let m = hand_made();
        assert_close(&m.times(&m.inverse().unwrap()), &Dense::identity(3));
        assert_close(&m.times(&m.cholesky().unwrap().inverse()), &Dense::identity(3));
        // 4 (6 - 0.16) - 2 (4 - 0.24) + 0.6 (0.8 - 1.8).
        assert!((m.cholesky().unwrap().ln_determinant() - 15.24_f64.ln()).abs() < 1e-13);
        let turned = Dense::from_fn(2, 2, |i, j| [[0.0, 2.0], [1.0, 0.0]][i][j]);
        assert_close(&turned.times(&turned.inverse().unwrap()), &Dense::identity(2));
    }

    #[test]
    fn eigenvectors_rebuild_the_matrix() {
        let m = hand_made();
        let (values, vectors) = m.symmetric_eigen();
        let scaled = Dense::from_fn(3, 3, |i, j| vectors[(i, j)] * values[j]);
        assert_close(&scaled.times(&vectors.transpose()), &m);
    }

    #[test]
    fn singular_matrices_are_refused() {
        let twice = Dense::from_fn(2, 2, |i, _| i as f64 + 1.0);
        assert!(twice.inverse().is_none() && twice.cholesky().is_none());
        assert!(Dense::zeros(2, 2).cholesky().is_none());
        assert!(Dense::from_fn(2, 2, |_, _| f64::NAN).inverse().is_none());
    }
}
