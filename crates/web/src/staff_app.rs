//! The staff app: the built single-page application, embedded in the program.
//!
//! Paths that name no file get `index.html`, whose router knows them. A program that was built without the app says
//! how to build it.

use crate::{Problem, text};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::{Extension, response::Html};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::Locale;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../ui/build"]
#[allow_missing = true]
struct Files;

const INDEX: &str = "index.html";
/// Files whose names carry their hash lie below this folder.
const HASHED: &str = "_app/immutable/";

/// The file a path names, or the page of the app.
pub(crate) async fn serve(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Extension(locale): Extension<Locale>,
) -> Response<Body> {
    if !method.is_safe() {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_unknown").into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let is_page = !path.rsplit('/').next().unwrap_or_default().contains('.');
    match (Files::get(path), Files::get(INDEX)) {
        (Some(file), _) => answer(path, file, &headers),
        (None, Some(index)) if is_page => answer(INDEX, index, &headers),
        (None, None) if is_page => missing(locale),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response<Body> {
    let tag = format!("\"{}\"", STANDARD.encode(file.metadata.sha256_hash()));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(file.data.into_owned()))
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(path)));
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("base64 is ASCII"));
    response
}

/// A file whose name carries its hash never changes; others are asked for again, and answered by their tag.
fn caching(path: &str) -> &'static str {
    if path.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The page of a program without the app.
fn missing(locale: Locale) -> Response<Body> {
    let say = |key| text::say(locale, key, &[]);
    let page = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>Dangol</title></head>\
         <body><h1>{}</h1><p>{}</p><pre>cargo xtask ui</pre></body></html>",
        locale.tag(),
        say("staff_app.missing"),
        say("staff_app.build"),
    );
    Html(page).into_response()
}

/// The hashes of the scripts inside `index.html`, as sources of a content security policy, each after a space.
pub(crate) fn script_hashes() -> String {
    let index = Files::get(INDEX).map(|file| file.data);
    index.map_or_else(String::new, |html| hashes(&String::from_utf8_lossy(&html)))
}

fn hashes(html: &str) -> String {
    let scripts = html.split("<script").skip(1).filter_map(|tail| tail.split_once('>'));
    scripts
        .filter(|(attributes, _)| !attributes.contains("src="))
        .filter_map(|(_, rest)| rest.split_once("</script>"))
        .map(|(script, _)| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_program_without_the_app_names_the_command_that_builds_it() {
        for locale in [Locale::Ko, Locale::En] {
            let body = axum::body::to_bytes(missing(locale).into_body(), usize::MAX).await.unwrap();
            let page = String::from_utf8_lossy(&body).into_owned();
            assert!(page.contains("<pre>cargo xtask ui</pre>") && !page.contains("staff_app."), "{page}");
        }
    }

    #[test]
    fn only_files_named_by_their_hash_are_kept_for_good() {
        assert!(caching("_app/immutable/chunks/x.js").contains("immutable"));
        assert_eq!(caching("index.html"), "no-cache");
    }

    #[test]
    fn inline_scripts_are_allowed_by_their_hash_and_others_not_listed() {
        let html = "<script src=\"/theme.js\"></script><script>alert('Hello, world.');</script>";
        // The example of W3C Content Security Policy Level 3 §1.1.
        assert_eq!(hashes(html), " 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }
}
