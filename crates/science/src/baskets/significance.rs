//! Whether chance would explain it: Fisher's exact test, and what many tests at once cost.

use crate::special::ln_gamma;

/// The one-sided p-value of Fisher's exact test: the chance that at least `both` of n baskets hold antecedent and
/// consequent when the two are independent and `antecedent` and `consequent` baskets hold each.
///
/// Counts that contradict each other (both > antecedent and the like) are cut to what is possible. Relative error is
/// about n·1e-15.
///
/// ```
/// // Fisher's tea: 8 cups, 4 with milk first, the lady names 3 of 4.
/// let p = science::baskets::fisher_exact_greater(8, 4, 4, 3);
/// assert!((p - 17.0 / 70.0).abs() < 1e-12);
/// ```
pub fn fisher_exact_greater(n: u64, antecedent: u64, consequent: u64, both: u64) -> f64 {
    let (a, c) = (antecedent.min(n), consequent.min(n));
    let (least, most) = ((a + c).saturating_sub(n), a.min(c));
    if both <= least {
        return 1.0;
    }
    let both = both.min(most);
    let mean = a as f64 * c as f64 / n as f64;
    // Summed away from the mode, terms only fall, so a few standard deviations of them are all there is.
    if both as f64 >= mean {
        let falls =
            |k: f64| (a as f64 - k) * (c as f64 - k) / ((k + 1.0) * ((n - a) as f64 - c as f64 + k + 1.0));
        (ln_hypergeometric(n, a, c, both).exp() * tail(both as f64, most as f64, 1.0, falls)).min(1.0)
    } else {
        let falls =
            |k: f64| k * ((n - a) as f64 - c as f64 + k) / ((a as f64 - k + 1.0) * (c as f64 - k + 1.0));
        let below = both - 1;
        let lower = ln_hypergeometric(n, a, c, below).exp() * tail(below as f64, least as f64, -1.0, falls);
        (1.0 - lower).clamp(0.0, 1.0)
    }
}

/// Σ of terms from `from` to `end`, relative to the first; `falls(k)` is the term after k divided by the term of k.
fn tail(from: f64, end: f64, step: f64, falls: impl Fn(f64) -> f64) -> f64 {
    let (mut k, mut term, mut sum) = (from, 1.0, 1.0);
    while k != end {
        term *= falls(k);
        sum += term;
        k += step;
        if term <= 1e-17 * sum {
            break;
        }
    }
    sum
}

/// ln P(K = k) when `a` of `n` are drawn and `c` of them are marked.
fn ln_hypergeometric(n: u64, a: u64, c: u64, k: u64) -> f64 {
    ln_choose(c, k) + ln_choose(n - c, a - k) - ln_choose(n, a)
}

fn ln_choose(n: u64, k: u64) -> f64 {
    let factorial = |m: u64| ln_gamma(m as f64 + 1.0);
    factorial(n) - factorial(k) - factorial(n - k)
}

/// Bonferroni's correction: p times the number of tests, at most 1. Holds the chance of even one false finding.
pub fn bonferroni(p_values: &[f64]) -> Vec<f64> {
    p_values.iter().map(|p| (p * p_values.len() as f64).min(1.0)).collect()
}

/// The q-values of Benjamini & Hochberg (1995): reporting all with q ≤ α, the expected share of false ones among them
/// is at most α (for independent tests or positively dependent ones).
///
/// ```
/// let q = science::baskets::benjamini_hochberg(&[0.04, 0.01, 0.02, 0.5]);
/// assert!((q[0] - 0.04 * 4.0 / 3.0).abs() < 1e-12 && (q[1] - 0.04).abs() < 1e-12 && q[3] == 0.5);
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let mut q_values = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (above, index) in order.into_iter().enumerate() {
        let rank = p_values.len() - above;
        least = least.min(p_values[index] * p_values.len() as f64 / rank as f64);
        q_values[index] = least;
    }
    q_values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, summed term by term.
    fn by_definition(n: u64, a: u64, c: u64, both: u64) -> f64 {
        (both..=a.min(c)).filter(|k| a + c <= n + k).map(|k| ln_hypergeometric(n, a, c, k).exp()).sum()
    }

    #[test]
    fn both_tails_follow_the_definition() {
        for (n, a, c) in [(10, 3, 4), (40, 30, 25), (100, 1, 99), (500, 60, 200), (7, 7, 3)] {
            for both in 0..=a.min(c) {
                let (got, want) = (fisher_exact_greater(n, a, c, both), by_definition(n, a, c, both));
                assert!((got - want).abs() < 1e-10, "{n} {a} {c} {both}: {got} is not {want}");
            }
        }
    }

    #[test]
    fn a_billion_baskets_and_no_basket() {
        let n = 1_000_000_000;
        let p = fisher_exact_greater(n, n / 2, n / 2, n / 4);
        assert!((p - 0.5).abs() < 1e-4, "{p}");
        assert!(fisher_exact_greater(n, 1_000_000, 1_000_000, 1_200) < 1e-8);
        assert_eq!(fisher_exact_greater(0, 0, 0, 0), 1.0);
        assert_eq!(fisher_exact_greater(5, 9, 9, 9), 1.0);
    }

    #[test]
    fn more_tests_cost_more() {
        let p = [0.001, 0.2, 0.03, 0.03, 0.9];
        let (q, b) = (benjamini_hochberg(&p), bonferroni(&p));
        for i in 0..p.len() {
            assert!(p[i] <= q[i] && q[i] <= b[i] && b[i] <= 1.0);
        }
        assert_eq!(q[2], q[3]);
        assert!(benjamini_hochberg(&[]).is_empty());
    }
}
