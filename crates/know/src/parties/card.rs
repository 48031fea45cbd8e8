//! The customer card: who someone is, what they did, what the scores say and why, and the one thing to do next.

use super::about::{self, About};
use super::keepers::{self, Keeper};
use super::list::{self, Filter, PartyRow, Sort, View};
use super::root::members;
use super::store::{self, ContactRow};
use crate::facts::History;
use crate::scores;
use crate::suggestions::{self, Situation, Suggestion};
use ::store::{FromRow, Result, Tx, sql};
use kernel::{Currency, Day, Id, Instant, Money, kinds};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Everything about a customer on one page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyCard {
    /// What the list says.
    #[serde(flatten)]
    pub row: PartyRow,
    /// What is known of them beside how to reach them.
    pub about: About,
    /// How to reach them.
    pub contacts: Vec<ContactRow>,
    /// What follows from their orders.
    pub facts: CardFacts,
    /// Why they are in their state.
    pub state_reason: StateReason,
    /// What the models say.
    pub scores: Vec<CardScore>,
    /// The one thing to do next.
    pub suggestion: Option<Suggestion>,
    /// What they buy most.
    pub products: Vec<Bought>,
    /// Where the record comes from (law: on request, say where data came from).
    pub sources: Vec<Provenance>,
    /// Who looks after them.
    pub keeper: Option<Keeper>,
    /// Why they left, as someone recorded it.
    pub leaving_reason: Option<String>,
    /// For `If-Match`.
    pub etag: String,
}

/// What follows from a party's orders.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardFacts {
    /// Distinct orders.
    pub orders: i64,
    /// Distinct order days.
    pub order_days: i64,
    /// What was spent, a currency each.
    pub spend: Vec<SpendRow>,
    /// Net spend over orders.
    pub average_order: Option<Money>,
    /// Day of the first order.
    #[schema(value_type = Option<String>)]
    pub first_order: Option<Day>,
    /// Day of the last order.
    #[schema(value_type = Option<String>)]
    pub last_order: Option<Day>,
    /// Median days between order days.
    pub usual_interval_days: Option<f64>,
    /// Whether that is the party's own habit, not the company's.
    pub own_interval: bool,
    /// Days since the last order.
    pub days_since: Option<i64>,
    /// When the next order is due.
    #[schema(value_type = Option<String>)]
    pub due_day: Option<Day>,
}

/// What was spent in one currency.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct SpendRow {
    /// The currency.
    #[schema(value_type = String)]
    pub currency: Currency,
    /// Net of refunds, in minor units.
    pub amount_minor: i64,
    /// Refunds, in minor units.
    pub refunds_minor: i64,
}

/// Why a party is in its state: a code and what its sentence needs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StateReason {
    /// The state.
    pub code: String,
    /// Numbers for the sentence.
    pub params: Value,
    /// When it changes if nothing happens.
    #[schema(value_type = Option<String>)]
    pub changes_at: Option<Day>,
}

/// A score on the card, or why there is none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CardScore {
    /// `p_alive`, `expected_orders` or `value`.
    pub name: String,
    /// The estimate.
    pub value: Option<f64>,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The currency, where it is money.
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// The day the run stood at.
    #[schema(value_type = Option<String>)]
    pub as_of: Option<Day>,
    /// Why there is no score.
    pub missing: Option<Missing>,
}

/// Why something is not known, and what it takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Missing {
    /// `not_enough_data`.
    pub code: String,
    /// What is needed.
    pub params: Value,
}

/// A product the party bought.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct Bought {
    /// Its name.
    pub name: String,
    /// In how many orders.
    pub orders: i64,
    /// When last.
    #[schema(value_type = String)]
    pub last: Day,
}

/// Where a record comes from.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct Provenance {
    /// The source.
    pub source: String,
    /// The import, if it was one.
    #[schema(value_type = Option<String>)]
    pub import: Option<Id<kinds::Import>>,
    /// When it first told of the party.
    #[schema(value_type = String)]
    pub at: Instant,
}

#[derive(FromRow)]
struct More {
    order_days: i64,
    own_interval: bool,
    late_from: Option<Day>,
    history: Vec<u8>,
    contacted_day: Option<Day>,
    state_changes_at: Option<Day>,
}

/// The card of `party`, unless there is none.
pub async fn card(tx: &mut Tx, party: Id<kinds::Party>, view: View) -> Result<Option<PartyCard>> {
    let Some(found) = store::find(tx, party, view.sight).await? else { return Ok(None) };
    let filter = Filter { ids: Some(party.to_string()), ..Filter::default() };
    let sort = Sort::parse(None).expect("the default order is known");
    let (rows, _) = list::page(tx, &filter, sort, None, 1, view).await?;
    let (Some(row), Some(more)) = (rows.into_iter().next(), more(tx, party).await?) else { return Ok(None) };
    let contacts = store::contacts(tx, party, view.sight).await?;
    let now = situation(&row, &more, &contacts, view.today);
    let suggestion = suggestions::of(tx, party, now, view.today, view.sight).await?;
    Ok(Some(PartyCard {
        about: about::of(tx, party, view).await?,
        facts: facts(tx, party, &row, &more).await?,
        state_reason: reason(&row, &more, view.today),
        scores: card_scores(tx, party, view).await?,
        products: products(tx, party).await?,
        sources: provenance(tx, party).await?,
        keeper: keepers::of(tx, party).await?,
        leaving_reason: leaving_reason(tx, party).await?,
        etag: web::etag(found.revision),
        row,
        contacts,
        suggestion,
    }))
}

async fn more(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Option<More>> {
    sql!(
        "select order_days, own_interval, late_from, history, contacted_day, state_changes_at from facts \
         where party = $1"
    )
    .bind(party)
    .fetch_optional(tx)
    .await
}

async fn facts(tx: &mut Tx, party: Id<kinds::Party>, row: &PartyRow, more: &More) -> Result<CardFacts> {
    let spend: Vec<SpendRow> = sql!(
        "select currency, spend as amount_minor, refunds as refunds_minor from party_money where party = $1 \
         order by currency"
    )
    .bind(party)
    .fetch_all(tx)
    .await?;
    let average = row.spend.filter(|_| row.orders > 0);
    Ok(CardFacts {
        orders: row.orders,
        order_days: more.order_days,
        spend,
        average_order: average.map(|spend| Money::new(spend.currency, spend.amount_minor / row.orders)),
        first_order: row.first_order,
        last_order: row.last_order,
        usual_interval_days: row.usual_interval_days,
        own_interval: more.own_interval,
        days_since: row.days_since,
        due_day: more.late_from.map(|late| late.plus(-1)),
    })
}

fn reason(row: &PartyRow, more: &More, today: Day) -> StateReason {
    let year =
        History::days_from_bytes(&more.history).iter().filter(|day| today.since(day.day) < 365).count();
    let params = json!({
        "since_days": row.days_since,
        "interval_days": row.usual_interval_days,
        "own_interval": more.own_interval,
        "days_365": year,
        "orders": row.orders,
        "late": is_late(row, more, today),
    });
    StateReason { code: row.state.clone(), params, changes_at: more.state_changes_at }
}

fn is_late(row: &PartyRow, more: &More, today: Day) -> bool {
    row.state == "regular" && more.late_from.is_some_and(|late| late <= today)
}

/// What models say, or that the data is not enough yet.
async fn card_scores(tx: &mut Tx, party: Id<kinds::Party>, view: View) -> Result<Vec<CardScore>> {
    let known = scores::of(tx, party).await?;
    let run: Option<(Day,)> =
        sql!("select as_of from model_runs order by id desc limit 1").fetch_optional(tx).await?;
    let names = ["p_alive", "expected_orders", "value"];
    Ok(names
        .into_iter()
        .map(|name| {
            let score = known.and_then(|known| known.named(name));
            CardScore {
                name: name.into(),
                value: score.map(|score| score.value),
                low: score.and_then(|score| score.low),
                high: score.and_then(|score| score.high),
                currency: (name == "value").then_some(view.currency),
                as_of: score.and(run).map(|(day,)| day),
                missing: score
                    .is_none()
                    .then(|| Missing { code: "not_enough_data".into(), params: json!({}) }),
            }
        })
        .collect())
}

/// What the rules of suggestions look at.
fn situation(row: &PartyRow, more: &More, contacts: &[ContactRow], today: Day) -> Situation {
    Situation {
        state: row.state.clone(),
        orders: row.orders,
        since_days: row.days_since,
        interval_days: row.usual_interval_days,
        late: is_late(row, more, today),
        vip: row.rfm.is_some_and(|cell| cell.r == 5 && cell.f == 5 && cell.m == 5),
        reachable: contacts.iter().any(|contact| contact.kind != "source_id"),
        contacted: more.contacted_day.is_some_and(|day| Some(day) >= row.last_order),
        ..Situation::default()
    }
}

async fn products(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Vec<Bought>> {
    sql!(concat!(
        "select product as name, count(distinct order_no) as orders, max(day) as last from order_lines \
             where party in ",
        members!("$1"),
        " and retracted_by is null and product is not null and amount >= 0 \
             group by product order by orders desc, last desc, name limit 6"
    ))
    .bind(party)
    .fetch_all(tx)
    .await
}

async fn provenance(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Vec<Provenance>> {
    // The log's index on the party leaves `order.added` out: an order is found through its lines, by the names of
    // their first and their present revision. Of the lines that stand as an import brought them the first is enough,
    // because ids grow in time: somebody has hundreds of lines, each of which lies elsewhere in the log.
    sql!(concat!(
        "with lines as (select id, source, order_no, line_id, revision, import_id from order_lines where party in ",
        members!("$1"),
        "), heard as (select source, import_id, recorded_at from interactions where party in ",
        members!("$1"),
        " and kind <> 'order.added' and kind = 'party.added' \
         union all select i.source, i.import_id, i.recorded_at from lines l join interactions i \
         on i.source = l.source and i.kind = 'order.added' and i.source_id in \
         (l.order_no || ':' || l.line_id || '#1', l.order_no || ':' || l.line_id || '#' || cast(l.revision as text)) \
         where l.revision > 1 or l.id in (select min(id) from lines where revision = 1 group by source, import_id)) \
         select source, import_id as import, min(recorded_at) as at from heard group by source, import_id \
         order by at, source limit 20"
    ))
    .bind(party)
    .fetch_all(tx)
    .await
}

async fn leaving_reason(tx: &mut Tx, party: Id<kinds::Party>) -> Result<Option<String>> {
    let row: Option<(String,)> = sql!(concat!(
        "select reason from leaving_reasons where party in ",
        members!("$1"),
        " order by at desc limit 1"
    ))
    .bind(party)
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|(reason,)| reason))
}
