//! Fisher scoring with Marquardt's damping: Newton's steps with the expected Hessian, shortened where they would climb.

use super::likelihood::{Point, Sample, Slope, point};
use super::parameters::{Place, Slot, Structure};
use crate::dense::{Dense, dot};

/// What a full step would still gain in F, below which the point counts as stationary.
const GAIN: f64 = 1e-13;
const MAX_STEPS: u32 = 500;
/// The damping at which a step has become too small to matter.
const MAX_DAMPING: f64 = 1e12;
/// An eigenvalue of the expected Hessian, scaled to a diagonal of 1, below which a direction cannot be told.
const FLAT: f64 = 1e-9;

/// Where the search ended.
pub struct Found {
    pub point: Point,
    /// Covariance of the free parameters; absent when some are not identified.
    pub covariance: Option<Dense>,
    /// Numbers of the parameters that others can stand in for.
    pub unidentified: Vec<usize>,
    pub converged: bool,
    pub steps: u32,
}

/// Minimises the fit function from `start`; `None` where it exists nowhere near.
pub fn minimise(structure: &Structure, sample: &Sample, start: Vec<f64>) -> Option<Found> {
    let mut here = point(structure, sample, start).or_else(|| drowned(structure, sample))?;
    let mut damping = 1e-3;
    for step in 0..MAX_STEPS {
        let slope = here.slope(structure, sample);
        if gain(&slope) < GAIN {
            return Some(end(structure, sample, here, &slope, true, step));
        }
        let next = loop {
            if damping > MAX_DAMPING {
                break None;
            }
            let trial = damped(&slope, damping)
                .map(|move_by| here.parameters.iter().zip(move_by).map(|(at, by)| at - by).collect());
            match trial.and_then(|trial: Vec<f64>| point(structure, sample, trial)) {
                Some(trial) if trial.value < here.value => break Some(trial),
                _ => damping *= 8.0,
            }
        };
        match next {
            Some(point) => here = point,
            // Rounding ends the search before the gain does; what is left is below the noise of F.
            None => {
                let settled = gain(&slope) < 1e-8;
                return Some(end(structure, sample, here, &slope, settled, step));
            }
        }
        damping = (damping / 8.0).max(1e-12);
    }
    let slope = here.slope(structure, sample);
    Some(end(structure, sample, here, &slope, false, MAX_STEPS))
}

/// Fixed values can make the start impossible; large free variances drown them.
fn drowned(structure: &Structure, sample: &Sample) -> Option<Point> {
    let largest = (0..structure.items.len()).map(|i| sample.covariance[(i, i)]).fold(0.0, f64::max);
    let with_variances = |scale: f64| {
        let mut parameters = vec![0.0; structure.free];
        for cell in &structure.cells {
            if let (Place::Symmetric { a, b }, Slot::Free(k)) = (cell.place, cell.slot)
                && a == b
            {
                parameters[k] = scale * largest;
            }
        }
        point(structure, sample, parameters)
    };
    [10.0, 1e3, 1e6].into_iter().find_map(with_variances)
}

/// g' H⁻¹ g, twice what a full step gains; along the directions that can be told.
fn gain(slope: &Slope) -> f64 {
    damped(slope, 1e-9).map_or(f64::INFINITY, |step| dot(&step, &slope.gradient).abs())
}

/// (H + damping · diag H)⁻¹ g.
fn damped(slope: &Slope, damping: f64) -> Option<Vec<f64>> {
    let n = slope.gradient.len();
    let spread = scales(&slope.hessian);
    let raised = Dense::from_fn(n, n, |i, j| {
        let diagonal = if i == j { damping.max(1e-10) } else { 0.0 };
        slope.hessian[(i, j)] / (spread[i] * spread[j]) + diagonal
    });
    let gradient: Vec<f64> = slope.gradient.iter().zip(&spread).map(|(g, s)| g / s).collect();
    let step = raised.cholesky()?.solve(&gradient);
    Some(step.iter().zip(&spread).map(|(x, s)| x / s).collect())
}

/// Roots of the diagonal; 1 where a parameter has no influence at all.
fn scales(hessian: &Dense) -> Vec<f64> {
    let root = |i: usize| hessian[(i, i)].max(0.0).sqrt();
    (0..hessian.rows()).map(|i| if root(i) > 0.0 { root(i) } else { 1.0 }).collect()
}

fn end(
    structure: &Structure,
    sample: &Sample,
    point: Point,
    slope: &Slope,
    converged: bool,
    steps: u32,
) -> Found {
    let spread = scales(&slope.hessian);
    let n = structure.free;
    let scaled = Dense::from_fn(n, n, |i, j| slope.hessian[(i, j)] / (spread[i] * spread[j]));
    let (values, vectors) = scaled.symmetric_eigen();
    let mut unidentified: Vec<usize> = Vec::new();
    for k in (0..n).filter(|k| values[*k].is_nan() || values[*k] <= FLAT) {
        // All that takes part in the direction; a twentieth is more than rounding.
        unidentified.extend((0..n).filter(|i| vectors[(*i, k)].abs() > 0.05));
    }
    unidentified.sort_unstable();
    unidentified.dedup();
    // The information is n/2 times the expected Hessian of F.
    let factor = 2.0 / sample.n as f64;
    let entry = |i: usize, j: usize| -> f64 {
        let sum: f64 = (0..n).map(|k| vectors[(i, k)] * vectors[(j, k)] / values[k]).sum();
        factor * sum / (spread[i] * spread[j])
    };
    let covariance = unidentified.is_empty().then(|| Dense::from_fn(n, n, entry));
    Found { point, covariance, unidentified, converged, steps }
}
