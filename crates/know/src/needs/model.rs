//! What a need is.

use ::store::FromRow;
use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a declared fact or an answer.
pub const VALUE_CHARS: usize = 200;

/// What a need is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NeedTopic)]
pub enum Topic {
    /// What they like best.
    Product,
    /// Which kind of thing they like best.
    Category,
    /// On which day of the week they come: `mon` to `sun`.
    Weekday,
    /// At what time of the day they come: `morning`, `noon`, `afternoon` or `evening`.
    Time,
    /// What they spend at a time.
    Amount,
    /// What they look for and did not find.
    Wanted,
    /// What they do not like.
    Avoid,
}

impl Topic {
    /// Every topic, in the order in which cards show them.
    pub const ALL: [Self; 7] =
        [Self::Product, Self::Category, Self::Weekday, Self::Time, Self::Amount, Self::Wanted, Self::Avoid];

    /// The text in the column and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Category => "category",
            Self::Weekday => "weekday",
            Self::Time => "time",
            Self::Amount => "amount",
            Self::Wanted => "wanted",
            Self::Avoid => "avoid",
        }
    }

    /// The words that a declared fact may be, where it may not be anything.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Weekday => &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            Self::Time => &["morning", "noon", "afternoon", "evening"],
            _ => &[],
        }
    }
}

impl TryFrom<String> for Topic {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|topic| topic.text() == text).ok_or(text)
    }
}

/// Who told a declared fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DeclaredBy)]
pub enum By {
    /// Somebody of the company wrote down what the customer said.
    Staff,
    /// The customer themselves.
    Member,
}

impl By {
    const ALL: [Self; 2] = [Self::Staff, Self::Member];

    /// The text in the column and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Member => "member",
        }
    }
}

impl TryFrom<String> for By {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|by| by.text() == text).ok_or(text)
    }
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Declared {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Declared>,
    /// What it is about; none where it is an answer about something else.
    #[serde(skip)]
    pub topic: Option<String>,
    /// The question it answers.
    #[schema(value_type = Option<String>)]
    pub question: Option<Id<kinds::Question>>,
    /// What was said.
    pub value: String,
    /// Who told it.
    #[sqlx(try_from = "String")]
    pub said_by: By,
    /// Who wrote it down.
    pub by: Option<String>,
    /// When.
    #[schema(value_type = String)]
    pub at: Instant,
}

/// What orders show.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Observed {
    /// What they show: a name, a word of the topic, or minor units of the company's currency.
    pub value: String,
    /// In how many orders.
    pub times: i64,
    /// Of how many.
    pub of: i64,
    /// The last day that showed it.
    #[schema(value_type = String)]
    pub day: Day,
}

/// What is known of a need: the value that counts, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Need {
    /// What it is about.
    pub topic: Topic,
    /// The value that counts: the newest declared one, else the observed one.
    pub value: String,
    /// Whether the value that counts was declared.
    pub is_declared: bool,
    /// What they said last.
    pub declared: Option<Declared>,
    /// What their orders show.
    pub observed: Option<Observed>,
}

/// Puts what was said (the newest first) and what was seen together.
pub fn needs(declared: &[Declared], observed: &[(Topic, Observed)]) -> Vec<Need> {
    let need = |topic: Topic| {
        let said = declared.iter().find(|one| one.topic.as_deref() == Some(topic.text())).cloned();
        let seen = observed.iter().find(|(of, _)| *of == topic).map(|(_, seen)| seen.clone());
        let value = said.as_ref().map(|said| said.value.clone());
        let value = value.or_else(|| seen.as_ref().map(|seen| seen.value.clone()))?;
        Some(Need { topic, value, is_declared: said.is_some(), declared: said, observed: seen })
    };
    Topic::ALL.into_iter().filter_map(need).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: &str, at: i64) -> Declared {
        Declared {
            id: Id::from_number(at),
            topic: Some("product".into()),
            question: None,
            value: value.into(),
            said_by: By::Staff,
            by: None,
            at: Instant::from_micros(at),
        }
    }

    #[test]
    fn what_was_said_outranks_what_was_seen_and_both_are_told() {
        let seen = Observed { value: "latte".into(), times: 7, of: 9, day: Day::from_epoch(20_000) };
        let found = needs(&[said("tea", 2), said("mocha", 1)], &[(Topic::Product, seen.clone())]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].value.as_str(), found[0].is_declared), ("tea", true), "the newest");
        assert_eq!(found[0].observed.as_ref(), Some(&seen));
        let unsaid = needs(&[], &[(Topic::Product, seen)]);
        assert_eq!((unsaid[0].value.as_str(), unsaid[0].is_declared), ("latte", false));
    }
}
