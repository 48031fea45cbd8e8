//! The ids a run has met so far, by their kind, and which kind each place of the interface took.

use super::draw::Draw;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Ids of one kind that are remembered.
const KEPT: usize = 60;
/// A kind's letters and the digits after them.
const ID_CHARS: usize = 17;

/// What was met.
#[derive(Debug, Default)]
pub struct Pool {
    by_kind: BTreeMap<String, Vec<String>>,
    /// By operation and parameter: the kinds that were found there.
    taken: BTreeMap<String, BTreeSet<String>>,
    /// What no request is to name.
    hidden: Option<String>,
}

/// Every id in an answer.
pub fn ids_in(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => is_id(text).then(|| text.clone()).into_iter().collect(),
        Value::Array(items) => items.iter().flat_map(ids_in).collect(),
        Value::Object(members) => members.values().flat_map(ids_in).collect(),
        _ => Vec::new(),
    }
}

fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() == ID_CHARS
        && text.as_bytes()[3] == b'_'
        && text.bytes().enumerate().all(|(at, b)| at == 3 || plain(b))
}

impl Pool {
    /// A pool that never learns of one id.
    pub fn without(id: String) -> Self {
        Self { hidden: Some(id), ..Self::default() }
    }

    /// Remembers the ids of an answer.
    pub fn meet(&mut self, answer: &Value) {
        for id in ids_in(answer).into_iter().filter(|id| self.hidden.as_ref() != Some(id)).collect::<Vec<_>>()
        {
            let known = self.by_kind.entry(id[..3].to_owned()).or_default();
            if known.contains(&id) {
                continue;
            }
            if known.len() == KEPT {
                known.remove(0);
            }
            known.push(id);
        }
    }

    /// Remembers that an id was taken somewhere.
    pub fn took(&mut self, place: String, id: &str) {
        if is_id(id) {
            self.taken.entry(place).or_default().insert(id[..3].to_owned());
        }
    }

    /// An id for a place: of a kind that it took before, else of any.
    pub fn id(&self, draw: &mut Draw, place: &str) -> Option<String> {
        let known: Vec<&String> = self.taken.get(place).into_iter().flatten().collect();
        let kinds: Vec<&String> = self.by_kind.keys().collect();
        let kind = if known.is_empty() || draw.one_in(8) { draw.of(&kinds)? } else { draw.of(&known)? };
        draw.of(self.by_kind.get(*kind)?).cloned()
    }

    /// How many kinds were met.
    pub fn kinds(&self) -> usize {
        self.by_kind.len()
    }
}
