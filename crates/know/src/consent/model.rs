//! What a statement of consent says: pure.

use kernel::{Id, Instant, Kind, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub type PartyId = Id<kinds::Party>;
pub type ConsentId = Id<Kept>;
pub type WordingId = Id<Words>;
pub type NoticeId = Id<Told>;

/// Declares what ids here name: they are known to this noun alone.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl Kind for $name {
            const PREFIX: &'static str = $prefix;
        }
    )*};
}

ids! {
    /// A statement of consent.
    Kept = "cns";
    /// A version of the words that ask for consent.
    Words = "wrd";
    /// A notice that the law asks for.
    Told = "ntc";
}

/// Declares an enum whose variants are texts in the database and on the wire.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        // The description of the interface reads this, and not what a macro fills in.
        #[serde(rename_all = "snake_case")]
        $(#[$doc])*
        pub enum $name {
            $($(#[$each])* $variant,)*
        }
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The text in the database and on the wire.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one with this text.
            pub fn of(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.text() == text)
            }
        }
    };
}

codes! {
    /// The medium that somebody allows, each by itself (K1).
    #[schema(as = ConsentChannel)]
    Channel {
        /// E-mail.
        Email = "email",
        /// Text messages.
        Sms = "sms",
        /// Kakao messages.
        Kakao = "kakao",
        /// Telephone calls.
        Call = "call",
        /// Notices of an app.
        Push = "push",
        /// Letters.
        Post = "post",
    }
}

impl Channel {
    /// Whether the night needs a consent of its own (K4): e-mail and letters wake nobody.
    pub const fn has_night(self) -> bool {
        matches!(self, Self::Sms | Self::Kakao | Self::Call | Self::Push)
    }
}

codes! {
    /// What it is allowed for.
    #[schema(as = ConsentPurpose)]
    Purpose {
        /// Advertising.
        Ad = "ad",
        /// Advertising at night.
        NightAd = "night_ad",
        /// Giving data to somebody else.
        ThirdParty = "third_party",
    }
}

codes! {
    /// What was said.
    #[schema(as = ConsentState)]
    State {
        /// Yes.
        Given = "given",
        /// No.
        Refused = "refused",
        /// Not any more.
        Withdrawn = "withdrawn",
        /// Still yes.
        Reconfirmed = "reconfirmed",
        /// The time it was given for is over.
        Expired = "expired",
        /// A file says yes; nobody has vouched for it.
        Unverified = "unverified",
    }
}

codes! {
    /// How it was said.
    #[schema(as = ConsentSource)]
    Source {
        /// A form on paper or elsewhere.
        Form = "form",
        /// At the counter.
        Pos = "pos",
        /// An imported file.
        Import = "import",
        /// A call to a free number.
        #[serde(rename = "080")]
        Call080 = "080",
        /// A reply to a message.
        Reply = "reply",
        /// A link in a message.
        Link = "link",
        /// The person's own page.
        Member = "member",
        /// They told a member of staff.
        Staff = "staff",
    }
}

codes! {
    /// On what ground it counts.
    #[schema(as = ConsentBasis)]
    Basis {
        /// Consent given beforehand.
        Consent = "consent",
        /// A transaction of the last months (K2).
        Transaction = "transaction",
        /// An address from a sale (E1).
        SoftOptIn = "soft_opt_in",
        /// The owner vouches for what a file said.
        Attested = "attested",
    }
}

/// How it is known: whatever proves it. It may name people, so it goes with them when they are erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = ConsentEvidence)]
pub struct Evidence {
    /// In words: where the form lies, what was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The address it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The row in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<i64>,
    /// What the column said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Of a child: the guardian who agreed for them, and how that was made sure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guardian: Option<String>,
}

/// Something that is said about one medium and one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The medium.
    pub channel: Channel,
    /// What for.
    pub purpose: Purpose,
    /// The topic, empty for the purpose as a whole.
    pub topic: String,
    /// What was said.
    pub state: State,
    /// When it was said.
    pub at: Instant,
    /// How it was said.
    pub source: Source,
    /// On what ground it counts.
    pub basis: Option<Basis>,
    /// The words that were shown.
    pub wording: Option<WordingId>,
    /// The language they were shown in.
    pub locale: kernel::Locale,
    /// How it is known.
    pub evidence: Evidence,
    /// The import that brought it.
    pub import: Option<Id<kinds::Import>>,
}
