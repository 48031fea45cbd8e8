//! Declared facts in the database.

use super::model::{By, Declared, Topic, VALUE_CHARS};
use crate::follow_ups::refuse_sensitive;
use crate::parties::root::members;
use ::store::log::{self, Entry};
use ::store::{Result, Tx, sql};
use kernel::{Id, kinds};
use serde_json::json;
use web::{Answer, Problem, Sight};

type PartyId = Id<kinds::Party>;
type DeclaredId = Id<kinds::Declared>;
type QuestionId = Id<kinds::Question>;

/// Facts of a customer that are read; the newest count.
const FACTS: i64 = 200;

/// Something that was said, to be kept.
#[derive(Debug, Clone)]
pub struct Saying<'s> {
    /// Who said it.
    pub party: PartyId,
    /// What it is about, if that is one of the topics.
    pub topic: Option<Topic>,
    /// The question it answers.
    pub question: Option<QuestionId>,
    /// What was said.
    pub value: &'s str,
    /// Who told it.
    pub said_by: By,
    /// Who wrote it down.
    pub by: Option<&'s str>,
}

/// Keeps what a customer said, and tells the log; what was said before stays, outranked.
///
/// # Errors
/// 422 when it is empty, too long, no word of its topic, or says what may not be kept.
pub async fn declare(tx: &mut Tx, saying: &Saying<'_>) -> Answer<DeclaredId> {
    let value = saying.value.trim();
    check(saying.topic, value)?;
    let id: DeclaredId = tx.id();
    sql!(
        "insert into declared_facts (id, party, topic, question, value, said_by, by_name, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(id)
    .bind(saying.party)
    .bind(saying.topic.map(Topic::text))
    .bind(saying.question)
    .bind(value)
    .bind(saying.said_by.text())
    .bind(saying.by.map(str::to_owned))
    .bind(tx.now())
    .execute(tx)
    .await?;
    let body = json!({ "topic": saying.topic, "question": saying.question, "said_by": saying.said_by });
    let entry = Entry::live(tx, "need.declared", id.number()).about(saying.party).with(body);
    log::append(tx, entry).await?;
    Ok(id)
}

fn check(topic: Option<Topic>, value: &str) -> Answer<()> {
    let invalid = |code| Err(Problem::invalid("invalid").field("value", code));
    if value.is_empty() {
        return invalid("required");
    }
    if value.chars().count() > VALUE_CHARS {
        return invalid("too_long");
    }
    let words = topic.map(Topic::words).unwrap_or_default();
    if !words.is_empty() && !words.contains(&value) {
        return invalid("unknown");
    }
    refuse_sensitive(value, "value")
}

/// What a customer and those merged into them said, the newest first, as `sight` shows it.
pub async fn declared(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<Declared>> {
    let rows: Vec<Declared> = sql!(concat!(
        "select id, topic, question, value, said_by, by_name as \"by\", at from declared_facts where party in ",
        members!("$1"),
        " order by at desc, id desc limit $2"
    ))
    .bind(party)
    .bind(FACTS)
    .fetch_all(tx)
    .await?;
    let seen = |row: Declared| Declared { value: sight.text(row.value), by: sight.maybe(row.by), ..row };
    Ok(rows.into_iter().map(seen).collect())
}

/// Whose a declared fact is.
pub async fn whose(tx: &mut Tx, id: DeclaredId) -> Result<Option<PartyId>> {
    let row: Option<(PartyId,)> = sql!(
        "select coalesce(r.root, d.party) from declared_facts d left join party_root r on r.party = d.party where d.id = $1"
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(party,)| party))
}

/// Forgets a declared fact; the one before it counts again.
pub async fn forget(tx: &mut Tx, id: DeclaredId, party: PartyId) -> Result<()> {
    sql!("delete from declared_facts where id = $1").bind(id).execute(tx).await?;
    log::append(tx, Entry::live(tx, "need.forgotten", id.number()).about(party)).await
}
