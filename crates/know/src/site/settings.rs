//! `/settings/site`: whether visits of the company's website are taken, from which origins, and for how long they are kept.

use ::store::{Lane, Result, Tx, setting};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use futures::FutureExt;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::mail::MailSettings;
use web::{Actor, Answer, App, IfMatch, Problem, ProblemBody, audit, etag};

/// The name of the setting.
const SETTING: &str = "site";
/// Origins at most.
const ORIGINS: usize = 20;
/// Characters of an origin.
const ORIGIN_CHARS: usize = 200;
/// Days for which visits of somebody may be kept.
const KEPT_DAYS: std::ops::RangeInclusive<u32> = 1..=1_095;

/// How visits of the company's website are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct SiteSettings {
    /// Whether they are taken.
    pub on: bool,
    /// Where the website is, such as `https://shop.example.com`: pages of other origins are refused.
    pub origins: Vec<String>,
    /// For how many days visits of somebody known are kept.
    pub kept_days: u32,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self { on: false, origins: Vec::new(), kept_days: 365 }
    }
}

impl SiteSettings {
    /// The settings as they stand.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        Ok(setting::get(tx, SETTING).await?.value)
    }

    /// Whether a page of `origin` may tell of visits.
    pub fn takes(&self, origin: &str) -> bool {
        self.on && self.origins.iter().any(|listed| listed == origin)
    }

    /// Whether `host` is the website itself: who comes from there comes from nowhere new.
    pub fn is_own(&self, host: &str) -> bool {
        self.origins.iter().any(|origin| host_of(origin) == host)
    }
}

/// The name of the machine in an origin.
fn host_of(origin: &str) -> &str {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    host.split(':').next().unwrap_or_default()
}

/// An origin in the form in which browsers send it, a Korean domain as the network has it (RFC 5891); nothing where it is
/// none. Only on this machine may it be http.
fn origin(typed: &str) -> Option<String> {
    let url = Url::parse(typed.trim()).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
    let alone = url.query().is_none() && url.fragment().is_none();
    let name = url.host_str()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    let named = name.bytes().all(plain) && !name.starts_with(['.', '-']);
    let here = name == "localhost" || name == "127.0.0.1";
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    let origin = url.origin().ascii_serialization();
    (bare && alone && named && safe && origin.len() <= ORIGIN_CHARS).then_some(origin)
}

/// The settings, and what stands in the website's pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    /// Whether visits are taken.
    on: bool,
    /// Where the website is.
    origins: Vec<String>,
    /// For how many days visits of somebody known are kept.
    kept_days: u32,
    /// The address of the script, where the public address of the company is set.
    script: Option<String>,
}

impl Site {
    async fn of(tx: &mut Tx, settings: SiteSettings) -> Answer<Self> {
        let mail: MailSettings = setting::get(tx, "mail").await?.value;
        let public = mail.public_address.trim_end_matches('/').to_owned();
        let SiteSettings { on, origins, kept_days } = settings;
        let script = (!public.is_empty()).then(|| format!("{public}{}", super::script::PATH));
        Ok(Self { on, origins, kept_days, script })
    }
}

type Tagged = ([(HeaderName, String); 1], Json<Site>);

/// How visits of the company's website are taken.
#[utoipa::path(get, path = "/settings/site", tag = "know", responses((status = 200, body = Site)))]
pub(super) async fn read(State(app): State<App>) -> Answer<Tagged> {
    let mut tx = app.db().read().await?;
    let found = setting::get::<SiteSettings>(&mut tx, SETTING).await?;
    let site = Site::of(&mut tx, found.value).await?;
    Ok(([(header::ETAG, etag(found.revision))], Json(site)))
}

/// Changes how visits of the company's website are taken.
#[utoipa::path(put, path = "/settings/site", tag = "know", request_body = SiteSettings, responses(
    (status = 200, body = Site), (status = 412, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn change(
    State(app): State<App>,
    actor: Actor,
    asked: IfMatch,
    Json(edit): Json<SiteSettings>,
) -> Answer<Tagged> {
    let settings = checked(edit)?;
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let put = setting::put_if(tx, SETTING, &settings, asked.0).await?;
                let revision = put.ok_or_else(Problem::precondition_failed)?;
                let detail = json!({ "on": settings.on, "origins": settings.origins.len() });
                audit::write(tx, Some(&actor), "site.changed", None, detail).await?;
                let site = Site::of(tx, settings).await?;
                Ok(([(header::ETAG, etag(revision))], Json(site)))
            }
            .boxed()
        })
        .await
}

fn checked(edit: SiteSettings) -> Answer<SiteSettings> {
    let mut problem = Problem::invalid("invalid");
    let typed: Vec<&String> = edit.origins.iter().filter(|origin| !origin.trim().is_empty()).collect();
    let mut origins: Vec<String> = typed.iter().filter_map(|typed| origin(typed)).collect();
    if typed.len() > ORIGINS || origins.len() < typed.len() {
        problem = problem.field("origins", "site_origin_invalid");
    } else if edit.on && origins.is_empty() {
        problem = problem.field("origins", "required");
    }
    if !KEPT_DAYS.contains(&edit.kept_days) {
        problem = problem.field("kept_days", "site_days_range");
    }
    if problem.has_fields() {
        return Err(problem);
    }
    origins.sort_unstable();
    origins.dedup();
    Ok(SiteSettings { origins, ..edit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host_as_browsers_send_it() {
        for (typed, expected) in [
            ("https://Shop.example.com/", "https://shop.example.com"),
            (" https://shop.example.com:443 ", "https://shop.example.com"),
            ("https://shop.example.com:8443", "https://shop.example.com:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://단골커피.한국", "https://xn--bb0bu7idu1avzf.xn--3e0b707e"),
        ] {
            assert_eq!(origin(typed).as_deref(), Some(expected), "{typed}");
        }
        for wrong in [
            "http://shop.example.com",
            "shop.example.com",
            "https://shop.example.com/page",
            "https://",
            "https://*.example.com",
            "https://a@b.example",
            "https://a:b",
            "https://shop.example.com?a=b",
            "null",
            "*",
            "javascript:alert(1)",
        ] {
            assert_eq!(origin(wrong), None, "{wrong}");
        }
    }
}
