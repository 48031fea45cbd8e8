//! What identifies a party.

use crate::markets::Held;
use kernel::contact;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file or a form says about who someone is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The id its source gives it.
    pub source_id: Option<String>,
    /// E-mail, as written.
    pub email: Option<String>,
    /// Phone, as written.
    pub phone: Option<String>,
    /// Name, which never identifies anyone.
    pub name: Option<String>,
}

/// A contact in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Contact {
    /// `source_id`, `email` or `phone`.
    pub kind: &'static str,
    /// The source of a source id, else empty.
    pub source: String,
    /// The normal form, by which it is unique.
    pub value: String,
    /// As it is shown.
    pub shown: String,
}

impl Contact {
    /// The e-mail address that `text` is.
    pub fn email(text: &str) -> Option<Self> {
        let value = contact::normal_email(text)?.identity_norm;
        Some(Self { kind: "email", source: String::new(), shown: value.clone(), value })
    }

    /// The phone number that `text` is; a relay number is nobody's.
    pub fn phone(text: &str) -> Option<Self> {
        let phone = contact::normal_phone(text, "KR").filter(|phone| !phone.is_relay())?;
        Some(Self { kind: "phone", source: String::new(), shown: phone.shown(), value: phone.e164 })
    }

    /// The last four digits of a phone, by which people search.
    pub fn phone_tail(&self) -> Option<&str> {
        (self.kind == "phone").then(|| &self.value[self.value.len().saturating_sub(4)..])
    }
}

impl Identity {
    /// The contacts that identify, the strongest first. What cannot be read is left out: a wrong phone number must
    /// not hold up an order.
    pub fn contacts(&self, source: &str) -> Vec<Contact> {
        let own = self.source_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(|id| Contact {
            kind: "source_id",
            source: source.to_owned(),
            value: id.to_owned(),
            shown: id.to_owned(),
        });
        let email = self.email.as_deref().and_then(Contact::email);
        let phone = self.phone.as_deref().and_then(Contact::phone);
        [own, email, phone].into_iter().flatten().collect()
    }
}

/// What a party is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartyKind {
    /// A person.
    #[default]
    Person,
    /// A company, an office, a club.
    Organisation,
}

impl PartyKind {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
        }
    }

    /// The name as it is kept: what marks a Korean company is written in one way, so that it is found.
    pub fn name(self, written: &str) -> String {
        let name = written.trim();
        match self {
            Self::Person => name.to_owned(),
            Self::Organisation => name.replace('㈜', "(주)").replace("（주）", "(주)"),
        }
    }
}

/// A party entered by hand.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct NewParty {
    /// A person, unless something else is said.
    #[serde(default)]
    pub kind: PartyKind,
    /// The name, family name first where that is the custom.
    pub name: String,
    /// Of an organisation, its registration number.
    #[serde(default)]
    pub registration: Option<String>,
    /// The markets it belongs to; of none, it is a customer.
    #[serde(default)]
    pub markets: Vec<Held>,
    /// E-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// A first memo.
    pub note: Option<String>,
}
