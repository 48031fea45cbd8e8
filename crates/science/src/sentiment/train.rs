//! Training: scale the features, learn the weights, calibrate, quantise.
//!
//! A tenth of the texts (every tenth) is held out: weights learned on the rest score it, and Platt's two numbers are
//! fitted on those scores. The weights that ship are then learned from all texts with the same settings.

use super::calibrate::Platt;
use super::features::Features;
use super::learn::{Rows, logistic};
use super::model::{Language, Model};
use rayon::prelude::*;
use std::borrow::Cow;
use std::fmt;

/// A text and whether it praises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labelled<'a> {
    /// The review.
    pub text: &'a str,
    /// Whether it praises.
    pub praise: bool,
}

/// How a model is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Training {
    /// For which language.
    pub language: Language,
    /// What it looks at.
    pub features: Features,
    /// Weight of the loss against the size of the weights.
    pub c: f64,
    /// Passes over the texts.
    pub epochs: u32,
    /// Features in fewer texts are left out.
    pub fewest_texts: u32,
    /// Seed of the order of the texts.
    pub seed: u64,
}

impl Training {
    /// The settings of the model that ships, chosen on a part of the training texts.
    pub fn korean() -> Self {
        Self {
            language: Language::Korean,
            features: Features { longest_gram: 5, longest_phrase: 2, bits: 21 },
            c: 0.2,
            epochs: 10,
            fewest_texts: 2,
            seed: 1,
        }
    }

    /// The same for English, whose words are longer.
    pub fn english() -> Self {
        let features = Features { longest_gram: 6, longest_phrase: 3, bits: 21 };
        Self { language: Language::English, features, ..Self::korean() }
    }
}

/// Why no model came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrainError {
    /// Too few texts of one kind.
    TooFew {
        /// Whether praise or complaints are missing.
        praise: bool,
        /// Texts given.
        have: u64,
        /// Texts needed.
        need: u64,
    },
    /// A setting outside its range.
    Setting(&'static str),
}

impl fmt::Display for TrainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { praise, have, need } => {
                let kind = if *praise { "praising" } else { "complaining" };
                write!(f, "There are {have} {kind} texts and training needs {need}; add more.")
            }
            Self::Setting(what) => write!(f, "{what}; change the setting."),
        }
    }
}

impl std::error::Error for TrainError {}

/// Fewest texts of each kind.
const FEWEST: u64 = 100;
/// Every how manieth text is held out for the calibration.
const HELD_OUT: usize = 10;

/// Trains a model.
///
/// # Errors
/// [`TrainError::TooFew`] below 100 texts of a kind, [`TrainError::Setting`] for settings that make no sense.
///
/// ```
/// use science::sentiment::{Labelled, Tone, Training, train};
/// let text = |i: usize| format!("{} number {i} it was", if i % 2 == 0 { "wonderful" } else { "dreadful" });
/// let texts: Vec<String> = (0..400).map(text).collect();
/// let rows: Vec<_> = texts.iter().enumerate().map(|(i, text)| Labelled { text, praise: i % 2 == 0 }).collect();
/// let model = train(&rows, &Training::english()).unwrap();
/// assert_eq!(model.judge("a wonderful number").unwrap().tone, Tone::Praise);
/// ```
pub fn train(texts: &[Labelled<'_>], training: &Training) -> Result<Model, TrainError> {
    check(texts, training)?;
    let features: Vec<Vec<u32>> = texts.par_iter().map(|t| training.features.of(t.text)).collect();
    let rows = Rows::new(features, texts.iter().map(|t| t.praise).collect());
    let learn = |used: &[u32]| {
        let scales = scales(&rows, used, training);
        logistic(&rows, used, &scales, training.c, training.epochs, training.seed)
    };
    let (held_out, kept): (Vec<u32>, Vec<u32>) =
        (0..rows.len() as u32).partition(|i| (*i as usize).is_multiple_of(HELD_OUT));
    let trial = learn(&kept);
    let score = |i: &u32| (rows.score(&trial, *i as usize), rows.praise[*i as usize]);
    let scored: Vec<(f64, bool)> = held_out.iter().map(score).collect();
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    let (scale, weights) = quantise(&learn(&all));
    Ok(Model {
        language: training.language,
        features: training.features,
        texts: rows.len() as u32,
        platt: Platt::fit(&scored),
        scale,
        weights: Cow::Owned(weights),
    })
}

fn check(texts: &[Labelled<'_>], training: &Training) -> Result<(), TrainError> {
    for praise in [true, false] {
        let have = texts.iter().filter(|t| t.praise == praise).count() as u64;
        if have < FEWEST {
            return Err(TrainError::TooFew { praise, have, need: FEWEST });
        }
    }
    if !(10..=24).contains(&training.features.bits) {
        return Err(TrainError::Setting("The table must have 10 to 24 bits"));
    }
    if !(1..=8).contains(&training.features.longest_gram) || training.features.longest_phrase > 4 {
        return Err(TrainError::Setting("N-grams have 1 to 8 characters and at most 4 words"));
    }
    if !(training.c > 0.0 && training.c < 1e6) || training.epochs == 0 {
        return Err(TrainError::Setting("C must be positive and there must be a pass over the texts"));
    }
    Ok(())
}

/// The scale of each feature: (|log-count ratio| + 0.1) × idf, so that what separates the kinds is shrunk least; 0 for
/// those in too few texts.
fn scales(rows: &Rows, used: &[u32], training: &Training) -> Vec<f32> {
    let mut counts = vec![[0_u32; 2]; 1 << training.features.bits];
    let mut texts = [0.0; 2];
    for i in used {
        let kind = usize::from(rows.praise[*i as usize]);
        texts[kind] += 1.0;
        rows.row(*i as usize).iter().for_each(|f| counts[*f as usize][kind] += 1);
    }
    let smoothed = |count: u32, of: f64| (f64::from(count) + 1.0) / (of + 2.0);
    let scale = |[complaints, praise]: &[u32; 2]| {
        let both = complaints + praise;
        if both < training.fewest_texts.max(1) {
            return 0.0;
        }
        let ratio = (smoothed(*praise, texts[1]) / smoothed(*complaints, texts[0])).ln();
        let idf = ((1.0 + texts[0] + texts[1]) / (1.0 + f64::from(both))).ln() + 1.0;
        ((ratio.abs() + 0.1) * idf) as f32
    };
    counts.iter().map(scale).collect()
}

/// Steps to each side of zero.
const STEPS: f64 = 127.0;
/// Share of weights that are cut to the largest step.
const CUT: f64 = 1e-5;

/// Eight bits a weight: its signed square root in even steps, so that the many small weights keep their digits.
fn quantise(weights: &[f32]) -> (f64, Vec<u8>) {
    let mut sizes: Vec<f32> = weights.iter().map(|w| w.abs()).collect();
    sizes.sort_unstable_by(f32::total_cmp);
    let largest = f64::from(sizes[((sizes.len() - 1) as f64 * (1.0 - CUT)) as usize]).max(f64::MIN_POSITIVE);
    let step = |w: &f32| {
        let root = (f64::from(w.abs()) / largest).sqrt().min(1.0);
        ((root * STEPS).round().copysign(f64::from(*w)) as i8).cast_unsigned()
    };
    (largest / (STEPS * STEPS), weights.iter().map(step).collect())
}
