//! The lists of words: lines `name … = word, word`, `!` for what looks like one and is none, `#` for comments.

use regex::{Regex, RegexBuilder};

/// Bytes of a compiled list: the lists are ours, and bounded all the same.
const LIST_BYTES: usize = 8 << 20;

/// A line of a list.
pub struct Line {
    /// What stands before the `=`; empty for what is none.
    pub name: String,
    /// Any of its words.
    pub words: Regex,
}

/// What a file of one language says.
pub struct List {
    /// Its lines.
    pub lines: Vec<Line>,
    /// What looks like a word and is none.
    harmless: Option<Regex>,
}

impl List {
    /// Reads a file; in a language with blanks between all words a word stands between word boundaries.
    pub fn read(file: &str, bounded: bool) -> Self {
        let mut list = Self { lines: Vec::new(), harmless: None };
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix('!') {
                Some(words) => list.harmless = Some(any_of(words, bounded)),
                None => {
                    let (name, words) = line.split_once(" = ").expect("a line names its words after ` = `");
                    list.lines.push(Line { name: name.trim().to_owned(), words: any_of(words, bounded) });
                }
            }
        }
        list
    }

    /// The text with what is harmless blanked out; every byte stays in its place.
    pub fn without_harmless(&self, text: &str) -> String {
        let Some(harmless) = &self.harmless else { return text.to_owned() };
        harmless.replace_all(text, |found: &regex::Captures<'_>| "\u{1}".repeat(found[0].len())).into_owned()
    }
}

/// A regular expression for any of `words`; the longest comes first where one begins with another.
fn any_of(words: &str, bounded: bool) -> Regex {
    let mut words: Vec<&str> = words.split(", ").map(str::trim).filter(|word| !word.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let any = words.join("|");
    let pattern = if bounded { format!(r"\b(?:{any})\b") } else { format!("(?:{any})") };
    let built = RegexBuilder::new(&pattern).case_insensitive(true).size_limit(LIST_BYTES).build();
    built.expect("a test reads every list")
}
