//! The chain: each row's hash is over the hash before it and the row itself.

use kernel::{Id, Instant, kinds};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{FromRow, Json};

/// What the hash before the first row is.
pub(super) const START: [u8; 32] = [0; 32];

/// A row of the audit log.
#[derive(Debug, Clone, FromRow)]
pub(super) struct Entry {
    pub id: Id<kinds::Audit>,
    pub at: Instant,
    pub user_id: Option<i64>,
    pub action: String,
    pub subject: Option<i64>,
    pub detail: Json<serde_json::Value>,
}

/// The hash of the row at `place`: SHA-256 over the hash before it and the row as a JSON array, whose objects have
/// their members in alphabetical order, so that both engines give the same bytes.
pub(super) fn hash(before: &[u8], place: i64, entry: &Entry) -> Vec<u8> {
    let row = json!([
        place,
        entry.id.number(),
        entry.at.micros(),
        entry.user_id,
        entry.action,
        entry.subject,
        entry.detail.0
    ]);
    Sha256::new().chain_update(before).chain_update(row.to_string()).finalize().to_vec()
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes that hexadecimal digits stand for.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if text.len().is_multiple_of(2) { (0..text.len()).step_by(2).map(pair).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_row_is_in_its_hash() {
        let row = Entry {
            id: Id::from_number(5),
            at: Instant::from_micros(7),
            user_id: Some(1),
            action: "a".into(),
            subject: None,
            detail: Json(json!({ "b": 1, "a": 2 })),
        };
        let first = hash(&START, 1, &row);
        let others = [
            hash(&first, 1, &row),
            hash(&START, 2, &row),
            hash(&START, 1, &Entry { id: Id::from_number(6), ..row.clone() }),
            hash(&START, 1, &Entry { at: Instant::from_micros(8), ..row.clone() }),
            hash(&START, 1, &Entry { user_id: None, ..row.clone() }),
            hash(&START, 1, &Entry { action: "b".into(), ..row.clone() }),
            hash(&START, 1, &Entry { subject: Some(1), ..row.clone() }),
            hash(&START, 1, &Entry { detail: Json(json!({ "a": 2, "b": 3 })), ..row.clone() }),
        ];
        assert!(others.iter().all(|other| *other != first));
        assert_eq!(hash(&START, 1, &Entry { detail: Json(json!({ "a": 2, "b": 1 })), ..row }), first);
    }

    #[test]
    fn hexadecimal_digits_come_back() {
        assert_eq!(unhex(&hex(&[0, 10, 255])), Some(vec![0, 10, 255]));
        assert_eq!((unhex("0"), unhex("zz"), unhex("é0")), (None, None, None));
    }
}
