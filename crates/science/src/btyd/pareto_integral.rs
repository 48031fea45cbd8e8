//! The one integral of Pareto/NBD: over the time of leaving between the last purchase and now,
//!
//! J = ∫ (alpha + τ)^-(r+x) (beta + τ)^-(s+1) dτ for τ from t_x to T.
//!
//! It replaces the two 2F1 of the papers (Schmittlein, Morrison & Colombo 1987; Fader & Hardie, note 009), which cancel
//! or overflow for frequent buyers, needs no case split on alpha < beta, and takes its gradient with it. Gauss-Legendre
//! in u = ln(m + τ), m = min(alpha, beta), where the integrand is smooth, cut where it has fallen by 46 e-folds.

use super::ParetoNbd;
use crate::special::GAUSS_LEGENDRE_32;

/// ln of s J over the likelihood of having stayed, (alpha + T)^-(r+x) (beta + T)^-s, and its slopes.
#[derive(Debug, Clone, Copy)]
pub(super) struct LeftOdds {
    pub log_odds: f64,
    /// In (r, alpha, s, beta).
    pub slopes: [f64; 4],
}

/// Where the integrand has fallen below what a double notices.
const E_FOLDS: f64 = 46.0;

/// `None` when there was no time to leave: t = t_x.
pub(super) fn left_odds(model: &ParetoNbd, x: u32, t_x: f64, t: f64) -> Option<LeftOdds> {
    let silent = t - t_x;
    if silent <= 0.0 {
        return None;
    }
    let ParetoNbd { r, alpha, s, beta } = *model;
    let shape = r + f64::from(x);
    let (by_alpha, by_beta) = (alpha + t_x, beta + t_x);
    let scale = alpha.min(beta) + t_x;
    let decay = scale * (shape / by_alpha + (s + 1.0) / by_beta) - 1.0;
    let whole = (silent / scale).ln_1p();
    let width = if decay > 0.0 { whole.min(E_FOLDS / decay) } else { whole };
    let [mut sum, mut ln_alpha, mut per_alpha, mut ln_beta, mut per_beta] = [0.0; 5];
    for (node, weight) in GAUSS_LEGENDRE_32.iter() {
        let u = width * node;
        let later = scale * u.exp_m1();
        let (from_alpha, from_beta) = ((later / by_alpha).ln_1p(), (later / by_beta).ln_1p());
        let density = weight * (u - shape * from_alpha - (s + 1.0) * from_beta).exp();
        sum += density;
        ln_alpha += density * from_alpha;
        ln_beta += density * from_beta;
        per_alpha += density / (by_alpha + later);
        per_beta += density / (by_beta + later);
    }
    let (all_alpha, all_beta) = ((silent / by_alpha).ln_1p(), (silent / by_beta).ln_1p());
    let log_odds = (s * width * scale / by_beta).ln() + sum.ln() + shape * all_alpha + s * all_beta;
    let slopes = [
        all_alpha - ln_alpha / sum,
        shape * (1.0 / (alpha + t) - per_alpha / sum),
        1.0 / s + all_beta - ln_beta / sum,
        s / (beta + t) - (s + 1.0) * per_beta / sum,
    ];
    Some(LeftOdds { log_odds, slopes })
}
