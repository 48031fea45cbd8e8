//! Journeys: the channels met before buying or not.

use serde::{Deserialize, Serialize};
use std::fmt;

/// More channels than a report can show.
pub const MAX_CHANNELS: usize = 64;

/// Customers who met the same channels in the same order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// The channels by number, the first met first; one met twice stands twice.
    pub channels: Vec<u8>,
    /// Days from each touch to the end of the journey; empty where unknown.
    pub ages: Vec<f64>,
    /// Conversions.
    pub conversions: f64,
    /// Their value, in the currency of the data.
    pub value: f64,
    /// Customers who did not convert.
    pub lost: f64,
}

impl Journey {
    /// One customer who bought for `value`.
    pub fn bought(channels: &[u8], value: f64) -> Self {
        Self { channels: channels.to_vec(), ages: Vec::new(), conversions: 1.0, value, lost: 0.0 }
    }

    /// One customer who did not buy.
    pub fn lost(channels: &[u8]) -> Self {
        Self { channels: channels.to_vec(), ages: Vec::new(), conversions: 0.0, value: 0.0, lost: 1.0 }
    }
}

/// Why journeys cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributionError {
    /// No channel, or more than 64.
    Channels(usize),
    /// A journey with a channel that does not exist.
    UnknownChannel {
        /// The journey, from 0.
        journey: usize,
        /// The channel's number.
        channel: u8,
    },
    /// A count, value or age that is negative or not a number.
    NotANumber {
        /// The journey, from 0.
        journey: usize,
    },
    /// A journey with another number of ages than of touches.
    Ages {
        /// The journey, from 0.
        journey: usize,
    },
}

impl fmt::Display for AttributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Channels(have) => {
                write!(f, "There are {have} channels; give 1 to {MAX_CHANNELS}, small ones put together.")
            }
            Self::UnknownChannel { journey, channel } => {
                write!(f, "Journey {journey} names channel {channel}, which does not exist; add the channel.")
            }
            Self::NotANumber { journey } => write!(
                f,
                "Journey {journey} has a count, value or age that is negative or not a number; correct it."
            ),
            Self::Ages { journey } => {
                write!(f, "Journey {journey} has another number of ages than of touches; give one a touch.")
            }
        }
    }
}

impl std::error::Error for AttributionError {}

/// Checked journeys over named channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Journeys {
    channels: Vec<String>,
    journeys: Vec<Journey>,
}

/// Counts and values beyond this are refused, so that sums stay finite.
const LARGEST: f64 = 1e15;

impl Journeys {
    /// Checks journeys.
    ///
    /// # Errors
    /// [`AttributionError`] names the journey and what is wrong with it.
    pub fn new<S: AsRef<str>>(channels: &[S], journeys: Vec<Journey>) -> Result<Self, AttributionError> {
        if channels.is_empty() || channels.len() > MAX_CHANNELS {
            return Err(AttributionError::Channels(channels.len()));
        }
        for (index, journey) in journeys.iter().enumerate() {
            let unknown = |c: &&u8| usize::from(**c) >= channels.len();
            if let Some(channel) = journey.channels.iter().find(unknown) {
                return Err(AttributionError::UnknownChannel { journey: index, channel: *channel });
            }
            let amounts = [journey.conversions, journey.value, journey.lost];
            if !amounts.iter().chain(&journey.ages).all(|v| (0.0..=LARGEST).contains(v)) {
                return Err(AttributionError::NotANumber { journey: index });
            }
            if !journey.ages.is_empty() && journey.ages.len() != journey.channels.len() {
                return Err(AttributionError::Ages { journey: index });
            }
        }
        Ok(Self { channels: channels.iter().map(|c| c.as_ref().to_owned()).collect(), journeys })
    }

    /// The channels' names.
    pub fn channels(&self) -> &[String] {
        &self.channels
    }

    /// The journeys.
    pub fn journeys(&self) -> &[Journey] {
        &self.journeys
    }

    /// Customers.
    pub fn n(&self) -> u64 {
        self.journeys.iter().map(|j| j.conversions + j.lost).sum::<f64>().round() as u64
    }

    /// Conversions and value of the journeys that met a channel.
    pub(super) fn to_hand_out(&self) -> (f64, f64) {
        let met = self.journeys.iter().filter(|j| !j.channels.is_empty() && j.conversions > 0.0);
        met.fold((0.0, 0.0), |(c, v), j| (c + j.conversions, v + j.value))
    }

    /// Whether a channel stands in a journey that converted.
    pub(super) fn met(&self) -> Vec<bool> {
        let mut met = vec![false; self.channels.len()];
        let converted = self.journeys.iter().filter(|j| j.conversions > 0.0);
        converted.flat_map(|j| &j.channels).for_each(|c| met[usize::from(*c)] = true);
        met
    }
}
