//! Histories drawn from a fitted model: what its parameters would show, were they true.

use super::{BgNbd, LatentAttrition, MbgNbd, ParetoNbd};
use rand::Rng;
use rand_distr::{Beta, Distribution, Exp1, Gamma};

/// A model that can draw customers.
pub trait Simulate: LatentAttrition {
    /// One customer observed for `ticks` ticks of `weeks_per_tick` weeks: (x, t_x) with t_x in ticks. Orders within one
    /// tick are one order, as they are in the data.
    fn draw(&self, ticks: u32, weeks_per_tick: f64, chance: &mut impl Rng) -> (u32, u32);
}

impl Simulate for BgNbd {
    fn draw(&self, ticks: u32, weeks_per_tick: f64, chance: &mut impl Rng) -> (u32, u32) {
        let Self { r, alpha, a, b } = *self;
        Rates { r, alpha }.until_left(ticks, weeks_per_tick, beta(a, b, chance), false, chance)
    }
}

impl Simulate for MbgNbd {
    fn draw(&self, ticks: u32, weeks_per_tick: f64, chance: &mut impl Rng) -> (u32, u32) {
        let Self { r, alpha, a, b } = *self;
        Rates { r, alpha }.until_left(ticks, weeks_per_tick, beta(a, b, chance), true, chance)
    }
}

impl Simulate for ParetoNbd {
    fn draw(&self, ticks: u32, weeks_per_tick: f64, chance: &mut impl Rng) -> (u32, u32) {
        let Self { r, alpha, s, beta } = *self;
        let rate = gamma(r, chance) / alpha;
        let leaving = gamma(s, chance) / beta;
        let lifetime: f64 = chance.sample::<f64, _>(Exp1) / leaving.max(f64::MIN_POSITIVE);
        let end = (f64::from(ticks) * weeks_per_tick).min(lifetime);
        let mut seen = Seen::default();
        let mut clock = 0.0;
        // The limit stands against rates that no shop could serve.
        for _ in 0..MAX_ORDERS {
            clock += chance.sample::<f64, _>(Exp1) / rate.max(f64::MIN_POSITIVE);
            if clock > end {
                break;
            }
            seen.order(clock / weeks_per_tick, ticks);
        }
        (seen.x, seen.last)
    }
}

/// Orders drawn for one customer at most.
const MAX_ORDERS: u32 = 100_000;

struct Rates {
    r: f64,
    alpha: f64,
}

impl Rates {
    /// Purchases until the customer, after one of them, leaves with probability `leaves`.
    fn until_left(
        &self,
        ticks: u32,
        weeks_per_tick: f64,
        leaves: f64,
        at_first: bool,
        chance: &mut impl Rng,
    ) -> (u32, u32) {
        let rate = (gamma(self.r, chance) / self.alpha).max(f64::MIN_POSITIVE);
        let end = f64::from(ticks) * weeks_per_tick;
        let mut seen = Seen::default();
        let mut clock = 0.0;
        let mut stays = !at_first || chance.random::<f64>() >= leaves;
        for _ in 0..MAX_ORDERS {
            clock += chance.sample::<f64, _>(Exp1) / rate;
            if !stays || clock > end {
                break;
            }
            seen.order(clock / weeks_per_tick, ticks);
            stays = chance.random::<f64>() >= leaves;
        }
        (seen.x, seen.last)
    }
}

#[derive(Default)]
struct Seen {
    x: u32,
    last: u32,
}

impl Seen {
    /// An order at a time in ticks. It counts on the nearest tick, so that times are off by nothing on average.
    fn order(&mut self, at: f64, ticks: u32) {
        let tick = (at.round() as u32).min(ticks);
        if tick > self.last {
            self.x += 1;
            self.last = tick;
        }
    }
}

fn gamma(shape: f64, chance: &mut impl Rng) -> f64 {
    Gamma::new(shape, 1.0).map_or(0.0, |gamma| gamma.sample(chance))
}

fn beta(a: f64, b: f64, chance: &mut impl Rng) -> f64 {
    Beta::new(a, b).map_or(a / (a + b), |beta| beta.sample(chance))
}
