//! `/keys`: making, listing and revoking keys.

use super::KeyScope;
use super::store::{self as keys, Row};
use crate::session::name_fault;
use crate::{Actor, Answer, App, Problem, audit};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Tx};

/// Days after which a key may end at the latest.
const DAYS: std::ops::RangeInclusive<i64> = 1..=3_650;

/// A key, without its secret.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ApiKey {
    /// Its id.
    #[schema(value_type = String)]
    id: Id<kinds::ApiKey>,
    /// What it begins with, by which people know it.
    prefix: String,
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<KeyScope>,
    /// Who made it, and so for whom it acts.
    maker: String,
    /// When it was made.
    #[schema(value_type = String)]
    created_at: Instant,
    /// When it ends.
    #[schema(value_type = Option<String>)]
    expires_at: Option<Instant>,
    /// When it was last used, to the minute.
    #[schema(value_type = Option<String>)]
    used_at: Option<Instant>,
}

impl ApiKey {
    fn of(row: Row) -> store::Result<Self> {
        let scopes = keys::scopes(&row.scopes)?;
        let Row { id, prefix, name, maker_name, created_at, expires_at, used_at, .. } = row;
        Ok(Self { id, prefix, name, scopes, maker: maker_name, created_at, expires_at, used_at })
    }
}

/// The keys, the newest first.
#[utoipa::path(get, path = "/keys", tag = "access", responses((status = 200, body = Vec<ApiKey>)))]
pub(super) async fn list(State(app): State<App>) -> Answer<Json<Vec<ApiKey>>> {
    let mut tx = app.db().read().await?;
    let rows = keys::all(&mut tx).await?;
    Ok(Json(rows.into_iter().map(ApiKey::of).collect::<store::Result<_>>()?))
}

/// A key to make.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewKey {
    /// What it is for.
    name: String,
    /// What it may do.
    scopes: Vec<KeyScope>,
    /// Days after which it ends; never when left out.
    days: Option<i64>,
}

/// A key with its secret: shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeKey {
    #[serde(flatten)]
    key: ApiKey,
    /// The whole key, for the header `Authorization: Bearer …`.
    secret: String,
}

/// Makes a key. Its secret is in this answer alone.
#[utoipa::path(post, path = "/keys", tag = "access", request_body = NewKey, responses(
    (status = 201, body = MadeKey), (status = 422, body = crate::ProblemBody)))]
pub(super) async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(mut new): Json<NewKey>,
) -> Answer<(StatusCode, Json<MadeKey>)> {
    new.scopes.sort_unstable();
    new.scopes.dedup();
    check(&new)?;
    app.db().write(Lane::Interactive, move |tx| async move { make(tx, &actor, new).await }.boxed()).await
}

fn check(new: &NewKey) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    if let Some(code) = name_fault(&new.name) {
        problem = problem.field("name", code);
    }
    if new.scopes.is_empty() {
        problem = problem.field("scopes", "required");
    }
    if new.days.is_some_and(|days| !DAYS.contains(&days)) {
        problem = problem.field("days", "days_out_of_range");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}

async fn make(tx: &mut Tx, actor: &Actor, new: NewKey) -> Answer<(StatusCode, Json<MadeKey>)> {
    let (prefix, secret) = keys::fresh(&*tx.environment().chance.clone());
    let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.text()).collect();
    let row = Row {
        id: tx.id(),
        prefix,
        name: new.name.trim().to_owned(),
        scopes: scopes.join(" "),
        maker: actor.user,
        maker_name: actor.name.clone(),
        created_at: tx.now(),
        expires_at: new.days.map(|days| tx.now().plus(days * Instant::DAY)),
        used_at: None,
    };
    keys::insert(tx, &row, &secret).await?;
    let (subject, detail) = (Some(row.id.number()), json!({ "scopes": scopes }));
    audit::write(tx, Some(actor), "key.created", subject, detail).await?;
    let made = MadeKey { key: ApiKey::of(row)?, secret: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Revokes a key at once.
#[utoipa::path(delete, path = "/keys/{id}", tag = "access", params(("id" = String, Path, description = "The key")),
    responses((status = 204), (status = 404, body = crate::ProblemBody)))]
pub(super) async fn revoke(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<Id<kinds::ApiKey>>,
) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                if !keys::delete(tx, id).await? {
                    return Err(Problem::not_found());
                }
                audit::write(tx, Some(&actor), "key.revoked", Some(id.number()), json!({})).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}
