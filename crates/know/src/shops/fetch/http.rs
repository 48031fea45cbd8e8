//! Asking a shop: one question, one answer of bounded size, and what went wrong as one of a few faults.

use super::errand::Early;
use super::model::Fault;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde_json::Value;
use std::time::Duration;
use web::webhooks::Reach;

/// Bytes of an answer at most: 300 orders have about 2 MB.
const ANSWER: usize = 16 << 20;

/// A way to shops that goes no further than it may.
pub struct Http {
    reach: Reach,
    client: Client,
}

impl Http {
    /// One that goes as far as `reach` says.
    pub fn new(reach: Reach) -> Result<Self, Fault> {
        let client = reach.client().map_err(|error| {
            tracing::error!(%error, "no way to ask shops");
            Fault::Unreached
        })?;
        Ok(Self { reach, client })
    }

    /// A question with these parameters behind the address.
    pub fn get(&self, address: &str, query: &[(&str, &str)]) -> Result<RequestBuilder, Fault> {
        let mut url = self.url(address)?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(self.client.get(url).header("accept", "application/json"))
    }

    /// A question with JSON.
    pub fn post(&self, address: &str, body: &Value) -> Result<RequestBuilder, Fault> {
        let request = self.client.post(self.url(address)?).header("accept", "application/json");
        Ok(request.header("content-type", "application/json").body(body.to_string()))
    }

    /// A question with a form.
    pub fn form(&self, address: &str, fields: &[(&str, &str)]) -> Result<RequestBuilder, Fault> {
        let mut form = Url::parse("form:/").map_err(|_| Fault::Address)?;
        form.query_pairs_mut().extend_pairs(fields);
        let request = self.client.post(self.url(address)?).header("accept", "application/json");
        let kind = "application/x-www-form-urlencoded";
        Ok(request.header("content-type", kind).body(form.query().unwrap_or_default().to_owned()))
    }

    /// The row may be older than a rule about addresses.
    fn url(&self, address: &str) -> Result<Url, Fault> {
        if self.reach.fault(address).is_some() {
            return Err(Fault::Address);
        }
        Url::parse(address).map_err(|_| Fault::Address)
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub fault: Fault,
    /// After how long it may be asked again, where the shop said so (RFC 9110, 10.2.3).
    pub after: Option<Duration>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, after: None }
    }
}

/// What a shop answers.
pub async fn answer(request: RequestBuilder) -> Result<Value, Refused> {
    let mut response = request.send().await.map_err(|error| unreached(&error))?;
    let status = response.status();
    if !status.is_success() {
        let after = response.headers().get("retry-after").and_then(|after| after.to_str().ok());
        let after = after.and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        return Err(Refused { fault: refused(status), after });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreached(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER {
            return Err(Fault::Unreadable.into());
        }
    }
    serde_json::from_slice(&body).map_err(|_| Fault::Unreadable.into())
}

fn refused(status: StatusCode) -> Fault {
    match status {
        StatusCode::BAD_REQUEST => Fault::Declined,
        StatusCode::UNAUTHORIZED => Fault::Credentials,
        StatusCode::FORBIDDEN => Fault::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => Fault::Busy,
        status if status.is_server_error() => Fault::Failing,
        _ => Fault::Unreadable,
    }
}

/// The address is left out: its query may hold what was asked for.
fn unreached(error: &reqwest::Error) -> Fault {
    let (timeout, connect) = (error.is_timeout(), error.is_connect());
    tracing::warn!(timeout, connect, "a shop was not reached");
    Fault::Unreached
}

/// Why there is no token: of what is sent for one, only the credentials can be wrong.
pub(super) fn no_token(early: Early) -> Early {
    match early {
        Early::Shop(Fault::Declined | Fault::Forbidden) => Early::Shop(Fault::Credentials),
        early => early,
    }
}
