//! What a request is, and in which states it can be.

use super::clock::{About, Jurisdiction};
use ::store::FromRow;
use kernel::{Day, Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The id of a request.
pub type RequestId = Id<kinds::Request>;
type PartyId = Id<kinds::Party>;

/// Declares the words of a column: an enum with its text, and what the description of the interface calls it.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident as $shape:ident { $($(#[$inner:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[schema(as = $shape)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$inner])* $variant,)+
        }

        impl $name {
            /// Every one.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The text in the database and on the wire.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                match text.as_str() { $($text => Ok(Self::$variant),)+ _ => Err(text) }
            }
        }
    };
}

words! {
    /// What somebody asks.
    Kind as RequestKind {
        /// To see what is held, and to have it as files.
        Access = "access",
        /// To have something put right.
        Correction = "correction",
        /// To be erased.
        Erasure = "erasure",
        /// That their data is not used any more.
        Suspension = "suspension",
        /// Where their data came from.
        Source = "source",
        /// Why a machine decided something about them.
        Explanation = "explanation",
    }
}

impl Kind {
    /// Which clock it has.
    pub const fn about(self) -> About {
        match self {
            Self::Explanation => About::Decision,
            _ => About::Data,
        }
    }
}

words! {
    /// How a request came.
    Way as RequestWay {
        /// By the member page.
        MemberPage = "member_page",
        /// By e-mail or message.
        Mail = "mail",
        /// By telephone.
        Phone = "phone",
        /// At the counter.
        Counter = "counter",
        /// By letter.
        Letter = "letter",
    }
}

words! {
    /// Where a request stands.
    State as RequestState {
        /// It waits; nobody has made sure who asks.
        Open = "open",
        /// It waits; it is known who asks.
        IdentityChecked = "identity_checked",
        /// It was answered.
        Answered = "answered",
        /// It was refused, with the reason.
        Refused = "refused",
    }
}

impl State {
    /// Whether it still waits for an answer.
    pub const fn waits(self) -> bool {
        matches!(self, Self::Open | Self::IdentityChecked)
    }
}

words! {
    /// How somebody made sure who asks. What was looked at is never kept.
    Identity as RequestIdentity {
        /// An official document was looked at.
        Document = "document",
        /// They answered at a contact that was known before.
        KnownContact = "known_contact",
        /// They signed in to the member page.
        MemberPage = "member_page",
        /// Whoever took the request knows them.
        InPerson = "in_person",
        /// Somebody else asks for them, and showed that they may.
        Representative = "representative",
    }
}

words! {
    /// Why a request was refused.
    Reason as RequestReason {
        /// Who asks could not be made sure of.
        NotIdentified = "not_identified",
        /// Nothing is held about them.
        NothingHeld = "nothing_held",
        /// A law says that it must stay or must not be shown.
        Law = "law",
        /// It would harm somebody else.
        Others = "others",
        /// It is plainly unfounded or too much (GDPR article 12(5)).
        Excessive = "excessive",
        /// They took it back.
        TakenBack = "taken_back",
    }
}

/// A request as the database has it.
#[derive(Debug, Clone, FromRow)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// Whose record they are, if somebody knows them.
    pub party: Option<PartyId>,
    /// Who stands for that record.
    pub root: Option<PartyId>,
    /// That one's name.
    pub name: Option<String>,
    /// What somebody called themselves whom nobody knows.
    pub who: Option<String>,
    /// What they ask.
    #[sqlx(try_from = "String")]
    pub kind: Kind,
    /// How it came.
    #[sqlx(try_from = "String")]
    pub way: Way,
    /// Whose law.
    #[sqlx(try_from = "String")]
    pub jurisdiction: Jurisdiction,
    /// When it came.
    pub received_at: Instant,
    /// On which day of the company.
    pub received_day: Day,
    /// When it becomes urgent.
    pub alarm_day: Day,
    /// By when it must be answered.
    pub due_day: Day,
    /// What they said.
    pub words: String,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// How it was made sure who asks.
    pub identity: Option<String>,
    /// When.
    pub identity_at: Option<Instant>,
    /// By whom.
    pub identity_by_name: Option<String>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// What was answered.
    pub answer: Option<String>,
    /// When.
    pub closed_at: Option<Instant>,
    /// By whom.
    pub closed_by_name: Option<String>,
    /// Who wrote it down.
    pub created_by_name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of the wire, which the description of the interface reads from the derive, are those of the database.
    #[test]
    fn what_is_written_is_what_is_said() {
        fn told(it: impl Serialize) -> String {
            serde_json::to_value(it).unwrap().as_str().unwrap().to_owned()
        }
        Kind::ALL.iter().for_each(|it| assert_eq!(told(it), it.text()));
        Way::ALL.iter().for_each(|it| assert_eq!(told(it), it.text()));
        State::ALL.iter().for_each(|it| assert_eq!(told(it), it.text()));
        Identity::ALL.iter().for_each(|it| assert_eq!(told(it), it.text()));
        Reason::ALL.iter().for_each(|it| assert_eq!(told(it), it.text()));
    }
}
