//! The words of a rule's text.

use super::fault::{Code, Fault, Place};
use super::tree::TEXT;
use kernel::Day;
use std::ops::Range;

/// A word, number, day, text or sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a word of the grammar.
    Word(String),
    /// A number as written.
    Number(String),
    /// A day.
    Day(Day),
    /// A text in quotes.
    Text(String),
    /// A sign.
    Sign(&'static str),
}

/// A token and its characters.
pub(super) type Placed = (Token, Range<usize>);

const SIGNS: [(&str, &str); 14] = [
    ("<=", "<="),
    (">=", ">="),
    ("!=", "!="),
    ("<>", "!="),
    ("==", "="),
    ("<", "<"),
    (">", ">"),
    ("=", "="),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("(", "("),
    (")", ")"),
    (",", ","),
];

/// What Korean counts days and times with.
const COUNTERS: [char; 3] = ['일', '번', '회'];

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Fault> {
    let letters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(letter) = letters.get(at) {
        if letter.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, length) = next(&letters[at..], at)?;
        let counts = matches!(token, Token::Number(_));
        tokens.push((token, at..at + length));
        at += length;
        // Korean writes a number, its counter and what follows as one: 30일이내, 2번이상.
        if let Some(counter) = letters.get(at).filter(|letter| counts && COUNTERS.contains(letter)) {
            tokens.push((Token::Word(counter.to_string()), at..at + 1));
            at += 1;
        }
    }
    Ok(tokens)
}

fn next(rest: &[char], at: usize) -> Result<(Token, usize), Fault> {
    if let Some((sign, length)) = sign(rest) {
        return Ok((Token::Sign(sign), length));
    }
    match rest[0] {
        '"' | '\'' | '“' | '”' => quoted(rest, at),
        first if first.is_ascii_digit() => Ok(number(rest)),
        '-' | '+' if rest.get(1).is_some_and(char::is_ascii_digit) => Ok(number(rest)),
        first if first.is_alphabetic() || first == '_' => Ok(word(rest)),
        other => Err(Fault::new(Code::Character, Place::Text(at..at + 1)).with("found", other)),
    }
}

fn sign(rest: &[char]) -> Option<(&'static str, usize)> {
    SIGNS.into_iter().find_map(|(written, meant)| {
        let length = written.chars().count();
        let same = rest.len() >= length && written.chars().zip(rest).all(|(one, other)| one == *other);
        same.then_some((meant, length))
    })
}

/// A text up to the quote it began with, with `\"` and `\\` for a quote and a backslash in it.
fn quoted(rest: &[char], at: usize) -> Result<(Token, usize), Fault> {
    let closes = |letter: char| match rest[0] {
        '\'' => letter == '\'',
        _ => matches!(letter, '"' | '“' | '”'),
    };
    let (mut text, mut escaped) = (String::new(), false);
    for (position, letter) in rest.iter().enumerate().skip(1) {
        match letter {
            letter if escaped => {
                text.push(*letter);
                escaped = false;
            }
            '\\' => escaped = true,
            letter if closes(*letter) => return checked(text, at, position + 1),
            letter => text.push(*letter),
        }
    }
    Err(Fault::new(Code::OpenText, Place::Text(at..at + rest.len())))
}

fn checked(text: String, at: usize, length: usize) -> Result<(Token, usize), Fault> {
    if text.chars().count() > TEXT || text.contains('\0') {
        return Err(Fault::new(Code::TooLong, Place::Text(at..at + length)).with("limit", TEXT));
    }
    Ok((Token::Text(text), length))
}

/// A number, or a day as in 2026-11-22. Thousands may be parted by `_`.
fn number(rest: &[char]) -> (Token, usize) {
    let day: String = rest.iter().take(10).collect();
    let ends = rest.get(10).is_none_or(|next| !next.is_alphanumeric());
    if let (10, true, Ok(day)) = (day.len(), ends, day.parse::<Day>()) {
        return (Token::Day(day), 10);
    }
    let mut length = 1;
    while rest.get(length).is_some_and(|next| next.is_ascii_digit() || matches!(next, '_' | '.')) {
        length += 1;
    }
    let written: String = rest[..length].iter().filter(|letter| **letter != '_').collect();
    (Token::Number(written), length)
}

fn word(rest: &[char]) -> (Token, usize) {
    let inside = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
    let length = rest.iter().take_while(|letter| inside(letter)).count();
    (Token::Word(rest[..length].iter().collect()), length)
}
