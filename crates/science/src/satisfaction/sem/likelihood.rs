//! The fit function F = ln|Σ| + tr(S Σ⁻¹) - ln|S| - p, its gradient and its expected second derivatives.

use super::parameters::{Place, Slot, Structure};
use crate::dense::{Cholesky, Dense};

/// What the respondents say.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Divisor n.
    pub covariance: Dense,
    pub ln_determinant: f64,
    pub n: usize,
}

impl Sample {
    /// `None` when the covariance is singular.
    pub fn new(covariance: Dense, n: usize) -> Option<Self> {
        let ln_determinant = covariance.cholesky()?.ln_determinant();
        Some(Self { covariance, ln_determinant, n })
    }
}

/// What parameters imply.
#[derive(Debug, Clone)]
pub struct Implied {
    /// (I - A)⁻¹.
    pub effects: Dense,
    /// Of all variables.
    pub covariance: Dense,
}

/// The covariances of all variables; `None` where I - A is singular.
pub fn implied(structure: &Structure, parameters: &[f64]) -> Option<Implied> {
    let (directed, symmetric) = structure.matrices(parameters);
    let v = structure.variables.len();
    let effects = Dense::from_fn(v, v, |i, j| f64::from(u8::from(i == j)) - directed[(i, j)]).inverse()?;
    let covariance = effects.times(&symmetric).times(&effects.transpose());
    Some(Implied { effects, covariance })
}

/// A point where the fit function exists.
#[derive(Debug, Clone)]
pub struct Point {
    pub parameters: Vec<f64>,
    pub value: f64,
    pub implied: Implied,
    sigma: Cholesky,
}

/// The fit function at some parameters; `None` where Σ is not positive definite.
pub fn point(structure: &Structure, sample: &Sample, parameters: Vec<f64>) -> Option<Point> {
    let implied = implied(structure, &parameters)?;
    let p = structure.items.len();
    let sigma = Dense::from_fn(p, p, |i, j| implied.covariance[(i, j)]).cholesky()?;
    let trace: f64 = (0..p).map(|i| sigma.solve(sample.covariance.row(i))[i]).sum();
    let value = sigma.ln_determinant() + trace - sample.ln_determinant - p as f64;
    value.is_finite().then_some(Point { parameters, value, implied, sigma })
}

/// Gradient and expected Hessian of F in the free parameters.
pub struct Slope {
    pub gradient: Vec<f64>,
    pub hessian: Dense,
}

impl Point {
    pub fn slope(&self, structure: &Structure, sample: &Sample) -> Slope {
        let (p, v) = (structure.items.len(), structure.variables.len());
        let items = |m: &Dense| Dense::from_fn(p, v, |i, j| m[(i, j)]);
        let (e, c) = (items(&self.implied.effects), items(&self.implied.covariance));
        let inverse = self.sigma.inverse();
        let weighted = inverse.times(&sample.covariance).times(&inverse);
        let residual = Dense::from_fn(p, p, |i, j| inverse[(i, j)] - weighted[(i, j)]);
        let by_effects = e.transpose().times(&residual);
        let (of_directed, of_symmetric) = (by_effects.times(&c), by_effects.times(&e));
        let mut gradient = vec![0.0; structure.free];
        for (cell, parameter) in free_cells(structure) {
            gradient[parameter] += match cell {
                Place::Directed { to, from } => 2.0 * of_directed[(to, from)],
                Place::Symmetric { a, b } => of_symmetric[(a, b)] * if a == b { 1.0 } else { 2.0 },
            };
        }
        Slope { gradient, hessian: expected_hessian(structure, &e, &c, &inverse) }
    }
}

fn free_cells(structure: &Structure) -> impl Iterator<Item = (Place, usize)> + '_ {
    structure.cells.iter().filter_map(|cell| match cell.slot {
        Slot::Free(parameter) => Some((cell.place, parameter)),
        Slot::Fixed(_) => None,
    })
}

/// tr(Σ⁻¹ ∂Σ/∂k Σ⁻¹ ∂Σ/∂l). Every ∂Σ is u wᵀ + w uᵀ with u a column of the effects and w one of the effects or of the
/// covariances, so that products of such columns through Σ⁻¹ are all it takes.
fn expected_hessian(structure: &Structure, e: &Dense, c: &Dense, inverse: &Dense) -> Dense {
    let v = structure.variables.len();
    let both = Dense::from_fn(e.rows(), 2 * v, |i, j| if j < v { e[(i, j)] } else { c[(i, j - v)] });
    let products = both.transpose().times(&inverse.times(&both));
    let parts: Vec<(usize, usize, f64, usize)> = free_cells(structure)
        .map(|(place, parameter)| match place {
            Place::Directed { to, from } => (to, v + from, 1.0, parameter),
            Place::Symmetric { a, b } => (a, b, if a == b { 0.5 } else { 1.0 }, parameter),
        })
        .collect();
    let mut hessian = Dense::zeros(structure.free, structure.free);
    for &(u, w, scale, k) in &parts {
        for &(x, z, other, l) in &parts {
            let product = products[(w, x)] * products[(z, u)] + products[(w, z)] * products[(u, x)];
            hessian[(k, l)] += 2.0 * scale * other * product;
        }
    }
    hessian
}
