//! Occasions in memos and the day each of them is on.

use super::dates::{Mention, mentions, next_yearly};
use super::words::List;
use kernel::Day;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::LazyLock;
use utoipa::ToSchema;

static LISTS: LazyLock<[List; 2]> = LazyLock::new(|| {
    [
        List::read(include_str!("words/ko/occasions.txt"), false),
        List::read(include_str!("words/en/occasions.txt"), true),
    ]
});

/// The occasions that memos are read for; `other` is for what a person enters.
pub const OCCASIONS: [&str; 18] = [
    "birthday",
    "anniversary",
    "memorial",
    "milestone",
    "graduation",
    "school",
    "wedding",
    "baby",
    "move",
    "work",
    "opening",
    "exam",
    "trip",
    "army",
    "show",
    "funeral",
    "promise",
    "other",
];

/// When something is followed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpPlan)]
pub enum Plan {
    /// On its day.
    OnDay,
    /// When the customer comes on its day or later.
    NextVisit,
    /// On its day, every year.
    Yearly,
}

impl Plan {
    const ALL: [Self; 3] = [Self::OnDay, Self::NextVisit, Self::Yearly];

    /// The text in the column and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::OnDay => "on_day",
            Self::NextVisit => "next_visit",
            Self::Yearly => "yearly",
        }
    }
}

impl TryFrom<String> for Plan {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|plan| plan.text() == text).ok_or(text)
    }
}

/// An occasion that a memo speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cue {
    /// Its code.
    pub occasion: &'static str,
    /// Whose it is and what, in the memo's own words: "아들 졸업식".
    pub title: String,
    /// Its day; none where the memo does not say it, or says it by the lunar calendar.
    #[schema(value_type = Option<String>)]
    pub day: Option<Day>,
    /// Whether the memo says the day by the lunar calendar.
    pub lunar: bool,
    /// When to follow it up.
    pub plan: Plan,
}

/// Cues of a memo at most: more would be a questionnaire.
const CUES: usize = 5;
/// Days back to which something is still worth a word.
const STILL: i64 = 60;
/// Bytes between a person and their occasion: "아들의 대학교 졸업식".
const WHOSE_BYTES: usize = 30;

struct Spoken {
    occasion: &'static str,
    plan: Plan,
    at: Range<usize>,
    title: String,
}

/// The occasions of `text`, each with the day nearest to it in the text.
pub fn cues(text: &str, today: Day) -> Vec<Cue> {
    let text = kernel::composed(text);
    let spoken = spoken(&text);
    let days = mentions(&text, today);
    let mut cues: Vec<Cue> = Vec::new();
    for spoken in spoken {
        let day = nearest(&text, &spoken.at, &days);
        let cue = cue(spoken, day, today);
        if cues.len() < CUES
            && !cues.iter().any(|other| (other.occasion, other.day) == (cue.occasion, cue.day))
        {
            cues.push(cue);
        }
    }
    // A day without any occasion is no reason to stop somebody who writes; an occasion without a day is asked about.
    cues
}

fn cue(spoken: Spoken, mention: Option<&Mention>, today: Day) -> Cue {
    let said = mention.and_then(|mention| mention.day);
    let day = said.map(|day| match spoken.plan {
        Plan::Yearly => next_yearly(day, today),
        _ if day < today && today.since(day) <= STILL => today,
        _ => day,
    });
    let lunar = mention.is_some_and(|mention| mention.day.is_none());
    Cue { occasion: spoken.occasion, title: spoken.title, day, lunar, plan: spoken.plan }
}

/// Where occasions stand, in their order; of two that overlap the longer one counts.
fn spoken(text: &str) -> Vec<Spoken> {
    let mut found: Vec<Spoken> = Vec::new();
    for list in LISTS.iter() {
        let read = list.without_harmless(text);
        let whose: Vec<Range<usize>> = list
            .lines
            .iter()
            .filter(|line| line.name == "whose")
            .flat_map(|line| line.words.find_iter(&read).map(|word| word.range()))
            .collect();
        for line in &list.lines {
            let Some((occasion, plan)) = named(&line.name) else { continue };
            for word in line.words.find_iter(&read) {
                let from = begin(text, &whose, word.start());
                found.push(Spoken {
                    occasion,
                    plan,
                    at: word.range(),
                    title: text[from..word.end()].to_owned(),
                });
            }
        }
    }
    found.sort_by_key(|spoken| (spoken.at.start, std::cmp::Reverse(spoken.at.len())));
    let mut end = 0;
    found.retain(|spoken| {
        let apart = spoken.at.start >= end;
        end = end.max(spoken.at.end);
        apart
    });
    found
}

fn named(name: &str) -> Option<(&'static str, Plan)> {
    let (code, plan) = name.split_once(' ')?;
    let occasion = OCCASIONS.into_iter().find(|occasion| *occasion == code)?;
    Some((occasion, Plan::try_from(plan.to_owned()).ok()?))
}

/// Where the title of an occasion begins: at the person closely before it, in the same sentence.
fn begin(text: &str, whose: &[Range<usize>], occasion: usize) -> usize {
    let close = whose.iter().rev().find(|person| {
        person.end <= occasion
            && occasion - person.end <= WHOSE_BYTES
            && !text[person.end..occasion].contains(['.', ',', '\n', '!', '?'])
            && !text[person.end..occasion].chars().any(|letter| letter.is_ascii_digit())
    });
    close.map_or(occasion, |person| person.start)
}

/// The day closest to an occasion, one of the same sentence before all others.
fn nearest<'m>(text: &str, occasion: &Range<usize>, days: &'m [Mention]) -> Option<&'m Mention> {
    let distance = |mention: &&Mention| {
        let (from, to) = if mention.at.start >= occasion.end {
            (occasion.end, mention.at.start)
        } else {
            (mention.at.end.min(occasion.start), occasion.start)
        };
        let between = &text[from..to];
        let other_sentence =
            between.contains(['\n', '!', '?']) || between.contains(". ") || between.ends_with('.');
        (other_sentence, to - from)
    };
    days.iter().min_by_key(distance).filter(|mention| !distance(mention).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&'static str, String, Option<String>, &'static str)> {
        let found = cues(text, "2026-11-25".parse().unwrap());
        found
            .into_iter()
            .map(|cue| (cue.occasion, cue.title, cue.day.map(|day| day.to_string()), cue.plan.text()))
            .collect()
    }

    fn one(text: &str) -> (&'static str, String, Option<String>, &'static str) {
        let found = read(text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.into_iter().next().unwrap()
    }

    #[test]
    fn an_occasion_is_found_with_its_day_and_whose_it_is() {
        for (text, occasion, title, day, plan) in [
            ("아들 졸업식 2월 10일", "graduation", "아들 졸업식", "2027-02-10", "next_visit"),
            ("내일 생일", "birthday", "생일", "2026-11-26", "yearly"),
            ("다음 주 금요일 이사", "move", "이사", "2026-12-04", "next_visit"),
            ("12월 3일이 따님 결혼식이래요", "wedding", "따님 결혼식", "2026-12-03", "next_visit"),
            ("큰딸이 내년 2월 20일에 졸업한대요", "graduation", "졸업", "2027-02-20", "next_visit"),
            ("어머니 생신 12/24, 케이크 찾으심", "birthday", "어머니 생신", "2026-12-24", "yearly"),
            ("금요일에 전화 드리기로 함", "promise", "전화 드리기로", "2026-11-27", "on_day"),
            ("지난 11월 20일이 생일이셨대", "birthday", "생일", "2027-11-20", "yearly"),
            ("어제 이사하셨대요", "move", "이사", "2026-11-25", "next_visit"),
            ("wedding on 3 May", "wedding", "wedding", "2027-05-03", "next_visit"),
            (
                "Her son's graduation is on May 20",
                "graduation",
                "son's graduation",
                "2027-05-20",
                "next_visit",
            ),
            ("birthday tomorrow", "birthday", "birthday", "2026-11-26", "yearly"),
            ("asked us to call her back on Friday", "promise", "call her", "2026-11-27", "on_day"),
        ] {
            let found = one(text);
            assert_eq!(
                (found.0, found.1.as_str(), found.2.as_deref(), found.3),
                (occasion, title, Some(day), plan),
                "{text}"
            );
        }
    }

    #[test]
    fn two_occasions_have_each_their_own_day() {
        let found = read("아들 졸업식 2월 10일, 어머니 생신은 3월 5일");
        let days: Vec<_> = found.iter().map(|cue| (cue.0, cue.2.as_deref().unwrap())).collect();
        assert_eq!(days, [("graduation", "2027-02-10"), ("birthday", "2027-03-05")]);
    }

    #[test]
    fn a_lunar_day_is_not_taken_for_a_solar_one() {
        let found = cues("생신이 음력 3월 5일", "2026-11-25".parse().unwrap());
        assert_eq!((found[0].day, found[0].lunar), (None, true));
    }

    #[test]
    fn an_occasion_without_a_day_is_told_without_one() {
        assert_eq!(one("아들이 곧 졸업한대요").2, None);
        assert_eq!(one("아들 졸업식.\n2월 10일에 라떼 드심").2, None, "another sentence");
    }

    #[test]
    fn words_that_only_look_like_occasions_are_none() {
        for text in [
            "생일 쿠폰을 쓰심",
            "김 이사님이 소개하심",
            "시험 삼아 드셔 보심",
            "경기도 분당에서 오심",
            "매일 아침 오심",
            "2월 10일에 라떼 두 잔",
            "Paid with a birthday coupon",
            "Likes the window seat",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn every_line_of_the_lists_names_an_occasion_or_whose_it_is() {
        for line in LISTS.iter().flat_map(|list| &list.lines) {
            assert!(line.name == "whose" || named(&line.name).is_some(), "{}", line.name);
        }
        let lines = |list: &List| list.lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>();
        assert_eq!(lines(&LISTS[0]), lines(&LISTS[1]), "both languages know the same occasions");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = cues(&text, Day::from_epoch(20_000));
        }
    }
}
