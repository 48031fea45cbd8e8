//! Proposals to merge: two parties that one record speaks of as one.
//!
//! An order whose e-mail address belongs to another customer than its customer id goes to the customer with the id, and
//! the pair is kept here with the contacts that say so, until a person looks at it.
//!
//! Invariants:
//! - A pair is proposed once: one that was dismissed does not come back with the next import.
//! - A proposal is shown as long as both parties stand; undoing an import hides those it made.

use super::keepers;
use super::list::handle;
use super::model::Contact;
use ::store::{FromRow, Json, Lane, Result, Tx, sql, sql_rows};
use axum::Json as Body;
use axum::extract::{Path, Query, State};
use futures::FutureExt;
use kernel::{Id, Instant, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use web::{
    Actor, Answer, App, Page, PageQuery, Permission, Person, Problem, ProblemBody, Registry, Sight, audit,
};

type PartyId = Id<kinds::Party>;
type ProposalId = Id<kinds::Proposal>;

/// A contact and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// `source_id`, `email` or `phone`.
    kind: String,
    /// The source of a source id, else empty.
    source: String,
    /// As it is shown.
    shown: String,
    /// Whose it is.
    #[schema(value_type = String)]
    party: PartyId,
}

/// A pair that a record was found to speak of as one.
#[derive(Debug, Clone)]
pub struct Found {
    reason: &'static str,
    evidence: [Evidence; 2],
}

impl Found {
    /// The record's `contacts` made it `party`'s, but the one at `position` is `other`'s.
    pub fn new(party: PartyId, contacts: &[Contact], position: usize, other: PartyId) -> Self {
        let evidence = |contact: &Contact, party| Evidence {
            kind: contact.kind.to_owned(),
            source: contact.source.clone(),
            shown: contact.shown.clone(),
            party,
        };
        let clash = &contacts[position];
        // The strongest contact is the one that decided, or the new id of somebody who was found by a weaker one.
        Self { reason: clash.kind, evidence: [evidence(&contacts[0], party), evidence(clash, other)] }
    }
}

/// Keeps pairs that are not known yet.
pub async fn insert(
    tx: &mut Tx,
    found: &BTreeMap<(PartyId, PartyId), Found>,
    import: Option<Id<kinds::Import>>,
) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut insert = sql_rows!(
        8,
        "insert into merge_proposals (id, party, other, reason, evidence, state, import_id, created_at) \
         values {rows} on conflict (party, other) do nothing"
    );
    for ((party, other), found) in found {
        let id: ProposalId = tx.id();
        insert.push_row([
            id.into(),
            (*party).into(),
            (*other).into(),
            found.reason.into(),
            serde_json::to_value(&found.evidence)?.into(),
            "open".into(),
            import.into(),
            now.into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(())
}

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes =
        utoipa_axum::router::OpenApiRouter::new().routes(routes!(list_proposals)).routes(routes!(dismiss));
    registry.routes(routes);
    registry.allow("GET", "/parties/proposals", Permission::PartiesRead);
    registry.allow("POST", "/parties/proposals/{id}/dismiss", Permission::PartiesWrite);
}

/// A proposal to merge two customers.
#[derive(Debug, Serialize, ToSchema)]
pub struct MergeProposal {
    /// Its id.
    #[schema(value_type = String)]
    id: ProposalId,
    /// The two, the older record first.
    parties: [Person; 2],
    /// Which contact of a record belongs to the other one: `email` or `phone`.
    reason: String,
    /// What made the record the one's, and what is the other's.
    evidence: Vec<Evidence>,
    /// `open` or `dismissed`.
    state: String,
    /// The import that met the pair first, if one did.
    #[schema(value_type = Option<String>)]
    import: Option<Id<kinds::Import>>,
    /// When the pair was met first.
    #[schema(value_type = String)]
    created_at: Instant,
}

#[derive(FromRow)]
struct Row {
    id: ProposalId,
    party: PartyId,
    party_name: Option<String>,
    party_phone: Option<String>,
    party_email: Option<String>,
    party_source_id: Option<String>,
    other: PartyId,
    other_name: Option<String>,
    other_phone: Option<String>,
    other_email: Option<String>,
    other_source_id: Option<String>,
    reason: String,
    evidence: Json<Vec<Evidence>>,
    state: String,
    import_id: Option<Id<kinds::Import>>,
    created_at: Instant,
}

impl MergeProposal {
    /// The proposal as `sight` shows it.
    fn of(row: Row, sight: Sight) -> Self {
        let party = row.party_name.unwrap_or_else(|| {
            handle(row.party_phone.as_deref(), row.party_email.as_deref(), row.party_source_id.as_deref())
        });
        let other = row.other_name.unwrap_or_else(|| {
            handle(row.other_phone.as_deref(), row.other_email.as_deref(), row.other_source_id.as_deref())
        });
        Self {
            id: row.id,
            parties: [(row.party, party), (row.other, other)]
                .map(|(id, name)| Person { id, name: sight.text(name) }),
            reason: row.reason,
            evidence: row
                .evidence
                .0
                .into_iter()
                .map(|evidence| Evidence { shown: sight.text(evidence.shown), ..evidence })
                .collect(),
            state: row.state,
            import: row.import_id,
            created_at: row.created_at,
        }
    }
}

/// A contact by which a party without a name is called.
macro_rules! shown {
    ($party:literal, $kind:literal) => {
        concat!(
            "(select min(c.shown) from contacts c where c.party = m.",
            $party,
            " and c.kind = '",
            $kind,
            "') as ",
            $party,
            "_",
            $kind,
            ", "
        )
    };
}

/// Those whose parties both stand.
macro_rules! select {
    ($rest:literal) => {
        sql!(concat!(
            "select m.id, m.party, p.name as party_name, m.other, o.name as other_name, ",
            shown!("party", "phone"),
            shown!("party", "email"),
            shown!("party", "source_id"),
            shown!("other", "phone"),
            shown!("other", "email"),
            shown!("other", "source_id"),
            "m.reason, m.evidence, m.state, m.import_id, m.created_at from merge_proposals m join parties p on p.id = m.party \
             join parties o on o.id = m.other where p.retracted_by is null and o.retracted_by is null and ",
            $rest
        ))
    };
}

/// Which proposals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StateQuery {
    /// `open` or `dismissed`; `open` when left out.
    state: Option<String>,
}

/// Pairs of customers that may be one, the newest first.
#[utoipa::path(get, path = "/parties/proposals", tag = "know", params(StateQuery, PageQuery),
    responses((status = 200, body = Page<MergeProposal>), (status = 422, body = ProblemBody)))]
async fn list_proposals(
    State(app): State<App>,
    actor: Actor,
    Query(asked): Query<StateQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Body<Page<MergeProposal>>> {
    let state = asked.state.as_deref().unwrap_or("open");
    if !["open", "dismissed"].contains(&state) {
        return Err(Problem::invalid("invalid").field("state", "unknown"));
    }
    let before = page.cursor.as_deref().map(web::cursor::decode::<i64>).transpose()?.unwrap_or(i64::MAX);
    let limit = page.limit();
    let mut tx = app.db().read().await?;
    let mut rows: Vec<Row> = select!("m.state = $1 and m.id < $2 order by m.id desc limit $3")
        .bind(state)
        .bind(before)
        .bind(limit + 1)
        .fetch_all(&mut tx)
        .await?;
    let more = i64::try_from(rows.len()).is_ok_and(|count| count > limit);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|last| web::cursor::encode(&last.id.number()));
    let mut items = Vec::new();
    for row in rows {
        if is_seen(&mut tx, &row, actor.sight).await? {
            items.push(MergeProposal::of(row, actor.sight));
        }
    }
    Ok(Body(Page { items, next }))
}

/// Whoever sees one of two alone is not told that there is the other.
async fn is_seen(tx: &mut Tx, row: &Row, sight: Sight) -> Result<bool> {
    Ok(keepers::is_seen(tx, row.party, sight).await? && keepers::is_seen(tx, row.other, sight).await?)
}

/// Says that two customers are two.
#[utoipa::path(post, path = "/parties/proposals/{id}/dismiss", tag = "know",
    params(("id" = String, Path, description = "The proposal")),
    responses((status = 200, body = MergeProposal), (status = 404, body = ProblemBody)))]
async fn dismiss(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<ProposalId>,
) -> Answer<Body<MergeProposal>> {
    let dismissed = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let row: Option<Row> = select!("m.id = $1").bind(id).fetch_optional(tx).await?;
            let row = row.ok_or_else(Problem::not_found)?;
            if !is_seen(tx, &row, actor.sight).await? {
                return Err(Problem::not_found());
            }
            let changed = sql!(
                "update merge_proposals set state = 'dismissed', decided_at = $2, decided_by = $3 \
                 where id = $1 and state = 'open'"
            )
            .bind(id)
            .bind(tx.now())
            .bind(actor.user)
            .execute(tx)
            .await?;
            if changed == 1 {
                audit::write(
                    tx,
                    Some(&actor),
                    "proposal.dismissed",
                    Some(id.number()),
                    serde_json::json!({}),
                )
                .await?;
            }
            let row: Option<Row> = select!("m.id = $1").bind(id).fetch_optional(tx).await?;
            row.map(|row| MergeProposal::of(row, actor.sight)).ok_or_else(Problem::not_found)
        }
        .boxed()
    });
    Ok(Body(dismissed.await?))
}
