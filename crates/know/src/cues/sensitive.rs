//! What a memo may not say: health, belief, union or party, sexual life, crimes, resident registration numbers
//! (Korean PIPA articles 23 and 24-2, GDPR articles 9 and 10).

use super::words::List;
use std::sync::LazyLock;

static LISTS: LazyLock<[List; 2]> = LazyLock::new(|| {
    [
        List::read(include_str!("words/ko/sensitive.txt"), false),
        List::read(include_str!("words/en/sensitive.txt"), true),
    ]
});

/// Something that may not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// `health`, `belief`, `union`, `sexual`, `crime` or `resident`.
    pub category: &'static str,
    /// The word that says so; empty for a resident registration number, which is not repeated.
    pub word: String,
}

/// The categories, as the lists name them.
const CATEGORIES: [&str; 5] = ["health", "belief", "union", "sexual", "crime"];

/// The first thing in `text` that may not be kept.
pub fn sensitive(text: &str) -> Option<Found> {
    let text = kernel::composed(text);
    if reading::has_resident_number(&text) {
        return Some(Found { category: "resident", word: String::new() });
    }
    LISTS.iter().find_map(|list| {
        let read = list.without_harmless(&text);
        list.lines.iter().find_map(|line| {
            let category = CATEGORIES.into_iter().find(|category| *category == line.name)?;
            let word = line.words.find(&read)?.as_str().trim().to_owned();
            Some(Found { category, word })
        })
    })
}

static HEADINGS: LazyLock<[List; 2]> = LazyLock::new(|| {
    [
        List::read(include_str!("words/ko/headings.txt"), false),
        List::read(include_str!("words/en/headings.txt"), true),
    ]
});

/// What a heading is called beside its subject.
const BESIDE: [&str; 5] = ["여부", "유무", "상태", "정보", "이력"];

/// The first reason why a field of this name could hold only what may not be kept: under `종교` a `Y` says enough.
pub fn sensitive_heading(name: &str) -> Option<Found> {
    let name = kernel::composed(name.trim());
    let subject = BESIDE.iter().find_map(|word| name.strip_suffix(word)).unwrap_or(&name).trim();
    let whole = HEADINGS.iter().flat_map(|list| &list.lines).find_map(|line| {
        let category = CATEGORIES.into_iter().find(|category| *category == line.name)?;
        let found = line.words.find(subject).filter(|found| found.as_str() == subject)?;
        Some(Found { category, word: found.as_str().to_owned() })
    });
    whole.or_else(|| sensitive(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(text: &str) -> Option<&'static str> {
        sensitive(text).map(|found| found.category)
    }

    #[test]
    fn a_heading_says_what_a_yes_below_it_means() {
        let category = |name: &str| sensitive_heading(name).map(|found| found.category);
        for (name, expected) in [
            ("종교", Some("belief")),
            ("종교 여부", Some("belief")),
            ("당뇨 여부", Some("health")),
            ("건강상태", Some("health")),
            ("Religion", Some("belief")),
            ("건강식품 선호", None),
            ("Health food", None),
            ("성별", None),
            ("쿠폰 상태", None),
        ] {
            assert_eq!(category(name), expected, "{name}");
        }
    }

    #[test]
    fn what_may_not_be_kept_is_found_in_both_languages() {
        for (text, expected) in [
            ("당뇨가 있으셔서 단 것은 안 드심", "health"),
            ("지난달에 유방암 수술", "health"),
            ("땅콩 알레르기", "health"),
            ("허리 수술 받으신대요", "health"),
            ("임신 5개월", "health"),
            ("요즘 많이 아프시대", "health"),
            ("교회에 다니심", "belief"),
            ("독실한 천주교 집안", "belief"),
            ("민주당 지지하심", "belief"),
            ("민주노총 간부", "union"),
            ("노조 위원장이심", "union"),
            ("동성애자", "sexual"),
            ("전과 2범", "crime"),
            ("작년에 출소", "crime"),
            ("900101-1234567", "resident"),
            ("Is diabetic, no sugar", "health"),
            ("allergic to nuts", "health"),
            ("She is pregnant", "health"),
            ("Goes to church every Sunday", "belief"),
            ("a Muslim, no pork", "belief"),
            ("Union rep at the plant", "union"),
            ("he is gay", "sexual"),
            ("has a criminal record", "crime"),
        ] {
            assert_eq!(category(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn harmless_words_that_look_alike_are_kept() {
        for text in [
            "아들 졸업식 2월 10일",
            "암막 커튼 찾으심",
            "암튼 다음에 또 오신대요",
            "전과 같은 자리 좋아하심",
            "전과 달리 라떼를 드심",
            "교회 앞 매장에 자주 가심",
            "병원 옆 사무실에 근무",
            "게이트 앞 좌석",
            "게이머라서 의자를 찾으심",
            "간장 게장을 좋아하심",
            "통풍이 잘되는 신발",
            "외도 여행 다녀오심",
            "장애인 주차 구역 문의",
            "약속 시간을 잘 지키심",
            "신자유주의 책을 주문",
            "수술이 달린 쿠션",
            "발표회에서 상 받음",
            "커피 중독이라며 웃으심",
            "Likes the table by the church street door",
            "Bought a muslin cloth",
            "Asked about wheelchair access",
            "a union of flavours",
            "sick of waiting",
            "Christian Dior perfume",
            "Name is Gaynor",
            "surge in prices",
            "strike a deal",
        ] {
            assert_eq!(sensitive(text), None, "{text}");
        }
    }

    #[test]
    fn a_resident_number_is_not_repeated() {
        assert_eq!(sensitive("900101-1234567").unwrap().word, "");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = sensitive(&text);
        }
    }
}
