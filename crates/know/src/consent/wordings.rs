//! The words that ask for consent, by version: what somebody agreed to can be shown years later.
//!
//! Invariants:
//! - A version is never changed; another text is another version.
//! - It has every statement that the law asks for (P1, P2); without one it is not published.

use super::model::{Purpose, WordingId};
use ::store::{FromRow, Json as Stored, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::State as AppState;
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Instant, Locale, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, audit, text};

pub(super) fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    registry.routes(utoipa_axum::router::OpenApiRouter::new().routes(routes!(list, publish)));
    registry.allow("GET", "/consent/wordings", Permission::PartiesRead);
    registry.allow("POST", "/consent/wordings", Permission::ConsentManage);
}

/// What the words of a consent must say (Personal Information Protection Act, articles 15, 17 and 22), in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ConsentStatements)]
pub struct Statements {
    /// What it is for.
    pub aim: String,
    /// Which data.
    pub items: String,
    /// For how long.
    pub period: String,
    /// That they may refuse.
    pub right: String,
    /// What refusing means for them.
    pub disadvantage: String,
    /// Who gets the data, where it is given to somebody else.
    pub recipient: String,
}

/// The statements' names, in the order in which they are read.
const NAMES: [&str; 6] = ["recipient", "aim", "items", "period", "right", "disadvantage"];

impl Statements {
    fn parts(&self) -> [(&'static str, &str); 6] {
        let Self { aim, items, period, right, disadvantage, recipient } = self;
        let parts = [recipient, aim, items, period, right, disadvantage];
        std::array::from_fn(|at| (NAMES[at], parts[at].trim()))
    }

    fn is_empty(&self) -> bool {
        self.parts().iter().all(|(_, text)| text.is_empty())
    }

    /// What the law asks for and is not there.
    fn missing(&self, purpose: Purpose) -> Vec<&'static str> {
        let asked = |name: &str| name != "recipient" || purpose == Purpose::ThirdParty;
        self.parts()
            .iter()
            .filter(|(name, text)| asked(name) && text.is_empty())
            .map(|(name, _)| *name)
            .collect()
    }

    /// The exact text that is shown: a line a statement, each with its heading.
    fn text(&self, locale: Locale) -> String {
        let lines = self.parts().into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, said)| {
            let heading = text::say(locale, &format!("consent.statement.{name}"), &[]);
            format!("{heading}: {said}")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The statements in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ConsentWords)]
pub struct Words {
    /// In Korean.
    pub ko: Statements,
    /// In English; all empty where there is no English form.
    pub en: Statements,
}

/// A version of the words.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[schema(as = ConsentWording)]
pub struct Wording {
    /// Its id.
    #[schema(value_type = String)]
    pub id: WordingId,
    /// `ad`, `night_ad` or `third_party`.
    pub purpose: String,
    /// Its number among those of the purpose.
    pub version: i64,
    /// What it says, statement by statement.
    #[schema(value_type = Words)]
    pub statements: Stored<Words>,
    /// The exact text in Korean.
    pub text_ko: String,
    /// The exact text in English, empty where there is none.
    pub text_en: String,
    /// When it was published.
    #[schema(value_type = String)]
    pub published_at: Instant,
}

impl Wording {
    /// The text in a language, in Korean where there is no other.
    pub fn text(&self, locale: Locale) -> &str {
        match locale {
            Locale::En if !self.text_en.is_empty() => &self.text_en,
            _ => &self.text_ko,
        }
    }
}

/// The versions, the newest of each purpose first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Wording>> {
    sql!(
        "select id, purpose, version, statements, text_ko, text_en, published_at from consent_wordings \
         order by purpose, version desc limit 1000"
    )
    .fetch_all(tx)
    .await
}

/// The words in use for each purpose that has any.
pub async fn in_use(tx: &mut Tx) -> Result<Vec<Wording>> {
    let mut all = all(tx).await?;
    all.dedup_by(|later, earlier| later.purpose == earlier.purpose);
    Ok(all)
}

/// What a version asks for.
pub async fn purpose_of(tx: &mut Tx, id: WordingId) -> Result<Option<Purpose>> {
    let row: Option<(String,)> =
        sql!("select purpose from consent_wordings where id = $1").bind(id).fetch_optional(tx).await?;
    Ok(row.and_then(|(purpose,)| Purpose::of(&purpose)))
}

/// The words that ask for consent, by purpose, the newest version first.
#[utoipa::path(get, path = "/consent/wordings", tag = "know", responses((status = 200, body = [Wording])))]
async fn list(AppState(app): AppState<App>) -> Answer<Json<Vec<Wording>>> {
    Ok(Json(all(&mut app.db().read().await?).await?))
}

/// Words to publish.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewWording {
    /// What they ask for.
    purpose: Purpose,
    /// What they say.
    statements: Words,
    /// Whether the box beside them is ticked before anybody touches it: refused, since that is no consent.
    #[serde(default)]
    ticked_before: bool,
}

/// Publishes the words that ask for a consent from now on. Whoever agreed to earlier ones agreed to those.
#[utoipa::path(post, path = "/consent/wordings", tag = "know", request_body = NewWording,
    responses((status = 201, body = Wording), (status = 422, body = ProblemBody)))]
async fn publish(
    AppState(app): AppState<App>,
    actor: Actor,
    Json(new): Json<NewWording>,
) -> Answer<(StatusCode, Json<Wording>)> {
    check(&new)?;
    let kept = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let kept = keep(tx, Some(&actor), new.purpose, new.statements).await?;
                let detail = json!({ "purpose": kept.purpose, "version": kept.version });
                audit::write(tx, Some(&actor), "consent.wording_published", Some(kept.id.number()), detail)
                    .await?;
                Ok::<_, Problem>(kept)
            }
            .boxed()
        })
        .await?;
    Ok((StatusCode::CREATED, Json(kept)))
}

fn check(new: &NewWording) -> Answer<()> {
    let mut problem = Problem::invalid("wording_invalid");
    if new.ticked_before {
        problem = problem.field("ticked_before", "wording_ticked_before");
    }
    let english = (!new.statements.en.is_empty()).then(|| new.statements.en.missing(new.purpose));
    let missing = [new.statements.ko.missing(new.purpose), english.unwrap_or_default()].concat();
    for name in NAMES.into_iter().filter(|name| missing.contains(name)) {
        problem = problem.field(name, "required");
    }
    let all = [&new.statements.ko, &new.statements.en];
    if all.iter().any(|said| said.parts().iter().any(|(_, text)| text.chars().count() > limits::NOTE_CHARS)) {
        problem = problem.field("statements", "too_long");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

/// Keeps a version of the words.
pub async fn keep(tx: &mut Tx, by: Option<&Actor>, purpose: Purpose, words: Words) -> Result<Wording> {
    let (version,): (i64,) =
        sql!("select cast(coalesce(max(version), 0) + 1 as bigint) from consent_wordings where purpose = $1")
            .bind(purpose.text())
            .fetch_one(tx)
            .await?;
    let english = if words.en.is_empty() { String::new() } else { words.en.text(Locale::En) };
    let kept = Wording {
        id: tx.id(),
        purpose: purpose.text().to_owned(),
        version,
        text_ko: words.ko.text(Locale::Ko),
        text_en: english,
        statements: Stored(words),
        published_at: tx.now(),
    };
    sql!(
        "insert into consent_wordings (id, purpose, version, statements, text_ko, text_en, published_at, published_by) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(kept.id)
    .bind(&kept.purpose)
    .bind(kept.version)
    .bind(serde_json::to_value(&kept.statements.0)?)
    .bind(&kept.text_ko)
    .bind(&kept.text_en)
    .bind(kept.published_at)
    .bind(by.map(|by| by.user))
    .execute(tx)
    .await?;
    Ok(kept)
}
