//! Carries letters from the outbox.

use super::letter::Letter;
use super::settings::{MailSettings, SETTING, Secrets};
use super::{CARRIER, sender};
use async_trait::async_trait;
use kernel::{Id, kinds};
use store::outbox::{Outgoing, Parcel};
use store::{Db, setting};

/// Carries letters.
pub(crate) struct Carrier {
    pub db: Db,
    pub secrets: Secrets,
}

#[async_trait]
impl Outgoing for Carrier {
    fn carrier(&self) -> &'static str {
        CARRIER
    }

    /// A letter names a person and may hold a code: it goes once it has left.
    fn forgets(&self) -> bool {
        true
    }

    async fn deliver(&self, parcel: &Parcel) -> Result<(), String> {
        let letter: Letter =
            serde_json::from_value(parcel.body.0.clone()).map_err(|error| error.to_string())?;
        let mut tx = self.db.read().await.map_err(|error| error.to_string())?;
        let settings =
            setting::get::<MailSettings>(&mut tx, SETTING).await.map_err(|error| error.to_string())?;
        drop(tx);
        if !settings.value.is_ready() {
            return Err("no mail server is set up".into());
        }
        let name: Id<kinds::Outgoing> = Id::from_number(parcel.id);
        let (_, password) = self.secrets.password();
        sender::send(&settings.value, password, &letter, &name.to_string())
            .await
            .map_err(|failure| failure.to_string())
    }
}
