//! Do items measure one thing? Cronbach's alpha.

use crate::dense::Dense;
use crate::satisfaction::{Answers, ModelError};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, FisherSnedecor};

/// Cronbach's alpha of some items.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alpha {
    /// Respondents.
    pub n: u64,
    /// Items.
    pub items: u64,
    /// From the covariances, as Cronbach (1951) defines it.
    pub raw: f64,
    /// From the correlations: as if every item had the same spread.
    pub standardised: f64,
    /// Lower end of the 95 % interval of `raw` (Feldt 1965; for normal, equally good items).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// Cronbach's alpha of the named items; `None` with fewer than two items or when they cancel out.
///
/// ```
/// use science::{satisfaction::Answers, survey::cronbach_alpha};
///
/// let answers = Answers::new([("a", vec![1.0, 2.0, 3.0, 4.0, 5.0]), ("b", vec![2.0, 1.0, 4.0, 3.0, 5.0])])?;
/// let alpha = cronbach_alpha(&answers, &["a", "b"])?.ok_or("two items give an alpha")?;
/// assert!((alpha.raw - 8.0 / 9.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ModelError`] names an unknown item, an item without spread, or too few respondents.
pub fn cronbach_alpha(answers: &Answers, items: &[&str]) -> Result<Option<Alpha>, ModelError> {
    let names: Vec<String> = items.iter().map(|name| (*name).to_owned()).collect();
    if answers.len() < 2 {
        return Err(ModelError::NotEnoughAnswers { have: answers.len(), need: 2 });
    }
    let covariance = answers.covariance(&names)?;
    let scale = |i: usize| covariance[(i, i)].sqrt();
    let correlation =
        Dense::from_fn(names.len(), names.len(), |i, j| covariance[(i, j)] / (scale(i) * scale(j)));
    let both = alpha_of(&covariance).zip(alpha_of(&correlation));
    Ok(both.and_then(|(raw, standardised)| {
        let (low, high) = feldt(raw, answers.len() as f64, names.len() as f64)?;
        let (n, items) = (answers.len() as u64, names.len() as u64);
        Some(Alpha { n, items, raw, standardised, low, high })
    }))
}

/// Alpha from a covariance or correlation matrix.
pub(crate) fn alpha_of(covariance: &Dense) -> Option<f64> {
    let k = covariance.rows() as f64;
    let own: f64 = (0..covariance.rows()).map(|i| covariance[(i, i)]).sum();
    let all: f64 = (0..covariance.rows()).map(|i| covariance.row(i).iter().sum::<f64>()).sum();
    let alpha = k / (k - 1.0) * (1.0 - own / all);
    (k > 1.0 && all > 1e-12 * own && alpha.is_finite()).then_some(alpha)
}

/// (1 - alpha) / (1 - alpha̲) is F-distributed with n - 1 and (n - 1)(k - 1) degrees of freedom.
fn feldt(alpha: f64, n: f64, k: f64) -> Option<(f64, f64)> {
    let f = FisherSnedecor::new(n - 1.0, (n - 1.0) * (k - 1.0)).ok()?;
    let end = |p: f64| 1.0 - (1.0 - alpha) * f.inverse_cdf(p);
    Some((end(0.975), end(0.025)))
}
