//! Requests drawn at random: mostly what a schema asks for, at times what nobody should send.

use super::pool::Pool;
use super::resolved;
use kernel::{Chance, SeededChance};
use serde_json::{Map, Value, json};

/// Members that a drawn value is nested in at most.
const DEPTH: usize = 6;
/// Items of a drawn list at most.
const ITEMS: usize = 3;

/// What texts of this field of work look like: one of them is often what a place wants.
const PLAIN: &[&str] = &[
    "김민지",
    "Anna Çelik",
    "kim@example.com",
    "a+tag@예시.kr",
    "010-2345-1234",
    "+821023451234",
    "1234",
    "KRW",
    "USD",
    "2026-11-22",
    "2026-10",
    "2026-01-01",
    "2026-11-21T03:00:00Z",
    "ko",
    "en",
    "Asia/Seoul",
    "owner",
    "clerk",
    "staff",
    "all",
    "own",
    "team",
    "order",
    "visit",
    "regular",
    "new",
    "lost",
    "in",
    "out",
    "name",
    "-spend",
    "csv",
    "xlsx",
    "till-gangnam",
    "orders >= 3",
    "last_order before 60 days ago",
    "price",
    "called",
    "acquisition",
    "retention",
    "search",
    "강남",
    "latte",
];

/// What nobody should send, and somebody does.
const ODD: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "a\u{0}b",
    "'",
    "\"",
    "\\",
    "' or 1=1 --",
    "%",
    "_",
    "*",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "=1+1",
    "\u{202e}abc",
    "\u{feff}",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "e\u{301}",
    "ﷺ",
    "\r\n",
    "\t",
    "null",
    "true",
    "-1",
    "9223372036854775808",
    "1e309",
    "NaN",
    "2026-13-45",
    "0000-01-01",
    "9999-12-31",
    "-000001-01-01",
    "2026-02-30",
    "24:00",
    "pty_",
    "pty_0000000000000",
    "pty_zzzzzzzzzzzzz",
    "usr_7zzzzzzzzzzzz",
    "none",
    "@",
    "a@",
    "@b.kr",
    "++82",
    "()",
    "orders >= ",
    "not not not",
    "((((((((",
    "name is \"",
    "ftp://example.com",
    "http://127.0.0.1/",
    "//",
    "{}",
    "[]",
];

const NUMBERS: &[i64] = &[0, 1, 2, 3, 5, 10, 12, 30, 100, 365, 500, 1_000, 5_000, 90_000];
const ODD_NUMBERS: &[i64] = &[
    -1,
    i64::MIN,
    i64::MAX,
    9_007_199_254_740_992,
    -9_007_199_254_740_992,
    2_147_483_648,
    253_402_300_800_000_000,
];
const ODD_FLOATS: &[f64] = &[-0.5, 1e300, -1e300, 1e-300, 1.5, 0.1];

/// Numbers at random, the same for the same seed.
pub struct Draw(SeededChance);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(SeededChance::new(seed))
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of them, unless there is none.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.below(all.len())) }
    }

    /// A text for `place`.
    pub fn text(&mut self, pool: &Pool, place: &str) -> String {
        match self.below(10) {
            0..=3 => pool.id(self, place).unwrap_or_default(),
            4..=7 => (*self.of(PLAIN).unwrap()).to_owned(),
            8 => (*self.of(ODD).unwrap()).to_owned(),
            _ if self.one_in(8) => "가".repeat(70_000),
            _ => [*self.of(PLAIN).unwrap(), *self.of(ODD).unwrap(), *self.of(PLAIN).unwrap()].concat(),
        }
    }

    fn integer(&mut self) -> i64 {
        if self.one_in(6) { *self.of(ODD_NUMBERS).unwrap() } else { *self.of(NUMBERS).unwrap() }
    }

    fn number(&mut self) -> Value {
        if self.one_in(4) { json!(self.of(ODD_FLOATS)) } else { json!(self.integer()) }
    }

    /// Something of no schema.
    fn anything(&mut self) -> Value {
        match self.below(7) {
            0 => Value::Null,
            1 => json!(true),
            2 => json!(self.integer()),
            3 => json!(self.of(ODD)),
            4 => json!([]),
            5 => json!({}),
            _ => json!([[{ "a": self.number() }]]),
        }
    }

    /// A value as `schema` asks for, or in `odd` of a hundred members not.
    pub fn value(&mut self, document: &Value, schema: &Value, pool: &Pool, place: &str, odd: usize) -> Value {
        self.drawn(document, schema, pool, place, odd, DEPTH)
    }

    fn drawn(
        &mut self,
        document: &Value,
        schema: &Value,
        pool: &Pool,
        place: &str,
        odd: usize,
        depth: usize,
    ) -> Value {
        if self.below(100) < odd || depth == 0 {
            return self.anything();
        }
        let schema = resolved(document, schema);
        if let Some(all) = schema["enum"].as_array() {
            return self.of(all).cloned().unwrap_or_default();
        }
        for word in ["oneOf", "anyOf"] {
            if let Some(one) = schema[word].as_array().and_then(|all| self.of(all)) {
                return self.drawn(document, one, pool, place, odd, depth - 1);
            }
        }
        if let Some(all) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for one in all {
                if let Value::Object(members) = self.drawn(document, one, pool, place, odd, depth - 1) {
                    whole.extend(members);
                }
            }
            return Value::Object(whole);
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => name.as_str().into_iter().collect(),
        };
        match self.of(&kinds).copied() {
            Some("object") => self.object(document, schema, pool, place, odd, depth),
            Some("array") => {
                let count = self.below(ITEMS + 1);
                (0..count)
                    .map(|_| self.drawn(document, &schema["items"], pool, place, odd, depth - 1))
                    .collect()
            }
            Some("integer") => json!(self.integer()),
            Some("number") => self.number(),
            Some("boolean") => json!(self.one_in(2)),
            Some("null") => Value::Null,
            Some(_) => json!(self.text(pool, place)),
            None => self.anything(),
        }
    }

    fn object(
        &mut self,
        document: &Value,
        schema: &Value,
        pool: &Pool,
        place: &str,
        odd: usize,
        depth: usize,
    ) -> Value {
        let mut whole = Map::new();
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let left_out =
                if required.contains(&name.as_str()) { self.below(100) < odd } else { self.one_in(2) };
            if !left_out {
                let place = format!("{place} {name}");
                whole.insert(name.clone(), self.drawn(document, member, pool, &place, odd, depth - 1));
            }
        }
        if schema["additionalProperties"].is_object() && self.one_in(2) {
            let name = self.text(pool, place);
            whole.insert(
                name,
                self.drawn(document, &schema["additionalProperties"], pool, place, odd, depth - 1),
            );
        }
        Value::Object(whole)
    }
}

/// A value that fits `schema`, with every member there; texts are `text`, lists have one item.
pub fn filled(document: &Value, schema: &Value, text: &str) -> Value {
    fill(document, schema, text, DEPTH)
}

fn fill(document: &Value, schema: &Value, text: &str, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    let schema = resolved(document, schema);
    if let Some(one) = schema["enum"].as_array().and_then(|all| all.first()) {
        return one.clone();
    }
    for word in ["oneOf", "anyOf"] {
        // What may be left out is null first.
        if let Some(one) = schema[word].as_array().and_then(|all| all.last()) {
            return fill(document, one, text, depth);
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let parts = all.iter().map(|one| fill(document, one, text, depth));
        return Value::Object(parts.filter_map(|part| part.as_object().cloned()).flatten().collect());
    }
    let kind = match &schema["type"] {
        Value::Array(names) => names.first().and_then(Value::as_str),
        name => name.as_str(),
    };
    match kind {
        Some("object") => {
            let members = schema["properties"].as_object().into_iter().flatten();
            members.map(|(name, member)| (name.clone(), fill(document, member, text, depth))).collect()
        }
        Some("array") => json!([fill(document, &schema["items"], text, depth)]),
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("string") => json!(text),
        _ => Value::Null,
    }
}
