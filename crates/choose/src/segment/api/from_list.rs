//! A list of customers as the rule of a segment to be.

use crate::segment::from_list::Said;
use crate::segment::rule::{from_json, print, to_json};
use crate::segment::store;
use crate::segment::why::Both;
use axum::Json;
use axum::extract::{Query, State};
use know::parties::list::Filter;
use know::tags;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use web::{Answer, App, Company, ProblemBody};

/// A list as a rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentOfList)]
pub(in crate::segment) struct OfList {
    /// The rule as text.
    text: String,
    /// The rule as JSON.
    #[schema(value_type = Object)]
    rule: Value,
    /// The rule as a sentence.
    sentence: Both,
    /// Filters of the list that no condition of a rule says: whoever they keep out is in.
    left_out: Vec<&'static str>,
}

/// The rule that means whom a list of customers shows, to begin a segment with.
#[utoipa::path(get, path = "/choose/segments/from-list", tag = "choose", params(Filter),
    responses((status = 200, body = OfList), (status = 422, body = ProblemBody)))]
pub(in crate::segment) async fn of_list(
    State(app): State<App>,
    Query(filter): Query<Filter>,
) -> Answer<Json<OfList>> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let tags = match &filter.tag {
        Some(asked) => tags::meant(&mut tx, asked).await?,
        None => Vec::new(),
    };
    let book = store::book(&mut tx).await?;
    let said = Said::of(&filter, today, &tags);
    let rule = from_json(&json!({ "all": said.conditions }))?;
    Ok(Json(OfList {
        text: print(&rule, &book),
        rule: to_json(&rule),
        sentence: Both::of(|locale| book.sentence(&rule, locale)),
        left_out: said.left_out,
    }))
}
