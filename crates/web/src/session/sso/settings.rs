//! `/settings/sso`: which identity provider says who people are.

use crate::{Actor, Answer, App, IfMatch, Problem, Role, audit, etag};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use futures::FutureExt;
use kernel::limits;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Lane, Result, Tx, setting};

/// The name of the setting.
const SETTING: &str = "sso";
/// Domains of a company at most.
const DOMAINS: usize = 50;
/// Characters of an address, an id or a secret at most.
const CHARS: usize = 500;

/// An identity provider.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SsoSettings {
    pub on: bool,
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub client_secret: Option<String>,
    pub domains: Vec<String>,
    pub create_role: Option<Role>,
    pub only: bool,
}

impl SsoSettings {
    /// The provider, if there is one.
    pub async fn load(tx: &mut Tx) -> Result<Option<Self>> {
        Ok(Some(setting::get::<Self>(tx, SETTING).await?.value).filter(|settings| settings.on))
    }

    /// Whether the company says that it owns the domain of `email`.
    pub fn owns(&self, email: &str) -> bool {
        email
            .rsplit_once('@')
            .is_some_and(|(_, domain)| self.domains.iter().any(|owned| owned.eq_ignore_ascii_case(domain)))
    }
}

/// An identity provider, as owners see it: its secret stays here.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Sso {
    /// Whether people may sign in by it.
    on: bool,
    /// What the button calls it.
    name: String,
    /// Its address, as it calls itself.
    issuer: String,
    /// How it knows this program.
    client_id: String,
    /// Whether a secret is kept.
    has_secret: bool,
    /// Domains of the company's own e-mail addresses: whoever comes with a verified one is the user of that address.
    domains: Vec<String>,
    /// As what somebody of these domains who is not known yet gets an account; when left out nobody does.
    create_role: Option<Role>,
    /// Whether everybody but owners signs in by it alone.
    only: bool,
}

impl From<SsoSettings> for Sso {
    fn from(settings: SsoSettings) -> Self {
        let SsoSettings { on, name, issuer, client_id, client_secret, domains, create_role, only } = settings;
        let has_secret = client_secret.is_some();
        Self { on, name, issuer, client_id, has_secret, domains, create_role, only }
    }
}

/// What an owner says of an identity provider.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct SsoEdit {
    /// Whether people may sign in by it.
    on: bool,
    /// What the button calls it.
    name: String,
    /// Its address, as it calls itself: `https://accounts.example.com`.
    issuer: String,
    /// How it knows this program.
    client_id: String,
    /// A new secret; when left out the one that is kept stays.
    client_secret: Option<String>,
    /// Domains of the company's own e-mail addresses.
    #[serde(default)]
    domains: Vec<String>,
    /// As what somebody of these domains who is not known yet gets an account; nobody does when left out.
    create_role: Option<Role>,
    /// Whether everybody but owners signs in by it alone: neither by password nor by passkey.
    #[serde(default)]
    only: bool,
}

type Tagged = ([(HeaderName, String); 1], Json<Sso>);

fn tagged(settings: SsoSettings, revision: i64) -> Tagged {
    ([(header::ETAG, etag(revision))], Json(settings.into()))
}

/// The identity provider.
#[utoipa::path(get, path = "/settings/sso", tag = "access", responses((status = 200, body = Sso)))]
pub(in crate::session) async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    let found = setting::get::<SsoSettings>(&mut tx, SETTING).await?;
    Ok(tagged(found.value, found.revision))
}

/// Changes the identity provider. With another issuer, what was linked to the one before does not count any more.
#[utoipa::path(put, path = "/settings/sso", tag = "access", request_body = SsoEdit, responses(
    (status = 200, body = Sso), (status = 412, body = crate::ProblemBody), (status = 422, body = crate::ProblemBody)))]
pub(in crate::session) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(edit): Json<SsoEdit>,
) -> Answer<Tagged> {
    check(&app, &edit)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let before = setting::get::<SsoSettings>(tx, SETTING).await?.value;
                let settings = settled(edit, before);
                let revision = setting::put_if(tx, SETTING, &settings, asked.0).await?;
                let revision = revision.ok_or_else(Problem::precondition_failed)?;
                let SsoSettings { on, only, create_role, .. } = settings;
                let detail = json!({ "on": on, "only": only, "create_role": create_role });
                audit::write(tx, Some(&actor), "sso.changed", None, detail).await?;
                Ok(tagged(settings, revision))
            }
            .boxed()
        })
        .await
}

/// A secret goes to nobody but the provider it was entered for.
fn settled(edit: SsoEdit, before: SsoSettings) -> SsoSettings {
    let SsoEdit { on, name, issuer, client_id, client_secret, domains, create_role, only } = edit;
    let kept = before.client_secret.filter(|_| before.issuer == issuer.trim());
    SsoSettings {
        on,
        name: name.trim().to_owned(),
        issuer: issuer.trim().to_owned(),
        client_id: client_id.trim().to_owned(),
        client_secret: client_secret.filter(|secret| !secret.is_empty()).or(kept),
        domains: domains
            .iter()
            .map(|domain| domain.trim().to_lowercase())
            .filter(|one| !one.is_empty())
            .collect(),
        create_role,
        only,
    }
}

fn check(app: &App, edit: &SsoEdit) -> Answer<()> {
    let mut problem = Problem::invalid("invalid");
    let texts = [("name", &edit.name, limits::NAME_CHARS), ("client_id", &edit.client_id, CHARS)];
    for (field, text, most) in texts {
        match text.trim().chars().count() {
            0 if edit.on => problem = problem.field(field, "required"),
            count if count > most => problem = problem.field(field, "too_long"),
            _ => {}
        }
    }
    let issuer = edit.issuer.trim();
    if edit.on || !issuer.is_empty() {
        let fault = app.config().sso_reach.fault(issuer);
        if let Some(code) = fault.or((issuer.len() > CHARS).then_some("too_long")) {
            problem = problem.field("issuer", code);
        }
    }
    if edit.client_secret.as_ref().is_some_and(|secret| secret.len() > CHARS) {
        problem = problem.field("client_secret", "too_long");
    }
    let is_domain = |domain: &String| {
        let domain = domain.trim();
        domain.is_empty() || (domain.contains('.') && !domain.contains('@') && domain.len() <= 253)
    };
    if edit.domains.len() > DOMAINS || !edit.domains.iter().all(is_domain) {
        problem = problem.field("domains", "domain_invalid");
    } else if edit.create_role.is_some() && edit.domains.iter().all(|domain| domain.trim().is_empty()) {
        problem = problem.field("domains", "domain_needed");
    }
    if edit.create_role == Some(Role::Owner) {
        problem = problem.field("create_role", "role_of_sso");
    }
    if problem.has_fields() { Err(problem) } else { Ok(()) }
}
