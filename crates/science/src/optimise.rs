//! BFGS for three or four parameters on a logarithmic scale, with an analytic gradient.
//!
//! The objective is a mean negative log-likelihood, so the gradient test does not depend on the number of customers.
//! Nothing is thrown away: whatever stops the search, the best point comes back with the reason.

use crate::linear::{Matrix, dot, identity};

/// Why the search stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The gradient is relatively zero.
    Converged,
    /// The iteration limit.
    MaxIterations,
    /// A parameter ran away: the likelihood rises towards zero or infinity.
    Boundary,
    /// No step along the descent direction improves the objective.
    Stalled,
}

/// Where the search ended.
#[derive(Debug, Clone, Copy)]
pub struct Optimum<const N: usize> {
    pub at: [f64; N],
    pub value: f64,
    pub stop: Stop,
    pub iterations: u32,
}

/// Relative gradient below which a point counts as stationary.
const GRADIENT_TOLERANCE: f64 = 1e-9;
/// What a stalled search may still call converged: the noise floor of sums over millions of rows.
const NOISE_TOLERANCE: f64 = 1e-6;
const MAX_ITERATIONS: u32 = 300;
/// e^±12: no parameter of these models is meaningful outside.
const LOG_BOUND: f64 = 12.0;
/// The longest step in one log-parameter, so that one wild direction cannot leave the basin.
const MAX_STEP: f64 = 2.0;

/// Minimises `objective`, which returns the value and the gradient, from `start`.
pub fn minimise<const N: usize>(
    objective: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    start: [f64; N],
) -> Optimum<N> {
    minimise_curved(objective, start, identity())
}

/// The same where the inverse of the curvature at the start is about known: a few steps then do.
pub fn minimise_curved<const N: usize>(
    objective: impl Fn(&[f64; N]) -> (f64, [f64; N]),
    start: [f64; N],
    mut inverse_hessian: Matrix<N>,
) -> Optimum<N> {
    let mut at = start;
    let (mut value, mut gradient) = objective(&at);
    let end = |at, value, stop, iterations| Optimum { at, value, stop, iterations };
    for iteration in 0..MAX_ITERATIONS {
        if relative_size(&gradient, value) < GRADIENT_TOLERANCE {
            return end(at, value, Stop::Converged, iteration);
        }
        if at.iter().any(|p| p.abs() > LOG_BOUND) {
            return end(at, value, Stop::Boundary, iteration);
        }
        let direction = descent(&mut inverse_hessian, &gradient);
        let Some(next) = line_search(&objective, &at, value, &gradient, &direction) else {
            let settled = relative_size(&gradient, value) < NOISE_TOLERANCE;
            return end(at, value, if settled { Stop::Converged } else { Stop::Stalled }, iteration);
        };
        update(&mut inverse_hessian, &difference(&next.at, &at), &difference(&next.gradient, &gradient));
        (at, value, gradient) = (next.at, next.value, next.gradient);
    }
    end(at, value, Stop::MaxIterations, MAX_ITERATIONS)
}

struct Point<const N: usize> {
    at: [f64; N],
    value: f64,
    gradient: [f64; N],
}

fn relative_size<const N: usize>(gradient: &[f64; N], value: f64) -> f64 {
    gradient.iter().fold(0.0_f64, |m, g| m.max(g.abs())) / value.abs().max(1.0)
}

fn difference<const N: usize>(a: &[f64; N], b: &[f64; N]) -> [f64; N] {
    std::array::from_fn(|i| a[i] - b[i])
}

/// The quasi-Newton direction, shortened to `MAX_STEP`; steepest descent when it would climb.
fn descent<const N: usize>(inverse_hessian: &mut Matrix<N>, gradient: &[f64; N]) -> [f64; N] {
    let newton = |h: &Matrix<N>| std::array::from_fn(|i| -dot(&h[i], gradient));
    let mut direction: [f64; N] = newton(inverse_hessian);
    if dot(&direction, gradient) >= 0.0 {
        *inverse_hessian = identity();
        direction = newton(inverse_hessian);
    }
    let longest = direction.iter().fold(0.0_f64, |m, d| m.max(d.abs()));
    let scale = if longest > MAX_STEP { MAX_STEP / longest } else { 1.0 };
    direction.map(|d| d * scale)
}

/// Halves the step until the value falls enough (Armijo), at most 40 times.
fn line_search<const N: usize>(
    objective: &impl Fn(&[f64; N]) -> (f64, [f64; N]),
    at: &[f64; N],
    value: f64,
    gradient: &[f64; N],
    direction: &[f64; N],
) -> Option<Point<N>> {
    let slope = dot(gradient, direction);
    let mut step = 1.0;
    for _ in 0..40 {
        let trial = std::array::from_fn(|i| at[i] + step * direction[i]);
        let (v, g) = objective(&trial);
        let finite = v.is_finite() && g.iter().all(|g| g.is_finite());
        if finite && v < value && v <= value + 1e-4 * step * slope {
            return Some(Point { at: trial, value: v, gradient: g });
        }
        step *= 0.5;
    }
    None
}

/// The BFGS update of the inverse Hessian, left out where the curvature is not positive.
fn update<const N: usize>(h: &mut Matrix<N>, s: &[f64; N], y: &[f64; N]) {
    let sy = dot(s, y);
    if sy <= 1e-14 * (dot(s, s) * dot(y, y)).sqrt() {
        return;
    }
    let hy: [f64; N] = std::array::from_fn(|i| dot(&h[i], y));
    let factor = (1.0 + dot(y, &hy) / sy) / sy;
    for i in 0..N {
        for j in 0..N {
            h[i][j] += factor * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_valley_of_rosenbrock() {
        let rosenbrock = |p: &[f64; 2]| {
            let (u, v) = (1.0 - p[0], p[1] - p[0] * p[0]);
            (u * u + 100.0 * v * v, [-2.0 * u - 400.0 * p[0] * v, 200.0 * v])
        };
        let best = minimise(rosenbrock, [-1.2, 1.0]);
        assert_eq!(best.stop, Stop::Converged);
        assert!((best.at[0] - 1.0).abs() < 1e-7 && (best.at[1] - 1.0).abs() < 1e-7);
    }

    #[test]
    fn a_known_curvature_saves_steps() {
        let steep = |p: &[f64; 2]| {
            let (u, v) = (p[0] - 1.0, p[1] - 2.0);
            (100.0 * u * u + v * v + v.powi(4), [200.0 * u, 2.0 * v + 4.0 * v.powi(3)])
        };
        let known = minimise_curved(steep, [1.001, 2.001], [[1.0 / 200.0, 0.0], [0.0, 0.5]]);
        let blind = minimise(steep, [1.001, 2.001]);
        assert_eq!((known.stop, blind.stop), (Stop::Converged, Stop::Converged));
        assert!(known.iterations <= 2 && known.iterations < blind.iterations, "{known:?} {blind:?}");
    }

    #[test]
    fn says_when_a_parameter_runs_away() {
        let best = minimise(|p: &[f64; 1]| (-p[0], [-1.0]), [0.0]);
        assert_eq!(best.stop, Stop::Boundary);
    }

    #[test]
    fn keeps_the_best_point_when_it_stalls() {
        let lying_gradient = |p: &[f64; 1]| (p[0] * p[0], [-1.0]);
        let best = minimise(lying_gradient, [1.0]);
        assert_eq!((best.stop, best.at[0]), (Stop::Stalled, 1.0));
    }
}
