//! Follow-ups in the database.

use super::model::{FollowUp, NewFollowUp, State};
use crate::cues::{Plan, next_yearly};
use ::store::log::{self, Entry};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Day, Id, kinds};
use serde_json::json;
use web::{Actor, Sight};

type PartyId = Id<kinds::Party>;
type FollowUpId = Id<kinds::FollowUp>;

/// Whether the row `w` is to be done on the day `$1`: its day has come, and where it waits for the customer, they came.
macro_rules! due {
    () => {
        "(w.state = 'open' and w.due <= $1 and (w.plan <> 'next_visit' \
         or exists (select 1 from visits v where v.party = w.party and v.day >= w.due) \
         or exists (select 1 from visits v where v.party = r.root and v.day >= w.due) \
         or exists (select 1 from facts f where f.party = coalesce(r.root, w.party) and f.last_day >= w.due)))"
    };
}

/// The rows `w` that are asked for: of a customer, in a state, with an id, due or not, within a sight.
macro_rules! asked {
    () => {
        concat!(
            " from follow_ups w join parties p on p.id = w.party left join party_root r on r.party = w.party \
             left join parties s on s.id = r.root where p.retracted_by is null \
             and (cast($2 as bigint) is null or w.party = $2 or r.root = $2) \
             and (cast($3 as text) is null or w.state = $3) and (cast($4 as bigint) is null or w.id = $4) \
             and (cast($5 as bigint) is null or case when ",
            due!(),
            " then 1 else 0 end = $5) and (cast($6 as bigint) is null or exists \
             (select 1 from keepers k join users u on u.id = k.user_id \
             where k.party = coalesce(r.root, w.party) and (k.user_id = $6 or u.team = $7)))"
        )
    };
}

/// Which follow-ups are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked {
    /// Those of this customer and of those merged into them.
    pub party: Option<PartyId>,
    /// Those in this state.
    pub state: Option<State>,
    /// The one with this id.
    pub id: Option<FollowUpId>,
    /// Those that are due, or those that are not.
    pub due: Option<bool>,
}

impl Asked {
    fn bind(self, query: ::store::Query, today: Day, sight: Sight) -> ::store::Query {
        let within = sight.within();
        query
            .bind(today)
            .bind(self.party)
            .bind(self.state.map(State::text))
            .bind(self.id)
            .bind(self.due.map(i64::from))
            .bind(within.map(|within| within.user))
            .bind(within.and_then(|within| within.team))
    }
}

/// Where a page begins: after this day and id.
pub type After = (Day, FollowUpId);

/// The follow-ups that are asked for, by day, after a place, at most `limit`, as `sight` shows them.
pub async fn page(
    tx: &mut Tx,
    asked: Asked,
    today: Day,
    after: Option<After>,
    limit: i64,
    sight: Sight,
) -> Result<Vec<FollowUp>> {
    let (day, id) = after.unwrap_or((Day::from_epoch(i64::MIN), Id::from_number(i64::MIN)));
    let query = sql!(concat!(
        "select w.id, coalesce(r.root, w.party) as party, coalesce(s.name, p.name) as name, w.occasion, w.title, w.due, \
         w.plan, w.state, ",
        due!(),
        " as is_due, w.created_by_name as \"by\", w.created_at, w.closed_at, w.closed_by_name as closed_by",
        asked!(),
        " and (w.due, w.id) > ($8, $9) order by w.due, w.id limit $10"
    ));
    let query = asked.bind(query, today, sight).bind(day).bind(id).bind(limit);
    let rows: Vec<FollowUp> = query.fetch_all(tx).await?;
    Ok(rows.into_iter().map(|row| row.seen(sight)).collect())
}

impl FollowUp {
    fn seen(self, sight: Sight) -> Self {
        Self { title: sight.text(self.title), name: sight.maybe(self.name), ..self }
    }
}

/// How many of those asked for there are, and how many of them were promised.
pub async fn count(tx: &mut Tx, asked: Asked, today: Day, sight: Sight) -> Result<(i64, i64)> {
    let query = sql!(concat!(
        "select count(*), cast(coalesce(sum(case when w.occasion = 'promise' then 1 else 0 end), 0) as bigint)",
        asked!()
    ));
    asked.bind(query, today, sight).fetch_one(tx).await
}

/// Keeps a follow-up, and tells the log. A yearly one is due the next time its day comes.
pub async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    party: PartyId,
    note: Option<Id<kinds::Note>>,
    new: &NewFollowUp,
    today: Day,
) -> Result<FollowUpId> {
    let due = if new.plan == Plan::Yearly { next_yearly(new.day, today) } else { new.day };
    let row = Row {
        party,
        note,
        occasion: new.occasion.clone(),
        title: new.title.trim().to_owned(),
        anchor: new.day,
        due,
        plan: new.plan,
    };
    keep(tx, actor, &row).await
}

/// What a follow-up is made of.
#[derive(Debug, Clone, FromRow)]
struct Row {
    party: PartyId,
    note: Option<Id<kinds::Note>>,
    occasion: String,
    title: String,
    anchor: Day,
    due: Day,
    #[sqlx(try_from = "String")]
    plan: Plan,
}

async fn keep(tx: &mut Tx, actor: &Actor, row: &Row) -> Result<FollowUpId> {
    let id: FollowUpId = tx.id();
    sql!(
        "insert into follow_ups (id, party, note, occasion, title, anchor, due, plan, state, created_at, created_by, \
         created_by_name) values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11)"
    )
    .bind(id)
    .bind(row.party)
    .bind(row.note)
    .bind(&row.occasion)
    .bind(&row.title)
    .bind(row.anchor)
    .bind(row.due)
    .bind(row.plan.text())
    .bind(tx.now())
    .bind(actor.user)
    .bind(&actor.name)
    .execute(tx)
    .await?;
    let body = json!({ "occasion": row.occasion, "plan": row.plan });
    let entry = Entry::live(tx, "follow_up.added", id.number()).about(row.party).with(body);
    log::append(tx, entry).await?;
    Ok(id)
}

async fn find(tx: &mut Tx, id: FollowUpId) -> Result<Option<Row>> {
    sql!("select party, note, occasion, title, anchor, due, plan from follow_ups where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await
}

/// Closes a follow-up, and tells the log; a yearly one is there again for the next year. Gives whether it was open.
pub async fn close(tx: &mut Tx, actor: &Actor, id: FollowUpId, state: State) -> Result<bool> {
    let closed = sql!(
        "update follow_ups set state = $2, closed_at = $3, closed_by = $4, closed_by_name = $5 \
         where id = $1 and state = 'open'"
    )
    .bind(id)
    .bind(state.text())
    .bind(tx.now())
    .bind(actor.user)
    .bind(&actor.name)
    .execute(tx)
    .await?;
    let Some(row) = find(tx, id).await?.filter(|_| closed == 1) else { return Ok(false) };
    if row.plan == Plan::Yearly {
        let next = Row { due: next_yearly(row.anchor, row.due.plus(1)), ..row.clone() };
        let next = keep(tx, actor, &next).await?;
        sql!("update follow_ups set next = $2 where id = $1").bind(id).bind(next).execute(tx).await?;
    }
    let time: Id<kinds::Run> = tx.id();
    let name = format!("follow_up.closed:{}:{}", id.number(), time.number());
    let body = json!({ "occasion": row.occasion, "outcome": state });
    let entry = Entry::live(tx, "follow_up.closed", id.number()).about(row.party).with(body).named(name);
    log::append(tx, entry).await?;
    Ok(true)
}

/// Opens a follow-up again, which takes the next year's back if nobody has touched it.
pub async fn reopen(tx: &mut Tx, id: FollowUpId) -> Result<bool> {
    sql!("delete from follow_ups where id = (select next from follow_ups where id = $1) and state = 'open'")
        .bind(id)
        .execute(tx)
        .await?;
    let opened = sql!(
        "update follow_ups set state = 'open', closed_at = null, closed_by = null, closed_by_name = null, next = null \
         where id = $1 and state <> 'open'"
    )
    .bind(id)
    .execute(tx)
    .await?;
    let Some(row) = find(tx, id).await?.filter(|_| opened == 1) else { return Ok(false) };
    let time: Id<kinds::Run> = tx.id();
    let name = format!("follow_up.reopened:{}:{}", id.number(), time.number());
    log::append(tx, Entry::live(tx, "follow_up.reopened", id.number()).about(row.party).named(name)).await?;
    Ok(true)
}

/// Puts an open follow-up off until a day; a yearly one keeps its day in the years to come.
pub async fn put_off(tx: &mut Tx, id: FollowUpId, due: Day) -> Result<bool> {
    let changed = sql!("update follow_ups set due = $2 where id = $1 and state = 'open'")
        .bind(id)
        .bind(due)
        .execute(tx)
        .await?;
    Ok(changed == 1)
}

/// Forgets a follow-up.
pub async fn delete(tx: &mut Tx, id: FollowUpId) -> Result<bool> {
    let Some(row) = find(tx, id).await? else { return Ok(false) };
    sql!("delete from follow_ups where id = $1").bind(id).execute(tx).await?;
    log::append(tx, Entry::live(tx, "follow_up.deleted", id.number()).about(row.party)).await?;
    Ok(true)
}

/// Forgets what is still open of a memo that was taken back.
pub async fn forget_of_note(tx: &mut Tx, note: Id<kinds::Note>) -> Result<()> {
    sql!("delete from follow_ups where note = $1 and state = 'open'").bind(note).execute(tx).await?;
    Ok(())
}
