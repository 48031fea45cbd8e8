//! Ordinary least squares of a few columns with any number of groups held fixed, and its robust covariances; logistic
//! regression by iterated weighting. For at most some dozens of columns.
//!
//! The intercept is a group all rows are in: values are taken around their group's mean (Frisch & Waugh 1933), so the
//! normal equations stay small and well scaled. Sums run over the rows in order.

use crate::special::softplus_and_slope;

/// A dense symmetric matrix by rows.
pub(crate) type Square = Vec<Vec<f64>>;

/// Which covariance of the coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Covariance<'a> {
    /// Errors alike and independent.
    Classical,
    /// White 1980 with the degrees of freedom corrected (HC1).
    Robust,
    /// Rows of one cluster may hang together (Liang & Zeger 1986, corrected as usual: G/(G-1) (n-1)/(n-k)).
    Clustered(&'a [u32]),
    /// The same by leaving out one cluster after the other, for clusters that are the groups themselves: CR3, which keeps
    /// its level with a few clusters of their own slopes where the other is too narrow (Bell & McCaffrey 2002; MacKinnon,
    /// Nielsen & Webb 2023, "Cluster-robust inference: a guide to empirical practice").
    Jackknife(&'a [u32]),
}

/// A fitted regression.
pub(crate) struct Ols {
    pub coefficients: Vec<f64>,
    pub covariance: Square,
    /// Residual degrees of freedom.
    pub freedom: f64,
    /// Share of the variance within groups that is explained.
    pub r_squared: f64,
}

/// Why nothing was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Rows do not exceed coefficients and groups.
    TooFew { have: usize, need: usize },
    /// A column is constant within groups or a combination of earlier ones.
    Column(usize),
}

/// Pivots below this share of the column's own variance mean a combination of earlier columns.
const COLLINEAR: f64 = 1e-9;

/// y on the columns within groups (0..groups).
pub(crate) fn ols(
    y: &[f64],
    columns: &[Vec<f64>],
    group: &[u32],
    groups: usize,
    kind: Covariance<'_>,
) -> Result<Ols, Unfit> {
    let (n, k) = (y.len(), columns.len());
    let used = k + groups;
    if n <= used {
        return Err(Unfit::TooFew { have: n, need: used + 1 });
    }
    let y_within = within(y, group, groups);
    let x: Vec<Vec<f64>> = columns.iter().map(|c| within(c, group, groups)).collect();
    let gram: Square = x.iter().map(|a| x.iter().map(|b| dot(a, b)).collect()).collect();
    for (j, column) in columns.iter().enumerate() {
        let size = column.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        if gram[j][j] <= n as f64 * (size * 1e-10).powi(2) {
            return Err(Unfit::Column(j));
        }
    }
    let inverse = inverse(&gram).map_err(Unfit::Column)?;
    let products: Vec<f64> = x.iter().map(|a| dot(a, &y_within)).collect();
    let coefficients = times(&inverse, &products);
    let residuals: Vec<f64> =
        (0..n).map(|i| y_within[i] - (0..k).map(|j| coefficients[j] * x[j][i]).sum::<f64>()).collect();
    let freedom = (n - used) as f64;
    let total = dot(&y_within, &y_within);
    let left = dot(&residuals, &residuals);
    let covariance = match kind {
        Covariance::Jackknife(cluster) => {
            jackknife(&x, &y_within, cluster, &coefficients).map_err(Unfit::Column)?
        }
        _ => covariance(&inverse, &x, &residuals, freedom, kind),
    };
    Ok(Ols {
        covariance,
        freedom,
        r_squared: if total > 0.0 { (1.0 - left / total).clamp(0.0, 1.0) } else { 0.0 },
        coefficients,
    })
}

fn covariance(
    inverse: &Square,
    x: &[Vec<f64>],
    residuals: &[f64],
    freedom: f64,
    kind: Covariance<'_>,
) -> Square {
    let n = residuals.len() as f64;
    let score = |i: usize| -> Vec<f64> { x.iter().map(|c| c[i] * residuals[i]).collect() };
    let (scores, correction): (Vec<Vec<f64>>, f64) = match kind {
        Covariance::Classical => {
            let variance = dot(residuals, residuals) / freedom;
            return inverse.iter().map(|row| row.iter().map(|v| v * variance).collect()).collect();
        }
        Covariance::Robust => ((0..residuals.len()).map(score).collect(), n / freedom),
        Covariance::Clustered(cluster) | Covariance::Jackknife(cluster) => {
            let count = cluster.iter().max().map_or(0, |m| *m as usize + 1);
            let mut sums = vec![vec![0.0; x.len()]; count];
            for (i, c) in cluster.iter().enumerate() {
                sums[*c as usize].iter_mut().zip(score(i)).for_each(|(sum, s)| *sum += s);
            }
            let g = count as f64;
            (sums, g / (g - 1.0) * (n - 1.0) / freedom)
        }
    };
    let k = x.len();
    let meat: Square = (0..k)
        .map(|a| (0..k).map(|b| correction * scores.iter().map(|s| s[a] * s[b]).sum::<f64>()).collect())
        .collect();
    product(&product(inverse, &meat), inverse)
}

/// (G - 1) / G Σ (b without g - b)(b without g - b)'; the error is a column that rests on one cluster.
fn jackknife(x: &[Vec<f64>], y: &[f64], cluster: &[u32], coefficients: &[f64]) -> Result<Square, usize> {
    let count = cluster.iter().max().map_or(0, |m| *m as usize + 1);
    let k = x.len();
    // X'X and, as one more column, X'y of each cluster and of all.
    let mut of_cluster = vec![vec![vec![0.0; k + 1]; k]; count];
    for (i, c) in cluster.iter().enumerate() {
        for (a, row) in of_cluster[*c as usize].iter_mut().enumerate() {
            (0..k).for_each(|b| row[b] += x[a][i] * x[b][i]);
            row[k] += x[a][i] * y[i];
        }
    }
    let of_all: Square =
        (0..k).map(|a| (0..=k).map(|b| of_cluster.iter().map(|own| own[a][b]).sum()).collect()).collect();
    let mut covariance = vec![vec![0.0; k]; k];
    let share = (count as f64 - 1.0) / count as f64;
    for own in &of_cluster {
        let rest: Square = (0..k).map(|a| (0..=k).map(|b| of_all[a][b] - own[a][b]).collect()).collect();
        let products: Vec<f64> = rest.iter().map(|row| row[k]).collect();
        let gram: Square = rest.into_iter().map(|row| row[..k].to_vec()).collect();
        let off: Vec<f64> =
            times(&inverse(&gram)?, &products).iter().zip(coefficients).map(|(b, all)| b - all).collect();
        for (row, a) in covariance.iter_mut().zip(&off) {
            row.iter_mut().zip(&off).for_each(|(v, b)| *v += share * a * b);
        }
    }
    Ok(covariance)
}

/// The values less their group's mean.
fn within(values: &[f64], group: &[u32], groups: usize) -> Vec<f64> {
    let (mut sums, mut counts) = (vec![0.0; groups], vec![0.0; groups]);
    for (v, g) in values.iter().zip(group) {
        sums[*g as usize] += v;
        counts[*g as usize] += 1.0;
    }
    values.iter().zip(group).map(|(v, g)| v - sums[*g as usize] / counts[*g as usize]).collect()
}

/// Σ ab in order.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// M v.
pub(crate) fn times(m: &Square, v: &[f64]) -> Vec<f64> {
    m.iter().map(|row| dot(row, v)).collect()
}

/// v' M v.
pub(crate) fn quadratic(m: &Square, v: &[f64]) -> f64 {
    dot(&times(m, v), v)
}

fn product(a: &Square, b: &Square) -> Square {
    let columns = b.first().map_or(0, Vec::len);
    let entry = |row: &[f64], j: usize| row.iter().zip(b).map(|(v, other)| v * other[j]).sum();
    a.iter().map(|row| (0..columns).map(|j| entry(row, j)).collect()).collect()
}

/// The inverse of a positive definite matrix by Cholesky on unit diagonal; the error is the first dependent column.
pub(crate) fn inverse(m: &Square) -> Result<Square, usize> {
    let k = m.len();
    let size: Vec<f64> = (0..k).map(|j| m[j][j].sqrt()).collect();
    if let Some(j) = size.iter().position(|s| !(*s > 0.0 && s.is_finite())) {
        return Err(j);
    }
    let mut l = vec![vec![0.0; k]; k];
    for i in 0..k {
        for j in 0..=i {
            let rest = m[i][j] / size[i] / size[j] - dot(&l[i][..j], &l[j][..j]);
            if i == j && rest <= COLLINEAR {
                return Err(j);
            }
            l[i][j] = if i == j { rest.sqrt() } else { rest / l[j][j] };
        }
    }
    let unit = |j: usize| {
        let mut v: Vec<f64> = (0..k).map(|i| f64::from(u8::from(i == j))).collect();
        for i in 0..k {
            v[i] = (v[i] - dot(&l[i][..i], &v[..i])) / l[i][i];
        }
        for i in (0..k).rev() {
            let below: f64 = (i + 1..k).map(|r| l[r][i] * v[r]).sum();
            v[i] = (v[i] - below) / l[i][i];
        }
        v
    };
    let columns: Square = (0..k).map(unit).collect();
    Ok((0..k).map(|i| (0..k).map(|j| columns[j][i] / size[i] / size[j]).collect()).collect())
}

/// Logistic regression with an intercept (last), by Newton steps on log-likelihood − ½ ridge Σ b² of rows whose columns
/// have about unit size; the ridge keeps separated data finite. It leaves the intercept free, so that the predictions
/// sum to the successes; hence `None` where all rows succeed or none does.
pub(crate) fn logistic(rows: &[Vec<f64>], success: &[bool], ridge: f64) -> Option<Vec<f64>> {
    let k = rows.first()?.len() + 1;
    if success.iter().all(|s| *s == success[0]) {
        return None;
    }
    let at_row = |b: &[f64], row: &[f64]| dot(&b[..k - 1], row) + b[k - 1];
    let objective = |b: &[f64]| {
        let fit: f64 = rows
            .iter()
            .zip(success)
            .map(|(row, s)| {
                let g = at_row(b, row);
                softplus_and_slope(g).0 - if *s { g } else { 0.0 }
            })
            .sum();
        fit + ridge / 2.0 * dot(&b[..k - 1], &b[..k - 1])
    };
    let mut b = vec![0.0; k];
    let mut value = objective(&b);
    for _ in 0..50 {
        let (gradient, hessian) = derivatives(rows, success, ridge, &b);
        if gradient.iter().all(|g| g.abs() < 1e-9 * rows.len() as f64) {
            break;
        }
        let step = times(&inverse(&hessian).ok()?, &gradient);
        let moved = |t: f64| -> Vec<f64> { b.iter().zip(&step).map(|(b, s)| b - t * s).collect() };
        let better = (0..30).map(|i| moved(0.5_f64.powi(i))).find(|next| objective(next) < value);
        let Some(next) = better else { break };
        value = objective(&next);
        b = next;
    }
    b.iter().all(|v| v.is_finite()).then_some(b)
}

/// Gradient and Hessian of the penalised negative log-likelihood at `b`, the intercept last.
fn derivatives(rows: &[Vec<f64>], success: &[bool], ridge: f64, b: &[f64]) -> (Vec<f64>, Square) {
    let k = b.len();
    let mut gradient: Vec<f64> = b.iter().map(|v| ridge * v).collect();
    gradient[k - 1] = 0.0;
    let mut hessian = vec![vec![0.0; k]; k];
    let mut x = vec![1.0; k];
    for (row, s) in rows.iter().zip(success) {
        x[..k - 1].copy_from_slice(row);
        let p = softplus_and_slope(dot(b, &x)).1;
        let (miss, weight) = (p - f64::from(u8::from(*s)), p * (1.0 - p));
        for (i, (g, of_i)) in gradient.iter_mut().zip(&mut hessian).enumerate() {
            *g += miss * x[i];
            of_i.iter_mut().zip(&x).for_each(|(h, v)| *h += weight * x[i] * v);
        }
    }
    hessian.iter_mut().enumerate().take(k - 1).for_each(|(i, row)| row[i] += ridge);
    (gradient, hessian)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hand-made: y = 1 + 2x with residuals +-1 around it.
    #[test]
    fn a_line_by_hand() {
        let x = vec![0.0, 1.0, 2.0, 3.0];
        let y = [2.0, 2.0, 4.0, 8.0];
        let fit = ols(&y, &[x], &[0; 4], 1, Covariance::Classical).unwrap();
        assert!((fit.coefficients[0] - 2.0).abs() < 1e-12);
        // Residuals 1 -1 -1 1, variance 4/2, Sxx 5.
        assert!((fit.covariance[0][0] - 0.4).abs() < 1e-12);
        assert!((fit.r_squared - 20.0 / 24.0).abs() < 1e-12);
    }

    #[test]
    fn dependent_columns_are_named() {
        let x = vec![vec![1.0, 2.0, 4.0, 7.0, 1.0], vec![2.0, 4.0, 8.0, 14.0, 2.0]];
        assert_eq!(ols(&[1.0; 5], &x, &[0; 5], 1, Covariance::Robust).err(), Some(Unfit::Column(1)));
        let constant = vec![vec![0.1; 5]];
        assert_eq!(ols(&[1.0; 5], &constant, &[0; 5], 1, Covariance::Robust).err(), Some(Unfit::Column(0)));
    }

    #[test]
    fn separated_data_stay_finite() {
        let rows: Vec<Vec<f64>> = (0..20).map(|i| vec![f64::from(i) / 10.0 - 1.0]).collect();
        let success: Vec<bool> = (0..20).map(|i| i >= 10).collect();
        let b = logistic(&rows, &success, 1e-3).unwrap();
        assert!(b[0] > 1.0 && b[0].is_finite());
    }

    #[test]
    fn predictions_sum_to_the_successes() {
        let rows: Vec<Vec<f64>> = (0..400).map(|i| vec![f64::from(i % 7) - 3.0]).collect();
        let success: Vec<bool> = (0..400).map(|i| i % 100 == 0).collect();
        let b = logistic(&rows, &success, 1.0).unwrap();
        let predicted: f64 = rows.iter().map(|row| softplus_and_slope(b[0] * row[0] + b[1]).1).sum();
        assert!((predicted - 4.0).abs() < 1e-6, "{predicted}");
        assert!(logistic(&rows, &[false; 400], 1.0).is_none());
    }
}
