//! Vouching for what a file claims: the owner says where and when it was collected, and from then on it counts.

use super::ledger;
use super::model::{Basis, Channel, Evidence, PartyId, Purpose, Source, State, Statement, WordingId};
use super::wordings;
use ::store::log::{self, Entry, Origin};
use ::store::{FromRow, Json as Stored, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::State as AppState;
use futures::FutureExt;
use kernel::{Day, Id, Locale, kinds, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Company, Permission, Problem, ProblemBody, Registry, audit};

type ImportId = Id<kinds::Import>;

/// Claims vouched for in one transaction.
const SLICE: i64 = 500;
/// Imports that are listed.
const LISTED: i64 = 200;

pub(super) fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry
        .routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(waiting)).routes(routes!(attest)));
    registry.allow("GET", "/consent/unverified", Permission::SettingsRead);
    registry.allow("POST", "/consent/attest", Permission::ConsentManage);
}

/// Claims of one import about one medium.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[schema(as = ConsentClaims)]
pub struct Waiting {
    /// The import, if it was one.
    #[schema(value_type = Option<String>)]
    pub import: Option<ImportId>,
    /// What the file is called.
    pub file: Option<String>,
    /// The medium.
    pub channel: String,
    /// People for whom it is all that is known.
    pub people: i64,
}

/// What files claim and nobody has vouched for.
#[utoipa::path(get, path = "/consent/unverified", tag = "know", responses((status = 200, body = [Waiting])))]
async fn waiting(AppState(app): AppState<App>) -> Answer<Json<Vec<Waiting>>> {
    let mut tx = app.db().read().await?;
    let rows: Vec<Waiting> = sql!(
        "select c.import_id as import, max(i.file) as file, s.channel, count(*) as people from consent_states s \
         join consents c on c.id = s.consent left join imports i on i.id = c.import_id \
         where s.purpose = 'ad' and s.topic = '' and s.state = 'unverified' \
         group by c.import_id, s.channel order by c.import_id desc, s.channel limit $1"
    )
    .bind(LISTED)
    .fetch_all(&mut tx)
    .await?;
    Ok(Json(rows))
}

/// What the owner vouches for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Attestation {
    /// The import; none for claims that came without one.
    #[schema(value_type = Option<String>)]
    import: Option<ImportId>,
    /// The medium.
    channel: Channel,
    /// The day on which it was collected.
    #[schema(value_type = String)]
    collected_on: Day,
    /// Where and how, and where the proof lies.
    how: String,
    /// The words that were shown, if they are kept here.
    #[schema(value_type = Option<String>)]
    wording: Option<WordingId>,
}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attested {
    /// People who count as having agreed now.
    people: i64,
}

/// Vouches for what a file claims about a medium, with the day and the way in which it was collected. Whoever said
/// something themselves is not touched.
#[utoipa::path(post, path = "/consent/attest", tag = "know", request_body = Attestation,
    responses((status = 200, body = Attested), (status = 422, body = ProblemBody)))]
async fn attest(
    AppState(app): AppState<App>,
    actor: Actor,
    Json(asked): Json<Attestation>,
) -> Answer<Json<Attested>> {
    check(&app, &asked).await?;
    let mut people = 0;
    // In slices: each is whole by itself, and whoever is through is not claimed any more.
    loop {
        let (by, asked) = (actor.clone(), asked.clone());
        let done = app
            .db()
            .write(Lane::Interactive, move |tx| async move { slice(tx, &by, &asked).await }.boxed())
            .await?;
        people += done;
        if done < SLICE {
            return Ok(Json(Attested { people }));
        }
    }
}

async fn check(app: &App, asked: &Attestation) -> Answer<()> {
    let mut tx = app.db().read().await?;
    let today = Company::load(&mut tx).await?.today(app.clock());
    let mut problem = Problem::invalid("invalid");
    if asked.collected_on > today {
        problem = problem.field("collected_on", "consent_in_future");
    }
    match asked.how.trim().chars().count() {
        0 => problem = problem.field("how", "required"),
        1..=limits::NOTE_CHARS => {}
        _ => problem = problem.field("how", "too_long"),
    }
    if let Some(wording) = asked.wording
        && wordings::purpose_of(&mut tx, wording).await? != Some(Purpose::Ad)
    {
        problem = problem.field("wording", "unknown");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn slice(tx: &mut Tx, actor: &Actor, asked: &Attestation) -> Answer<i64> {
    let clock = tx.environment().clock.clone();
    let company = Company::load(tx).await?;
    let claims = claims(tx, asked, company.today(&*clock)).await?;
    if claims.is_empty() {
        return Ok(0);
    }
    let at = asked.collected_on.start_in(&company.zone());
    let said: Vec<(PartyId, Statement)> = claims
        .into_iter()
        .map(|(party, Stored(evidence))| {
            let evidence = Evidence { note: Some(asked.how.trim().to_owned()), ..evidence };
            let statement = Statement {
                channel: asked.channel,
                purpose: Purpose::Ad,
                topic: String::new(),
                state: State::Given,
                at,
                source: Source::Import,
                basis: Some(Basis::Attested),
                wording: asked.wording,
                locale: Locale::default(),
                evidence,
                import: asked.import,
            };
            (party, statement)
        })
        .collect();
    let about: Vec<_> = said.iter().map(|(party, said)| (*party, said)).collect();
    let ids = ledger::append_all(tx, &about, Some(actor.user)).await?;
    let parties: Vec<PartyId> = said.iter().map(|(party, _)| *party).collect();
    ledger::refresh(tx, &parties).await?;
    let entries = ids.iter().zip(&parties).map(|(id, party)| {
        let body = json!({ "channel": asked.channel.text(), "purpose": "ad", "topic": "", "state": "given", "by": "import" });
        let entry = Entry::live(tx, "consent.recorded", id.number()).about(*party).with(body);
        Entry { origin: Origin::Import, import: asked.import, ..entry }
    });
    let entries: Vec<Entry> = entries.collect();
    log::append_all(tx, entries).await?;
    let detail = json!({ "import": asked.import, "channel": asked.channel.text(), "collected_on": asked.collected_on, "people": ids.len() });
    audit::write(tx, Some(actor), "consent.attested", asked.import.map(Id::number), detail).await?;
    Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

/// Whom the file speaks of and about whom nothing else is known. For a child its guardian answers, no owner.
async fn claims(tx: &mut Tx, asked: &Attestation, today: Day) -> Result<Vec<(PartyId, Stored<Evidence>)>> {
    sql!(
        "select c.party, c.evidence from consent_states s join consents c on c.id = s.consent \
         where s.purpose = 'ad' and s.channel = $1 and s.topic = '' and s.state = 'unverified' \
         and c.import_id is not distinct from $2 and not exists (select 1 from birthdays b \
         where b.of_age_on > $4 and (b.party = s.party or b.party in (select m.party from party_root m where m.root = s.party))) \
         order by s.party limit $3"
    )
    .bind(asked.channel.text())
    .bind(asked.import)
    .bind(SLICE)
    .bind(today)
    .fetch_all(tx)
    .await
}
