//! Who calls, a person with a session or a program with a key, and whether the rule of the route lets them pass.
//! No rule, no entry.

use super::{Caller, PREFIX};
use crate::session::{self, Current, Token};
use crate::{Actor, Answer, App, KeyScope, Permission, Problem, keys};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use store::Lane;

/// Who calls.
enum Who {
    Nobody,
    Person(Current),
    Program(Actor, Vec<KeyScope>),
}

/// Lets a request through to its handler, with [`Current`] for signed-in users and [`Actor`] for programs.
pub(super) async fn authorise(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let who = match credential(&request) {
        Ok(credential) => identify(&app, credential).await,
        Err(problem) => Err(problem),
    };
    let who = match who {
        Ok(who) => who,
        Err(problem) => return problem.into_response(),
    };
    let locale = match &who {
        Who::Nobody => None,
        Who::Person(current) => Some(current.actor.locale),
        Who::Program(actor, _) => Some(actor.locale),
    };
    let mut response = match pass(&app, &request, &who) {
        Err(problem) => problem.into_response(),
        Ok(()) => {
            match who {
                Who::Nobody => {}
                Who::Person(current) => drop(request.extensions_mut().insert(current)),
                Who::Program(actor, _) => drop(request.extensions_mut().insert(actor)),
            }
            next.run(request).await
        }
    };
    if let Some(locale) = locale {
        response.extensions_mut().insert(locale);
    }
    response
}

fn pass(app: &App, request: &Request, who: &Who) -> Answer<()> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let path = path.strip_prefix(PREFIX).unwrap_or(path);
    let method = request.method();
    let Some(rule) = app.registry().rule(method, path) else {
        return Err(unruled(app, request, path));
    };
    let allowed = |may: bool| if may { Ok(()) } else { Err(Problem::forbidden("not_allowed")) };
    match who {
        _ if rule == Permission::Public => Ok(()),
        Who::Nobody => Err(Problem::sign_in_required()),
        Who::Program(actor, scopes) => allowed(actor.role.may(rule) && keys::open(scopes, rule, method)),
        Who::Person(current) => {
            allowed(current.actor.role.may(rule))?;
            let proved = !rule.asks_proof(method) || current.is_proved(app.clock());
            if proved { Ok(()) } else { Err(Problem::forbidden("proof_needed")) }
        }
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

/// What a request brings to say who calls.
enum Credential {
    Nothing,
    Key(Token),
    Session(Token),
}

/// A key counts before a cookie: whoever sends one means it.
fn credential(request: &Request) -> Answer<Credential> {
    if keys::is_in_address(request.uri()) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "key_in_address"));
    }
    let session = || request.extensions().get::<Caller>().and_then(|caller| caller.token.clone());
    let key = keys::sent(request.headers()).map(Credential::Key);
    Ok(key.or_else(|| session().map(Credential::Session)).unwrap_or(Credential::Nothing))
}

async fn identify(app: &App, credential: Credential) -> Answer<Who> {
    match credential {
        Credential::Nothing => Ok(Who::Nobody),
        Credential::Key(key) => program(app, key).await,
        Credential::Session(token) => Ok(signed_in(app, token).await?.map_or(Who::Nobody, Who::Person)),
    }
}

async fn program(app: &App, key: Token) -> Answer<Who> {
    let mut tx = app.db().read().await?;
    let found = keys::find(&mut tx, &key).await?;
    drop(tx);
    let found = found.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "key_unknown"))?;
    let wait = app.rates().call(found.key, app.clock().now());
    wait.map_err(|seconds| Problem::too_many("key_busy", seconds))?;
    if found.stale {
        let key = found.key;
        app.db()
            .write(Lane::Interactive, move |tx| async move { keys::touch(tx, key).await }.boxed())
            .await?;
    }
    Ok(Who::Program(found.actor, found.scopes))
}

async fn signed_in(app: &App, token: Token) -> Answer<Option<Current>> {
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
