//! The values that parties have of own fields.

use super::model::{CustomField, Typed, typed};
use super::store;
use crate::parties::root::members;
use crate::parties::store::standing;
use ::store::log::{self, Entry};
use ::store::{FromRow, Lane, Result, Tx, sql, sql_rows};
use axum::Json;
use axum::extract::{Path, State};
use futures::FutureExt;
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use web::{Actor, Answer, App, Problem, ProblemBody, Sight};

type PartyId = Id<kinds::Party>;
type FieldId = Id<kinds::CustomField>;

/// Values of own fields, by the ids of the fields: text, number, `2026-11-22`, true or false.
pub type Values = BTreeMap<String, Value>;

/// Values to set.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldValues {
    /// By the ids of the fields; null takes the value away, what is left out stays.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    values: Values,
}

/// Sets values of own fields.
#[utoipa::path(put, path = "/parties/{id}/fields", tag = "know", request_body = FieldValues,
    params(("id" = String, Path, description = "The party")),
    responses((status = 200, body = FieldValues), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(super) async fn set(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(asked): Json<FieldValues>,
) -> Answer<Json<FieldValues>> {
    let values = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { settle(tx, &actor, party, asked.values).await }.boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(FieldValues { values }))
}

async fn settle(tx: &mut Tx, actor: &Actor, party: PartyId, values: Values) -> Answer<Values> {
    standing(tx, party, actor.sight).await?;
    let fields: BTreeMap<String, CustomField> =
        store::all(tx).await?.into_iter().map(|field| (field.id.to_string(), field)).collect();
    let had = of(tx, &[party], &Vec::from_iter(fields.values().cloned()), Sight::WHOLE).await?;
    let had = had.into_values().next().unwrap_or_default();
    let mut changes = Vec::new();
    for (id, value) in values {
        let field = fields.get(&id).ok_or_else(|| refused(&id, "field_unknown"))?;
        // Who reads a text in part sends it back in part.
        let same = had.get(&id).is_some_and(|known| *known == value || seen(known, actor.sight) == value);
        if !same {
            let value = if value.is_null() {
                None
            } else {
                Some(typed(field, &value).map_err(|code| refused(&id, code))?)
            };
            changes.push((field.id, value));
        }
    }
    for (field, value) in &changes {
        match value {
            Some(value) => put(tx, party, *field, value).await?,
            None => take(tx, party, *field).await?,
        }
    }
    if !changes.is_empty() {
        let time: Id<kinds::Run> = tx.id();
        let ids: Vec<String> = changes.iter().map(|(field, _)| field.to_string()).collect();
        let entry = Entry::live(tx, "fields.changed", party.number()).about(party);
        let entry = entry.named(format!("fields.changed:{}", time.number()));
        log::append(tx, entry.with(json!({ "fields": ids }))).await?;
    }
    let fields = Vec::from_iter(fields.into_values());
    Ok(of(tx, &[party], &fields, actor.sight).await?.into_values().next().unwrap_or_default())
}

fn refused(id: &str, code: &'static str) -> Problem {
    Problem::invalid("invalid").field("values", code).member("custom_field", id)
}

async fn put(tx: &mut Tx, party: PartyId, field: FieldId, value: &Typed) -> Result<()> {
    sql!(
        "insert into party_fields (party, field, num, text, day, at) values ($1, $2, $3, $4, $5, $6) \
         on conflict (party, field) do update set num = excluded.num, text = excluded.text, day = excluded.day, \
         at = excluded.at"
    )
    .bind(party)
    .bind(field)
    .bind(value.num)
    .bind(value.text.clone())
    .bind(value.day)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

async fn take(tx: &mut Tx, party: PartyId, field: FieldId) -> Result<()> {
    sql!(concat!("delete from party_fields where field = $2 and party in ", members!("$1")))
        .bind(party)
        .bind(field)
        .execute(tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct ValueRow {
    root: PartyId,
    party: PartyId,
    field: FieldId,
    num: Option<f64>,
    text: Option<String>,
    day: Option<Day>,
}

/// What a file changed of an own field of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    before: Option<Value>,
    after: Value,
}

/// Gives `party` what a file says of their own fields; `before` is what its source said last. A value that somebody else
/// gave stands.
pub(crate) async fn learn(
    tx: &mut Tx,
    party: PartyId,
    fields: &[CustomField],
    said: &Values,
    before: &Values,
) -> Result<BTreeMap<String, Written>> {
    let mut written = BTreeMap::new();
    if said.is_empty() {
        return Ok(written);
    }
    let had = of(tx, &[party], fields, Sight::WHOLE).await?.remove(&party).unwrap_or_default();
    for field in fields {
        let id = field.id.to_string();
        let Some(after) = said.get(&id).filter(|value| had.get(&id) != Some(value)) else { continue };
        let is_ours = had.get(&id).is_none_or(|value| before.get(&id) == Some(value));
        let Some(value) = typed(field, after).ok().filter(|_| is_ours) else { continue };
        put(tx, party, field.id, &value).await?;
        written.insert(id.clone(), Written { before: had.get(&id).cloned(), after: after.clone() });
    }
    Ok(written)
}

/// Takes back what a file changed, unless somebody has changed it since.
pub(crate) async fn unlearn(
    tx: &mut Tx,
    party: PartyId,
    fields: &[CustomField],
    written: &BTreeMap<String, Written>,
) -> Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let has = of(tx, &[party], fields, Sight::WHOLE).await?.remove(&party).unwrap_or_default();
    for field in fields {
        let id = field.id.to_string();
        let Some(change) = written.get(&id).filter(|change| has.get(&id) == Some(&change.after)) else {
            continue;
        };
        match change.before.as_ref().and_then(|before| typed(field, before).ok()) {
            Some(before) => put(tx, party, field.id, &before).await?,
            None => {
                sql!("delete from party_fields where party = $1 and field = $2")
                    .bind(party)
                    .bind(field.id)
                    .execute(tx)
                    .await?;
            }
        }
    }
    Ok(())
}

/// The values of those who stand for themselves, as `sight` shows them.
pub async fn of(
    tx: &mut Tx,
    roots: &[PartyId],
    fields: &[CustomField],
    sight: Sight,
) -> Result<BTreeMap<PartyId, Values>> {
    if fields.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut query = sql_rows!(
        1,
        "with asked (party) as (values {rows}) \
         select a.party as root, x.party, x.field, x.num, x.text, x.day from asked a \
         join party_fields x on x.party = a.party union \
         select m.root, x.party, x.field, x.num, x.text, x.day from asked a join party_root m on m.root = a.party \
         join party_fields x on x.party = m.party order by 1, 2"
    );
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    let mut found: BTreeMap<PartyId, Values> = BTreeMap::new();
    for row in query.fetch_of_set::<ValueRow>(tx).await? {
        let Some(field) = fields.iter().find(|field| field.id == row.field) else { continue };
        let value = Typed { num: row.num, text: row.text, day: row.day }.json(field.kind);
        let values = found.entry(row.root).or_default();
        // The own value outranks those of who was merged, and of these the first.
        if row.root == row.party || !values.contains_key(&field.id.to_string()) {
            values.insert(field.id.to_string(), seen(&value, sight));
        }
    }
    Ok(found)
}

/// A value as `sight` shows it: people write numbers into texts.
fn seen(value: &Value, sight: Sight) -> Value {
    match value {
        Value::String(text) => sight.text(text.clone()).into(),
        other => other.clone(),
    }
}
