//! The regularised incomplete beta function for counts up to thousands of millions.

use crate::special::ln_beta;

/// Lentz's continued fraction needs about the square root of the larger parameter.
const MAX_TERMS: u32 = 200_000;

/// I_x(a, b), the probability that Beta(a, b) is at most x; a, b > 0, 0 <= x <= 1.
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(u8::from(x >= 1.0));
    }
    if x > (a + 1.0) / (a + b + 2.0) { 1.0 - tail(b, a, 1.0 - x) } else { tail(a, b, x) }
}

/// The continued fraction on the side of the mean where it converges (Numerical Recipes 6.4).
fn tail(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b)).exp() / a;
    let keep = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, keep(1.0 - (a + b) * x / (a + 1.0)).recip());
    let mut fraction = d;
    for m in 1..MAX_TERMS {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for coefficient in [even, odd] {
            d = keep(1.0 + coefficient * d).recip();
            c = keep(1.0 + coefficient / c);
            step = c * d;
            fraction *= step;
        }
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_binomial_sums() {
        // P(X >= 3) for X ~ Binomial(10, 0.2) is I_0.2(3, 8).
        let below = 0.8_f64.powi(10) + 10.0 * 0.2 * 0.8_f64.powi(9) + 45.0 * 0.04 * 0.8_f64.powi(8);
        assert!((incomplete_beta(3.0, 8.0, 0.2) - (1.0 - below)).abs() < 1e-14);
        assert!((incomplete_beta(1.0, 4.0, 0.3) - (1.0 - 0.7_f64.powi(4))).abs() < 1e-14);
        assert!((incomplete_beta(5e8, 5e8, 0.5) - 0.5).abs() < 1e-5);
    }
}
