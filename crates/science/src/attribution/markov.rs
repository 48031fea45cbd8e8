//! Removal effects in a Markov chain of order 1.
//!
//! A customer goes from the start to a first channel, from channel to channel, and ends by converting or not, with the
//! probabilities seen. Removing a channel sends everyone who would have gone there to "not". The removal effect is the share
//! of conversions lost that way.

use super::Journeys;
use serde::{Deserialize, Serialize};

/// What removing a channel costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Removal {
    /// The channel.
    pub channel: String,
    /// Share of the conversions lost without it, 0 to 1.
    pub effect: f64,
}

impl Journeys {
    /// The removal effect of each channel; all zero when nothing converts.
    pub fn removal_effects(&self) -> Vec<Removal> {
        let chain = Chain::of(self);
        let with_all = chain.converts(None);
        let effect = |i: usize| {
            if with_all > 0.0 { (1.0 - chain.converts(Some(i)) / with_all).clamp(0.0, 1.0) } else { 0.0 }
        };
        let names = self.channels().iter().enumerate();
        names.map(|(i, name)| Removal { channel: name.clone(), effect: effect(i) }).collect()
    }
}

/// Transition counts: rows are the channels and, last, the start; columns are the channels and, last, conversion.
struct Chain {
    channels: usize,
    moves: Vec<Vec<f64>>,
    /// Moves out of each row, those to "not" included.
    out: Vec<f64>,
}

impl Chain {
    fn of(journeys: &Journeys) -> Self {
        let channels = journeys.channels().len();
        let mut chain = Self {
            channels,
            moves: vec![vec![0.0; channels + 1]; channels + 1],
            out: vec![0.0; channels + 1],
        };
        for journey in journeys.journeys().iter().filter(|j| !j.channels.is_empty()) {
            let people = journey.conversions + journey.lost;
            let mut at = channels;
            for channel in journey.channels.iter().map(|c| usize::from(*c)) {
                chain.moves[at][channel] += people;
                chain.out[at] += people;
                at = channel;
            }
            chain.moves[at][channels] += journey.conversions;
            chain.out[at] += people;
        }
        chain
    }

    fn probability(&self, from: usize, to: usize) -> f64 {
        if self.out[from] > 0.0 { self.moves[from][to] / self.out[from] } else { 0.0 }
    }

    /// The probability that a customer at the start converts: (I - Q) x = r over the channels left, by Gauss-Jordan with
    /// row pivoting.
    fn converts(&self, removed: Option<usize>) -> f64 {
        let left: Vec<usize> =
            (0..self.channels).filter(|i| Some(*i) != removed && self.out[*i] > 0.0).collect();
        let n = left.len();
        let row = |i: usize| -> Vec<f64> {
            let stays = |j: usize| f64::from(u8::from(i == j)) - self.probability(left[i], left[j]);
            (0..n).map(stays).chain([self.probability(left[i], self.channels)]).collect()
        };
        let mut system: Vec<Vec<f64>> = (0..n).map(row).collect();
        for column in 0..n {
            let size = |i: &usize| system[*i][column].abs();
            let Some(pivot) = (column..n).max_by(|a, b| size(a).total_cmp(&size(b))) else { continue };
            system.swap(column, pivot);
            let head = system[column][column];
            if head.abs() < 1e-14 {
                // A closed circle nobody leaves: it never converts.
                system[column][n] = 0.0;
                continue;
            }
            system[column].iter_mut().for_each(|v| *v /= head);
            let pivot_row = system[column].clone();
            for (i, other) in system.iter_mut().enumerate() {
                let factor = other[column];
                if i != column && factor != 0.0 {
                    other.iter_mut().zip(&pivot_row).for_each(|(v, p)| *v -= factor * p);
                }
            }
        }
        let start = self.channels;
        left.iter().zip(&system).map(|(channel, row)| self.probability(start, *channel) * row[n]).sum()
    }
}
