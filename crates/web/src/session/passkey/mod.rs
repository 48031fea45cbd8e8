//! Passkeys (Web Authentication, level 2): keys that live in somebody's device and sign for this site alone.
//!
//! Invariants:
//! - A passkey is two factors in one: the device, and what unlocks it. User verification is asked for and checked, so
//!   it signs in without a password, and counts as the second factor of whoever signs in with one.
//! - A challenge is 256 random bits, kept as its SHA-256, used up by the first answer, and runs out after
//!   [`CHALLENGE`].
//! - It belongs to a site: what was made under one name neither signs in nor proves under another.
//! - A copy is noticed where the device counts: a count that does not rise is refused.
//! - Whoever has a first factor of this kind has recovery codes as well.

pub(super) mod api;
mod cbor;
mod ceremony;
mod key;
mod store;

pub(super) use api::{Answered, Assertion, assert_anew};
pub(super) use store::{any, remove_all, sweep};

use kernel::Instant;

/// Microseconds for which a challenge may be answered.
pub(super) const CHALLENGE: i64 = 5 * 60 * Instant::SECOND;

/// The site a browser speaks to, as passkeys know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// `https://shop.example`, with its port.
    pub origin: String,
    /// The name that passkeys are bound to (the RP ID).
    pub domain: String,
}

impl Site {
    /// The site under `host`, which may have a port; none under a number, or where the browser would hold back keys.
    pub fn of(host: &str, https: bool) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let domain = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        let is_number = domain.starts_with('[') || domain.parse::<std::net::IpAddr>().is_ok();
        let is_local = domain == "localhost" || domain.ends_with(".localhost");
        if domain.is_empty() || is_number || !(https || is_local) {
            return None;
        }
        let scheme = if https { "https" } else { "http" };
        Some(Self { origin: format!("{scheme}://{host}"), domain: domain.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_a_name_and_is_safe() {
        let site = |host, https| Site::of(host, https).map(|site| (site.origin, site.domain));
        let pair = |origin: &str, domain: &str| Some((origin.to_owned(), domain.to_owned()));
        assert_eq!(site("Localhost:7777", false), pair("http://localhost:7777", "localhost"));
        assert_eq!(site("crm.shop.kr", true), pair("https://crm.shop.kr", "crm.shop.kr"));
        for (host, https) in
            [("127.0.0.1:7777", false), ("[::1]:7777", false), ("shop.kr", false), ("", true)]
        {
            assert_eq!(site(host, https), None, "{host}");
        }
    }
}
