//! The script that a website embeds (`visit.js`), as it is served.

use super::settings::SiteSettings;
use ::store::Result;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::Locale;
use web::{Answer, App, Company, text};

/// Where it is served.
pub const PATH: &str = "/w/dangol.js";
/// The script as it is written.
const SCRIPT: &str = include_str!("visit.js");
/// What a website gets whose visits are not taken: then it asks nobody for anything.
const OFF: &str = "window.dangol=()=>{};\n";
/// How long browsers keep it: so long a change of the settings takes.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// Serves it; with `?banner` it asks visitors itself.
pub(super) async fn serve(State(app): State<App>, RawQuery(query): RawQuery) -> Answer<Response> {
    let asks =
        query.is_some_and(|query| query.split('&').any(|part| part.split('=').next() == Some("banner")));
    let mut response = written(&app, asks).await?.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/javascript; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, CACHE);
    Ok(response)
}

async fn written(app: &App, asks: bool) -> Result<String> {
    let mut tx = app.db().read().await?;
    let settings = SiteSettings::load(&mut tx).await?;
    if !settings.on {
        return Ok(OFF.to_owned());
    }
    let company = Company::load(&mut tx).await?;
    let words = asks.then(|| words(&company.name, settings.kept_days));
    Ok(short(words.as_deref()))
}

/// What the banner says in Korean and in English: aim, items, period, the right to refuse and what refusing means
/// (Personal Information Protection Act, article 15). As JSON, in which nothing can end a script early.
fn words(company: &str, days: u32) -> String {
    let days = days.to_string();
    let said = [Locale::Ko, Locale::En].map(|locale| {
        let say = |key: &str| text::say(locale, key, &[("company", company), ("days", &days)]);
        [say("site.banner.text"), say("site.banner.yes"), say("site.banner.no")]
    });
    serde_json::to_string(&said)
        .unwrap_or_default()
        .replace('<', "\\u003c")
        .replace(['\u{2028}', '\u{2029}'], "")
}

/// The script without comments and indents, and without the banner where there are no words for it.
fn short(words: Option<&str>) -> String {
    let mut lines = Vec::new();
    let mut left_out = false;
    for line in SCRIPT.lines().map(str::trim) {
        match line {
            "// <banner>" => left_out = words.is_none(),
            "// </banner>" => left_out = false,
            line if left_out || line.is_empty() || line.starts_with("//") => {}
            line => lines.push(line.replace("WORDS", words.unwrap_or_default())),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a website can bear for it.
    const BYTES: usize = 2_048;

    #[test]
    fn the_script_is_small_and_has_the_banner_only_where_it_is_asked_for() {
        let plain = short(None);
        assert!(plain.len() <= BYTES, "{} bytes", plain.len());
        assert!(!plain.contains("WORDS") && !plain.contains("button") && !plain.contains("//"), "{plain}");
        let asking = short(Some(&words("가게 </script>\u{2028}", 365)));
        assert!(asking.contains("365") && asking.contains("button"), "{asking}");
        assert!(!asking.contains("</script>") && !asking.contains('\u{2028}'));
        assert!(!plain.contains("cookie"), "no cookie is ever set");
    }
}
