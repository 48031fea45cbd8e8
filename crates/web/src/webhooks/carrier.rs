//! Carrying a message: one POST, signed anew at each try, because receivers refuse old timestamps.

use super::address::Reach;
use super::{sign, store::CARRIER};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{Clock, Instant, SystemClock};
use serde::Deserialize;
use std::sync::OnceLock;
use store::outbox::{Outgoing, Parcel};

/// Bytes of an answer that are read, so that a connection can be used again.
const ANSWER_BYTES: usize = 64 * 1024;

/// Carries webhooks.
pub(super) struct Carrier {
    reach: Reach,
    /// Made with the first message: most companies have no webhook.
    client: OnceLock<reqwest::Client>,
}

/// A message in the outbox.
#[derive(Deserialize)]
struct Message {
    url: String,
    secret: String,
    message: String,
    payload: String,
}

impl Carrier {
    pub fn new(reach: Reach) -> Self {
        Self { reach, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&reqwest::Client, String> {
        if self.client.get().is_none() {
            let client = self.reach.client().map_err(|error| error.to_string())?;
            let _ = self.client.set(client);
        }
        self.client.get().ok_or_else(|| "there is no client".to_owned())
    }
}

#[async_trait]
impl Outgoing for Carrier {
    fn carrier(&self) -> &'static str {
        CARRIER
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), String> {
        let message: Message =
            serde_json::from_value(parcel.body.0.clone()).map_err(|error| error.to_string())?;
        // The row may be older than a rule about addresses.
        if let Some(fault) = self.reach.fault(&message.url) {
            return Err(fault.to_owned());
        }
        let encoded = message.secret.strip_prefix(sign::PREFIX).unwrap_or_default();
        let secret = STANDARD.decode(encoded).map_err(|error| error.to_string())?;
        // Receivers compare with their own clocks, whatever day a demo shows.
        let timestamp = SystemClock.now().micros() / Instant::SECOND;
        let signature = sign::signature(&secret, &message.message, timestamp, &message.payload);
        let sent = self
            .client()?
            .post(&message.url)
            .header("content-type", "application/json")
            .header("webhook-id", &message.message)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
            .body(message.payload)
            .send()
            .await;
        answered(sent.map_err(|error| plainly(&error))?).await
    }
}

/// Any 2xx is a receipt.
async fn answered(mut response: reqwest::Response) -> Result<(), String> {
    let status = response.status();
    let mut read = 0;
    while let Ok(Some(chunk)) = response.chunk().await {
        read += chunk.len();
        if read > ANSWER_BYTES {
            break;
        }
    }
    if status.is_success() { Ok(()) } else { Err(format!("status {}", status.as_u16())) }
}

/// What went wrong, without the address, which may hold a secret of the receiver.
fn plainly(error: &reqwest::Error) -> String {
    match () {
        () if error.is_timeout() => "no answer in 15 seconds".into(),
        () if error.is_connect() => "no connection".into(),
        () => "the request failed".into(),
    }
}
