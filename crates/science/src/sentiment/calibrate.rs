//! From a score to a probability (Platt 1999, with the targets and the Newton method of Lin, Lin & Weng 2007), and how
//! good probabilities are.

use crate::special::{logistic, softplus_and_slope};
use serde::{Deserialize, Serialize};

/// P(praise) = 1 / (1 + exp(-(slope × score + offset))).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Platt {
    /// Log-odds a unit of the score.
    pub slope: f64,
    /// Log-odds at score 0.
    pub offset: f64,
}

impl Platt {
    /// The probability of praise.
    pub fn probability(&self, score: f64) -> f64 {
        logistic(self.slope * score + self.offset)
    }

    /// Fits on (score, praise) pairs of texts the weights were not learned from.
    pub(super) fn fit(scored: &[(f64, bool)]) -> Self {
        let praise = scored.iter().filter(|s| s.1).count() as f64;
        let complaints = scored.len() as f64 - praise;
        let target = |is: bool| if is { (praise + 1.0) / (praise + 2.0) } else { 1.0 / (complaints + 2.0) };
        let loss = |p: Platt| -> f64 {
            scored
                .iter()
                .map(|(s, is)| {
                    let g = p.slope * s + p.offset;
                    softplus_and_slope(g).0 - target(*is) * g
                })
                .sum()
        };
        let mut at = Self { slope: 0.0, offset: ((praise + 1.0) / (complaints + 1.0)).ln() };
        for _ in 0..100 {
            let [g_slope, g_offset, h_ss, h_so, h_oo] = derivatives(at, scored, target);
            if g_slope.abs().max(g_offset.abs()) < 1e-9 * scored.len().max(1) as f64 {
                break;
            }
            let determinant = h_ss * h_oo - h_so * h_so;
            let step = Self {
                slope: -(h_oo * g_slope - h_so * g_offset) / determinant,
                offset: -(h_ss * g_offset - h_so * g_slope) / determinant,
            };
            let Some(next) = halved(at, step, loss) else { break };
            at = next;
        }
        at
    }
}

/// The longest of the step, its half, its quarter … that does not raise the loss.
fn halved(at: Platt, step: Platt, loss: impl Fn(Platt) -> f64) -> Option<Platt> {
    let now = loss(at);
    let moved = |t: f64| Platt { slope: at.slope + t * step.slope, offset: at.offset + t * step.offset };
    (0..30).map(|i| moved(0.5_f64.powi(i))).find(|p| loss(*p) < now)
}

/// Gradient (slope, offset) and Hessian (slope², both, offset²) of the cross-entropy, ridged by 1e-12.
fn derivatives(at: Platt, scored: &[(f64, bool)], target: impl Fn(bool) -> f64) -> [f64; 5] {
    let mut sums = [0.0, 0.0, 1e-12, 0.0, 1e-12];
    for (score, is) in scored {
        let p = at.probability(*score);
        let (miss, weight) = (p - target(*is), p * (1.0 - p));
        let parts = [miss * score, miss, weight * score * score, weight * score, weight];
        sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
    }
    sums
}

/// How good probabilities are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Texts judged.
    pub n: u64,
    /// Share on the right side of one half.
    pub accuracy: f64,
    /// Mean squared distance of probability and truth: 0 is perfect, 0.25 is a coin.
    pub brier: f64,
    /// Expected calibration error: mean distance of probability and share, over ten equally wide classes.
    pub expected_calibration_error: f64,
}

/// Measures (probability of praise, praise) pairs; `None` without any.
pub fn calibration(judged: &[(f64, bool)]) -> Option<Calibration> {
    const CLASSES: usize = 10;
    if judged.is_empty() {
        return None;
    }
    let mut classes = [(0.0, 0.0); CLASSES];
    let (mut right, mut squares) = (0.0, 0.0);
    for (probability, praise) in judged {
        let truth = f64::from(u8::from(*praise));
        right += f64::from(u8::from((*probability >= 0.5) == *praise));
        squares += (probability - truth).powi(2);
        let class = &mut classes[((probability * CLASSES as f64) as usize).min(CLASSES - 1)];
        *class = (class.0 + probability, class.1 + truth);
    }
    let n = judged.len() as f64;
    Some(Calibration {
        n: judged.len() as u64,
        accuracy: right / n,
        brier: squares / n,
        expected_calibration_error: classes.iter().map(|(sum, truths)| (sum - truths).abs()).sum::<f64>() / n,
    })
}
