//! `/parties`: the list and what stands under it, the card, entering and changing by hand.

use super::card::{self, PartyCard};
use super::contacts::{self, Typed, give_contacts};
use super::list::{self, After, Filter, PartyRow, Sort, Summary, View};
use super::model::{Identity, NewParty, PartyKind};
use super::{export, keepers, resolve, store};
use crate::markets::{self, Held};
use crate::{fields, notes, timeline};
use ::store::log::{self, Entry, Origin};
use ::store::{Lane, Tx};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use kernel::{Id, Registration, contact, kinds, limits};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::export::{Export, Format};
use web::{
    Actor, Answer, App, Company, IfMatch, Page, PageQuery, Permission, Problem, ProblemBody, Registry, audit,
    guess,
};

type PartyId = Id<kinds::Party>;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list_parties, create))
        .routes(routes!(summary))
        .routes(routes!(export_parties))
        .routes(routes!(read, change))
        .routes(routes!(timeline_page));
    registry.routes(routes);
    registry.allow("GET", "/parties", Permission::PartiesRead);
    registry.allow("POST", "/parties", Permission::PartiesWrite);
    registry.allow("GET", "/parties/summary", Permission::PartiesRead);
    registry.allow("GET", "/parties/export", Permission::Export);
    registry.allow("GET", "/parties/{id}", Permission::PartiesRead);
    registry.allow("PUT", "/parties/{id}", Permission::PartiesWrite);
    registry.allow("GET", "/parties/{id}/timeline", Permission::PartiesRead);
}

/// What the company's day and currency are, and what `actor` sees.
pub async fn view(app: &App, tx: &mut Tx, actor: &Actor) -> Answer<View> {
    let company = Company::load(tx).await?;
    Ok(View { today: company.today(app.clock()), currency: company.currency, sight: actor.sight })
}

/// In which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SortQuery {
    /// `spend`, `orders`, `last_order`, `first_order`, `late`, `name`, `value`, `alive` or `created`, descending
    /// with a minus before it; `-last_order` when left out.
    sort: Option<String>,
}

impl SortQuery {
    fn sort(&self) -> Answer<Sort> {
        Sort::parse(self.sort.as_deref())
            .ok_or_else(|| Problem::invalid("sort_unknown").field("sort", "unknown"))
    }
}

/// The customers a filter means, a page at a time.
#[utoipa::path(get, path = "/parties", tag = "know", params(Filter, SortQuery, PageQuery),
    responses((status = 200, body = Page<PartyRow>), (status = 422, body = ProblemBody)))]
async fn list_parties(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<Filter>,
    Query(sort): Query<SortQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<PartyRow>>> {
    let after = page.cursor.as_deref().map(web::cursor::decode::<After>).transpose()?;
    let sort = sort.sort()?;
    let guess = guess::asked(&app, &actor, filter.q.as_deref()).await?;
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    let (items, next) = list::page(&mut tx, &filter, sort, after, page.limit(), view).await?;
    drop(tx);
    guess.answered(&app, !items.is_empty()).await?;
    Ok(Json(Page { items, next: next.as_ref().map(web::cursor::encode) }))
}

/// How many customers a filter means, and what they spent.
#[utoipa::path(get, path = "/parties/summary", tag = "know", params(Filter),
    responses((status = 200, body = Summary)))]
async fn summary(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<Filter>,
) -> Answer<Json<Summary>> {
    let guess = guess::asked(&app, &actor, filter.q.as_deref()).await?;
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    let summary = list::summary(&mut tx, &filter, view).await?;
    drop(tx);
    guess.answered(&app, summary.count > 0).await?;
    Ok(Json(summary))
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FormatQuery {
    /// `csv` or `xlsx`; `csv` when left out.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// The customers a filter means, as a file that a spreadsheet opens safely.
#[utoipa::path(get, path = "/parties/export", tag = "know", params(Filter, SortQuery, FormatQuery),
    responses((status = 200, content_type = "text/csv"), (status = 422, body = ProblemBody)))]
async fn export_parties(
    State(app): State<App>,
    actor: Actor,
    Query(filter): Query<Filter>,
    Query(sort): Query<SortQuery>,
    Query(format): Query<FormatQuery>,
) -> Answer<Response> {
    let sort = sort.sort()?;
    let guess = guess::asked(&app, &actor, filter.q.as_deref()).await?;
    let mut tx = app.db().read().await?;
    let own = fields::all(&mut tx).await?;
    let mut file = Export::begin(format.format, "customers", &export::headings(&own))?;
    let view = view(&app, &mut tx, &actor).await?;
    let count = export::write(&mut tx, &filter, sort, view, &own, &mut file).await?;
    drop(tx);
    guess.answered(&app, count > 0).await?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let detail = serde_json::json!({ "rows": count });
                audit::write(tx, Some(&actor), "parties.exported", None, detail).await
            }
            .boxed()
        })
        .await?;
    file.finish().await
}

/// A customer's card. One who was merged into another answers with where they went, in the member `party`.
#[utoipa::path(get, path = "/parties/{id}", tag = "know", params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = PartyCard), (status = 404, body = ProblemBody), (status = 410, body = ProblemBody)))]
async fn read(State(app): State<App>, actor: Actor, Path(id): Path<PartyId>) -> Answer<Response> {
    let mut tx = app.db().read().await?;
    let view = view(&app, &mut tx, &actor).await?;
    store::standing(&mut tx, id, actor.sight).await?;
    let card = card::card(&mut tx, id, view).await?.ok_or_else(Problem::not_found)?;
    Ok(tagged(StatusCode::OK, card))
}

fn tagged(status: StatusCode, card: PartyCard) -> Response {
    (status, [(header::ETAG, card.etag.clone())], Json(card)).into_response()
}

/// Enters a customer by hand.
#[utoipa::path(post, path = "/parties", tag = "know", request_body = NewParty,
    responses((status = 201, body = PartyCard), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn create(State(app): State<App>, actor: Actor, Json(new): Json<NewParty>) -> Answer<Response> {
    check(&new.name, &listed(new.email.as_deref(), None), &listed(new.phone.as_deref(), None))?;
    let number = numbered(new.kind, new.registration.as_deref())?;
    let markets = market_rows(&new.markets)?;
    let by = actor.clone();
    let id = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let id = enter(tx, &by, new, number).await?;
                markets::store::settle(tx, id, &markets).await?;
                Ok::<_, Problem>(id)
            }
            .boxed()
        })
        .await?;
    answer(&app, &actor, id, StatusCode::CREATED).await
}

async fn answer(app: &App, actor: &Actor, id: PartyId, status: StatusCode) -> Answer<Response> {
    app.reactor().drain().await?;
    let mut tx = app.db().read().await?;
    let view = view(app, &mut tx, actor).await?;
    Ok(tagged(status, card::card(&mut tx, id, view).await?.ok_or_else(Problem::not_found)?))
}

fn check(name: &str, emails: &[&str], phones: &[&str]) -> Answer<()> {
    let mut problem = Problem::invalid("party_invalid");
    if kernel::one_line(name).is_empty() {
        problem = problem.field("name", "required");
    }
    if name.chars().count() > limits::NAME_CHARS {
        problem = problem.field("name", "too_long");
    }
    if emails.iter().any(|email| contact::normal_email(email).is_none()) {
        problem = problem.field("email", "not_an_email");
    }
    let numbers: Vec<_> = phones.iter().map(|phone| contact::normal_phone(phone, "KR")).collect();
    if numbers.iter().any(Option::is_none) {
        problem = problem.field("phone", "not_a_phone");
    }
    if numbers.iter().flatten().any(contact::Phone::is_relay) {
        problem = problem.field("phone", "relay_number");
    }
    for (field, count) in [("email", emails.len()), ("phone", phones.len())] {
        if count > contacts::MOST {
            problem = problem.field(field, "too_many");
        }
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// The registration number of an organisation. Of a person there is none.
fn numbered(kind: PartyKind, text: Option<&str>) -> Answer<Option<Registration>> {
    let Some(text) = given(text) else { return Ok(None) };
    let refused = |code| Problem::invalid("party_invalid").field("registration", code);
    match kind {
        PartyKind::Person => Err(refused("registration_of_person")),
        PartyKind::Organisation => {
            Registration::parse(text).map(Some).ok_or_else(|| refused("registration_unfit"))
        }
    }
}

fn market_rows(held: &[Held]) -> Answer<markets::Rows> {
    markets::rows(held).ok_or_else(|| Problem::invalid("party_invalid").field("markets", "market_unknown"))
}

pub(crate) fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

async fn enter(tx: &mut Tx, actor: &Actor, new: NewParty, number: Option<Registration>) -> Answer<PartyId> {
    let name = Some(new.kind.name(&new.name));
    let identity = Identity { source_id: None, email: new.email, phone: new.phone, name };
    let id = new_party(tx, actor, &identity).await?;
    store::describe(tx, id, new.kind, number.as_ref()).await?;
    if let Some(text) = new.note.filter(|note| !note.trim().is_empty()) {
        notes::write(
            tx,
            actor,
            id,
            &notes::NewNote { text, contact: None, card: None, follow_ups: Vec::new() },
        )
        .await?;
    }
    audit::write(tx, Some(actor), "party.entered", Some(id.number()), serde_json::json!({})).await?;
    Ok(id)
}

/// What can be changed of a customer by hand.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PartyEdit {
    /// The name.
    name: String,
    /// The e-mail address of someone with one; none takes all away.
    email: Option<String>,
    /// The phone number of someone with one; none takes all away.
    phone: Option<String>,
    /// All e-mail addresses, instead of `email`.
    emails: Option<Vec<String>>,
    /// All phone numbers, instead of `phone`.
    phones: Option<Vec<String>>,
    /// What it is; as it was when left out.
    kind: Option<PartyKind>,
    /// The registration number of an organisation; as it was when left out, none when empty.
    registration: Option<String>,
}

impl PartyEdit {
    fn emails(&self) -> Vec<&str> {
        listed(self.email.as_deref(), self.emails.as_deref())
    }

    fn phones(&self) -> Vec<&str> {
        listed(self.phone.as_deref(), self.phones.as_deref())
    }
}

/// All of `many`, else the `one`, without what is empty.
fn listed<'t>(one: Option<&'t str>, many: Option<&'t [String]>) -> Vec<&'t str> {
    let all: Vec<&str> = match many {
        Some(many) => many.iter().map(String::as_str).collect(),
        None => one.into_iter().collect(),
    };
    all.into_iter().filter_map(|text| given(Some(text))).collect()
}

/// Changes a customer's name and contacts.
#[utoipa::path(put, path = "/parties/{id}", tag = "know", params(("id" = String, Path, description = "The customer")),
    request_body = PartyEdit, responses((status = 200, body = PartyCard), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<PartyId>,
    asked: IfMatch,
    Json(edit): Json<PartyEdit>,
) -> Answer<Response> {
    let by = actor.clone();
    app.db()
        .write(Lane::Interactive, move |tx| async move { keep(tx, &by, id, asked, edit).await }.boxed())
        .await?;
    answer(&app, &actor, id, StatusCode::OK).await
}

async fn keep(tx: &mut Tx, actor: &Actor, id: PartyId, asked: IfMatch, edit: PartyEdit) -> Answer<()> {
    let party = store::standing(tx, id, actor.sight).await?;
    let emails = Typed::of(tx, actor, id, "email", &edit.emails()).await?;
    let phones = Typed::of(tx, actor, id, "phone", &edit.phones()).await?;
    let kind = edit.kind.unwrap_or(party.kind());
    let name = masked_name(actor, party.name.as_deref(), edit.name.trim());
    check(name, &emails.fresh(), &phones.fresh())?;
    if !asked.allows(party.revision) || !store::rename(tx, id, &kind.name(name), party.revision).await? {
        return Err(Problem::precondition_failed());
    }
    let number = match &edit.registration {
        Some(text) => numbered(kind, Some(text))?,
        None => store::registration(tx, id).await?.filter(|_| kind == PartyKind::Organisation),
    };
    store::describe(tx, id, kind, number.as_ref()).await?;
    for typed in [emails, phones] {
        typed.keep(tx, actor, id).await?;
    }
    // A revision can come twice: taking a merge back restores it.
    let time: Id<kinds::Run> = tx.id();
    let told = format!("party.edited:{}:{}", id.number(), time.number());
    log::append(tx, Entry::live(tx, "party.edited", id.number()).about(id).named(told)).await?;
    Ok(audit::write(tx, Some(actor), "party.edited", Some(id.number()), serde_json::json!({})).await?)
}

/// A name may hold a number, and comes back as it was shown: then it stays as it is.
fn masked_name<'a>(actor: &Actor, stored: Option<&'a str>, typed: &'a str) -> &'a str {
    stored.filter(|stored| actor.sight.text((*stored).to_owned()).trim() == typed).unwrap_or(typed)
}

/// Which kinds of things.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct KindsQuery {
    /// `order`, `refund`, `visit`, `site_visit`, `note`, `follow_up`, `suggestion`, `need`, `state`, `event`, `consent`, `created`,
    /// `request`, `merged`, `unmerged`, `tie`, `assessment`, `tier`, `account`, separated by commas; all when left out.
    kinds: Option<String>,
    /// Through which channel: `call`, `message`, `visit`, or what a source of orders calls it.
    channel: Option<String>,
}

/// What happened with a customer, newest first.
#[utoipa::path(get, path = "/parties/{id}/timeline", tag = "know",
    params(("id" = String, Path, description = "The customer"), KindsQuery, PageQuery),
    responses((status = 200, body = Page<timeline::TimelineItem>), (status = 404, body = ProblemBody)))]
async fn timeline_page(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<PartyId>,
    Query(asked): Query<KindsQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Json<Page<timeline::TimelineItem>>> {
    let kinds: Vec<String> =
        asked.kinds.iter().flat_map(|kinds| kinds.split(',')).map(|kind| kind.trim().to_owned()).collect();
    let asked = timeline::Asked { kinds, channel: asked.channel.filter(|channel| !channel.is_empty()) };
    let before = page.cursor.as_deref().map(web::cursor::decode).transpose()?;
    let mut tx = app.db().read().await?;
    store::standing(&mut tx, id, actor.sight).await?;
    let (items, next) = timeline::page(&mut tx, id, &asked, before, page.limit(), actor.sight).await?;
    Ok(Json(Page { items, next: next.as_ref().map(web::cursor::encode) }))
}

async fn new_party(tx: &mut Tx, actor: &Actor, identity: &Identity) -> Answer<PartyId> {
    let id: PartyId = tx.id();
    store::insert_parties(tx, &[(id, identity.name.clone())].into(), None).await?;
    give_contacts(tx, actor, id, identity).await?;
    keepers::keep_new(tx, actor, id).await?;
    log::append(tx, Entry::live(tx, "party.added", id.number()).about(id)).await?;
    Ok(id)
}

/// Finds or makes the party of an order entered by hand. A name alone never finds anyone, but whoever typed it means
/// someone.
pub(crate) async fn party_of(tx: &mut Tx, actor: &Actor, identity: Identity) -> Answer<Option<PartyId>> {
    let contacts = identity.contacts("");
    if contacts.is_empty() && given(identity.name.as_deref()).is_some() {
        return new_party(tx, actor, &identity).await.map(Some);
    }
    let mut known = false;
    for contact in &contacts {
        known |= store::owner(tx, contact).await?.is_some();
    }
    let from = resolve::Origins { source: "dangol", import: None, origin: Origin::Live };
    let party = resolve::resolve(tx, &from, &[identity]).await?.parties.into_iter().next().flatten();
    if let Some(party) = party.filter(|_| !known) {
        keepers::keep_new(tx, actor, party).await?;
    }
    Ok(party)
}
