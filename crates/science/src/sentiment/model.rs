//! The model: quantised weights, the calibration, and what it says of a text.

use super::calibrate::Platt;
use super::features::{Features, Normalised};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// The language a model was trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Hangul.
    Korean,
    /// Latin letters.
    English,
}

impl Language {
    pub(super) fn writes(self, c: char) -> bool {
        match self {
            Self::Korean => matches!(c, '가'..='힣' | 'ㄱ'..='ㅣ' | '\u{1100}'..='\u{11ff}'),
            Self::English => c.is_ascii_alphabetic(),
        }
    }
}

/// A trained model. Made by [`super::train`] or read from a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub(super) language: Language,
    pub(super) features: Features,
    /// Texts it was trained on.
    pub(super) texts: u32,
    pub(super) platt: Platt,
    /// The weight a step of the square root stands for.
    pub(super) scale: f64,
    /// Signed square roots of the weights in steps, one a feature.
    pub(super) weights: Cow<'static, [u8]>,
}

/// Praise or complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// More likely praise.
    Praise,
    /// More likely a complaint.
    Complaint,
}

/// What the model says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The likelier side.
    pub tone: Tone,
    /// Calibrated probability of praise, 0 to 1.
    pub praise: f64,
    /// Features of the text: the fewer, the less there is to go by.
    pub n: u32,
}

/// Why a text is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CannotTell {
    /// Nothing but blanks.
    Empty,
    /// Fewer than two letters of the model's language.
    TooShort,
    /// Most letters are not of the model's language.
    OtherLanguage,
}

impl fmt::Display for CannotTell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "The text is empty; there is nothing to judge.",
            Self::TooShort => "The text has fewer than two letters; read it yourself.",
            Self::OtherLanguage => "The text is in another language; use a model trained for it.",
        })
    }
}

impl std::error::Error for CannotTell {}

/// Fewest letters of the language a text needs.
const FEWEST_LETTERS: usize = 2;

impl Model {
    /// Praise or complaint, with the probability. The language is told by its letters, so an English model takes French for
    /// English.
    ///
    /// # Errors
    /// [`CannotTell`] when the text is empty, too short or in another language.
    pub fn judge(&self, text: &str) -> Result<Judgement, CannotTell> {
        self.readable(text)?;
        let features = self.features.of(text);
        let praise = self.platt.probability(self.sum(&features));
        let tone = if praise >= 0.5 { Tone::Praise } else { Tone::Complaint };
        Ok(Judgement { tone, praise, n: features.len() as u32 })
    }

    /// The probability of praise of any text, also of one [`Model::judge`] refuses: for measuring a model on a whole set.
    pub fn probability(&self, text: &str) -> f64 {
        self.platt.probability(self.sum(&self.features.of(text)))
    }

    /// The language it was trained for.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Texts it was trained on.
    pub fn texts(&self) -> u32 {
        self.texts
    }

    fn sum(&self, features: &[u32]) -> f64 {
        let sum: f64 = features.iter().map(|f| self.weight(*f)).sum();
        sum / (features.len().max(1) as f64).sqrt()
    }

    pub(super) fn weight(&self, feature: u32) -> f64 {
        let step = f64::from(self.weights[feature as usize].cast_signed());
        self.scale * step * step.abs()
    }

    pub(super) fn readable(&self, text: &str) -> Result<(), CannotTell> {
        let text = Normalised::of(text);
        let written = text.characters.iter().filter(|c| !c.is_whitespace()).count();
        let letters = text.characters.iter().filter(|c| c.is_alphabetic()).count();
        let own = text.characters.iter().filter(|c| self.language.writes(**c)).count();
        if written == 0 {
            Err(CannotTell::Empty)
        } else if letters < FEWEST_LETTERS {
            Err(CannotTell::TooShort)
        } else if own * 2 < letters {
            Err(CannotTell::OtherLanguage)
        } else if own < FEWEST_LETTERS {
            Err(CannotTell::TooShort)
        } else {
            Ok(())
        }
    }
}
