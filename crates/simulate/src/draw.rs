//! Random draws that give the same bits everywhere.
//!
//! The generator is ChaCha8, whose output is fixed by its definition; each purpose and each customer reads its own
//! stream, so one more customer does not change the others. Gamma variates follow Marsaglia and Tsang, "A simple method
//! for generating gamma variables", ACM TOMS 26 (2000).

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

/// A source of draws for one purpose.
pub(crate) struct Draw(ChaCha8Rng);

/// What a stream of draws is for. The number is part of every simulated database: never reuse one.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Person = 1,
    Life = 2,
    Basket = 3,
    Passers = 4,
    Visits = 5,
    Notes = 6,
    Costs = 7,
    LargeTraits = 8,
    LargeSteps = 9,
}

impl Draw {
    /// The stream of `purpose` for the `index`-th thing of its kind.
    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream((purpose as u64) << 48 | index);
        Draw(generator)
    }

    /// Uniform in [0, 1), on a grid of 2^-53.
    pub(crate) fn uniform(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// Uniform in `0..n`; `n` is small beside 2^32, so the bias of the multiplication is below one in a million.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// One of `items`, each as likely as the others.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// An index of `weights` with probability in proportion to its weight.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.uniform() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (index, weight) in weights.enumerate() {
            last = index;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    /// Standard normal, by Marsaglia's polar method.
    fn normal(&mut self) -> f64 {
        loop {
            let (u, v) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let s = u * u + v * v;
            if s > 0.0 && s < 1.0 {
                return u * libm::sqrt(-2.0 * libm::log(s) / s);
            }
        }
    }

    /// Gamma with the given shape and scale 1.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = libm::pow(1.0 - self.uniform(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            if v > 0.0 && libm::log(1.0 - self.uniform()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Beta with parameters `a` and `b`.
    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let x = self.gamma(a);
        x / (x + self.gamma(b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(mut draw: impl FnMut() -> f64) -> f64 {
        (0..40_000).map(|_| draw()).sum::<f64>() / 40_000.0
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        let mut draw = Draw::new(7, Purpose::Life, 0);
        assert!((mean(|| draw.gamma(3.0)) - 3.0).abs() < 0.05);
        assert!((mean(|| draw.gamma(0.4)) - 0.4).abs() < 0.02);
        assert!((mean(|| draw.beta(0.8, 3.2)) - 0.2).abs() < 0.01);
        assert!((mean(|| draw.exponential()) - 1.0).abs() < 0.03);
        assert!((mean(|| draw.normal())).abs() < 0.02);
    }

    #[test]
    fn weights_decide_how_often() {
        let mut draw = Draw::new(7, Purpose::Basket, 0);
        let third = mean(|| f64::from(draw.weighted([1.0, 0.0, 3.0].into_iter()) as u32 == 2));
        assert!((third - 0.75).abs() < 0.01, "{third}");
    }

    #[test]
    fn streams_differ_and_repeat() {
        let first = |purpose, index| Draw::new(1, purpose, index).0.next_u64();
        assert_eq!(first(Purpose::Life, 3), first(Purpose::Life, 3));
        assert_ne!(first(Purpose::Life, 3), first(Purpose::Life, 4));
        assert_ne!(first(Purpose::Life, 3), first(Purpose::Notes, 3));
    }
}
