//! Requests in the database.

use super::clock::ClockRule;
use super::model::{Identity, Kind, Reason, Request, RequestId, State, Way};
use crate::parties::root::members;
use ::store::{Result, Tx, sql};
use kernel::{Day, Id, Instant, kinds};
use web::Actor;

type PartyId = Id<kinds::Party>;

/// Requests of the card on Today that are looked at.
const WAITING: i64 = 100;

/// Who writes something down: nobody where somebody did it themselves on the member page.
#[derive(Debug, Clone)]
pub struct By {
    /// The user.
    pub user: Option<Id<kinds::User>>,
    /// Their name.
    pub name: String,
}

impl From<&Actor> for By {
    fn from(actor: &Actor) -> Self {
        Self { user: Some(actor.user), name: actor.name.clone() }
    }
}

/// The columns of a [`Request`], after which the condition follows.
macro_rules! select {
    ($rest:expr) => {
        sql!(concat!(
            "select q.id, q.party, coalesce(r.root, q.party) as root, p.name, q.who, q.kind, q.way, q.jurisdiction, \
             q.received_at, q.received_day, q.alarm_day, q.due_day, q.words, q.state, q.identity, q.identity_at, \
             q.identity_by_name, q.reason, q.answer, q.closed_at, q.closed_by_name, q.created_by_name \
             from requests q left join party_root r on r.party = q.party \
             left join parties p on p.id = coalesce(r.root, q.party) ",
            $rest
        ))
    };
}

/// A request to keep.
#[derive(Debug, Clone)]
pub struct New {
    /// Whose record they are.
    pub party: Option<PartyId>,
    /// What they call themselves, where nobody knows them.
    pub who: Option<String>,
    /// What they ask.
    pub kind: Kind,
    /// How it came.
    pub way: Way,
    /// When.
    pub received_at: Instant,
    /// On which day of the company.
    pub received_day: Day,
    /// What they said.
    pub words: String,
}

/// Keeps a request under a clock.
pub async fn insert(tx: &mut Tx, new: &New, rule: &ClockRule, by: &By) -> Result<RequestId> {
    let id: RequestId = tx.id();
    sql!(
        "insert into requests (id, party, who, kind, way, jurisdiction, received_at, received_day, alarm_day, due_day, \
         words, state, created_by, created_by_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12, $13)"
    )
    .bind(id)
    .bind(new.party)
    .bind(new.who.clone())
    .bind(new.kind.text())
    .bind(new.way.text())
    .bind(rule.jurisdiction.text())
    .bind(new.received_at)
    .bind(new.received_day)
    .bind(rule.alarm(new.received_day))
    .bind(rule.due(new.received_day))
    .bind(&new.words)
    .bind(by.user)
    .bind(&by.name)
    .execute(tx)
    .await?;
    Ok(id)
}

/// The request `id`.
pub async fn find(tx: &mut Tx, id: RequestId) -> Result<Option<Request>> {
    select!("where q.id = $1").bind(id).fetch_optional(tx).await
}

/// Those that wait, the one that is due first before the others.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Request>> {
    select!("where q.state in ('open', 'identity_checked') order by q.due_day, q.id limit $1")
        .bind(WAITING)
        .fetch_all(tx)
        .await
}

/// A page of those that wait, after (due day, id).
pub async fn page_waiting(tx: &mut Tx, after: (i64, i64), limit: i64) -> Result<Vec<Request>> {
    select!(
        "where q.state in ('open', 'identity_checked') and (q.due_day, q.id) > ($1, $2) \
         order by q.due_day, q.id limit $3"
    )
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// A page of those that were answered or refused, the newest first, before the id.
pub async fn page_closed(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<Request>> {
    select!("where q.state in ('answered', 'refused') and q.id < $1 order by q.id desc limit $2")
        .bind(before)
        .bind(limit)
        .fetch_all(tx)
        .await
}

/// Everything somebody asked, the newest first.
pub async fn of_party(tx: &mut Tx, root: PartyId, limit: i64) -> Result<Vec<Request>> {
    select!(concat!("where q.party in ", members!("$1"), " order by q.id desc limit $2"))
        .bind(root)
        .bind(limit)
        .fetch_all(tx)
        .await
}

/// Writes down how it was made sure who asks; gives whether it waited for that.
pub async fn identify(tx: &mut Tx, id: RequestId, how: Identity, by: &By) -> Result<bool> {
    let changed = sql!(
        "update requests set state = 'identity_checked', identity = $2, identity_at = $3, identity_by = $4, \
         identity_by_name = $5 where id = $1 and state = 'open'"
    )
    .bind(id)
    .bind(how.text())
    .bind(tx.now())
    .bind(by.user)
    .bind(&by.name)
    .execute(tx)
    .await?;
    Ok(changed == 1)
}

/// Closes a request with an answer, refused for `reason` if there is one; gives whether it stood as `from`.
pub async fn close(
    tx: &mut Tx,
    id: RequestId,
    from: State,
    reason: Option<Reason>,
    answer: &str,
    by: &By,
) -> Result<bool> {
    let state = if reason.is_some() { State::Refused } else { State::Answered };
    let changed = sql!(
        "update requests set state = $3, reason = $4, answer = $5, closed_at = $6, closed_by = $7, closed_by_name = $8 \
         where id = $1 and state = $2"
    )
    .bind(id)
    .bind(from.text())
    .bind(state.text())
    .bind(reason.map(Reason::text))
    .bind(answer)
    .bind(tx.now())
    .bind(by.user)
    .bind(&by.name)
    .execute(tx)
    .await?;
    Ok(changed == 1)
}
