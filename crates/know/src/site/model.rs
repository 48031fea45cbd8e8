//! What a page tells of a visit, and what of it is kept.

use serde::Deserialize;

/// Characters of a path that is kept.
const PATH_CHARS: usize = 120;
/// Characters of a part of a path: longer ones are keys of links.
const PART_CHARS: usize = 60;
/// Digits of a part of a path, or of a word: numbers of products have fewer, phone numbers and orders more.
const DIGITS: usize = 8;
/// Characters of a source, a medium, a campaign.
const WORD_CHARS: usize = 60;
/// Characters of the name of a visit.
const VISIT_CHARS: std::ops::RangeInclusive<usize> = 8..=32;
/// What stands for a part that is not kept.
const HIDDEN: &str = "*";

/// A visit as the script tells it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Told {
    /// The path of the page.
    pub page: String,
    /// The host that led to it.
    pub from: String,
    /// The tag `utm_source`.
    pub source: String,
    /// The tag `utm_medium`.
    pub medium: String,
    /// The tag `utm_campaign`.
    pub campaign: String,
    /// Whether a visit begins with it.
    pub fresh: bool,
    /// Whether the page was told before, and now it is known who sees it.
    pub again: bool,
    /// The name of the visit; none of one of nobody known.
    pub visit: Option<String>,
    /// Who it is, as it was signed here.
    pub token: Option<String>,
}

/// A visit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The path, without what may say who somebody is.
    pub path: String,
    /// Where the visitor came from: a tag, else a host; empty where they came by themselves.
    pub source: String,
    /// By which medium.
    pub medium: String,
    /// Through which campaign.
    pub campaign: String,
}

impl Told {
    /// What is kept; nothing where it names no page. `is_own` says of a host whether it is the website itself.
    pub fn page(&self, is_own: impl Fn(&str) -> bool) -> Option<Page> {
        let from = word(&self.from);
        let source = Some(word(&self.source)).filter(|source| !source.is_empty());
        Some(Page {
            path: path(&self.page)?,
            source: source.unwrap_or_else(|| if is_own(&from) { String::new() } else { from }),
            medium: word(&self.medium),
            campaign: word(&self.campaign),
        })
    }

    /// The name of the visit, if it can be one.
    pub fn visit(&self) -> Option<&str> {
        let name = self.visit.as_deref()?;
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        (plain && VISIT_CHARS.contains(&name.len())).then_some(name)
    }
}

/// A path as it is kept: without query and fragment, and without parts that may be an address, a number of somebody's or
/// a key.
fn path(told: &str) -> Option<String> {
    let told = told.split(['?', '#']).next().unwrap_or_default();
    if !told.starts_with('/') {
        return None;
    }
    let kept: Vec<String> = told.split('/').map(|part| shown(&decoded(part))).collect();
    Some(kept.join("/").chars().take(PATH_CHARS).collect())
}

fn shown(part: &str) -> String {
    let part = plain(part);
    if may_name(&part) || part.chars().count() > PART_CHARS { HIDDEN.to_owned() } else { part }
}

/// A tag or a host as it is kept: in small letters; nothing of one that may name somebody.
fn word(told: &str) -> String {
    let word = plain(told).trim().to_lowercase();
    if may_name(&word) { String::new() } else { word.chars().take(WORD_CHARS).collect() }
}

/// Without what is no character of a text.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// Whether this may be an e-mail address, a phone number, an order's.
fn may_name(text: &str) -> bool {
    text.contains('@') || text.contains("%40") || text.chars().filter(char::is_ascii_digit).count() > DIGITS
}

/// A part of a path without its percent signs (RFC 3986, 2.1): Korean ones consist of them.
fn decoded(part: &str) -> String {
    let (bytes, mut out, mut at) = (part.as_bytes(), Vec::with_capacity(part.len()), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| part.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    // A part that holds a slash stays one part.
    String::from_utf8_lossy(&out).replace('/', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_is_kept_without_what_may_say_who_somebody_is() {
        for (told, kept) in [
            ("/", "/"),
            ("/product/1234?name=minji#x", "/product/1234"),
            ("/%EC%9B%90%EB%91%90/%EC%BC%80%EB%83%90", "/원두/케냐"),
            ("/u/minji@example.com/orders", "/u/*/orders"),
            ("/u/minji%40example.com", "/u/*"),
            ("/order/20261120-0000011", "/order/*"),
            ("/m/v1.1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/m/*"),
            ("/a%00b%0ac", "/abc"),
            ("/50%off", "/50%off"),
        ] {
            assert_eq!(path(told).as_deref(), Some(kept), "{told}");
        }
        assert_eq!(path("https://elsewhere.example/"), None);
        assert_eq!(path(""), None);
    }

    #[test]
    fn a_tag_outranks_the_host_and_an_address_is_no_source() {
        let told = |from: &str, source: &str| Told {
            page: "/".into(),
            from: from.into(),
            source: source.into(),
            ..Told::default()
        };
        let source = |told: Told| told.page(|host| host == "shop.example").unwrap().source;
        assert_eq!(source(told("search.example", "Newsletter ")), "newsletter");
        assert_eq!(source(told("Search.example", "")), "search.example");
        assert_eq!(source(told("shop.example", "")), "");
        assert_eq!(source(told("", "minji@example.com")), "");
        assert_eq!(source(told("", "010-2222-3333")), "");
    }

    #[test]
    fn a_visit_has_a_plain_name() {
        let named = |name: &str| Told { visit: Some(name.into()), ..Told::default() }.visit().is_some();
        assert!(named("1z2y3x4w5v"));
        assert!(!named("short") && !named("with space") && !named("ABCDEFGHIJ") && !named(&"a".repeat(33)));
    }

    proptest! {
        #[test]
        fn whatever_is_told_what_is_kept_is_short_and_of_one_line(page in ".{0,400}", from in ".{0,200}", source in ".{0,200}") {
            let told = Told { page: format!("/{page}"), from, source, ..Told::default() };
            let kept = told.page(|_| false).unwrap();
            prop_assert!(kept.path.starts_with('/') && kept.path.chars().count() <= PATH_CHARS);
            for text in [&kept.path, &kept.source] {
                prop_assert!(!text.contains('@') && !text.chars().any(char::is_control));
            }
        }
    }
}
