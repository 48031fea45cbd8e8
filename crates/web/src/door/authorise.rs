//! Who is signed in, and whether the rule of the route lets them pass. No rule, no entry.

use super::{Caller, PREFIX};
use crate::session::{self, Current, Token};
use crate::{Answer, App, Permission, Problem};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use store::Lane;

/// Lets a request through to its handler, with [`Current`] for signed-in users.
pub(super) async fn authorise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let token = request.extensions().get::<Caller>().and_then(|caller| caller.token.clone());
    let current = match signed_in(&app, token).await {
        Ok(current) => current,
        Err(problem) => return problem.into_response(),
    };
    let locale = current.as_ref().map(|current| current.actor.locale);
    let mut response = match pass(&app, &request, current.as_ref()) {
        Err(problem) => problem.into_response(),
        Ok(()) => {
            if let Some(current) = current {
                request.extensions_mut().insert(current);
            }
            next.run(request).await
        }
    };
    if let Some(locale) = locale {
        response.extensions_mut().insert(locale);
    }
    response
}

fn pass(app: &App, request: &Request, current: Option<&Current>) -> Answer<()> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let Some(rule) = app.registry().rule(request.method(), path) else {
        return Err(unruled(app, request, path));
    };
    match (rule, current) {
        (Permission::Public, _) => Ok(()),
        (_, None) => Err(Problem::sign_in_required()),
        (rule, Some(current)) if !current.actor.role.may(rule) => Err(Problem::forbidden("not_allowed")),
        (rule, Some(current)) if rule.asks_proof(request.method()) && !current.is_proved(app.clock()) => {
            Err(Problem::forbidden("proof_needed"))
        }
        (_, Some(_)) => Ok(()),
    }
}

/// Without a rule there is no entry: a method that the path does not have, or a route somebody forgot.
fn unruled(app: &App, request: &Request, path: &str) -> Problem {
    if app.registry().has_operation(request.method(), path) {
        tracing::error!(method = %request.method(), path, "the route has no rule and was refused");
        return Problem::forbidden("not_allowed");
    }
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_unknown")
}

async fn signed_in(app: &App, token: Option<Token>) -> Answer<Option<Current>> {
    let Some(token) = token else { return Ok(None) };
    let mut tx = app.db().read().await?;
    let found = session::find(&mut tx, &token).await?;
    drop(tx);
    let Some(found) = found else { return Ok(None) };
    if found.stale {
        let session = found.current.session;
        app.db()
            .write(Lane::Interactive, move |tx| async move { session::touch(tx, session).await }.boxed())
            .await?;
    }
    Ok(Some(found.current))
}
