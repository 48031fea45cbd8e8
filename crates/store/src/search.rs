//! Search by parts of a name, the same on both engines: a table of grams written by Rust.
//!
//! Hangul words give their syllables, pairs and triples of syllables (most names are of three: among a million people a
//! pair finds thousands, and two pairs would have to be compared), and the same of their initial consonants (초성, so
//! `ㅎㄱ` finds 홍길동); other words give their beginnings up to [`PREFIX`] letters. Everything is composed (NFC) and
//! folded to lower case here, because SQLite's `lower()` knows ASCII only.

use crate::{Query, Result, Tx, sql, sql_rows};
use std::collections::BTreeSet;

/// Letters of the longest grams of Korean words.
pub const LONGEST: usize = 3;
/// Letters of the longest ones that grams written before there were triples have.
pub const SHORT: usize = 2;
/// Letters of a Latin word that are indexed.
pub const PREFIX: usize = 8;
/// Words of one text that are indexed.
const WORDS: usize = 12;
/// Grams of one question that are asked for.
const ASKED: usize = 6;

const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ',
    'ㅍ', 'ㅎ',
];

/// Composed and in lower case, for comparing.
pub fn fold(text: &str) -> String {
    kernel::composed(text).to_lowercase()
}

/// The grams under which `text` is found.
pub fn grams(text: &str) -> BTreeSet<String> {
    words(text).iter().take(WORDS).flat_map(|word| word_grams(word)).collect()
}

/// The grams to look up for the question `text`, the most selective first.
fn asked(text: &str, longest: usize) -> Vec<String> {
    let mut asked: Vec<String> = words(text).iter().flat_map(|word| question_grams(word, longest)).collect();
    asked.sort_by_key(|gram| (std::cmp::Reverse(gram.chars().count()), gram.clone()));
    asked.dedup();
    asked.truncate(ASKED);
    asked
}

fn words(text: &str) -> Vec<Vec<char>> {
    fold(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().collect())
        .collect()
}

fn word_grams(word: &[char]) -> Vec<String> {
    if !word.iter().any(|letter| is_korean(*letter)) {
        return prefixes(word);
    }
    let initials: Vec<char> = word.iter().map(|letter| initial(*letter)).collect();
    [runs(word), runs(&initials)].concat()
}

fn question_grams(word: &[char], longest: usize) -> Vec<String> {
    match word.len() {
        0 => Vec::new(),
        _ if !word.iter().any(|letter| is_korean(*letter)) => vec![word.iter().take(PREFIX).collect()],
        length => word.windows(length.min(longest)).map(|run| run.iter().collect()).collect(),
    }
}

fn prefixes(word: &[char]) -> Vec<String> {
    (1..=word.len().min(PREFIX)).map(|length| word[..length].iter().collect()).collect()
}

fn runs(letters: &[char]) -> Vec<String> {
    let of = |length| letters.windows(length).map(|run| run.iter().collect());
    (1..=LONGEST).flat_map(of).collect()
}

fn is_korean(letter: char) -> bool {
    ('가'..='힣').contains(&letter) || INITIALS.contains(&letter)
}

/// The initial consonant of a Hangul syllable (Unicode: 588 syllables an initial); other letters stay.
fn initial(letter: char) -> char {
    let offset = (letter as u32).wrapping_sub('가' as u32);
    if ('가'..='힣').contains(&letter) { INITIALS[(offset / 588) as usize] } else { letter }
}

/// Writes the grams of `texts` for `subject`, replacing what was there.
pub async fn index(tx: &mut Tx, area: &str, subject: i64, texts: &[&str]) -> Result<()> {
    sql!("delete from grams where area = $1 and subject = $2").bind(area).bind(subject).execute(tx).await?;
    index_new(tx, area, &[(subject, texts.iter().flat_map(|text| grams(text)).collect())]).await
}

/// Writes the grams of subjects that have none yet.
pub async fn index_new(tx: &mut Tx, area: &str, subjects: &[(i64, BTreeSet<String>)]) -> Result<()> {
    // Gathered before the first await: an iterator over borrowed closures could not be held across it.
    let mut pairs = Vec::new();
    for (subject, grams) in subjects {
        pairs.extend(grams.iter().map(|gram| (*subject, gram)));
    }
    let mut rows = pairs.into_iter().peekable();
    while rows.peek().is_some() {
        let mut insert =
            sql_rows!(3, "insert into grams (area, gram, subject) values {rows} on conflict do nothing");
        while !insert.is_full() {
            let Some((subject, gram)) = rows.next() else { break };
            insert.push_row([area.into(), gram.into(), subject.into()]);
        }
        insert.execute(tx).await?;
    }
    Ok(())
}

/// The newest subjects of `area` that have every gram of `text`, at most `limit`. The grams are of `longest` letters:
/// [`LONGEST`], unless some were written before there were so long ones.
pub async fn find(tx: &mut Tx, area: &str, text: &str, limit: i64, longest: usize) -> Result<Vec<i64>> {
    let asked = asked(text, longest);
    let Some((first, rest)) = asked.split_first() else { return Ok(Vec::new()) };
    let mut query = "select g.subject from grams g where g.area = $1 and g.gram = $2".to_owned();
    for position in 0..rest.len() {
        query.push_str(&format!(
            " and exists (select 1 from grams o where o.area = $1 and o.gram = ${} and o.subject = g.subject)",
            position + 4
        ));
    }
    query.push_str(" order by g.subject desc limit $3");
    let mut find = Query::built(query).bind(area).bind(first).bind(limit);
    for gram in rest {
        find = find.bind(gram);
    }
    let rows: Vec<(i64,)> = find.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|(subject,)| subject).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_names_are_found_by_syllables_pairs_and_initials() {
        let grams = grams("홍길동");
        for part in ["홍", "길동", "홍길동", "ㅎ", "ㄱㄷ", "ㅎㄱㄷ"] {
            assert!(grams.contains(part), "{part}");
        }
    }

    #[test]
    fn names_in_parts_are_found_as_whole_ones_and_the_other_way_round() {
        let (whole, parts) = (
            "홍길동 Zoë",
            "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc} Zoe\u{308}",
        );
        assert_eq!(grams(parts), grams(whole));
        assert_eq!(asked(parts, LONGEST), asked(whole, LONGEST));
        assert_eq!(fold(parts), fold(whole));
    }

    #[test]
    fn latin_names_are_found_by_the_beginnings_of_their_words() {
        let grams = grams("Anna-Maria Çelik");
        for part in ["a", "anna", "mar", "çel"] {
            assert!(grams.contains(part), "{part}");
        }
        assert!(!grams.contains("nna"));
    }

    #[test]
    fn a_question_asks_for_its_most_selective_grams_first() {
        assert_eq!(asked("길동 Anna", LONGEST), ["anna", "길동"]);
        assert_eq!(asked("ㅎㄱㄷ", SHORT), ["ㄱㄷ", "ㅎㄱ"]);
        assert_eq!(asked("ㅎㄱㄷ", LONGEST), ["ㅎㄱㄷ"]);
        assert_eq!(asked("남궁길동", LONGEST), ["궁길동", "남궁길"]);
        assert!(asked(" -- ", LONGEST).is_empty());
    }
}
