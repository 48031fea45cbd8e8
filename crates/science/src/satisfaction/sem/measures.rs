//! How well a model fits: χ², CFI, TLI, RMSEA with its interval, SRMR, likelihood, AIC, BIC.

use super::likelihood::{Point, Sample};
use crate::survey::bisect;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// The fit of a model; names and formulas as lavaan's for maximum likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FitMeasures {
    /// n times the fit function.
    pub chi_squared: f64,
    /// Variances and covariances less free parameters.
    pub degrees_of_freedom: u64,
    /// Of exact fit; absent without degrees of freedom.
    pub p_value: Option<f64>,
    /// χ² of the model in which nothing correlates.
    pub baseline_chi_squared: f64,
    /// Its degrees of freedom.
    pub baseline_degrees_of_freedom: u64,
    /// Comparative fit index (Bentler 1990).
    pub cfi: f64,
    /// Tucker-Lewis index; absent where it divides by zero.
    pub tli: Option<f64>,
    /// Root mean square error of approximation (Steiger & Lind 1980); 0 without degrees of freedom.
    pub rmsea: f64,
    /// Lower end of its 90 % interval (90, as the field does, so that the lower end tests close fit at 5 %).
    pub rmsea_low: f64,
    /// Upper end.
    pub rmsea_high: f64,
    /// Standardised root mean square residual (Bentler 1995).
    pub srmr: f64,
    /// Of the model, with saturated means.
    pub log_likelihood: f64,
    /// -2 log-likelihood + 2 free parameters (means not counted).
    pub aic: f64,
    /// -2 log-likelihood + ln n × free parameters (means not counted).
    pub bic: f64,
    /// Free parameters.
    pub parameters: u64,
}

/// Measures the fit of a point with so many free parameters.
pub fn measure(sample: &Sample, point: &Point, parameters: usize) -> FitMeasures {
    let (p, n) = (sample.covariance.rows(), sample.n as f64);
    let df = p * (p + 1) / 2 - parameters;
    let chi_squared = (n * point.value).max(0.0);
    let ln_variances: f64 = (0..p).map(|i| sample.covariance[(i, i)].ln()).sum();
    let baseline = (n * (ln_variances - sample.ln_determinant)).max(0.0);
    let baseline_df = p * (p - 1) / 2;
    let (excess, baseline_excess) = (chi_squared - df as f64, baseline - baseline_df as f64);
    let worst = excess.max(baseline_excess).max(0.0);
    let ratio = |chi: f64, df: usize| chi / df as f64;
    let tli = (ratio(baseline, baseline_df) - ratio(chi_squared, df)) / (ratio(baseline, baseline_df) - 1.0);
    let scale = |noncentrality: f64| match df {
        0 => 0.0,
        _ => (noncentrality.max(0.0) / (df as f64 * n)).sqrt(),
    };
    let saturated =
        -n / 2.0 * (p as f64 * (2.0 * std::f64::consts::PI).ln() + sample.ln_determinant + p as f64);
    let log_likelihood = saturated - chi_squared / 2.0;
    FitMeasures {
        chi_squared,
        degrees_of_freedom: df as u64,
        p_value: ChiSquared::new(df as f64).ok().map(|chi| chi.sf(chi_squared)),
        baseline_chi_squared: baseline,
        baseline_degrees_of_freedom: baseline_df as u64,
        cfi: if worst > 0.0 { 1.0 - excess.max(0.0) / worst } else { 1.0 },
        tli: (df > 0 && tli.is_finite()).then_some(tli),
        rmsea: scale(excess),
        rmsea_low: scale(noncentrality(chi_squared, df as f64, 0.95)),
        rmsea_high: scale(noncentrality(chi_squared, df as f64, 0.05)),
        srmr: srmr(sample, point),
        log_likelihood,
        aic: 2.0 * parameters as f64 - 2.0 * log_likelihood,
        bic: n.ln() * parameters as f64 - 2.0 * log_likelihood,
        parameters: parameters as u64,
    }
}

fn srmr(sample: &Sample, point: &Point) -> f64 {
    let p = sample.covariance.rows();
    let spread = |i: usize| sample.covariance[(i, i)].sqrt();
    let residual = |i: usize, j: usize| {
        (sample.covariance[(i, j)] - point.implied.covariance[(i, j)]) / (spread(i) * spread(j))
    };
    let squares: f64 =
        (0..p).flat_map(|i| (0..=i).map(move |j| (i, j))).map(|(i, j)| residual(i, j).powi(2)).sum();
    (squares / (p * (p + 1) / 2) as f64).sqrt()
}

/// The noncentrality at which χ² or less has this probability; 0 when even the central distribution gives less.
fn noncentrality(chi_squared: f64, df: f64, probability: f64) -> f64 {
    if df == 0.0 || noncentral_cdf(chi_squared, df, 0.0) < probability {
        return 0.0;
    }
    // Beyond this the distribution lies far above χ² for any probability in use.
    let beyond = 4.0 * chi_squared + 100.0 * (1.0 + df.sqrt());
    bisect(0.0, beyond, |lambda| noncentral_cdf(chi_squared, df, lambda) > probability)
}

/// Above this the normal approximation is good to more digits than anyone reads, and the series would be long.
const LARGE: f64 = 2e4;

/// P(χ²(df, λ) <= x): central distributions mixed by Poisson(λ/2) weights, summed from the likeliest outwards.
fn noncentral_cdf(x: f64, df: f64, lambda: f64) -> f64 {
    if x.max(lambda) > LARGE {
        let z = (x - df - lambda) / (2.0 * (df + 2.0 * lambda)).sqrt();
        return Normal::standard().cdf(z);
    }
    let half = lambda / 2.0;
    let term = |k: f64| {
        let weight = if half > 0.0 {
            (k * half.ln() - half - crate::special::ln_gamma(k + 1.0)).exp()
        } else {
            f64::from(u8::from(k == 0.0))
        };
        let central = ChiSquared::new(df + 2.0 * k).map_or(0.0, |chi| chi.cdf(x));
        (weight, weight * central)
    };
    let middle = half.floor();
    let reach = 40.0 + 12.0 * half.sqrt();
    let mut sum = 0.0;
    let mut k = (middle - reach).max(0.0);
    while k <= middle + reach {
        sum += term(k).1;
        k += 1.0;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With two degrees of freedom and λ = 0 the distribution is exponential; P(χ²(4, λ = 4) <= 1.765) = 0.05 is from
    /// Patnaik (1949), Biometrika 36, as quoted by Ding (1992).
    #[test]
    fn noncentral_chi_squared_at_known_points() {
        assert!((noncentral_cdf(3.0, 2.0, 0.0) - (1.0 - (-1.5_f64).exp())).abs() < 1e-12);
        assert!((noncentral_cdf(1.765, 4.0, 4.0) - 0.05).abs() < 2e-4, "{}", noncentral_cdf(1.765, 4.0, 4.0));
        let (sum, large) =
            (noncentral_cdf(19_990.0, 30.0, 19_800.0), noncentral_cdf(20_001.0, 30.0, 19_811.0));
        assert!((sum - large).abs() < 2e-3, "{sum} {large}");
    }
}
