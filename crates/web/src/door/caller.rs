//! Who calls and from where, as far as that can be believed.
//!
//! Without a proxy the program speaks plain http: then only this machine may call, under a name of this machine
//! (which also stops DNS rebinding), unless the operator insists. Behind a proxy the client's address is the
//! rightmost in `X-Forwarded-For` that is no proxy's: what stands left of it is the client's own claim.

use crate::session::{Cookie, Site, Token};
use crate::{App, Door, Problem};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The caller of a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The address, for IPv6 its /64: what sign-in counts by.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// How its cookie is written.
    pub cookie: Cookie,
    /// The session's secret it sent.
    pub token: Option<Token>,
    /// The site it speaks to, as passkeys know it.
    pub site: Option<Site>,
}

/// Finds out who calls, and turns away plain http from elsewhere.
pub(super) async fn receive(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip().to_canonical());
    let headers = request.headers();
    let Some(caller) = caller(app.config().door, peer, headers) else {
        return Problem::forbidden("https_needed").into_response();
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}

fn caller(door: Door, peer: IpAddr, headers: &HeaderMap) -> Option<Caller> {
    let (client, secure) = match door {
        Door::Loopback if peer.is_loopback() && is_local_name(host(headers)) => (peer, false),
        Door::Loopback => return None,
        Door::InsecureLan => (peer, false),
        Door::Proxy if text(headers, "x-forwarded-proto") == Some("http") => return None,
        Door::Proxy => (forwarded(peer, headers), true),
    };
    let cookie = Cookie { secure };
    let agent = text(headers, "user-agent").unwrap_or_default().to_owned();
    let site = Site::of(text(headers, "host").unwrap_or_default(), secure);
    Some(Caller { address: counted(client), agent, cookie, token: cookie.read(headers), site })
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The host's name, without its port.
fn host(headers: &HeaderMap) -> &str {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((literal, _)) => literal,
        None => host.split(':').next().unwrap_or_default(),
    }
}

fn is_local_name(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The client behind the proxies.
fn forwarded(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let values = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<IpAddr> = vec![];
    for hop in values.flat_map(|value| value.split(',')) {
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => hops.push(address.to_canonical()),
            // Left of something unreadable nothing can be believed.
            Err(_) => hops.clear(),
        }
    }
    // Where everyone is in the private network, only what the nearest proxy itself appended can be believed.
    let appended = hops.last().copied().unwrap_or(peer);
    hops.push(peer);
    hops.into_iter().rev().find(|address| !is_proxy(*address)).unwrap_or(appended)
}

/// Proxies stand on this machine or in its private network.
fn is_proxy(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// One household has a whole /64 of IPv6: it counts as one.
fn counted(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn plain_http_is_for_this_machine_under_its_own_name() {
        let here = headers(&[("host", "127.0.0.1:7777")]);
        assert!(caller(Door::Loopback, HERE, &here).is_some_and(|caller| !caller.cookie.secure));
        assert!(caller(Door::Loopback, HERE, &headers(&[("host", "[::1]:7777")])).is_some());
        assert!(caller(Door::Loopback, HERE, &headers(&[("host", "evil.example:7777")])).is_none());
        let lan = "192.168.0.7".parse().unwrap();
        assert!(caller(Door::Loopback, lan, &here).is_none());
        assert!(caller(Door::InsecureLan, lan, &headers(&[("host", "192.168.0.2")])).is_some());
    }

    #[test]
    fn the_forwarded_address_is_read_from_the_right() {
        let address = |value| {
            caller(Door::Proxy, HERE, &headers(&[("host", "shop.kr"), ("x-forwarded-for", value)]))
                .unwrap()
                .address
        };
        assert_eq!(address("1.1.1.1, 203.0.113.9"), "203.0.113.9");
        assert_eq!(address("1.1.1.1, 203.0.113.9, 10.0.0.3"), "203.0.113.9");
        assert_eq!(address("1.1.1.1, nonsense, 10.0.0.3"), "10.0.0.3");
        assert_eq!(address("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    }

    #[test]
    fn behind_a_proxy_http_is_refused_and_https_has_the_strict_cookie() {
        let plain = headers(&[("host", "shop.kr"), ("x-forwarded-proto", "http")]);
        assert!(caller(Door::Proxy, HERE, &plain).is_none());
        let safe = headers(&[("host", "shop.kr"), ("x-forwarded-proto", "https")]);
        assert!(caller(Door::Proxy, HERE, &safe).is_some_and(|caller| caller.cookie.secure));
    }
}
