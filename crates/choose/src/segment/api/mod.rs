//! `/choose/segments`: the segments there are, live answers about a rule, and what a rule can ask.

mod ask;
mod from_list;
mod hands;
mod offer;
mod saved;

use super::rule::catalogue::Kind;
use super::rule::{Book, Code, Fault, Leaf, Place, Rule, Scalar, Test, from_written_json, parse};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{Answer, Permission, Problem, Registry, Sight};

pub(super) fn register(registry: &mut Registry) {
    let routes = OpenApiRouter::new()
        .routes(routes!(saved::list, saved::create))
        .routes(routes!(offer::offer))
        .routes(routes!(offer::values))
        .routes(routes!(from_list::of_list))
        .routes(routes!(ask::ask))
        .routes(routes!(ask::overlap))
        .routes(routes!(ask::why))
        .routes(routes!(saved::show, saved::change, saved::remove))
        .routes(routes!(hands::list, hands::set))
        .routes(routes!(saved::snapshot))
        .routes(routes!(saved::retry));
    registry.routes(routes);
    registry.allow("GET", "/choose/segments", Permission::FiguresRead);
    registry.allow("POST", "/choose/segments", Permission::SegmentsWrite);
    registry.allow("GET", "/choose/segments/offer", Permission::FiguresRead);
    registry.allow("GET", "/choose/segments/values", Permission::FiguresRead);
    registry.allow("GET", "/choose/segments/from-list", Permission::FiguresRead);
    registry.allow("GET", "/choose/segments/{id}/hands", Permission::FiguresRead);
    registry.allow("POST", "/choose/segments/{id}/retry", Permission::SegmentsWrite);
    registry.allow("POST", "/choose/segments/ask", Permission::FiguresRead);
    registry.allow("POST", "/choose/segments/overlap", Permission::FiguresRead);
    registry.allow("POST", "/choose/segments/why", Permission::FiguresRead);
    registry.allow("GET", "/choose/segments/{id}", Permission::FiguresRead);
    registry.allow("PUT", "/choose/segments/{id}", Permission::SegmentsWrite);
    registry.allow("DELETE", "/choose/segments/{id}", Permission::SegmentsWrite);
    registry.allow("POST", "/choose/segments/{id}/hands", Permission::SegmentsWrite);
    registry.allow("POST", "/choose/segments/{id}/snapshot", Permission::SegmentsWrite);
}

/// Whether a text is asked for that holds a digit or the sign of an address.
fn has_number(test: &Test) -> bool {
    let tells = |text: &str| text.chars().any(|letter| letter.is_numeric() || letter == '@');
    match test {
        Test::Contains(text) | Test::Is(_, Scalar::Text(text)) => tells(text),
        Test::In(texts) => texts.iter().any(|text| matches!(text, Scalar::Text(text) if tells(text))),
        _ => false,
    }
}

/// A rule as text or as JSON.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub(super) struct WrittenRule {
    /// As text: `orders >= 3 and last_order before 60 days ago`.
    text: Option<String>,
    /// As JSON: `{"field": "orders", "op": ">=", "value": 3}`, with `all`, `any` and `not` around.
    #[schema(value_type = Option<Object>)]
    rule: Option<Value>,
}

impl WrittenRule {
    /// The rule, as somebody may ask it: who sees contacts in part only cannot find them out letter by letter, nor the
    /// numbers that people write into names.
    fn read(&self, book: &Book, sight: Sight) -> Answer<Rule> {
        let rule = self.parsed(book)?;
        let asks = |leaf: &Leaf| {
            matches!(leaf, Leaf::Field(field, test) if field.is_contact() && *test != Test::Known
                || field.kind == Kind::Text && has_number(test))
        };
        if sight.is_masked() && rule.leaves().any(asks) {
            return Err(Problem::forbidden("segment_masked"));
        }
        Ok(rule)
    }

    /// The rule of a segment whose people are put in by hand: none is given, or that of nobody, which is shown of it.
    fn none(&self, book: &Book) -> Answer<Rule> {
        let nobody = Rule::Any(Vec::new());
        let given = self.text.is_some() || self.rule.is_some();
        if given && self.parsed(book)? != nobody {
            return Err(Problem::invalid("segment_static_rule"));
        }
        Ok(nobody)
    }

    fn parsed(&self, book: &Book) -> Answer<Rule> {
        let read = match (&self.text, &self.rule) {
            (Some(_), Some(_)) => Err(Fault::whole(Code::BothForms)),
            (None, Some(rule)) => from_written_json(rule, book),
            (Some(text), None) => parse(text, book),
            (None, None) => parse("", book),
        };
        read.map_err(|fault: Fault| match &fault.place {
            // Members of the request have the rule inside.
            Place::Json(path) => {
                let path = format!("/rule{path}");
                Problem::from(fault.at(Place::Json(path)))
            }
            _ => fault.into(),
        })
    }
}
