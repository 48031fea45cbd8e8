//! An identity provider on this machine, which says what a story wants it to say.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How the program is known to it, and the secret they share.
pub const CLIENT: [&str; 2] = ["dangol", "a secret & more"];
/// A key that signs for tests alone: ring makes none of this kind.
const RSA: &[u8] = include_bytes!("identity.pk8");

/// A provider with one person.
pub struct IdentityProvider {
    /// Its address, as it calls itself.
    pub issuer: String,
    inner: Shared,
}

type Shared = Arc<Mutex<Inner>>;

struct Inner {
    issuer: String,
    rsa: RsaKeyPair,
    /// The key for ES256, and how often it was turned.
    key: EcdsaKeyPair,
    turned: u32,
    /// What was asked for, by the code that was given.
    visits: HashMap<String, HashMap<String, String>>,
    /// How many were given.
    codes: u32,
    /// How often the keys were asked for.
    asked_for_keys: u32,
    /// What it says, over what is right.
    says: Value,
    seconds: i64,
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap()
}

impl IdentityProvider {
    /// Starts one whose clock says `seconds`.
    #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
    pub async fn start(seconds: i64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            issuer: issuer.clone(),
            rsa: RsaKeyPair::from_pkcs8(RSA).unwrap(),
            key: new_key(),
            turned: 0,
            visits: HashMap::new(),
            codes: 0,
            asked_for_keys: 0,
            says: json!({}),
            seconds,
        };
        let inner = Arc::new(Mutex::new(inner));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { issuer, inner }
    }

    /// From now on it says this over what is right; null takes a claim away. `alg`, `kid`, `typ`, `forged`, `secret` (what a
    /// token with HS256 is signed by) and `metadata` are about the token and what it says of itself.
    pub fn say(&self, says: Value) {
        self.inner.lock().unwrap().says = says;
    }

    /// Its clock goes on.
    pub fn set_clock(&self, seconds: i64) {
        self.inner.lock().unwrap().seconds = seconds;
    }

    /// From now on it signs with another key.
    pub fn turn_key(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.key = new_key();
        inner.turned += 1;
    }

    /// How often its keys were asked for.
    pub fn asked_for_keys(&self) -> u32 {
        self.inner.lock().unwrap().asked_for_keys
    }

    /// The public part of its RSA key, as a forger of tokens knows it.
    pub fn public_key(&self) -> Vec<u8> {
        self.inner.lock().unwrap().rsa.public_key().as_ref().to_vec()
    }

    /// The person signs in at the address the program gave; gives what the provider sends along.
    pub fn visit(&self, url: &str) -> Value {
        let asked = Self::asked(url);
        let mut inner = self.inner.lock().unwrap();
        let code = format!("code-{}", inner.codes);
        inner.codes += 1;
        let back = json!({ "code": code, "state": asked["state"], "iss": inner.issuer });
        inner.visits.insert(code, asked);
        back
    }

    /// What an address of the provider asks for.
    pub fn asked(url: &str) -> HashMap<String, String> {
        pairs(url.split_once('?').unwrap().1)
    }
}

/// The pairs of a form or a query.
fn pairs(text: &str) -> HashMap<String, String> {
    let split = text.split('&').filter_map(|pair| pair.split_once('='));
    split.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (byte, after) = match first {
            b'%' => (u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap(), &after[2..]),
            b'+' => (b' ', after),
            plain => (*plain, after),
        };
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap()
}

async fn metadata(State(inner): State<Shared>) -> Json<Value> {
    let inner = inner.lock().unwrap();
    let issuer = &inner.issuer;
    let mut said = json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorise"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "authorization_response_iss_parameter_supported": true });
    for (name, value) in inner.says["metadata"].as_object().into_iter().flatten() {
        said[name] = value.clone();
    }
    Json(said)
}

async fn keys(State(inner): State<Shared>) -> Json<Value> {
    let mut inner = inner.lock().unwrap();
    inner.asked_for_keys += 1;
    let point = inner.key.public_key().as_ref();
    let rsa: PublicKeyComponents<Vec<u8>> = inner.rsa.public_key().into();
    // A kind of key that nobody here knows: it must be passed over.
    let unknown = json!({ "kty": "AKP", "kid": "later", "alg": "ML-DSA-65", "pub": "AAAA" });
    Json(json!({ "keys": [
        unknown,
        { "kty": "EC", "crv": "P-256", "use": "sig", "kid": inner.key_name(), "alg": "ES256",
            "x": encoded(&point[1..33]), "y": encoded(&point[33..]) },
        { "kty": "RSA", "use": "sig", "kid": "rsa", "alg": "RS256", "n": encoded(&rsa.n), "e": encoded(&rsa.e) },
    ] }))
}

/// Gives the token for a code, once, to whoever knows the verifier and the secret.
async fn token(
    State(inner): State<Shared>,
    headers: HeaderMap,
    body: String,
) -> Result<Json<Value>, StatusCode> {
    let form = pairs(&body);
    let mut inner = inner.lock().unwrap();
    let asked = inner.visits.remove(&form["code"]).ok_or(StatusCode::BAD_REQUEST)?;
    let challenge = encoded(&Sha256::digest(form["code_verifier"].as_bytes()));
    let is_right = challenge == asked["code_challenge"]
        && asked["code_challenge_method"] == "S256"
        && form["redirect_uri"] == asked["redirect_uri"]
        && knows_the_secret(&headers, &form);
    if !is_right {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(json!({ "access_token": "nothing", "token_type": "Bearer", "id_token": inner.signed(&asked) })))
}

/// By the header, the id and the secret encoded as in a form (RFC 6749, 2.3.1), or in the body.
fn knows_the_secret(headers: &HeaderMap, form: &HashMap<String, String>) -> bool {
    let sent = headers.get("authorization").and_then(|sent| sent.to_str().ok()?.strip_prefix("Basic "));
    match sent.and_then(|sent| STANDARD.decode(sent).ok()).and_then(|both| String::from_utf8(both).ok()) {
        Some(both) => {
            both.split_once(':').is_some_and(|(id, secret)| [decoded(id), decoded(secret)] == CLIENT)
        }
        None => form.get("client_secret").is_some_and(|secret| secret == CLIENT[1]),
    }
}

impl Inner {
    fn key_name(&self) -> String {
        format!("ec-{}", self.turned)
    }

    fn signed(&self, asked: &HashMap<String, String>) -> String {
        let mut claims = json!({ "iss": self.issuer, "sub": "person-7", "aud": asked["client_id"], "nonce": asked["nonce"],
            "iat": self.seconds, "exp": self.seconds + 300, "email": "owner0@example.com", "email_verified": true });
        if asked.contains_key("max_age") {
            claims["auth_time"] = self.seconds.into();
        }
        for (name, value) in self.says.as_object().unwrap() {
            match (name.as_str(), value) {
                ("alg" | "kid" | "typ" | "forged" | "secret" | "metadata", _) => {}
                (name, Value::Null) => drop(claims.as_object_mut().unwrap().remove(name)),
                (name, value) => claims[name] = value.clone(),
            }
        }
        let alg = self.says["alg"].as_str().unwrap_or("ES256");
        let own = if alg == "RS256" { "rsa".into() } else { self.key_name() };
        let header = json!({ "alg": alg, "kid": self.says["kid"].as_str().unwrap_or(&own),
            "typ": self.says["typ"].as_str().unwrap_or("JWT") });
        let signed =
            format!("{}.{}", encoded(header.to_string().as_bytes()), encoded(claims.to_string().as_bytes()));
        let said_by = if self.says["forged"] == true { "somebody else" } else { signed.as_str() };
        format!("{signed}.{}", encoded(&self.signature(alg, said_by.as_bytes())))
    }

    fn signature(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match alg {
            "none" => Vec::new(),
            "RS256" => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            "HS256" => {
                let secret: Vec<u8> = serde_json::from_value(self.says["secret"].clone()).unwrap();
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), message).as_ref().to_vec()
            }
            _ => self.key.sign(&random, message).unwrap().as_ref().to_vec(),
        }
    }
}
