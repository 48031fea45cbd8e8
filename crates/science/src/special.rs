//! Special functions the models need, stable in the tails: everything that can overflow stays a logarithm.

use std::sync::LazyLock;

/// ln Γ(x) for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln B(a, b) for a, b > 0.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = (a.min(b), a.max(b));
    ln_gamma(small) - ln_gamma_ratio(large, small)
}

/// ln(Γ(x + a) / Γ(x)) for x, a > 0; where x is so large that the two would cancel, by Stirling's series.
pub fn ln_gamma_ratio(x: f64, a: f64) -> f64 {
    const LARGE: f64 = 1e4;
    if x < LARGE {
        return ln_gamma(x + a) - ln_gamma(x);
    }
    let y = x + a;
    let tail = |v: f64| (1.0 - 1.0 / (30.0 * v * v)) / (12.0 * v);
    (y - 0.5) * (a / x).ln_1p() + a * x.ln() - a + (tail(y) - tail(x))
}

/// ψ(x) for x > 0: recurrence up to 10, then the asymptotic series (absolute error below 1e-13).
pub fn digamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let tail =
        y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y * (1.0 / 132.0)))));
    shift + x.ln() - 0.5 / x - tail
}

/// ln(1 + e^g) and its slope 1 / (1 + e^-g), without overflow.
pub fn softplus_and_slope(g: f64) -> (f64, f64) {
    let e = (-g.abs()).exp();
    (g.max(0.0) + e.ln_1p(), if g >= 0.0 { 1.0 } else { e } / (1.0 + e))
}

/// ln(1 + e^g) without overflow.
pub fn softplus(g: f64) -> f64 {
    softplus_and_slope(g).0
}

/// 1 / (1 + e^-g) without overflow.
pub fn logistic(g: f64) -> f64 {
    softplus_and_slope(g).1
}

/// More terms than any fitted model needs; a series that has not settled by then is cut there.
const MAX_TERMS: u32 = 20_000;

/// E[(1 + p w)^-m] for p ~ Beta(a, b), w >= 0: equal to 2F1(m, a; a + b; -w).
///
/// `excess` is a + b - m, given apart because callers know it without cancellation. Pfaff's transform with
/// z = w / (1 + w) gives (1 - z)^a 2F1(excess, a; a + b; z), quick because `excess` stays small however many
/// orders a customer has. When `excess` is so negative that this series alternates with large terms, Euler's form
/// (1 - z)^m 2F1(m, b; a + b; z), all terms positive, is used instead.
pub fn beta_laplace(m: f64, a: f64, b: f64, excess: f64, w: f64) -> f64 {
    let z = if w.is_finite() { w / (1.0 + w) } else { 1.0 };
    let ln_one_minus_z = -w.ln_1p();
    let c = a + b;
    let tame = excess > -12.0 || -excess * (a + 1.0) * z < c;
    let ln_value = if tame {
        a * ln_one_minus_z + ln_2f1(excess, a, c, z)
    } else {
        m * ln_one_minus_z + ln_2f1(m, b, c, z)
    };
    ln_value.min(0.0).exp()
}

/// ln 2F1(a, b; c; z) for 0 <= z < 1 by its series, rescaled before it can overflow.
fn ln_2f1(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum, mut ln_scale, mut n) = (1.0_f64, 1.0_f64, 0.0, 0.0);
    for _ in 0..MAX_TERMS {
        let ratio = (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
        term *= ratio;
        sum += term;
        n += 1.0;
        if term.abs() <= 1e-15 * sum && ratio.abs() < 1.0 {
            break;
        }
        if sum > 1e200 {
            term *= 1e-200;
            sum *= 1e-200;
            ln_scale += 200.0 * std::f64::consts::LN_10;
        }
    }
    sum.max(f64::MIN_POSITIVE).ln() + ln_scale
}

/// The standard normal quantile, Acklam's rational approximation (relative error below 1.2e-9), 0 < p < 1.
pub fn normal_quantile(p: f64) -> f64 {
    const TAIL: f64 = 0.02425;
    if p < TAIL {
        normal_tail((-2.0 * p.ln()).sqrt())
    } else if p > 1.0 - TAIL {
        -normal_tail((-2.0 * (-p).ln_1p()).sqrt())
    } else {
        normal_centre(p - 0.5)
    }
}

fn normal_centre(q: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 6] = [
        -5.447609879822406e1,
        1.615858368580409e2,
        -1.556989798598866e2,
        6.680131188771972e1,
        -1.328068155288572e1,
        1.0,
    ];
    let r = q * q;
    horner(&A, r) * q / horner(&B, r)
}

fn normal_tail(q: f64) -> f64 {
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 5] =
        [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1.0];
    horner(&C, q) / horner(&D, q)
}

/// The polynomial with the given coefficients, highest power first.
fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// Nodes and weights of 16-point Gauss-Legendre quadrature on [0, 1].
pub static GAUSS_LEGENDRE: LazyLock<[(f64, f64); 16]> = LazyLock::new(gauss_legendre);

/// The same with 32 points.
pub static GAUSS_LEGENDRE_32: LazyLock<[(f64, f64); 32]> = LazyLock::new(gauss_legendre);

/// Nodes and weights of N-point Gauss-Legendre quadrature on [0, 1].
pub fn gauss_legendre<const N: usize>() -> [(f64, f64); N] {
    std::array::from_fn(|i| legendre_node(i, N))
}

/// ln U(1, 2 - s, z) for s, z > 0, Tricomi's confluent hypergeometric function: the integral of
/// e^(-z y) (1 + y)^-s over y > 0, in v = ln(1 + y), relative to its largest value and cut where it has fallen by 46
/// e-folds on either side.
pub fn ln_tricomi(s: f64, z: f64) -> f64 {
    const E_FOLDS: f64 = 46.0;
    const PANELS: u32 = 12;
    let ln_density = |v: f64| (1.0 - s) * v - z * v.exp_m1();
    // The density is log-concave with its top where z e^v = 1 - s.
    let top = ((1.0 - s).max(0.0) / z).ln().max(0.0);
    let peak = ln_density(top);
    let fallen = |v: f64| peak - ln_density(v) > E_FOLDS;
    let low = if fallen(0.0) { bisect(0.0, top, |v| !fallen(v)) } else { 0.0 };
    let mut far = top + 1e-3;
    while !fallen(far) && far < 1e4 {
        far = top + 2.0 * (far - top);
    }
    let high = bisect(top, far, fallen);
    let width = (high - low) / f64::from(PANELS);
    let panel = |k: u32| -> f64 {
        let at = |node: f64| low + width * (f64::from(k) + node);
        GAUSS_LEGENDRE.iter().map(|(node, weight)| weight * (ln_density(at(*node)) - peak).exp()).sum()
    };
    peak + (width * (0..PANELS).map(panel).sum::<f64>()).ln()
}

/// Where a condition that holds from some point of [low, high] on begins.
fn bisect(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

/// Newton's method on the Legendre polynomial of degree n, from Tricomi's first guess.
fn legendre_node(i: usize, n: usize) -> (f64, f64) {
    let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (n as f64 + 0.5)).cos();
    let mut slope = 1.0;
    for _ in 0..8 {
        let (mut before, mut value) = (1.0, x);
        for k in 2..=n {
            let k = k as f64;
            (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
        }
        slope = n as f64 * (x * value - before) / (x * x - 1.0);
        x -= value / slope;
    }
    ((1.0 - x) / 2.0, 1.0 / ((1.0 - x * x) * slope * slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{a} is not {b}");
    }

    #[test]
    fn digamma_at_known_points() {
        close(digamma(1.0), -0.577_215_664_901_532_9, 1e-13);
        close(digamma(0.5), -1.963_510_026_021_423_5, 1e-13);
        close(digamma(100.0), 4.600_161_852_738_087, 1e-13);
    }

    #[test]
    fn ratios_of_gamma_functions_do_not_cancel() {
        // Γ(x + 1) / Γ(x) = x, Γ(x + 2) / Γ(x) = x (x + 1).
        close(ln_gamma_ratio(1e9, 1.0), 1e9_f64.ln(), 1e-15);
        close(ln_gamma_ratio(12_345.0, 2.0), (12_345.0_f64 * 12_346.0).ln(), 1e-15);
        close(ln_gamma_ratio(9_999.9, 2.5), ln_gamma_ratio(10_000.1, 2.5), 1e-5);
        close(ln_beta(1.0, 1e12), -(1e12_f64.ln()), 1e-15);
    }

    #[test]
    fn beta_laplace_equals_closed_forms() {
        // p uniform: the integral of (1 + p w)^-2 is 1 / (1 + w).
        close(beta_laplace(2.0, 1.0, 1.0, 0.0, 3.0), 0.25, 1e-13);
        // (1 + p w)^-1 gives ln(1 + w) / w.
        close(beta_laplace(1.0, 1.0, 1.0, 1.0, 3.0), 4.0_f64.ln() / 3.0, 1e-13);
        // A steep power, which takes Euler's form: (1 - (1 + w)^-39) / (39 w).
        close(beta_laplace(40.0, 1.0, 1.0, -38.0, 3.0), 1.0 / 117.0, 1e-12);
    }

    #[test]
    fn tricomi_equals_the_exponential_integral() {
        // U(1, 1, z) = e^z E1(z); Abramowitz & Stegun, tables 5.1 and 5.2.
        close(ln_tricomi(1.0, 1.0).exp(), 0.596_347_362_323_194, 1e-12);
        close(ln_tricomi(1.0, 0.01).exp(), 0.01_f64.exp() * 4.037_929_576_538_114, 1e-12);
        // s = 0 is a plain exponential, s = 2 follows by parts.
        close(ln_tricomi(1e-300, 0.25).exp(), 4.0, 1e-12);
        close(ln_tricomi(2.0, 1.0).exp(), 1.0 - 0.596_347_362_323_194, 1e-12);
        // Large arguments: U is about 1 / (z + s).
        close(ln_tricomi(64.3, 7_721.0 * 0.0027), -(64.3_f64 + 20.85).ln(), 1e-2);
    }

    #[test]
    fn normal_quantile_at_known_points() {
        close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-8);
        close(normal_quantile(0.001), -3.090_232_306_167_813, 1e-8);
        close(normal_quantile(0.5), 0.0, 1e-12);
    }

    #[test]
    fn quadrature_is_exact_for_polynomials() {
        let integral = |power: i32| GAUSS_LEGENDRE.iter().map(|(x, w)| w * x.powi(power)).sum::<f64>();
        for power in [0, 1, 7, 31] {
            close(integral(power), 1.0 / f64::from(power + 1), 1e-14);
        }
    }
}
