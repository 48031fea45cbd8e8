//! Many assessments at once: what a table holds, a row each. Unlike events they never make customers: a judgement of
//! nobody is a slip.

use super::api::recorder;
use super::model::{Fault, Input, NewAssessment};
use super::store::{self, Standing};
use crate::parties::keepers;
use crate::parties::root;
use ::store::{Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::State;
use futures::FutureExt;
use kernel::{Currency, Day, Id, contact, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, FieldProblem, Problem, ProblemBody, Sight, text};

type PartyId = Id<kinds::Party>;

/// Rows of a batch.
const ROWS: usize = 500;

/// A table of judgements.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssessmentBatch {
    /// At most 500 rows.
    rows: Vec<AssessmentRow>,
}

/// A judgement of whoever `customer` names.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AssessmentRow {
    /// The customer's id here, their e-mail address, their phone number, or their id at one source alone.
    customer: String,
    /// The code of an input.
    input: String,
    /// Its number.
    value: i64,
    /// The currency of an amount; the company's when left out.
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// The day it stands for; today when left out.
    #[schema(value_type = Option<String>)]
    day: Option<Day>,
    /// Where it comes from.
    source: Option<String>,
    /// A memo.
    note: Option<String>,
}

/// What became of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssessmentAnswer {
    /// Rows that were recorded.
    recorded: usize,
    /// Rows that were not, and why.
    refused: Vec<RefusedRow>,
}

/// A row that was not recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RefusedAssessment)]
pub struct RefusedRow {
    /// Its place, from 1.
    row: usize,
    /// What is wrong with it.
    faults: Vec<FieldProblem>,
}

/// Records a table of judgements. A row with a fault costs itself alone; customers are found, never made.
#[utoipa::path(post, path = "/assessments", tag = "know", request_body = AssessmentBatch,
    responses((status = 200, body = AssessmentAnswer), (status = 422, body = ProblemBody)))]
pub(super) async fn record_many(
    State(app): State<App>,
    actor: Actor,
    Json(batch): Json<AssessmentBatch>,
) -> Answer<Json<AssessmentAnswer>> {
    if batch.rows.is_empty() || batch.rows.len() > ROWS {
        return Err(Problem::invalid("invalid").field("rows", "row_count"));
    }
    let locale = actor.locale;
    let faults = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let mut all = Vec::with_capacity(batch.rows.len());
                for row in &batch.rows {
                    all.push(keep(tx, &actor, row).await?);
                }
                Ok::<_, Problem>(all)
            }
            .boxed()
        })
        .await?;
    let recorded = faults.iter().filter(|faults| faults.is_empty()).count();
    let said = |(field, code): Fault| {
        let detail = text::say(locale, &format!("field.{code}"), &[]);
        FieldProblem { field: field.into(), code, detail }
    };
    let refused = faults.into_iter().enumerate().filter(|(_, faults)| !faults.is_empty());
    let refused = refused
        .map(|(place, faults)| RefusedRow { row: place + 1, faults: faults.into_iter().map(said).collect() });
    Ok(Json(AssessmentAnswer { recorded, refused: refused.collect() }))
}

/// Records a row, or says what is wrong with it.
async fn keep(tx: &mut Tx, actor: &Actor, row: &AssessmentRow) -> Result<Vec<Fault>> {
    let Some(input) = Input::of(row.input.trim()) else {
        return Ok(vec![("input", "assessment_input_unknown")]);
    };
    let new = NewAssessment {
        input,
        value: row.value,
        currency: row.currency,
        day: row.day,
        source: row.source.clone(),
        note: row.note.clone(),
    };
    let standing = Standing::now(tx).await?;
    let mut faults = new.faults(standing.today);
    let party = found(tx, row.customer.trim(), actor.sight).await?;
    if party.is_none() {
        faults.push(("customer", "customer_unknown"));
    }
    if let (Some(party), true) = (party, faults.is_empty()) {
        store::insert(tx, party, &new, standing, &recorder(actor)).await?;
    }
    Ok(faults)
}

/// Whom a text names, if `sight` reaches them: an id, an e-mail address, a phone number, or an id that only one source
/// uses.
async fn found(tx: &mut Tx, text: &str, sight: Sight) -> Result<Option<PartyId>> {
    let party = match text.parse::<PartyId>() {
        Ok(id) => sql!("select id from parties where id = $1 and retracted_by is null")
            .bind(id)
            .fetch_optional::<(PartyId,)>(tx)
            .await?
            .map(|(id,)| id),
        Err(_) => by_contact(tx, text).await?,
    };
    let Some(party) = party else { return Ok(None) };
    let root = root::of(tx, party).await?;
    Ok(keepers::is_seen(tx, root, sight).await?.then_some(root))
}

async fn by_contact(tx: &mut Tx, text: &str) -> Result<Option<PartyId>> {
    let (kind, value) = match (contact::normal_email(text), contact::normal_phone(text, "KR")) {
        (Some(email), _) => ("email", email.identity_norm),
        (None, Some(phone)) => ("phone", phone.e164),
        (None, None) => ("source_id", text.to_owned()),
    };
    let rows: Vec<(PartyId,)> = sql!(
        "select distinct coalesce(r.root, c.party) from contacts c join parties p on p.id = c.party \
         left join party_root r on r.party = c.party \
         where c.kind = $1 and c.value = $2 and p.retracted_by is null limit 2"
    )
    .bind(kind)
    .bind(value)
    .fetch_all(tx)
    .await?;
    Ok(if rows.len() == 1 { rows.first().map(|(party,)| *party) } else { None })
}
