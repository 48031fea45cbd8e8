//! The server's texts in both languages: problems, messages, headings of exports.
//!
//! They stand in `locales/<language>/<area>.txt` as lines `key = text with {name}`; a line that begins with `#` is
//! a comment. A test keeps the keys of both languages equal.

use kernel::Locale;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../locales"]
struct Files;

type Texts = BTreeMap<String, String>;

static TEXTS: LazyLock<[Texts; 2]> = LazyLock::new(|| [Locale::Ko, Locale::En].map(load));

fn load(locale: Locale) -> Texts {
    let prefix = format!("{}/", locale.tag());
    let files = Files::iter().filter(|path| path.starts_with(&prefix) && path.ends_with(".txt"));
    files
        .filter_map(|path| Files::get(&path))
        .flat_map(|file| parse(&String::from_utf8_lossy(&file.data)))
        .collect()
}

fn parse(file: &str) -> Vec<(String, String)> {
    file.lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, text)| (key.trim().to_owned(), text.trim().to_owned()))
        .collect()
}

/// All texts of `locale` by key.
pub fn all(locale: Locale) -> &'static BTreeMap<String, String> {
    &TEXTS[usize::from(locale == Locale::En)]
}

/// The text `key`, as it stands in the file.
pub fn find(locale: Locale, key: &str) -> Option<&'static str> {
    all(locale).get(key).map(String::as_str)
}

/// The text `key` with `{name}` replaced by each parameter's value; the key itself when there is no such text.
pub fn say(locale: Locale, key: &str, params: &[(&str, &str)]) -> String {
    find(locale, key).map_or_else(|| key.to_owned(), |text| fill(text, params))
}

/// One pass over the text, so that braces inside a value stay what they are.
fn fill(text: &str, params: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('{') {
        filled.push_str(before);
        let named = tail.split_once('}');
        let value = named.and_then(|(name, _)| params.iter().find(|(param, _)| *param == name));
        match (named, value) {
            (Some((_, after)), Some((_, value))) => {
                filled.push_str(value);
                rest = after;
            }
            _ => {
                filled.push('{');
                rest = tail;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_filled_in_once() {
        assert_eq!(fill("{a} and {b}{c}", &[("a", "{b}"), ("b", "2")]), "{b} and 2{c}");
        assert_eq!(parse("# no\na.b = one = two\n"), [("a.b".into(), "one = two".into())]);
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_parameters() {
        let [ko, en] = [all(Locale::Ko), all(Locale::En)];
        assert!(ko.len() > 20);
        assert_eq!(ko.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in ko {
            assert_eq!(names(text), names(&en[key]), "the parameters of {key}");
        }
    }

    fn names(text: &str) -> std::collections::BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
    }
}
