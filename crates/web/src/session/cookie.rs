//! The session's cookie: `__Host-dangol` behind https, `dangol` on plain http from this machine.

use super::{ABSOLUTE, Token};
use axum::http::{HeaderMap, HeaderValue, header};
use kernel::Instant;

/// How the cookie is written for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cookie {
    /// Whether the browser speaks https.
    pub secure: bool,
}

impl Cookie {
    /// `__Host-` makes browsers refuse the cookie from a sub-domain or over http (RFC 6265bis §4.1.3.2).
    const fn name(self) -> &'static str {
        if self.secure { "__Host-dangol" } else { "dangol" }
    }

    /// The token a request carries.
    pub fn read(self, headers: &HeaderMap) -> Option<Token> {
        self.find(headers, self.name())
    }

    fn find(self, headers: &HeaderMap, wanted: &str) -> Option<Token> {
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| Token::sent(value))
    }

    /// The `Set-Cookie` of a new session.
    pub fn set(self, token: &Token) -> HeaderValue {
        self.write(token.reveal(), ABSOLUTE / Instant::SECOND)
    }

    /// The `Set-Cookie` that removes it.
    pub fn remove(self) -> HeaderValue {
        self.write("", 0)
    }

    /// The token of a try at an identity provider, which is none of a session.
    pub fn read_beside(self, headers: &HeaderMap) -> Option<Token> {
        self.find(headers, &self.beside_name())
    }

    /// The `Set-Cookie` of a try. `Lax` lets it come along when the provider sends the browser back.
    pub fn beside(self, token: &Token, seconds: i64) -> HeaderValue {
        self.write_as(&self.beside_name(), token.reveal(), seconds)
    }

    /// The `Set-Cookie` that removes the one of a try.
    pub fn remove_beside(self) -> HeaderValue {
        self.write_as(&self.beside_name(), "", 0)
    }

    fn beside_name(self) -> String {
        format!("{}-sso", self.name())
    }

    fn write(self, value: &str, seconds: i64) -> HeaderValue {
        self.write_as(self.name(), value, seconds)
    }

    fn write_as(self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&text).expect("a token is base64url")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_only_under_its_own_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; dangol=plain; __Host-dangol=safe"));
        assert_eq!(Cookie { secure: true }.read(&headers), Some(Token::sent("safe")));
        assert_eq!(Cookie { secure: false }.read(&headers), Some(Token::sent("plain")));
    }

    #[test]
    fn behind_https_it_is_secure_and_bound_to_the_host() {
        let set = Cookie { secure: true }.set(&Token::sent("t"));
        assert_eq!(set, "__Host-dangol=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800; Secure");
        assert!(!Cookie { secure: false }.set(&Token::sent("t")).to_str().unwrap().contains("Secure"));
    }
}
