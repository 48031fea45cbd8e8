//! Text to hashed features: character n-grams and word n-grams, each counted once a text.
//!
//! The text is lower-cased, runs of white space become one blank, and a character repeated more than three times in a
//! row counts three times (ㅋㅋㅋㅋㅋ is ㅋㅋㅋ). Blanks stand at both ends, so that an n-gram knows where a word begins and
//! ends.

use std::ops::Range;

/// The longest run of one character that is kept.
const LONGEST_RUN: usize = 3;

/// The longest text looked at, in characters after normalisation; more adds nothing but time.
pub const MAX_CHARACTERS: usize = 4_096;

/// A text made comparable, with the way back to the original.
#[derive(Debug, Clone)]
pub(super) struct Normalised {
    pub characters: Vec<char>,
    /// Where each character lies in the original, in bytes; the blanks at both ends are empty ranges.
    pub origin: Vec<Range<usize>>,
}

impl Normalised {
    pub fn of(text: &str) -> Self {
        let mut result = Self { characters: Vec::new(), origin: Vec::new() };
        result.push(' ', 0..0);
        for (at, original) in text.char_indices() {
            if result.characters.len() > MAX_CHARACTERS {
                break;
            }
            let place = at..at + original.len_utf8();
            let plain = if original.is_whitespace() || original.is_control() { ' ' } else { original };
            for lower in plain.to_lowercase() {
                result.push(lower, place.clone());
            }
        }
        result.push(' ', text.len()..text.len());
        result
    }

    fn push(&mut self, character: char, place: Range<usize>) {
        let longest = if character == ' ' { 1 } else { LONGEST_RUN };
        let run = self.characters.iter().rev().take(longest).take_while(|c| **c == character).count();
        if run < longest {
            self.characters.push(character);
            self.origin.push(place);
        }
    }

    /// The words: what lies between blanks, as ranges of characters.
    pub fn words(&self) -> Vec<Range<usize>> {
        let blanks: Vec<usize> =
            self.characters.iter().enumerate().filter(|(_, c)| **c == ' ').map(|(i, _)| i).collect();
        blanks.windows(2).map(|pair| pair[0] + 1..pair[1]).filter(|word| !word.is_empty()).collect()
    }
}

/// Which features a model looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// Character n-grams have 1 to this many characters.
    pub longest_gram: u8,
    /// Word n-grams have 1 to this many words; 0 for none.
    pub longest_phrase: u8,
    /// log2 of the number of weights the features are hashed into.
    pub bits: u8,
}

/// A feature of a text: its weight's index and the characters it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occurrence {
    pub feature: u32,
    pub characters: Range<usize>,
}

impl Features {
    /// Every occurrence of every feature.
    pub(super) fn occurrences(&self, text: &Normalised) -> Vec<Occurrence> {
        let mut found = Vec::with_capacity(text.characters.len() * usize::from(self.longest_gram));
        self.grams(text, &mut found);
        self.phrases(text, &mut found);
        found
    }

    /// The features of a text, ascending, each once.
    pub(super) fn of(&self, text: &str) -> Vec<u32> {
        let occurrences = self.occurrences(&Normalised::of(text));
        let mut features: Vec<u32> = occurrences.into_iter().map(|o| o.feature).collect();
        features.sort_unstable();
        features.dedup();
        features
    }

    fn grams(&self, text: &Normalised, found: &mut Vec<Occurrence>) {
        for start in 0..text.characters.len() {
            let mut hash = Hash::new(0);
            for (i, character) in
                text.characters[start..].iter().take(usize::from(self.longest_gram)).enumerate()
            {
                hash.add(*character);
                // A blank alone says nothing.
                if i > 0 || *character != ' ' {
                    found.push(Occurrence {
                        feature: hash.index(self.bits),
                        characters: start..start + i + 1,
                    });
                }
            }
        }
    }

    fn phrases(&self, text: &Normalised, found: &mut Vec<Occurrence>) {
        let words = text.words();
        for first in 0..words.len() {
            let mut hash = Hash::new(1);
            for word in words[first..].iter().take(usize::from(self.longest_phrase)) {
                text.characters[word.clone()].iter().for_each(|c| hash.add(*c));
                hash.add(' ');
                let characters = words[first].start..word.end;
                found.push(Occurrence { feature: hash.index(self.bits), characters });
            }
        }
    }
}

/// FNV-1a over characters with a final mix, part of the file format: a change needs a new format version.
struct Hash(u64);

impl Hash {
    fn new(kind: u64) -> Self {
        Self(0xcbf2_9ce4_8422_2325 ^ kind)
    }

    fn add(&mut self, character: char) {
        self.0 = (self.0 ^ u64::from(character)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    fn index(&self, bits: u8) -> u32 {
        let mut h = self.0;
        h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        ((h ^ (h >> 33)) >> (64 - u32::from(bits))) as u32
    }
}
