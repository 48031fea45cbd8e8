//! Asking the identity provider: what it is like (Discovery 1.0), its keys, and the token for a code.

use super::settings::SsoSettings;
use super::token::{Expected, Keys, Said, read};
use crate::webhooks::Reach;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kernel::Instant;
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Bytes of an answer at most.
const ANSWER: usize = 256 * 1024;

/// What a provider says of itself.
#[derive(Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// Whether it always says who it is when it sends somebody back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// What goes along with somebody to the provider and must come back.
#[derive(Debug, Clone)]
pub struct Errand {
    pub state: String,
    pub nonce: String,
    pub verifier: String,
    /// Where the provider sends them back to.
    pub back: String,
    /// Whether they have to sign in there anew.
    pub anew: bool,
}

/// A provider that was asked what it is like.
pub struct Provider<'a> {
    settings: &'a SsoSettings,
    reach: Reach,
    client: Client,
    metadata: Metadata,
}

/// What went wrong is for the log.
type Asked<T> = Result<T, Cow<'static, str>>;

impl<'a> Provider<'a> {
    /// Asks the provider of `settings` what it is like.
    pub async fn discover(settings: &'a SsoSettings, reach: Reach) -> Asked<Self> {
        let client = reach.client().map_err(|error| error.to_string())?;
        let address = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let metadata: Metadata = get(&client, reach, &address).await?;
        if metadata.issuer != settings.issuer {
            return Err(format!("it calls itself {}", metadata.issuer).into());
        }
        for address in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
            within(reach, address)?;
        }
        Ok(Self { settings, reach, client, metadata })
    }

    /// Where the browser goes.
    pub fn address(&self, errand: &Errand) -> Asked<String> {
        let mut url = within(self.reach, &self.metadata.authorization_endpoint)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(errand.verifier.as_bytes()));
        // A name is asked for only where somebody may get an account by it.
        let scope = if self.settings.create_role.is_some() { "openid email profile" } else { "openid email" };
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &errand.back)
            .append_pair("scope", scope)
            .append_pair("state", &errand.state)
            .append_pair("nonce", &errand.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if errand.anew {
            url.query_pairs_mut().append_pair("prompt", "login").append_pair("max_age", "0");
        }
        Ok(url.into())
    }

    /// Whether an answer that says it comes from `issuer`, or does not say, may be this provider's (RFC 9207, 2.4).
    pub fn may_have_answered(&self, issuer: Option<&str>) -> bool {
        match issuer {
            Some(issuer) => issuer == self.settings.issuer,
            None => !self.metadata.authorization_response_iss_parameter_supported,
        }
    }

    /// Who came back with `code`. The keys are asked for once, after the token came: one that was turned is known.
    pub async fn redeem(&self, code: &str, errand: &Errand, now: Instant) -> Asked<Said> {
        let token = self.token(code, errand).await?;
        let keys: Keys = get(&self.client, self.reach, &self.metadata.jwks_uri).await?;
        let (issuer, client) = (&*self.settings.issuer, &*self.settings.client_id);
        let said = read(&token, &keys, Expected { issuer, client, nonce: &errand.nonce, now })?;
        Ok(said)
    }

    async fn token(&self, code: &str, errand: &Errand) -> Asked<String> {
        #[derive(Deserialize)]
        struct Answer {
            id_token: String,
        }
        let form: [(&'static str, &str); 4] = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &errand.back),
            ("code_verifier", &errand.verifier),
        ];
        let url = within(self.reach, &self.metadata.token_endpoint)?;
        let request = self.signed_with_the_secret(self.client.post(url), form.to_vec());
        Ok(answered::<Answer>(request.send().await).await?.id_token)
    }

    /// With the secret in the header, each part encoded as in a form (RFC 6749, 2.3.1), unless the provider takes it in
    /// the body alone.
    fn signed_with_the_secret<'f>(
        &'f self,
        mut request: RequestBuilder,
        mut form: Vec<(&'static str, &'f str)>,
    ) -> RequestBuilder {
        let SsoSettings { client_id, client_secret, .. } = self.settings;
        let methods = &self.metadata.token_endpoint_auth_methods_supported;
        let in_header = methods.is_empty() || methods.iter().any(|method| method == "client_secret_basic");
        match client_secret {
            Some(secret) if in_header => {
                let both = format!("{}:{}", encoded(client_id), encoded(secret));
                request = request.header("authorization", format!("Basic {}", STANDARD.encode(both)));
            }
            Some(secret) => {
                form.extend([("client_id", client_id.as_str()), ("client_secret", secret.as_str())])
            }
            None => form.push(("client_id", client_id)),
        }
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        request
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"))
    }
}

/// Percent-encoded but for what is never reserved.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// An address of the provider that may be connected to.
fn within(reach: Reach, address: &str) -> Asked<Url> {
    if let Some(fault) = reach.fault(address) {
        return Err(format!("{address}: {fault}").into());
    }
    Url::parse(address).map_err(|error| error.to_string().into())
}

async fn get<T: DeserializeOwned>(client: &Client, reach: Reach, address: &str) -> Asked<T> {
    let url = within(reach, address)?;
    answered(client.get(url).header("accept", "application/json").send().await).await
}

async fn answered<T: DeserializeOwned>(sent: reqwest::Result<reqwest::Response>) -> Asked<T> {
    let mut response = sent.map_err(unreached)?;
    if !response.status().is_success() {
        return Err(format!("status {}", response.status().as_u16()).into());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreached)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER {
            return Err("the answer is too long".into());
        }
    }
    serde_json::from_slice(&body).map_err(|error| error.to_string().into())
}

fn unreached(error: reqwest::Error) -> String {
    let mut text = error.to_string();
    // The first line seldom says what happened.
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
