//! What pushed a judgement: the log-odds of each word, and of the n-grams that weigh most.

use super::features::Normalised;
use super::model::{CannotTell, Judgement, Model};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// A piece of the text and the log-odds it adds: above zero towards praise, below towards complaint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Push {
    /// The piece as the model sees it: lower-cased, blanks and long runs shortened.
    pub text: String,
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
    /// Log-odds of praise it adds.
    pub log_odds: f64,
}

/// Why a text was judged as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// The judgement.
    pub judgement: Judgement,
    /// Log-odds of praise of a text that says nothing.
    pub base: f64,
    /// The words in their order. Base and words together are the log-odds of the judgement.
    pub words: Vec<Push>,
    /// The n-grams that weigh most, the heaviest first.
    pub grams: Vec<Push>,
}

/// N-grams an explanation lists.
const GRAMS: usize = 10;

impl Model {
    /// Judges a text and says why. Each n-gram's weight is shared evenly by the characters it stands on; what falls on a
    /// blank goes to the word before it.
    ///
    /// # Errors
    /// As [`Model::judge`].
    ///
    /// ```
    /// let why = science::sentiment::korean().explain("연기는 좋은데 내용이 지루하다").unwrap();
    /// let heaviest = why.words.iter().min_by(|a, b| a.log_odds.total_cmp(&b.log_odds)).unwrap();
    /// assert_eq!(heaviest.text, "지루하다");
    /// ```
    pub fn explain(&self, text: &str) -> Result<Explanation, CannotTell> {
        let judgement = self.judge(text)?;
        let normalised = Normalised::of(text);
        let mut places: BTreeMap<u32, Vec<Range<usize>>> = BTreeMap::new();
        for occurrence in self.features.occurrences(&normalised) {
            places.entry(occurrence.feature).or_default().push(occurrence.characters);
        }
        let unit = self.platt.slope / (places.len() as f64).sqrt();
        let mut of_character = vec![0.0; normalised.characters.len()];
        let mut grams = Vec::new();
        for (feature, ranges) in &places {
            let log_odds = unit * self.weight(*feature);
            let shares: usize = ranges.iter().map(Range::len).sum();
            for at in ranges.iter().cloned().flatten() {
                of_character[at] += log_odds / shares as f64;
            }
            grams.push((log_odds, ranges[0].clone()));
        }
        grams.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then(a.1.start.cmp(&b.1.start)));
        let heaviest = grams.into_iter().take(GRAMS).map(|(log_odds, at)| normalised.push_of(at, log_odds));
        Ok(Explanation {
            judgement,
            base: self.platt.offset,
            words: words(&normalised, &of_character),
            grams: heaviest.collect(),
        })
    }
}

fn words(text: &Normalised, of_character: &[f64]) -> Vec<Push> {
    let words = text.words();
    let starts = words.iter().enumerate().map(|(i, word)| if i == 0 { 0 } else { word.start });
    let ends = words.iter().skip(1).map(|word| word.start).chain([of_character.len()]);
    let sums: Vec<f64> = starts.zip(ends).map(|(from, to)| of_character[from..to].iter().sum()).collect();
    words.into_iter().zip(sums).map(|(word, log_odds)| text.push_of(word, log_odds)).collect()
}

impl Normalised {
    fn push_of(&self, characters: Range<usize>, log_odds: f64) -> Push {
        let place = self.origin[characters.start].start..self.origin[characters.end - 1].end;
        Push { text: self.characters[characters].iter().collect(), place, log_odds }
    }
}
