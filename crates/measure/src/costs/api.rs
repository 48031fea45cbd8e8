//! `/measure/costs` and `/measure/economics`.

use super::economics::{Economics, Figures};
use super::store::{self, After, Cost, NewCost};
use crate::models;
use ::store::{Lane, Tx};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use futures::FutureExt;
use kernel::{Day, Id, Money, Month, kinds, limits};
use know::parties::list::{self, Filter};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::export::{Cell, Export, Format};
use web::{
    Actor, Answer, App, Company, Page, PageQuery, Permission, Problem, ProblemBody, Registry, Sight, audit,
    text,
};

/// Characters of a medium.
const MEDIUM_CHARS: usize = 60;
/// Months that economics span at most.
const SPAN: i64 = 120;
/// Months back in which a cost may lie.
const BACK: i64 = 240;
/// Months ahead.
const AHEAD: i64 = 12;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(remove))
        .routes(routes!(export))
        .routes(routes!(economics));
    registry.routes(routes);
    registry.allow("GET", "/measure/costs", Permission::SettingsRead);
    registry.allow("POST", "/measure/costs", Permission::SettingsWrite);
    registry.allow("DELETE", "/measure/costs/{id}", Permission::SettingsWrite);
    registry.allow("GET", "/measure/costs/export", Permission::Export);
    registry.allow("GET", "/measure/economics", Permission::SettingsRead);
}

/// The costs, the latest month first.
#[utoipa::path(get, path = "/measure/costs", tag = "measure", params(PageQuery),
    responses((status = 200, body = Page<Cost>), (status = 422, body = ProblemBody)))]
async fn list(State(app): State<App>, Query(page): Query<PageQuery>) -> Answer<Json<Page<Cost>>> {
    let after = page.cursor.as_deref().map(web::cursor::decode::<After>).transpose()?;
    let limit = page.limit();
    let mut items = store::page(&mut app.db().read().await?, after, limit + 1).await?;
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > limit;
    items.truncate(usize::try_from(limit).unwrap_or_default());
    let next = items.last().filter(|_| more).map(|last| web::cursor::encode(&(last.month, last.id)));
    Ok(Json(Page { items, next }))
}

/// A cost to enter.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewCost)]
struct Entered {
    /// `acquisition` or `retention`.
    kind: String,
    /// The month it was spent in.
    #[schema(value_type = String)]
    month: Month,
    /// How much, in the company's currency.
    amount: Money,
    /// Where.
    #[serde(default)]
    medium: Option<String>,
    /// A memo.
    #[serde(default)]
    note: Option<String>,
}

impl Entered {
    fn checked(self, company: &Company, today: Day) -> Answer<NewCost> {
        let tidy = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
        let (medium, note) = (tidy(self.medium), tidy(self.note));
        let kind = ["acquisition", "retention"].into_iter().find(|kind| *kind == self.kind);
        let month = self.month.number() - today.month().number();
        let faults = [
            (kind.is_none(), "kind", "cost_kind_unknown"),
            (!(-BACK..=AHEAD).contains(&month), "month", "month_range"),
            (!(1..=limits::AMOUNT_MAX).contains(&self.amount.amount_minor), "amount", "amount_invalid"),
            (self.amount.currency != company.currency, "amount", "currency_other"),
            (medium.chars().count() > MEDIUM_CHARS, "medium", "too_long"),
            (note.chars().count() > limits::NOTE_CHARS, "note", "too_long"),
        ];
        let wrong = faults.into_iter().filter(|(wrong, _, _)| *wrong);
        let problem =
            wrong.fold(Problem::invalid("cost_invalid"), |all, (_, field, code)| all.field(field, code));
        match kind {
            Some(kind) if !problem.has_fields() => {
                Ok(NewCost { kind, month: self.month, amount: self.amount, medium, note })
            }
            _ => Err(problem),
        }
    }
}

/// Enters a cost.
#[utoipa::path(post, path = "/measure/costs", tag = "measure", request_body = Entered,
    responses((status = 201, body = Cost), (status = 422, body = ProblemBody)))]
async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(entered): Json<Entered>,
) -> Answer<(StatusCode, Json<Cost>)> {
    let company = Company::load(&mut app.db().read().await?).await?;
    let cost = entered.checked(&company, company.today(app.clock()))?;
    let kept = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let kept = store::insert(tx, Some(&actor), &cost).await?;
                audit::write(tx, Some(&actor), "cost.entered", Some(kept.id.number()), json!({})).await?;
                Ok::<_, Problem>(kept)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// Takes a cost back.
#[utoipa::path(delete, path = "/measure/costs/{id}", tag = "measure",
    params(("id" = String, Path, description = "The cost")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn remove(State(app): State<App>, actor: Actor, Path(id): Path<Id<kinds::Cost>>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !store::delete(tx, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "cost.deleted", Some(id.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FormatQuery {
    /// `csv`, or `xlsx`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    format: Format,
}

/// The costs as a file.
#[utoipa::path(get, path = "/measure/costs/export", tag = "measure", params(FormatQuery),
    responses((status = 200, content_type = "text/csv")))]
async fn export(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<FormatQuery>,
) -> Answer<Response<Body>> {
    let say = |key: &str| text::say(actor.locale, &format!("cost.{key}"), &[]);
    let headings = ["month", "kind", "medium", "currency", "amount", "note"].map(say);
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut file = Export::begin(query.format, &say("file"), &headings)?;
    let mut after = None;
    loop {
        let page = store::page(&mut app.db().read().await?, after, limits::PAGE_ROWS_MAX).await?;
        let Some(last) = page.last() else { return file.finish().await };
        after = Some((last.month, last.id));
        for cost in page {
            file.row(&[
                cost.month.to_string().into(),
                cost.kind.into(),
                Cell::or_empty(cost.medium),
                cost.amount.currency.code().into(),
                cost.amount.into(),
                Cell::or_empty(cost.note),
            ])?;
        }
    }
}

/// Which months.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Months {
    /// The first; eleven before the last when left out.
    #[param(value_type = Option<String>)]
    from: Option<Month>,
    /// The last; the last complete one when left out.
    #[param(value_type = Option<String>)]
    to: Option<Month>,
}

/// What winning and keeping a customer costs.
#[utoipa::path(get, path = "/measure/economics", tag = "measure", params(Months),
    responses((status = 200, body = Economics), (status = 422, body = ProblemBody)))]
async fn economics(State(app): State<App>, Query(asked): Query<Months>) -> Answer<Json<Economics>> {
    let mut tx = app.db().read().await?;
    let company = Company::load(&mut tx).await?;
    let today = company.today(app.clock());
    let to = asked.to.unwrap_or_else(|| today.month().plus(-1));
    let from = asked.from.unwrap_or_else(|| to.plus(-11));
    let span = to.number() - from.number() + 1;
    if !(1..=SPAN).contains(&span) {
        return Err(Problem::invalid("months_invalid").field("from", "figure_range"));
    }
    let figures = figures(&mut tx, &company, [from, to], today).await?;
    Ok(Json(Economics::new(&figures, company.currency)))
}

async fn figures(tx: &mut Tx, company: &Company, months: [Month; 2], today: Day) -> ::store::Result<Figures> {
    let (gained, kept) = (gained_in(months), kept_in(months));
    let span = months[1].number() - months[0].number() + 1;
    let (revenue, people) = store::revenue(tx, months, company.currency).await?;
    let margin = company.margin_percent.filter(|_| people > 0 && revenue > 0);
    let value = models::store::value_per_person(tx, company).await?;
    // Figures of the company are about all of it, whoever asks.
    Ok(Figures {
        spent: store::spent(tx, months, company.currency).await?,
        months,
        gained: list::count(tx, &gained, today, Sight::WHOLE).await?,
        kept: list::count(tx, &kept, today, Sight::WHOLE).await?,
        monthly_margin: margin.map(|percent| revenue as f64 * percent / 100.0 / people as f64 / span as f64),
        lifetime_value: value.map(|value| value.amount_minor),
    })
}

/// People whose first order day lies in the months.
fn gained_in([from, to]: [Month; 2]) -> Filter {
    Filter { first_from: Some(from.first_day()), first_to: Some(to.last_day()), ..Filter::default() }
}

/// People who ordered in the months after having ordered before.
fn kept_in([from, to]: [Month; 2]) -> Filter {
    Filter {
        first_to: Some(from.first_day().plus(-1)),
        bought_from: Some(from.first_day()),
        bought_to: Some(to.last_day()),
        ..Filter::default()
    }
}
