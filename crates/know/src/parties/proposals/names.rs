//! How alike two names are, Hangul by its letters: 김민서 and 김민석 differ in one letter, not in one of three signs.

use unicode_normalization::UnicodeNormalization;

/// What people and systems hang on a name.
const TITLES: [&str; 5] = ["고객님", "회원님", "님", "씨", "귀하"];
/// What says that a name is a company's.
const COMPANY: [&str; 9] = ["주식회사", "유한회사", "(주)", "㈜", "(유)", "inc", "llc", "ltd", "co"];
/// From here on two Latin names count as alike (Winkler 1990 calls pairs above 0.9 possible links).
const ALIKE: f64 = 0.92;

/// How two names stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same, but for spaces, titles, order and case.
    Same,
    /// One letter apart, or nearly.
    Alike,
    /// Different.
    Different,
}

/// A name without what does not tell people apart: folded, without titles and company forms, its words in order.
pub fn plain(name: &str) -> String {
    let folded = store::search::fold(name);
    let folded = COMPANY[..5].iter().fold(folded, |name, form| name.replace(form, " "));
    let mut words: Vec<&str> = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty() && !COMPANY[5..].contains(word))
        .collect();
    // 홍 길동 and 홍길동 are one name; Kim Minsu and Minsu Kim as well.
    if !words.iter().any(|word| word.chars().any(is_hangul)) {
        words.sort_unstable();
        return words.join(" ");
    }
    let joined = words.concat();
    let bare =
        TITLES.iter().find_map(|title| joined.strip_suffix(title).filter(|rest| rest.chars().count() > 1));
    bare.map_or_else(|| joined.clone(), str::to_owned)
}

/// How alike two plain names are.
pub fn compare(one: &str, other: &str) -> Likeness {
    if one == other {
        return Likeness::Same;
    }
    let has_hangul = |name: &str| name.chars().any(is_hangul);
    let alike = match (has_hangul(one), has_hangul(other)) {
        (true, true) => strsim::damerau_levenshtein(&letters(one), &letters(other)) <= 1,
        (false, false) => strsim::jaro_winkler(one, other) >= ALIKE,
        _ => false,
    };
    if alike { Likeness::Alike } else { Likeness::Different }
}

/// Hangul syllables in their letters (Unicode NFD).
fn letters(name: &str) -> String {
    name.nfd().collect()
}

fn is_hangul(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(one: &str, other: &str) -> Likeness {
        compare(&plain(one), &plain(other))
    }

    #[test]
    fn spaces_titles_order_and_forms_tell_nobody_apart() {
        for (one, other) in [
            ("홍길동", "홍 길동"),
            ("홍길동 고객님", "홍길동"),
            ("김하나님", "김하나"),
            ("Minsu Kim", "KIM, MINSU"),
            ("(주)온기커피", "주식회사 온기커피"),
            ("Acme Inc.", "ACME"),
        ] {
            assert_eq!(of(one, other), Likeness::Same, "{one} and {other}");
        }
    }

    #[test]
    fn one_letter_apart_is_alike_in_hangul_and_nearly_the_same_in_latin() {
        assert_eq!(of("김민서", "김민석"), Likeness::Alike);
        assert_eq!(of("최은영", "최은경"), Likeness::Alike);
        assert_eq!(of("Katherine Jones", "Katharine Jones"), Likeness::Alike);
        assert_eq!(of("김민서", "이민서"), Likeness::Different);
        assert_eq!(of("John Smith", "Jane Doe"), Likeness::Different);
        assert_eq!(of("김민서", "Kim Minseo"), Likeness::Different, "nobody reads across scripts here");
    }

    #[test]
    fn a_title_alone_is_no_name_that_could_be_lost() {
        assert_eq!(plain("김씨"), "김씨");
    }
}
