//! Fields that a company added to its parties, as fields of a rule.
//!
//! Invariant: the name says all: `own_number_` and the field's id. So a rule is read without asking the database, and means
//! the same whatever the field is called by now. What it is called is remembered for sentences.

use super::catalogue::{Field, Kind, Source};
use kernel::{Id, kinds};
use know::fields::{CustomField, Kind as Own};
use std::collections::BTreeMap;
use std::sync::{LazyLock, PoisonError, RwLock};

/// Names that are made into fields at most, because each is kept: a rule may name fields that nobody ever added.
const MOST: usize = 10_000;
/// How the names begin.
const PREFIX: &str = "own_";

static MADE: LazyLock<RwLock<BTreeMap<String, &'static Field>>> = LazyLock::new(RwLock::default);
static CALLED: LazyLock<RwLock<BTreeMap<String, String>>> = LazyLock::new(RwLock::default);

/// The name of a field in rules.
pub fn name(field: &CustomField) -> String {
    let id = field.id.to_string();
    format!("{PREFIX}{}_{}", field.kind.text(), id.trim_start_matches("fld_"))
}

/// Remembers what fields are called.
pub fn remember(fields: &[CustomField]) {
    let mut called = CALLED.write().unwrap_or_else(PoisonError::into_inner);
    called.extend(fields.iter().map(|field| (name(field), field.name.clone())));
}

/// What the field of this name is called, if it is an own one that is known.
pub fn called(name: &str) -> Option<String> {
    CALLED.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
}

/// Whether a name is that of an own field.
pub fn is_own(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The field of this name, if it is one of an own field.
pub fn field(name: &str) -> Option<&'static Field> {
    let (kind, id) = name.strip_prefix(PREFIX)?.split_once('_')?;
    let (kind, id) = (Own::named(kind)?, format!("fld_{id}").parse::<Id<kinds::CustomField>>().ok()?);
    if let Some(made) = MADE.read().unwrap_or_else(PoisonError::into_inner).get(name) {
        return Some(made);
    }
    let mut made = MADE.write().unwrap_or_else(PoisonError::into_inner);
    if made.len() >= MOST {
        return None;
    }
    Some(made.entry(name.to_owned()).or_insert_with(|| Box::leak(Box::new(make(name, kind, id)))))
}

fn make(name: &str, kind: Own, id: Id<kinds::CustomField>) -> Field {
    let (kind, column) = match kind {
        Own::Text | Own::Choice => (Kind::Text, "x.text"),
        Own::Number => (Kind::Float, "x.num"),
        Own::Flag => (Kind::Flag, "x.num = 1.0"),
        Own::Day => (Kind::Day, "x.day"),
    };
    let only: &'static str = Box::leak(format!("x.field = {}", id.number()).into_boxed_str());
    let source = Source::Rows { from: "party_fields x", party: "x.party", only, column, many: true };
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    Field { name, aliases: &[], kind, source, folded: None, historical: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_own_field_says_what_it_is() {
        let own = CustomField {
            id: Id::from_number(77),
            name: "자리".into(),
            kind: Own::Number,
            choices: Vec::new(),
            etag: String::new(),
        };
        let name = name(&own);
        let field = field(&name).unwrap();
        assert_eq!((field.kind, field.name), (Kind::Float, name.as_str()));
        assert_eq!(super::field("own_number_x"), None);
        assert_eq!(super::field("own_moon_0000000000001"), None);
        remember(&[own]);
        assert_eq!(called(&name).as_deref(), Some("자리"));
    }
}
