//! Who opens a public page: from where, and in which language.

use crate::door::Caller;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use kernel::Locale;
use std::convert::Infallible;

/// A visit of a public page.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The language that was chosen on the page, else the browser's.
    pub locale: Locale,
    /// The address of the network, for IPv6 its /64.
    pub address: String,
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang=")?.parse().ok());
        let browser = parts.extensions.get::<Locale>().copied();
        let address = parts.extensions.get::<Caller>().map(|caller| caller.address.clone());
        Ok(Self { locale: chosen.or(browser).unwrap_or_default(), address: address.unwrap_or_default() })
    }
}
