//! A small Cholesky factorisation in double precision, for one customer's factors at a time.

/// The lower factor of a symmetric positive definite matrix, row by row.
pub(super) struct Cholesky {
    size: usize,
    l: Vec<f64>,
}

impl Cholesky {
    /// Factors a matrix given row by row; `None` when it is not positive definite.
    pub fn new(mut l: Vec<f64>, size: usize) -> Option<Self> {
        for i in 0..size {
            for j in 0..=i {
                let products = l[i * size..i * size + j].iter().zip(&l[j * size..j * size + j]);
                let rest = l[i * size + j] - products.map(|(a, b)| a * b).sum::<f64>();
                if i == j && !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                l[i * size + j] = if i == j { rest.sqrt() } else { rest / l[j * size + j] };
            }
        }
        Some(Self { size, l })
    }

    /// Solves A x = b in place.
    pub fn solve(&self, b: &mut [f64]) {
        let n = self.size;
        for i in 0..n {
            let known: f64 = self.l[i * n..i * n + i].iter().zip(&*b).map(|(l, x)| l * x).sum();
            b[i] = (b[i] - known) / self.l[i * n + i];
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|k| self.l[k * n + i] * b[k]).sum();
            b[i] = (b[i] - known) / self.l[i * n + i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_it_factors() {
        let matrix = [4.0, 2.0, 2.0, 2.0, 5.0, 3.0, 2.0, 3.0, 6.0];
        let mut x = [12.0, 17.0, 20.0];
        Cholesky::new(matrix.to_vec(), 3).unwrap().solve(&mut x);
        for (row, want) in matrix.chunks(3).zip([12.0, 17.0, 20.0]) {
            let got: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum();
            assert!((got - want).abs() < 1e-12);
        }
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        assert!(Cholesky::new(vec![1.0, 2.0, 2.0, 1.0], 2).is_none());
        assert!(Cholesky::new(vec![f64::NAN], 1).is_none());
    }
}
