//! The statements, one text for both sides and both engines.

/// Insert returning.
pub const INSERT: &str = "insert into interactions (at, recorded_at, origin, kind, source, source_id, amount, body) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning seq";
/// Upsert with a JSON column.
pub const UPSERT: &str = "insert into settings (name, value, revision, changed_at) values ($1, $2, 1, $3) \
     on conflict (name) do update set value = excluded.value, revision = settings.revision + 1, \
     changed_at = excluded.changed_at returning revision";
/// A page after a key.
pub const PAGE: &str =
    "select seq, at, kind, source_id, amount from interactions where seq > $1 order by seq limit 50";
/// A JSON column read back.
pub const JSON: &str = "select name, value, revision from settings where name = $1";
/// Every row, one after another.
pub const STREAM: &str =
    "select seq, at, kind, source_id, amount from interactions order by seq limit 200000";
/// One durable write.
pub const WRITE: &str = "insert into timers (kind, key, due) values ($1, $2, $3)";

/// The predicate that a list builder would write: `conditions` of them.
pub fn predicate(conditions: i64) -> String {
    let mut text = "select seq, at, kind, source_id, amount from interactions where seq > $1".to_owned();
    for position in 0..conditions {
        text.push_str(&format!(" and amount <> ${}", position + 2));
    }
    text.push_str(" order by seq limit 20");
    text
}

/// How many conditions the predicate of `round` has.
pub const fn conditions(round: i64) -> i64 {
    1 + round % 5
}
