//! Memos about a party, and whether they tell of a contact.
//!
//! A memo with a contact is what takes a person off a "call them" card: the day is kept on the facts row. What may not be
//! kept of a person ([`crate::cues`]) is refused before anything is written.

use crate::follow_ups::{self, NewFollowUp};
use crate::parties::keepers;
use crate::parties::root::{self, members};
use ::store::log::{self, Entry};
use ::store::{Result, Tx, sql};
use kernel::{Id, Instant, kinds, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Actor, Answer, Company, Problem, Sight};

/// A memo to write.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewNote {
    /// The text.
    pub text: String,
    /// How they were contacted, if they were.
    pub contact: Option<Contacted>,
    /// The card of Today it was written from.
    pub card: Option<String>,
    /// What is to be followed up: what `/memos/read` proposed and somebody agreed to.
    #[serde(default)]
    pub follow_ups: Vec<NewFollowUp>,
}

/// How someone was contacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Contacted {
    /// By telephone.
    Called,
    /// By message.
    Messaged,
    /// In person.
    Met,
}

impl Contacted {
    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Called => "called",
            Self::Messaged => "messaged",
            Self::Met => "met",
        }
    }
}

/// Writes a memo, and tells the log.
pub async fn write(
    tx: &mut Tx,
    actor: &Actor,
    party: Id<kinds::Party>,
    note: &NewNote,
) -> Answer<Id<kinds::Note>> {
    let text = note.text.trim();
    if text.is_empty() {
        return Err(Problem::invalid("note_empty").field("text", "required"));
    }
    if text.chars().count() > limits::NOTE_CHARS {
        return Err(Problem::invalid("note_too_long")
            .field("text", "too_long")
            .with("max", limits::NOTE_CHARS));
    }
    follow_ups::refuse_sensitive(text, "text")?;
    crate::parties::store::standing(tx, party, actor.sight).await?;
    let memo = Memo {
        party,
        text: text.to_owned(),
        contact: note.contact,
        card: note.card.clone(),
        author: Some(actor.user),
        author_name: actor.name.clone(),
        at: tx.now(),
    };
    let id = insert(tx, &memo).await?;
    let today = Company::load(tx).await?.today(&*tx.environment().clock.clone());
    if note.follow_ups.len() > follow_ups::OF_A_MEMO {
        return Err(Problem::invalid("follow_up_invalid").field("follow_ups", "too_many"));
    }
    for follow_up in &note.follow_ups {
        follow_up.check(today)?;
        follow_ups::store::insert(tx, actor, party, Some(id), follow_up, today).await?;
    }
    if note.contact.is_some() {
        sql!("update facts set contacted_day = $1 where party = $2")
            .bind(today)
            .bind(party)
            .execute(tx)
            .await?;
    }
    let body = json!({ "contact": note.contact, "card": note.card });
    let entry = Entry::live(tx, "note.written", id.number()).about(party).with(body);
    log::append(tx, entry).await?;
    Ok(id)
}

/// A memo as it is kept.
#[derive(Debug, Clone)]
pub struct Memo {
    /// About whom.
    pub party: Id<kinds::Party>,
    /// The text.
    pub text: String,
    /// How they were contacted, if they were.
    pub contact: Option<Contacted>,
    /// The card of Today it was written from.
    pub card: Option<String>,
    /// Who wrote it, if they sign in here.
    pub author: Option<Id<kinds::User>>,
    /// The author's name.
    pub author_name: String,
    /// When.
    pub at: Instant,
}

/// Keeps a memo, without telling the log.
pub async fn insert(tx: &mut Tx, memo: &Memo) -> Result<Id<kinds::Note>> {
    let id: Id<kinds::Note> = tx.id();
    sql!(
        "insert into notes (id, party, body, contact, card, author, author_name, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(id)
    .bind(memo.party)
    .bind(&memo.text)
    .bind(memo.contact.map(Contacted::text))
    .bind(memo.card.clone())
    .bind(memo.author)
    .bind(&memo.author_name)
    .bind(memo.at)
    .execute(tx)
    .await?;
    Ok(id)
}

/// Takes a memo back; gives whether it was there and `sight` reaches whom it is about.
pub async fn delete(tx: &mut Tx, id: Id<kinds::Note>, sight: Sight) -> Result<bool> {
    let about: Option<(Id<kinds::Party>,)> =
        sql!("select party from notes where id = $1").bind(id).fetch_optional(tx).await?;
    let Some((about,)) = about else { return Ok(false) };
    let about = root::of(tx, about).await?;
    if !keepers::is_seen(tx, about, sight).await? {
        return Ok(false);
    }
    let party: Option<(Id<kinds::Party>,)> =
        sql!("update notes set deleted_at = $1 where id = $2 and deleted_at is null returning party")
            .bind(tx.now())
            .bind(id)
            .fetch_optional(tx)
            .await?;
    let Some((party,)) = party else { return Ok(false) };
    follow_ups::store::forget_of_note(tx, id).await?;
    restore_contact(tx, party).await?;
    let entry = Entry::live(tx, "note.deleted", id.number()).about(party);
    log::append(tx, entry).await?;
    Ok(true)
}

/// Writes the day of the last contact with `party`, or with who stands for it, as the memos that stand tell it.
pub async fn restore_contact(tx: &mut Tx, party: Id<kinds::Party>) -> Result<()> {
    let root = root::of(tx, party).await?;
    let last: Option<(Instant,)> = sql!(concat!(
        "select at from notes where party in ",
        members!("$1"),
        " and contact is not null and deleted_at is null order by at desc limit 1"
    ))
    .bind(root)
    .fetch_optional(tx)
    .await?;
    let zone = Company::load(tx).await?.zone();
    let day = last.map(|(at,)| at.day_in(&zone));
    sql!("update facts set contacted_day = $1 where party = $2").bind(day).bind(root).execute(tx).await?;
    Ok(())
}

/// Writes the days of the last contacts onto facts that were computed anew.
pub async fn restore_contacts(tx: &mut Tx) -> Result<()> {
    let zone = Company::load(tx).await?.zone();
    let contacts: Vec<(Id<kinds::Party>, Instant)> = sql!(
        "select coalesce(r.root, n.party), max(n.at) as at from notes n left join party_root r on r.party = n.party \
         where n.contact is not null and n.deleted_at is null group by coalesce(r.root, n.party)"
    )
    .fetch_all(tx)
    .await?;
    for (party, at) in contacts {
        sql!("update facts set contacted_day = $1 where party = $2")
            .bind(at.day_in(&zone))
            .bind(party)
            .execute(tx)
            .await?;
    }
    Ok(())
}
