//! Which channels brought an order: first, last, linear, position, time decay, Shapley and Markov removal.
//!
//! A journey is the channels a customer met before buying, or before not buying. Every rule hands out exactly the
//! conversions there were: credits always add up to the total.
//!
//! None of this is causal: a channel that meets people who would buy anyway gets credit. A holdout
//! ([`crate::experiment`]) tells.
//!
//! ```
//! use science::attribution::{Journey, Journeys, Rule};
//!
//! // The textbook example: C1 > C2 > C3 > buy, C1 > nothing, C2 > C3 > nothing.
//! let journeys = Journeys::new(
//!     &["C1", "C2", "C3"],
//!     vec![Journey::bought(&[0, 1, 2], 1.0), Journey::lost(&[0]), Journey::lost(&[1, 2])],
//! ).unwrap();
//! let shares: Vec<f64> = journeys.attribute(Rule::Markov).credits.iter().map(|c| c.share).collect();
//! assert!(shares.iter().zip([0.2, 0.4, 0.4]).all(|(got, want)| (got - want).abs() < 1e-12));
//! ```

mod journey;
mod markov;
mod rules;
mod shapley;

pub use journey::{AttributionError, Journey, Journeys, MAX_CHANNELS};
pub use markov::Removal;
pub use shapley::{SAMPLED_PERMUTATIONS, ShapleyValues, shapley_values};

use serde::{Deserialize, Serialize};

/// How conversions are credited to the channels of a journey.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum Rule {
    /// All to the first channel.
    First,
    /// All to the last.
    Last,
    /// Evenly to each touch.
    Linear,
    /// So much to the first and to the last touch, the rest evenly to those between; usually .4 and .4.
    Position {
        /// Share of the first.
        first: f64,
        /// Share of the last.
        last: f64,
    },
    /// Half as much for each half-life before the end; ages are days, or touches where a journey has no ages.
    TimeDecay {
        /// Days (or touches) until a touch counts half.
        half_life: f64,
    },
    /// Shapley values of the game "conversions among the journeys that met only these channels" (Zhao, Mahboobi & Bagheri
    /// 2018, "Shapley value methods for attribution modeling"): each journey's conversions evenly to its channels. Exact for
    /// any number of channels.
    Shapley,
    /// Shapley values of the game "share of the journeys with only these channels that convert", which looks at journeys
    /// that did not convert too. Exact up to 12 channels, else sampled; credits may be negative.
    ShapleyRate {
        /// Seed of the sampling.
        seed: u64,
    },
    /// Removal effects in a Markov chain of order 1 (Anderl, Becker, von Wangenheim & Schumann 2016, "Mapping the customer
    /// journey").
    Markov,
}

/// What a channel is credited with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Credit {
    /// The channel.
    pub channel: String,
    /// Conversions; all channels together have as many as there were (less those of journeys without a channel).
    pub conversions: f64,
    /// Their value.
    pub value: f64,
    /// Share of the conversions; 0 without any.
    pub share: f64,
    /// Standard error of the share where it was sampled.
    pub standard_error: Option<f64>,
}

/// The credits of all channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribution {
    /// In the order of the channels.
    pub credits: Vec<Credit>,
    /// Conversions handed out.
    pub conversions: f64,
    /// Value handed out.
    pub value: f64,
    /// Conversions of journeys without a channel, which no rule can hand out.
    pub direct: f64,
    /// Journeys.
    pub n: u64,
}

impl Journeys {
    /// Hands out the conversions.
    pub fn attribute(&self, rule: Rule) -> Attribution {
        match rule {
            Rule::Shapley => self.by_touch(|journey| rules::evenly_by_channel(&journey.channels)),
            Rule::ShapleyRate { seed } => {
                let shapley = self.shapley_rate(seed);
                self.by_weight(&shapley.values, shapley.standard_errors.as_deref())
            }
            Rule::Markov => {
                let effects: Vec<f64> = self.removal_effects().iter().map(|r| r.effect).collect();
                self.by_weight(&effects, None)
            }
            heuristic => self.by_touch(|journey| rules::weights(heuristic, journey)),
        }
    }

    /// Credits from the weights of each journey's touches.
    fn by_touch(&self, weights: impl Fn(&Journey) -> Vec<f64>) -> Attribution {
        let mut sums = vec![(0.0, 0.0); self.channels().len()];
        for journey in self.journeys().iter().filter(|j| j.conversions > 0.0) {
            for (channel, weight) in journey.channels.iter().zip(weights(journey)) {
                let (conversions, value) = &mut sums[usize::from(*channel)];
                *conversions += weight * journey.conversions;
                *value += weight * journey.value;
            }
        }
        self.credits(sums, None)
    }

    /// Credits in proportion to one weight a channel; evenly where all weights are zero.
    fn by_weight(&self, weights: &[f64], errors: Option<&[f64]>) -> Attribution {
        let (conversions, value) = self.to_hand_out();
        let total: f64 = weights.iter().sum();
        let met = self.met();
        let even = 1.0 / met.iter().filter(|m| **m).count().max(1) as f64;
        let share = |i: usize| match (total.abs() > 1e-300, met[i]) {
            (true, _) => weights[i] / total,
            (false, true) => even,
            (false, false) => 0.0,
        };
        let sums = (0..weights.len()).map(|i| (share(i) * conversions, share(i) * value)).collect();
        let relative = errors.map(|e| e.iter().map(|e| e / total.abs().max(1e-300)).collect());
        self.credits(sums, relative)
    }

    fn credits(&self, sums: Vec<(f64, f64)>, errors: Option<Vec<f64>>) -> Attribution {
        let (total, value) = self.to_hand_out();
        let credit = |(i, (conversions, value)): (usize, (f64, f64))| Credit {
            channel: self.channels()[i].clone(),
            conversions,
            value,
            share: if total > 0.0 { conversions / total } else { 0.0 },
            standard_error: errors.as_ref().map(|e| e[i]),
        };
        Attribution {
            credits: sums.into_iter().enumerate().map(credit).collect(),
            conversions: total,
            value,
            direct: self.journeys().iter().filter(|j| j.channels.is_empty()).map(|j| j.conversions).sum(),
            n: self.n(),
        }
    }
}
