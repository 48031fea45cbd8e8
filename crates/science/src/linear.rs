//! The little linear algebra a fit of three or four parameters needs.

/// A square matrix of a size known at compile time.
pub type Matrix<const N: usize> = [[f64; N]; N];

/// v' M v.
pub fn quadratic_form<const N: usize>(m: &Matrix<N>, v: &[f64; N]) -> f64 {
    m.iter().zip(v).map(|(row, vi)| vi * dot(row, v)).sum()
}

/// The scalar product.
pub fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Eigenvalues and eigenvectors (as columns) of a symmetric matrix, by Jacobi rotations.
pub fn symmetric_eigen<const N: usize>(mut m: Matrix<N>) -> ([f64; N], Matrix<N>) {
    let mut vectors = identity();
    for _ in 0..50 {
        for p in 0..N {
            for q in p + 1..N {
                rotate(&mut m, &mut vectors, p, q);
            }
        }
    }
    (std::array::from_fn(|i| m[i][i]), vectors)
}

/// The identity matrix.
pub fn identity<const N: usize>() -> Matrix<N> {
    std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))))
}

fn rotate<const N: usize>(m: &mut Matrix<N>, vectors: &mut Matrix<N>, p: usize, q: usize) {
    if m[p][q] == 0.0 {
        return;
    }
    let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in m.iter_mut().chain(vectors.iter_mut()) {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (above, below) = m.split_at_mut(q);
    for (mp, mq) in above[p].iter_mut().zip(below[0].iter_mut()) {
        (*mp, *mq) = (c * *mp - s * *mq, s * *mp + c * *mq);
    }
}

/// The inverse of a positive definite matrix and its condition number, or `None` when it is not positive definite.
pub fn inverse<const N: usize>(m: Matrix<N>) -> Option<(Matrix<N>, f64)> {
    let (values, vectors) = symmetric_eigen(m);
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(0.0, f64::max);
    if !(smallest > 0.0 && largest.is_finite()) {
        return None;
    }
    let entry = |i: usize, j: usize| (0..N).map(|k| vectors[i][k] * vectors[j][k] / values[k]).sum();
    Some((std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j))), largest / smallest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverts_a_hand_made_matrix() {
        let (inv, condition) = inverse([[4.0, 2.0], [2.0, 3.0]]).unwrap();
        for (got, want) in inv.iter().flatten().zip([0.375, -0.25, -0.25, 0.5]) {
            assert!((got - want).abs() < 1e-14);
        }
        // Eigenvalues (7 ± √17) / 2.
        assert!((condition - (7.0 + 17f64.sqrt()) / (7.0 - 17f64.sqrt())).abs() < 1e-12);
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        assert!(inverse([[1.0, 2.0], [2.0, 1.0]]).is_none());
        assert!(inverse([[0.0, 0.0], [0.0, 1.0]]).is_none());
    }
}
