//! A pair that may be one, and what says so.

use super::super::model::Contact;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub type PartyId = Id<kinds::Party>;
pub type ProposalId = Id<kinds::Proposal>;

/// The score of a pair whose records nobody has compared yet: neither likely nor unlikely.
pub const UNCOMPARED: i64 = 50;

/// A contact and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// `source_id`, `email` or `phone`.
    pub kind: String,
    /// The source of a source id, else empty.
    pub source: String,
    /// As it is shown.
    pub shown: String,
    /// Whose it is.
    #[schema(value_type = String)]
    pub party: PartyId,
}

/// A pair that a record was found to speak of as one, or that is alike.
#[derive(Debug, Clone)]
pub struct Found {
    /// `source_id`, `email`, `phone` or `likeness`.
    pub reason: &'static str,
    /// The contacts that a record named together.
    pub evidence: Vec<Evidence>,
    /// How likely they are one, 1 to 99.
    pub score: i64,
}

impl Found {
    /// The record's `contacts` made it `party`'s, but the one at `position` is `other`'s.
    pub fn new(party: PartyId, contacts: &[Contact], position: usize, other: PartyId) -> Self {
        let evidence = |contact: &Contact, party| Evidence {
            kind: contact.kind.to_owned(),
            source: contact.source.clone(),
            shown: contact.shown.clone(),
            party,
        };
        let clash = &contacts[position];
        // The strongest contact is the one that decided, or the new id of somebody who was found by a weaker one.
        let evidence = vec![evidence(&contacts[0], party), evidence(clash, other)];
        Self { reason: clash.kind, evidence, score: UNCOMPARED }
    }

    /// Two records that are alike.
    pub fn alike(score: i64) -> Self {
        Self { reason: "likeness", evidence: Vec::new(), score }
    }
}
