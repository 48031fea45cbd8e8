//! Symmetric matrices of a size known at run time only: a Cholesky factor that leaves out what follows from the rest.

/// Share of a diagonal entry that must remain for its row to count as independent.
const INDEPENDENT: f64 = 1e-10;

/// The factor L of M = L L' over the rows that are independent of those before them.
pub struct Cholesky {
    /// Positions of these rows in M, ascending.
    pub kept: Vec<usize>,
    /// Lower triangle, row by row.
    rows: Vec<Vec<f64>>,
}

impl Cholesky {
    /// Factors a symmetric matrix given by rows.
    pub fn of(m: &[Vec<f64>]) -> Self {
        let mut factor = Self { kept: Vec::new(), rows: Vec::new() };
        for (i, source) in m.iter().enumerate() {
            let wanted: Vec<f64> = factor.kept.iter().map(|j| source[*j]).collect();
            let mut row = factor.forward(&wanted);
            let left = source[i] - row.iter().map(|v| v * v).sum::<f64>();
            if left > INDEPENDENT * source[i] && left.is_finite() {
                row.push(left.sqrt());
                factor.rows.push(row);
                factor.kept.push(i);
            }
        }
        factor
    }

    /// L⁻¹ b.
    fn forward(&self, b: &[f64]) -> Vec<f64> {
        let mut solved: Vec<f64> = Vec::with_capacity(b.len());
        for (row, value) in self.rows.iter().zip(b) {
            let known: f64 = row.iter().zip(&solved).map(|(l, s)| l * s).sum();
            solved.push((value - known) / row[solved.len()]);
        }
        solved
    }

    /// M⁻¹ b over the rows kept.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut solved = self.forward(b);
        for i in (0..solved.len()).rev() {
            let known: f64 = (i + 1..solved.len()).map(|j| self.rows[j][i] * solved[j]).sum();
            solved[i] = (solved[i] - known) / self.rows[i][i];
        }
        solved
    }

    /// M⁻¹ over the rows kept.
    pub fn inverse(&self) -> Vec<Vec<f64>> {
        let n = self.rows.len();
        let unit = |i: usize| (0..n).map(|j| f64::from(u8::from(i == j))).collect::<Vec<_>>();
        (0..n).map(|i| self.solve(&unit(i))).collect()
    }

    /// b' M⁻¹ b over the rows kept.
    pub fn quadratic(&self, b: &[f64]) -> f64 {
        self.forward(b).iter().map(|v| v * v).sum()
    }

    /// The squared ratio of the largest pivot to the smallest: a lower bound of the condition number.
    pub fn condition(&self) -> f64 {
        let pivots = || self.rows.iter().filter_map(|row| row.last().copied());
        let ratio = pivots().fold(0.0, f64::max) / pivots().fold(f64::INFINITY, f64::min);
        ratio * ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_and_inverts() {
        let factor = Cholesky::of(&[vec![4.0, 2.0], vec![2.0, 3.0]]);
        assert_eq!(factor.kept, [0, 1]);
        for (got, want) in factor.inverse().concat().iter().zip([0.375, -0.25, -0.25, 0.5]) {
            assert!((got - want).abs() < 1e-14);
        }
        assert!((factor.quadratic(&[1.0, 1.0]) - 0.375).abs() < 1e-14);
    }

    #[test]
    fn leaves_out_what_follows_from_the_rest() {
        let factor = Cholesky::of(&[vec![1.0, 2.0, 0.0], vec![2.0, 4.0, 0.0], vec![0.0, 0.0, 0.0]]);
        assert_eq!(factor.kept, [0]);
    }
}
