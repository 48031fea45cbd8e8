//! Questions: what the company would like to know of its customers, the most valuable first.
//!
//! Invariants:
//! - The order of the questions is their worth; two have never the same place.
//! - Whoever was asked today, whether they answered or not, is not asked again today. What was put off rests for
//!   [`REST_DAYS`].
//! - A closed question is not asked any more; its answers stay.

use super::model::Topic;
use crate::parties::root::members;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

type PartyId = Id<kinds::Party>;
type QuestionId = Id<kinds::Question>;

/// Questions of a company: more than a handful is a questionnaire.
pub const MOST: i64 = 50;
/// Answers to choose from.
pub const CHOICES: usize = 12;
/// Characters of a question.
pub const TITLE_CHARS: usize = 150;
/// Characters of an answer to choose.
pub const CHOICE_CHARS: usize = 60;
/// Days for which a question that was put off is not asked of the same customer.
pub const REST_DAYS: i64 = 30;

/// A question.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct Question {
    /// Its id.
    #[schema(value_type = String)]
    pub id: QuestionId,
    /// The question.
    pub title: String,
    /// Answers to choose from; none for an answer in own words.
    #[schema(value_type = Vec<String>)]
    pub choices: Json<Vec<String>>,
    /// Which need its answers tell of.
    #[schema(value_type = Option<Topic>)]
    pub topic: Option<String>,
    /// Its place: lower is asked first.
    pub place: i64,
    /// Whether it is asked.
    pub is_open: bool,
}

/// A question to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewQuestion {
    /// The question.
    pub title: String,
    /// Answers to choose from; none for an answer in own words.
    #[serde(default)]
    pub choices: Vec<String>,
    /// Which need its answers tell of.
    pub topic: Option<Topic>,
}

/// The questions, the most valuable first, open ones before closed ones.
pub async fn all(tx: &mut Tx) -> Result<Vec<Question>> {
    sql!(
        "select id, title, choices, topic, place, closed_at is null as is_open from questions \
         order by case when closed_at is null then 0 else 1 end, place, id limit $1"
    )
    .bind(MOST)
    .fetch_all(tx)
    .await
}

/// The question `id`.
pub async fn find(tx: &mut Tx, id: QuestionId) -> Result<Option<Question>> {
    sql!("select id, title, choices, topic, place, closed_at is null as is_open from questions where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// How many there are.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = sql!("select count(*) from questions").fetch_one(tx).await?;
    Ok(count)
}

/// Keeps a question behind all others.
pub async fn insert(tx: &mut Tx, new: &NewQuestion) -> Result<QuestionId> {
    let id: QuestionId = tx.id();
    let (last,): (i64,) = sql!("select coalesce(max(place), 0) from questions").fetch_one(tx).await?;
    sql!(
        "insert into questions (id, title, choices, topic, place, created_at) values ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id)
    .bind(new.title.trim())
    .bind(serde_json::to_value(&new.choices)?)
    .bind(new.topic.map(Topic::text))
    .bind(last + 1)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(id)
}

/// Changes a question; gives whether it is there.
pub async fn change(tx: &mut Tx, id: QuestionId, new: &NewQuestion) -> Result<bool> {
    let changed = sql!("update questions set title = $2, choices = $3, topic = $4 where id = $1")
        .bind(id)
        .bind(new.title.trim())
        .bind(serde_json::to_value(&new.choices)?)
        .bind(new.topic.map(Topic::text))
        .execute(tx)
        .await?;
    Ok(changed == 1)
}

/// Closes a question or opens it again.
pub async fn set_open(tx: &mut Tx, id: QuestionId, open: bool) -> Result<()> {
    let at = if open { None } else { Some(tx.now()) };
    sql!("update questions set closed_at = $2 where id = $1").bind(id).bind(at).execute(tx).await?;
    Ok(())
}

/// Puts the questions into this order; those that are not named come behind.
pub async fn order(tx: &mut Tx, ids: &[QuestionId]) -> Result<()> {
    let rest = all(tx).await?.into_iter().map(|question| question.id).filter(|id| !ids.contains(id));
    let order: Vec<QuestionId> = ids.iter().copied().chain(rest).collect();
    for (place, id) in (1_i64..).zip(order) {
        sql!("update questions set place = $2 where id = $1").bind(id).bind(place).execute(tx).await?;
    }
    Ok(())
}

/// Forgets a question that nobody has answered; gives whether it is gone.
pub async fn forget(tx: &mut Tx, id: QuestionId) -> Result<bool> {
    sql!("delete from question_asks where question = $1 and not exists (select 1 from declared_facts d where d.question = $1)")
        .bind(id)
        .execute(tx)
        .await?;
    let gone = sql!(
        "delete from questions where id = $1 and not exists (select 1 from declared_facts d where d.question = $1)"
    )
    .bind(id)
    .execute(tx)
    .await?;
    Ok(gone == 1)
}

/// The most valuable question that a customer has not answered, unless they were asked today.
pub async fn next(tx: &mut Tx, party: PartyId, today: Day) -> Result<Option<Question>> {
    sql!(concat!(
        "select q.id, q.title, q.choices, q.topic, q.place, q.closed_at is null as is_open from questions q \
         where q.closed_at is null and not exists (select 1 from question_asks a where a.day = $2 and a.party in ",
        members!("$1"),
        ") and not exists (select 1 from declared_facts d where d.question = q.id and d.party in ",
        members!("$1"),
        ") and not exists (select 1 from question_asks a where a.question = q.id and a.day > $3 and a.party in ",
        members!("$1"),
        ") order by q.place, q.id limit 1"
    ))
    .bind(party)
    .bind(today)
    .bind(today.plus(-REST_DAYS))
    .fetch_optional(tx)
    .await
}

/// Keeps that a customer was asked.
pub async fn asked(tx: &mut Tx, party: PartyId, question: QuestionId, today: Day) -> Result<()> {
    sql!("insert into question_asks (party, question, day) values ($1, $2, $3) on conflict do nothing")
        .bind(party)
        .bind(question)
        .bind(today)
        .execute(tx)
        .await?;
    Ok(())
}

/// How many of the open questions a customer has answered.
pub async fn answered(tx: &mut Tx, party: PartyId) -> Result<(i64, i64)> {
    sql!(concat!(
        "select count(*), cast(coalesce(sum(case when exists (select 1 from declared_facts d where d.question = q.id \
         and d.party in ",
        members!("$1"),
        ") then 1 else 0 end), 0) as bigint) from questions q where q.closed_at is null"
    ))
    .bind(party)
    .fetch_one(tx)
    .await
}

/// An answer, and how many gave it last.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct AnswerCount {
    /// The answer.
    pub value: String,
    /// How many customers.
    pub count: i64,
}

/// Answers of a question that are told.
const TOLD: i64 = 30;

/// The answers to a question, of each customer the last one, the most frequent first.
pub async fn answers(tx: &mut Tx, question: QuestionId) -> Result<Vec<AnswerCount>> {
    sql!(
        "with last as (select coalesce(r.root, d.party) as party, max(d.id) as id from declared_facts d \
         left join party_root r on r.party = d.party where d.question = $1 group by coalesce(r.root, d.party)) \
         select d.value, count(*) as count from last l join declared_facts d on d.id = l.id \
         join parties p on p.id = l.party where p.retracted_by is null \
         group by d.value order by count(*) desc, d.value limit $2"
    )
    .bind(question)
    .bind(TOLD)
    .fetch_all(tx)
    .await
}

/// What customers look for, each customer once a thing, the most wanted first.
pub async fn wanted(tx: &mut Tx) -> Result<Vec<AnswerCount>> {
    sql!(
        "select d.value, count(distinct coalesce(r.root, d.party)) as count from declared_facts d \
         join parties p on p.id = d.party left join party_root r on r.party = d.party \
         where d.topic = 'wanted' and p.retracted_by is null group by d.value \
         order by count(distinct coalesce(r.root, d.party)) desc, d.value limit $1"
    )
    .bind(TOLD)
    .fetch_all(tx)
    .await
}

/// How many customers there are, and how many answers to open questions they gave, each question once.
pub async fn completeness(tx: &mut Tx) -> Result<(i64, i64)> {
    let (people,): (i64,) =
        sql!("select count(*) from facts f join parties p on p.id = f.party where p.retracted_by is null")
            .fetch_one(tx)
            .await?;
    let (answers,): (i64,) = sql!(
        "select count(*) from (select distinct coalesce(r.root, d.party) as party, d.question from declared_facts d \
         join questions q on q.id = d.question join parties p on p.id = d.party \
         left join party_root r on r.party = d.party where q.closed_at is null and p.retracted_by is null) given"
    )
    .fetch_one(tx)
    .await?;
    Ok((people, answers))
}
