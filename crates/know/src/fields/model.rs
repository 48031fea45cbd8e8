//! What a field is, and what its values are.

use ::store::search;
use kernel::{Day, Id, composed, kinds, limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use web::Problem;

/// Fields of a company at most.
pub const MOST: i64 = 100;
/// Choices of a field at most.
const CHOICES: usize = 100;
/// Characters of a choice, and of a name.
const CHARS: usize = 60;
/// Characters of a text.
const TEXT: usize = 1_000;
/// The largest number: beyond it neighbours are no longer told apart.
const NUMBER: f64 = 1e15;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = CustomFieldKind)]
pub enum Kind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// One of some choices.
    Choice,
}

impl Kind {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Day => "day",
            Self::Flag => "flag",
            Self::Choice => "choice",
        }
    }

    /// The kind of this text.
    pub fn named(text: &str) -> Option<Self> {
        [Self::Text, Self::Number, Self::Day, Self::Flag, Self::Choice]
            .into_iter()
            .find(|kind| kind.text() == text)
    }
}

/// A field that the company added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CustomField {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::CustomField>,
    /// What people call it.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// What can be chosen.
    pub choices: Vec<String>,
    /// For `If-Match`.
    pub etag: String,
}

/// A field to add, or its new name and choices.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct FieldEdit {
    /// What people call it.
    pub name: String,
    /// What its values are; of a field that is there already, what they were.
    pub kind: Kind,
    /// What can be chosen.
    #[serde(default)]
    pub choices: Vec<String>,
}

impl FieldEdit {
    /// The name as it is kept.
    pub fn name(&self) -> String {
        composed(self.name.trim()).into_owned()
    }

    /// The choices as they are kept.
    pub fn choices(&self) -> Vec<String> {
        let mut choices: Vec<String> = Vec::new();
        for choice in self.choices.iter().map(|choice| composed(choice.trim()).into_owned()) {
            if !choice.is_empty() && !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        choices
    }

    /// Refuses what is no field.
    pub fn check(&self) -> Result<(), Problem> {
        let mut problem = Problem::invalid("invalid").with("max", CHOICES);
        match self.name().chars().count() {
            0 => problem = problem.field("name", "required"),
            // It is a heading of exports, which no spreadsheet shall run.
            _ if self.name().starts_with(['=', '+', '-', '@']) => {
                problem = problem.field("name", "field_name_start")
            }
            1..=CHARS => {}
            _ => problem = problem.field("name", "too_long"),
        }
        let choices = self.choices();
        match (self.kind, choices.len()) {
            (Kind::Choice, 0) => problem = problem.field("choices", "required"),
            (Kind::Choice, 1..=CHOICES) => {}
            (Kind::Choice, _) => problem = problem.field("choices", "choice_count"),
            (_, 0) => {}
            _ => problem = problem.field("choices", "choices_of_choice"),
        }
        if choices.iter().any(|choice| choice.chars().count() > CHARS) {
            problem = problem.field("choices", "too_long");
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// A value as the columns have it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Typed {
    /// Of numbers, and 1 and 0 of yes and no.
    pub num: Option<f64>,
    /// Of texts and choices.
    pub text: Option<String>,
    /// Of days.
    pub day: Option<Day>,
}

impl Typed {
    /// As JSON has it.
    pub fn json(&self, kind: Kind) -> Value {
        match kind {
            Kind::Text | Kind::Choice => self.text.clone().into(),
            Kind::Number => self.num.into(),
            Kind::Flag => self.num.map(|num| num > 0.0).into(),
            Kind::Day => self.day.map(|day| day.to_string()).into(),
        }
    }
}

/// The value that JSON means for a field; the code of the fault where it means none.
pub fn typed(field: &CustomField, value: &Value) -> Result<Typed, &'static str> {
    match field.kind {
        Kind::Text => text(value, TEXT).map(|text| Typed { text: Some(text), ..Typed::default() }),
        Kind::Choice => {
            let text = text(value, limits::NAME_CHARS).map_err(|_| "value_not_a_choice")?;
            match field.choices.contains(&text) {
                true => Ok(Typed { text: Some(text), ..Typed::default() }),
                false => Err("value_not_a_choice"),
            }
        }
        Kind::Number => match value.as_f64().filter(|number| number.abs() <= NUMBER) {
            Some(number) => Ok(Typed { num: Some(number), ..Typed::default() }),
            None => Err("value_not_a_number"),
        },
        Kind::Flag => match value.as_bool() {
            Some(yes) => Ok(Typed { num: Some(f64::from(u8::from(yes))), ..Typed::default() }),
            None => Err("value_not_a_flag"),
        },
        Kind::Day => match value.as_str().and_then(|text| text.parse().ok()) {
            Some(day) => Ok(Typed { day: Some(day), ..Typed::default() }),
            None => Err("value_not_a_day"),
        },
    }
}

/// The value that a cell of a file means for a field; nothing where it means none.
pub fn of_cell(field: &CustomField, cell: &str) -> Option<Value> {
    let value = match field.kind {
        Kind::Text => cell.into(),
        Kind::Choice => {
            let asked = search::fold(cell.trim());
            field.choices.iter().find(|choice| search::fold(choice) == asked)?.as_str().into()
        }
        Kind::Number => reading::number(cell)?.into(),
        Kind::Flag => reading::answer(cell)?.into(),
        Kind::Day => Day::from(reading::day(cell)?).to_string().into(),
    };
    // As it will be read back, so that the same cell again changes nothing.
    typed(field, &value).ok().map(|typed| typed.json(field.kind))
}

fn text(value: &Value, most: usize) -> Result<String, &'static str> {
    let text = composed(value.as_str().ok_or("value_not_a_text")?.trim()).into_owned();
    match text.chars().count() {
        0 => Err("required"),
        count if count <= most => Ok(text),
        _ => Err("too_long"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(kind: Kind, choices: &[&str]) -> CustomField {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        CustomField { id: Id::from_number(1), name: "자리".into(), kind, choices, etag: String::new() }
    }

    #[test]
    fn a_value_reads_back_as_it_was_written() {
        for (kind, value) in [
            (Kind::Text, json!("창가 쪽")),
            (Kind::Number, json!(2.5)),
            (Kind::Day, json!("2026-11-22")),
            (Kind::Flag, json!(true)),
            (Kind::Flag, json!(false)),
            (Kind::Choice, json!("창가")),
        ] {
            let field = field(kind, &["창가", "안쪽"]);
            assert_eq!(typed(&field, &value).unwrap().json(kind), value);
        }
    }

    #[test]
    fn what_is_of_another_type_is_refused() {
        for (kind, value, fault) in [
            (Kind::Text, json!(3), "value_not_a_text"),
            (Kind::Text, json!(" "), "required"),
            (Kind::Number, json!("3"), "value_not_a_number"),
            (Kind::Number, json!(1e16), "value_not_a_number"),
            (Kind::Day, json!("2026-02-30"), "value_not_a_day"),
            (Kind::Flag, json!(1), "value_not_a_flag"),
            (Kind::Choice, json!("바깥"), "value_not_a_choice"),
        ] {
            assert_eq!(typed(&field(kind, &["창가"]), &value), Err(fault), "{value}");
        }
    }

    #[test]
    fn a_cell_means_what_its_field_can_hold() {
        for (kind, cell, value) in [
            (Kind::Text, " 창가 쪽 ", Some(json!("창가 쪽"))),
            (Kind::Choice, "Window", Some(json!("window"))),
            (Kind::Choice, "바깥", None),
            (Kind::Number, "1,234.5", Some(json!(1234.5))),
            (Kind::Number, "많음", None),
            (Kind::Flag, "예", Some(json!(true))),
            (Kind::Flag, "모름", None),
            (Kind::Day, "1968.5.18", Some(json!("1968-05-18"))),
            (Kind::Day, "5월 18일", None),
        ] {
            assert_eq!(of_cell(&field(kind, &["window"]), cell), value, "{cell}");
        }
    }

    #[test]
    fn a_choice_needs_choices_and_nothing_else_has_any() {
        let edit = |kind, choices: &[&str]| FieldEdit {
            name: "자리".into(),
            kind,
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        };
        assert!(edit(Kind::Choice, &[" "]).check().is_err());
        assert!(edit(Kind::Text, &["a"]).check().is_err());
        assert_eq!(edit(Kind::Choice, &["a", " a ", "b"]).choices(), ["a", "b"]);
    }
}
