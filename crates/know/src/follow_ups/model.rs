//! What a follow-up is, and what may be entered as one.

use crate::cues::{self, OCCASIONS, Plan};
use ::store::FromRow;
use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Answer, Problem};

/// Characters of a title.
pub const TITLE_CHARS: usize = 100;
/// Days ahead that something can be followed up.
pub const DAYS_AHEAD: i64 = 3_660;
/// Follow-ups of a memo.
pub const OF_A_MEMO: usize = 5;

/// Where a follow-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FollowUpState)]
pub enum State {
    /// To be done.
    Open,
    /// Done.
    Done,
    /// Not done, and not to be done any more.
    NotDone,
}

impl State {
    const ALL: [Self; 3] = [Self::Open, Self::Done, Self::NotDone];

    /// The text in the column and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::NotDone => "not_done",
        }
    }
}

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.text() == text).ok_or(text)
    }
}

/// Something to say or do for a customer.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct FollowUp {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::FollowUp>,
    /// For whom.
    #[schema(value_type = String)]
    pub party: Id<kinds::Party>,
    /// Their name.
    pub name: Option<String>,
    /// The code of the occasion.
    pub occasion: String,
    /// What, in the words of whoever wrote it.
    pub title: String,
    /// The day of the occasion, from which it is due.
    #[schema(value_type = String)]
    pub due: Day,
    /// When it is followed up.
    #[sqlx(try_from = "String")]
    pub plan: Plan,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// Whether it is to be done now.
    pub is_due: bool,
    /// Who entered it.
    pub by: String,
    /// When it was entered.
    #[schema(value_type = String)]
    pub created_at: Instant,
    /// When it was closed.
    #[schema(value_type = Option<String>)]
    pub closed_at: Option<Instant>,
    /// Who closed it.
    pub closed_by: Option<String>,
}

/// A follow-up to enter.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewFollowUp {
    /// The code of the occasion; `other` when left out.
    #[serde(default = "other")]
    pub occasion: String,
    /// What, in a few words.
    pub title: String,
    /// Its day.
    #[schema(value_type = String)]
    pub day: Day,
    /// When it is followed up.
    pub plan: Plan,
}

fn other() -> String {
    "other".into()
}

impl NewFollowUp {
    /// Whether it may be entered on the day `today`.
    pub fn check(&self, today: Day) -> Answer<()> {
        let mut problem = Problem::invalid("follow_up_invalid");
        let title = self.title.trim();
        if title.is_empty() {
            problem = problem.field("title", "required");
        }
        if title.chars().count() > TITLE_CHARS {
            problem = problem.field("title", "too_long");
        }
        if !OCCASIONS.contains(&self.occasion.as_str()) {
            problem = problem.field("occasion", "unknown");
        }
        // A birth date is a yearly day that lies far back.
        let past = self.plan != Plan::Yearly && self.day < today.plus(-DAYS_AHEAD);
        if past || self.day > today.plus(DAYS_AHEAD) {
            problem = problem.field("day", "day_out_of_range");
        }
        if problem.has_fields() { Err(problem) } else { refuse_sensitive(title, "title") }
    }
}

/// Refuses what may not be kept of a person, naming the word and what to do instead.
///
/// # Errors
/// 422 `sensitive_text`.
pub fn refuse_sensitive(text: &str, field: &'static str) -> Answer<()> {
    match cues::sensitive(text) {
        None => Ok(()),
        Some(found) => Err(refusal(&found).field(field, field_code(found.category))),
    }
}

/// Refuses a field of such a name that all it can hold may not be kept.
///
/// # Errors
/// As [`refuse_sensitive`].
pub fn refuse_sensitive_heading(name: &str, field: &'static str) -> Answer<()> {
    match cues::sensitive_heading(name) {
        None => Ok(()),
        Some(found) => Err(refusal(&found).field(field, field_code(found.category))),
    }
}

fn refusal(found: &cues::Found) -> Problem {
    let code = match found.category {
        "health" => "sensitive_health",
        "belief" => "sensitive_belief",
        "union" => "sensitive_union",
        "sexual" => "sensitive_sexual",
        "crime" => "sensitive_crime",
        _ => "sensitive_resident",
    };
    Problem::invalid(code).with("word", &found.word).member("category", found.category)
}

fn field_code(category: &str) -> &'static str {
    if category == "resident" { "resident_number" } else { "sensitive" }
}
