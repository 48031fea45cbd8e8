//! A seeded company that behaves exactly as MBG/NBD and Gamma-Gamma say, day-grained.

use science::btyd::MbgNbd;
use science::spend::GammaGamma;

/// SplitMix64: enough for a simulation, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON / 4.0
    }

    fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Marsaglia & Tsang, unit scale.
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        loop {
            let z = self.normal();
            let v = (1.0 + z / (9.0 * d).sqrt()).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * z * z + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        x / (x + y)
    }
}

/// One simulated customer: what was seen, and what came after.
pub struct Person {
    /// (x, t_x, t) in days.
    pub history: (u32, u32, u32),
    /// Mean value of the repeat orders; 0 without any.
    pub mean_spend: f64,
    /// Days from the end of observation to each later order, and its value.
    pub future: Vec<(u32, f64)>,
}

/// A customer observed for `t` days and followed for `after` days more; orders of one day count as one.
pub fn person(dice: &mut Dice, btyd: &MbgNbd, spend: &GammaGamma, t: u32, after: u32) -> Person {
    let per_day = dice.gamma(btyd.r) / btyd.alpha / 7.0;
    let leaves = dice.beta(btyd.a, btyd.b);
    let scale = dice.gamma(spend.q) / spend.gamma;
    let (mut clock, mut last) = (0.0, 0);
    let mut seen = Person { history: (0, 0, t), mean_spend: 0.0, future: Vec::new() };
    let mut total = 0.0;
    while dice.uniform() > leaves {
        clock += dice.exponential() / per_day;
        if clock >= f64::from(t + after) {
            break;
        }
        let (day, value) = (clock.ceil() as u32, dice.gamma(spend.p) / scale);
        if day > t {
            seen.future.push((day - t, value));
        } else if day > last {
            seen.history = (seen.history.0 + 1, day, t);
            total += value;
        }
        last = day;
    }
    seen.mean_spend = total / f64::from(seen.history.0.max(1));
    seen
}
