//! Where the program connects to on somebody's word: public addresses alone (server-side request forgery).
//!
//! A name is resolved once, here, and what was looked at is what is connected to: a name that changes its address in
//! between (DNS rebinding) gains nothing. Addresses come canonical, so `::ffff:127.0.0.1` and `0x7f1` are what they
//! mean.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Url, redirect};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// How long a delivery may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How far the program connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To public addresses, by https.
    #[default]
    Public,
    /// To any address, by https, and on this machine by http: an identity provider in the company's own network, where
    /// the operator allows it.
    Private,
    /// Anywhere: for tests, whose receivers are on this machine.
    Anywhere,
}

impl Reach {
    /// Whether `address` may be connected to.
    fn covers(self, address: IpAddr) -> bool {
        self != Self::Public || is_public(address)
    }

    /// Why `url` may not be connected to, as the code of a field; a name is looked at again when it is resolved.
    pub fn fault(self, url: &str) -> Option<&'static str> {
        let Ok(url) = Url::parse(url) else { return Some("url_invalid") };
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let local = host == "localhost" || host.ends_with(".localhost");
        // Nobody listens in between on the way to this machine itself.
        let here = local || literal.as_ref().is_ok_and(IpAddr::is_loopback);
        let safe = match url.scheme() {
            "https" => true,
            "http" => self == Self::Anywhere || (self == Self::Private && here),
            _ => false,
        };
        if !safe || !url.username().is_empty() || url.password().is_some() {
            return Some("url_invalid");
        }
        match literal {
            Ok(address) if !self.covers(address) => Some("url_not_public"),
            Err(_) if local && self == Self::Public => Some("url_not_public"),
            _ if host.is_empty() => Some("url_invalid"),
            _ => None,
        }
    }

    /// A client that goes no further. It says which address it connects to only to whoever asked [`Reach::fault`] before.
    ///
    /// # Errors
    /// When no client can be made on this machine.
    pub fn client(self) -> reqwest::Result<reqwest::Client> {
        // Another part of the program may have chosen already; then that holds.
        let _ = rustls::crypto::ring::default_provider().install_default();
        reqwest::Client::builder()
            .dns_resolver(Arc::new(Resolver(self)))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .user_agent(concat!("Dangol/", env!("CARGO_PKG_VERSION")))
            .build()
    }
}

/// Resolves names to addresses within reach.
struct Resolver(Reach);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            // One address out of reach is enough: a name that mixes them is up to something.
            if found.is_empty() || !found.iter().all(|address| reach.covers(address.ip())) {
                return Err("the address is not public".into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether anybody on the internet has this address (IANA special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || v4.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

/// Global unicast without documentation, and without what carries an IPv4 address in it (6to4, Teredo).
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    a & 0xe000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_within_reach_however_they_are_written() {
        for wrong in [
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://0x7f1/",
            "https://2130706433/",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.7/",
            "https://100.64.0.1/",
            "https://[fd00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://localhost/",
            "https://a.localhost/",
        ] {
            assert_eq!(Reach::Public.fault(wrong), Some("url_not_public"), "{wrong}");
        }
        for wrong in
            ["http://example.com/", "https://a:b@example.com/", "ftp://example.com", "example.com", ""]
        {
            assert_eq!(Reach::Public.fault(wrong), Some("url_invalid"), "{wrong}");
        }
        for right in
            ["https://example.com/hook?x=1", "https://93.184.216.34/", "https://[2606:2800:220::1]:8443/"]
        {
            assert_eq!(Reach::Public.fault(right), None, "{right}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_when_it_is_resolved() {
        let resolved = Resolver(Reach::Public).resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_err());
        assert!(Resolver(Reach::Anywhere).resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
