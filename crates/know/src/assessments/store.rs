//! Assessments in the database.

use super::model::{Assessment, Input, NewAssessment};
use crate::parties::{keepers, root, root::members};
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Currency, Day, Id, Instant, kinds};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use web::{Company, Sight};

type PartyId = Id<kinds::Party>;
type AssessmentId = Id<kinds::Assessment>;

/// Assessments of one customer that are shown: years of judging everything each month.
const SHOWN: i64 = 500;
/// Parties asked about in one statement.
const SLICE: usize = 500;

/// Who records something, and under which name a program tells it.
#[derive(Debug, Clone, Default)]
pub struct Recorder {
    /// The user, where one signed in.
    pub user: Option<Id<kinds::User>>,
    /// The name that is shown.
    pub name: String,
    /// The event's name at its source.
    pub told: Option<String>,
}

/// Writes a judgement that has no faults, and tells the log.
pub async fn insert(
    tx: &mut Tx,
    party: PartyId,
    new: &NewAssessment,
    standing: Standing,
    by: &Recorder,
) -> Result<AssessmentId> {
    let id: AssessmentId = tx.id();
    let is_amount = new.input.measure() == super::Measure::Amount;
    let currency = is_amount.then(|| new.currency.unwrap_or(standing.currency));
    let trimmed = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    sql!(
        "insert into assessments (id, party, input, value, currency, day, source, note, author, author_name, told, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    )
    .bind(id)
    .bind(party)
    .bind(new.input.text())
    .bind(new.value)
    .bind(currency)
    .bind(new.day.unwrap_or(standing.today))
    .bind(trimmed(&new.source))
    .bind(trimmed(&new.note))
    .bind(by.user)
    .bind(&by.name)
    .bind(by.told.clone())
    .bind(tx.now())
    .execute(tx)
    .await?;
    let body = json!({ "input": new.input, "value": new.value });
    let entry = Entry {
        amount: is_amount.then_some(new.value),
        currency,
        ..Entry::live(tx, "assessment.recorded", id.number()).about(party).with(body)
    };
    log::append(tx, entry).await?;
    Ok(id)
}

/// What a judgement that leaves it out is of.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// The company's currency.
    pub currency: Currency,
    /// The company's day.
    pub today: Day,
}

impl Standing {
    /// As things are now.
    pub async fn now(tx: &mut Tx) -> Result<Self> {
        let company = Company::load(tx).await?;
        let today = company.today(&*tx.environment().clock.clone());
        Ok(Self { currency: company.currency, today })
    }
}

#[derive(FromRow)]
struct Row {
    id: AssessmentId,
    input: String,
    value: i64,
    currency: Option<Currency>,
    day: Day,
    source: String,
    note: String,
    author_name: String,
    at: Instant,
}

/// What was judged of a party, the latest first.
pub async fn of(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<Assessment>> {
    let rows: Vec<Row> = sql!(concat!(
        "select id, input, value, currency, day, source, note, author_name, at from assessments \
         where deleted_at is null and party in ",
        members!("$1"),
        " order by day desc, id desc limit $2"
    ))
    .bind(party)
    .bind(SHOWN)
    .fetch_all(tx)
    .await?;
    let mut seen = BTreeSet::new();
    let shown = |row: Row| {
        let input = Input::of(&row.input)?;
        Some(Assessment {
            id: row.id,
            input,
            measure: input.measure(),
            value: row.value,
            currency: row.currency,
            day: row.day,
            source: sight.text(row.source),
            note: sight.text(row.note),
            by: row.author_name,
            at: row.at,
            counts: seen.insert(input),
        })
    };
    Ok(rows.into_iter().filter_map(shown).collect())
}

/// Takes a judgement back; gives whether it was there and `sight` reaches whom it is about.
pub async fn delete(tx: &mut Tx, id: AssessmentId, sight: Sight) -> Result<bool> {
    let about: Option<(PartyId,)> =
        sql!("select party from assessments where id = $1 and deleted_at is null")
            .bind(id)
            .fetch_optional(tx)
            .await?;
    let Some((party,)) = about else { return Ok(false) };
    let root = root::of(tx, party).await?;
    if !keepers::is_seen(tx, root, sight).await? {
        return Ok(false);
    }
    let gone = sql!("update assessments set deleted_at = $1 where id = $2 and deleted_at is null")
        .bind(tx.now())
        .bind(id)
        .execute(tx)
        .await?;
    if gone == 1 {
        log::append(tx, Entry::live(tx, "assessment.retracted", id.number()).about(party)).await?;
    }
    Ok(gone == 1)
}

/// What counts of an input: its number and the day it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Judged {
    /// The number.
    pub value: i64,
    /// The currency of an amount.
    pub currency: Option<Currency>,
    /// The day.
    pub day: Day,
}

/// What counts of each input, of each of `roots` about whom something was judged. Of evidence that was given unasked
/// the latest counts, even when a rewarded one came later.
pub async fn of_roots(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeMap<PartyId, BTreeMap<Input, Judged>>> {
    let mut all: BTreeMap<PartyId, BTreeMap<Input, Judged>> = BTreeMap::new();
    for slice in roots.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "with asked (root) as (values {rows}), whose (root, party) as (select root, root from asked union all \
             select k.root, m.party from asked k join party_root m on m.root = k.root) \
             select w.root, a.input, a.value, a.currency, a.day, a.id from whose w join assessments a on a.party = w.party \
             where a.deleted_at is null order by a.day, a.id"
        );
        slice.iter().for_each(|root| query.push_row([(*root).into()]));
        let mut rows: Vec<(PartyId, String, i64, Option<Currency>, Day, i64)> =
            query.fetch_of_set(tx).await?;
        rows.sort_by_key(|(_, _, _, _, day, id)| (*day, *id));
        for (root, input, value, currency, day, _) in rows {
            let Some(input) = Input::of(&input) else { continue };
            let known = all.entry(root).or_default();
            let is_weaker = input.measure() == super::Measure::Evidence
                && value == 0
                && known.get(&input).is_some_and(|known| known.value == 1);
            if !is_weaker {
                known.insert(input, Judged { value, currency, day });
            }
        }
    }
    Ok(all)
}
