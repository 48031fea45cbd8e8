//! What is said of files and rows that cannot be read, in the reader's language.

use super::model::{Notices, Trouble};
use kernel::Locale;
use reading::{Field, FileFault, FileFaultCode, NotAMapping};
use std::collections::BTreeMap;
use web::{Problem, text};

/// The code of the problem that a file makes.
fn code(code: FileFaultCode) -> &'static str {
    match code {
        FileFaultCode::Empty => "file_empty",
        FileFaultCode::Unreadable => "file_unreadable",
        FileFaultCode::Encoding => "file_encoding",
        FileFaultCode::DuplicateHeader => "file_duplicate_header",
        FileFaultCode::Bomb => "file_bomb",
        FileFaultCode::TooLarge => "file_too_large",
        FileFaultCode::PasswordNeeded => "file_password_needed",
        FileFaultCode::PasswordWrong => "file_password_wrong",
        FileFaultCode::OldExcel => "file_old_excel",
        FileFaultCode::Html => "file_html",
        FileFaultCode::Unsupported => "file_unsupported",
        FileFaultCode::Damaged => "file_damaged",
        FileFaultCode::Plan => "file_plan",
    }
}

/// Whether a locked workbook did not open.
pub fn is_locked(trouble: &Trouble) -> bool {
    ["file_password_needed", "file_password_wrong"].contains(&trouble.code.as_str())
}

/// What is wrong with the text of `--map`.
pub fn map_problem(wrong: &NotAMapping, locale: Locale) -> String {
    let fields = Field::ALL.map(Field::as_str).join(", ");
    let (code, asked) = match wrong {
        NotAMapping::Form(asked) => ("form", asked),
        NotAMapping::Field(asked) => ("field", asked),
        NotAMapping::Column(asked) => ("column", asked),
    };
    text::say(locale, &format!("map_problem.{code}"), &[("asked", asked), ("fields", &fields)])
}

impl From<&FileFault> for Trouble {
    fn from(fault: &FileFault) -> Self {
        let params = fault.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { code: code(fault.code).to_owned(), line: fault.line, params }
    }
}

/// The problem that a file makes, for a request.
pub fn problem(fault: &FileFault, locale: Locale) -> Problem {
    let mut problem = Problem::invalid(code(fault.code)).with("at", place(fault.line, locale));
    for (name, value) in &fault.params {
        problem = problem.with(name, value);
    }
    match fault.code {
        FileFaultCode::PasswordWrong => problem.field("password", "file_password_wrong"),
        FileFaultCode::Encoding => problem.field("encoding", "file_encoding"),
        _ => problem,
    }
}

/// "Line 12: ", or nothing.
fn place(line: Option<u64>, locale: Locale) -> String {
    line.map(|line| text::say(locale, "import.at_line", &[("line", &line.to_string())]) + " ")
        .unwrap_or_default()
}

/// One member of a trouble's text: `title` or `detail`.
pub fn trouble(trouble: &Trouble, member: &str, locale: Locale) -> String {
    let at = place(trouble.line, locale);
    let mut params = pairs(&trouble.params);
    params.push(("at", &at));
    text::say(locale, &format!("{}.{member}", trouble.code), &params)
}

/// Why a row was set aside.
pub fn reason(code: &str, params: &BTreeMap<String, String>, locale: Locale) -> String {
    text::say(locale, &format!("row_fault.{code}"), &pairs(params))
}

/// What is wrong with a part of a plan.
pub fn plan_problem(field: &str, code: &str, locale: Locale) -> String {
    let own = format!("plan_problem.{field}.{code}");
    match text::find(locale, &own) {
        Some(text) => text.to_owned(),
        None => text::say(locale, &format!("plan_problem.{code}"), &[]),
    }
}

/// What was dropped from rows, a sentence each.
pub fn notices(notices: &Notices, locale: Locale) -> Vec<String> {
    let sentence = |(code, dropped): (&String, &super::model::Dropped)| {
        let columns = dropped.columns.iter().cloned().collect::<Vec<_>>().join(", ");
        let rows = dropped.rows.to_string();
        text::say(locale, &format!("import_notice.{code}"), &[("columns", &columns), ("rows", &rows)])
    };
    notices.0.iter().map(sentence).collect()
}

fn pairs(params: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
