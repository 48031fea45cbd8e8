//! Verifying the audit log: the first place where it is not what was sealed.

use super::chain::{self, Entry, hex, unhex};
use super::key;
use super::seal::Anchored;
use super::store::{self as rows, Head, Link};
use ::store::{Result, Tx};
use kernel::{Id, Instant, kinds};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Links read at a time.
const PAGE: i64 = 2_000;
/// Lines of an anchor file that are looked at, the newest: years of minutes.
const LINES: usize = 2_000_000;

/// What is wrong, at the first place where something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// A row is not what it was when it was sealed, or stands at another place.
    Altered {
        /// Its place in the chain.
        place: i64,
        /// The row.
        #[schema(value_type = String)]
        id: Id<kinds::Audit>,
        /// The time it claims.
        #[schema(value_type = Option<String>)]
        at: Option<Instant>,
    },
    /// A row that was sealed is gone.
    Missing {
        /// Its place in the chain.
        place: i64,
        /// The row.
        #[schema(value_type = String)]
        id: Id<kinds::Audit>,
    },
    /// The chain lacks a place in its middle.
    Gap {
        /// The place.
        place: i64,
    },
    /// The end is gone: the chain was longer once.
    TailMissing {
        /// The first place that is missing.
        place: i64,
        /// The time of the last row that is there.
        #[schema(value_type = Option<String>)]
        since: Option<Instant>,
    },
    /// The signed end of the chain is gone: how long it was cannot be said.
    HeadMissing {
        /// The last place that is there.
        place: i64,
    },
    /// The chain goes on behind its signed end, or the end is not signed by the company's key.
    Unsigned {
        /// The last place that is signed.
        place: i64,
    },
    /// The chain is another one than the anchor file saw.
    NotAnchored {
        /// The anchored place.
        place: i64,
        /// When it was anchored.
        #[schema(value_type = String)]
        at: Instant,
    },
    /// A row was added behind the program's back.
    Stranger {
        /// The row.
        #[schema(value_type = String)]
        id: Id<kinds::Audit>,
        /// The time it claims.
        #[schema(value_type = String)]
        at: Instant,
    },
    /// A row is gone that waited to be sealed.
    Vanished {
        /// The row.
        #[schema(value_type = String)]
        id: Id<kinds::Audit>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered { place, id, at: Some(at) } => {
                write!(f, "row {id} (place {place}, {at}) was altered or moved")
            }
            Self::Altered { place, id, at: None } => {
                write!(f, "row {id} (place {place}) was altered or moved")
            }
            Self::Missing { place, id } => write!(f, "row {id} (place {place}) was removed"),
            Self::Gap { place } => write!(f, "place {place} was removed from the chain"),
            Self::TailMissing { place, since: Some(since) } => {
                write!(f, "tail missing since {since}: place {place} and what followed was removed")
            }
            Self::TailMissing { place, since: None } => {
                write!(f, "tail missing since place {place}: every row was removed")
            }
            Self::HeadMissing { place } => {
                write!(f, "the signed end of the chain was removed (the last place that is there is {place})")
            }
            Self::Unsigned { place } => {
                write!(f, "the end of the chain is not signed by the company's key (place {place})")
            }
            Self::NotAnchored { place, at } => {
                write!(
                    f,
                    "place {place} is not what was anchored at {at}: the chain was written anew up to there"
                )
            }
            Self::Stranger { id, at } => write!(f, "row {id} ({at}) was added behind the program's back"),
            Self::Vanished { id } => write!(f, "row {id} was removed before it was sealed"),
        }
    }
}

/// What verifying shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Verdict {
    /// Rows that were sealed and are as they were.
    pub verified: i64,
    /// Rows that wait to be sealed; the server does it within a second.
    pub waiting: i64,
    /// Lines of the anchor file that agree.
    pub anchored: usize,
    /// How often the key changed.
    pub keys_changed: usize,
    /// The first fault.
    pub fault: Option<Fault>,
}

/// Reads an anchor file.
///
/// # Errors
/// Which line cannot be read.
pub fn read_anchor(text: &str) -> std::result::Result<Vec<Anchored>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let skipped = lines.clone().count().saturating_sub(LINES);
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line)
            .map_err(|error| format!("line {} of the anchor cannot be read: {error}", at + 1))
    };
    lines.skip(skipped).map(read).collect()
}

/// Goes through the chain and compares it with its rows, its signed head and the anchor.
pub async fn verify(tx: &mut Tx, anchor: Vec<Anchored>) -> Result<Verdict> {
    let mut walk = Walk::new(anchor);
    let mut after = 0;
    loop {
        let links = rows::links(tx, after, PAGE).await?;
        let Some(last) = links.last() else { break };
        after = last.place;
        if let Some(fault) = links.into_iter().find_map(|link| walk.step(link)) {
            return walk.verdict(tx, Some(fault)).await;
        }
    }
    let mut fault = match rows::head(tx).await? {
        Some(head) => walk.end(&head),
        None => Some(Fault::HeadMissing { place: walk.place }),
    };
    if fault.is_none() {
        fault = rows::stranger(tx).await?.map(|(id, at)| Fault::Stranger { id, at });
    }
    if fault.is_none() {
        fault = rows::vanished(tx).await?.map(|(id,)| Fault::Vanished { id });
    }
    walk.verdict(tx, fault).await
}

/// Where the walk along the chain stands.
struct Walk {
    hash: Vec<u8>,
    place: i64,
    at: Option<Instant>,
    anchor: BTreeMap<i64, Anchored>,
    agreed: usize,
    /// Keys that were the company's before, as the chain tells.
    keys: BTreeSet<String>,
    changes: usize,
}

impl Walk {
    fn new(anchor: Vec<Anchored>) -> Self {
        let anchor = anchor.into_iter().map(|line| (line.place, line)).collect();
        let hash = chain::START.to_vec();
        Self { hash, place: 0, at: None, anchor, agreed: 0, keys: BTreeSet::new(), changes: 0 }
    }

    fn step(&mut self, link: Link) -> Option<Fault> {
        let (place, id) = (link.place, link.entry);
        if place != self.place + 1 {
            return Some(Fault::Gap { place: self.place + 1 });
        }
        let (Some(at), Some(action), Some(detail)) = (link.at, link.action, link.detail) else {
            return Some(Fault::Missing { place, id });
        };
        let entry = Entry { id, at, user_id: link.user_id, action, subject: link.subject, detail };
        let hash = chain::hash(&self.hash, place, &entry);
        if hash != link.hash {
            return Some(Fault::Altered { place, id, at: Some(at) });
        }
        if entry.action == "audit.key_changed" {
            self.changes += 1;
            self.keys.extend(entry.detail.0["from"].as_str().map(str::to_owned));
        }
        (self.hash, self.place, self.at) = (hash, place, Some(at));
        let anchored = self.anchor.get(&place)?;
        if anchored.hash != hex(&self.hash) {
            return Some(Fault::NotAnchored { place, at: anchored.at });
        }
        self.agreed += 1;
        None
    }

    /// What the signed head and the anchor say of the end.
    fn end(&self, head: &Head) -> Option<Fault> {
        let missing = Some(Fault::TailMissing { place: self.place + 1, since: self.at });
        let anchored = self.anchor.last_key_value().map_or(0, |(place, _)| *place);
        if head.place > self.place || anchored > self.place {
            return missing;
        }
        let unsigned = Some(Fault::Unsigned { place: head.place });
        let signed = |public: &[u8], place, at, hash: &[u8], signature: &[u8]| {
            key::is_signed(public, &key::statement(place, at, hash), signature)
        };
        if head.place < self.place {
            return unsigned;
        }
        if head.place > 0
            && (head.hash != self.hash
                || !signed(&head.public_key, head.place, head.at, &head.hash, &head.signature))
        {
            return unsigned;
        }
        let known = |line: &Anchored| {
            (line.public_key == hex(&head.public_key) || self.keys.contains(&line.public_key))
                && [&line.public_key, &line.hash, &line.signature]
                    .into_iter()
                    .all(|text| unhex(text).is_some())
        };
        let bytes = |text: &str| unhex(text).unwrap_or_default();
        let forged = self.anchor.values().find(|line| {
            !known(line)
                || !signed(
                    &bytes(&line.public_key),
                    line.place,
                    line.at,
                    &bytes(&line.hash),
                    &bytes(&line.signature),
                )
        });
        forged.map(|line| Fault::NotAnchored { place: line.place, at: line.at })
    }

    async fn verdict(self, tx: &mut Tx, fault: Option<Fault>) -> Result<Verdict> {
        Ok(Verdict {
            verified: self.place,
            waiting: rows::waiting(tx).await?,
            anchored: self.agreed,
            keys_changed: self.changes,
            fault,
        })
    }
}
