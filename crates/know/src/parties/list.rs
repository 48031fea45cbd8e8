//! The customer list: one predicate gives the page, the count, the sums and the export.

use super::store::SEARCH_AREA;
use ::store::{FromRow, Query, Result, Tx, Value, search};
use kernel::{Currency, Day, Id, Instant, Money, Month, contact, kinds, limits};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Who is asked for. Every number of the product that opens its people links here with one of these.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Part of a name, an e-mail address, the last digits of a phone, an order number.
    pub q: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
    /// Regulars who are later than usual.
    pub late: Option<bool>,
    /// Whether they were contacted since they became late.
    pub contacted: Option<bool>,
    /// Recency cells, 1 to 5, separated by commas.
    pub r: Option<String>,
    /// Frequency cells, 1 to 5, separated by commas.
    pub f: Option<String>,
    /// Spend cells, 1 to 5, separated by commas.
    pub m: Option<String>,
    /// The best cell in recency, frequency and spend.
    pub vip: Option<bool>,
    /// The source that knows them.
    pub source: Option<String>,
    /// The import that touched them.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub import: Option<Id<kinds::Import>>,
    /// With `move`: the month in which they entered or left.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub month: Option<Month>,
    /// `in` or `out`: entered or left the set of live customers.
    #[serde(rename = "move")]
    pub moved: Option<String>,
    /// With `move=out`: why they left.
    pub reason: Option<String>,
    /// They were live customers at the end of this month.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub live_in: Option<Month>,
    /// At least so many orders.
    pub orders_min: Option<i64>,
    /// At most so many orders.
    pub orders_max: Option<i64>,
    /// At least so many order days.
    pub days_min: Option<i64>,
    /// At most so many order days.
    pub days_max: Option<i64>,
    /// At least so much spent, in minor units of the company's currency.
    pub spend_min: Option<i64>,
    /// At most so much spent.
    pub spend_max: Option<i64>,
    /// First order on or after.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub first_from: Option<Day>,
    /// First order on or before.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub first_to: Option<Day>,
    /// Last order on or after.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub last_from: Option<Day>,
    /// Last order on or before.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub last_to: Option<Day>,
    /// Probability of being a customer at least.
    pub alive_min: Option<f64>,
    /// Probability of being a customer at most.
    pub alive_max: Option<f64>,
    /// Expected value at least, in minor units.
    pub value_min: Option<f64>,
    /// Expected value at most, in minor units.
    pub value_max: Option<f64>,
    /// They bought in this store.
    pub store: Option<String>,
    /// This member of staff served them.
    pub staff: Option<String>,
    /// Only these, separated by commas.
    pub ids: Option<String>,
}

/// In which order: a column, descending with a minus before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    column: &'static str,
    descending: bool,
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Int,
    Text,
    Float,
}

impl Sort {
    /// The order that `text` names, newest first when it names none.
    pub fn parse(text: Option<&str>) -> Option<Self> {
        let text = text.unwrap_or("-last_order");
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let (column, by) = match name {
            "spend" => ("f.spend", By::Int),
            "orders" => ("f.orders", By::Int),
            "last_order" => ("coalesce(f.last_day, -1)", By::Int),
            "first_order" => ("coalesce(f.first_day, -1)", By::Int),
            "late" => ("coalesce(f.late_from, 9999999)", By::Int),
            "name" => ("p.name_fold", By::Text),
            "value" => ("coalesce(v.value, -1.0)", By::Float),
            "alive" => ("coalesce(a.value, -1.0)", By::Float),
            "created" => ("p.id", By::Int),
            _ => return None,
        };
        Some(Self { column, descending, by })
    }
}

/// Where the next page begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct After {
    key: serde_json::Value,
    party: i64,
}

/// A predicate with its bound values, after `from facts f join parties p on p.id = f.party`.
struct Predicate {
    text: String,
    values: Vec<Value>,
}

impl Predicate {
    fn new() -> Self {
        Self { text: " where p.retracted_by is null".into(), values: Vec::new() }
    }

    /// Adds a condition; `?` stands for each value in turn.
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        let mut values = values.into_iter();
        self.text.push_str(" and ");
        for letter in condition.chars() {
            if letter == '?' {
                self.values.extend(values.next());
                self.text.push_str(&format!("${}", self.values.len()));
            } else {
                self.text.push(letter);
            }
        }
    }

    fn and_if(&mut self, condition: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.and(condition, [value.into()]);
        }
    }

    fn any_of(&mut self, column: &str, values: Vec<Value>) {
        let places = vec!["?"; values.len()].join(", ");
        if values.is_empty() {
            self.and("1 = 0", [])
        } else {
            self.and(&format!("{column} in ({places})"), values)
        }
    }
}

impl Filter {
    async fn predicate(&self, tx: &mut Tx, today: Day) -> Result<Predicate> {
        let mut who = Predicate::new();
        self.by_standing(&mut who, today);
        self.by_orders(&mut who);
        self.by_value(&mut who);
        self.by_provenance(&mut who);
        if let Some(ids) = &self.ids {
            let ids = ids.split(',').filter_map(|id| id.trim().parse::<Id<kinds::Party>>().ok()).take(1_000);
            who.any_of("f.party", ids.map(Value::from).collect());
        }
        if let Some(text) = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let found = found(tx, text).await?;
            who.any_of("f.party", found.into_iter().map(Value::from).collect());
        }
        Ok(who)
    }

    fn by_standing(&self, who: &mut Predicate, today: Day) {
        if let Some(states) = &self.state {
            who.any_of("f.state", states.split(',').map(|state| Value::from(state.trim())).collect());
        }
        match self.late {
            Some(true) => who.and("f.state = 'regular' and f.late_from <= ?", [today.into()]),
            Some(false) => who.and("(f.late_from is null or f.late_from > ?)", [today.into()]),
            None => {}
        }
        match self.contacted {
            Some(true) => who.and("f.contacted_day >= f.last_day", []),
            Some(false) => who.and("(f.contacted_day is null or f.contacted_day < f.last_day)", []),
            None => {}
        }
        for (column, cells) in [("f.r", &self.r), ("f.f", &self.f), ("f.m", &self.m)] {
            if let Some(cells) = cells {
                let cells = cells.split(',').filter_map(|cell| cell.trim().parse::<i64>().ok());
                who.any_of(column, cells.map(Value::from).collect());
            }
        }
        if self.vip == Some(true) {
            who.and("f.r = 5 and f.f = 5 and f.m = 5", []);
        }
    }

    fn by_orders(&self, who: &mut Predicate) {
        who.and_if("f.orders >= ?", self.orders_min);
        who.and_if("f.orders <= ?", self.orders_max);
        who.and_if("f.order_days >= ?", self.days_min);
        who.and_if("f.order_days <= ?", self.days_max);
        who.and_if("f.spend >= ?", self.spend_min);
        who.and_if("f.spend <= ?", self.spend_max);
        who.and_if("f.first_day >= ?", self.first_from);
        who.and_if("f.first_day <= ?", self.first_to);
        who.and_if("f.last_day >= ?", self.last_from);
        who.and_if("f.last_day <= ?", self.last_to);
    }

    fn by_value(&self, who: &mut Predicate) {
        let score = |name: &str, compare: &str| {
            format!(
                "exists (select 1 from scores s where s.party = f.party and s.name = '{name}' and s.value {compare} ?)"
            )
        };
        who.and_if(&score("p_alive", ">="), self.alive_min);
        who.and_if(&score("p_alive", "<="), self.alive_max);
        who.and_if(&score("value", ">="), self.value_min);
        who.and_if(&score("value", "<="), self.value_max);
    }

    fn by_provenance(&self, who: &mut Predicate) {
        who.and_if(
            "exists (select 1 from contacts c where c.party = f.party and c.kind = 'source_id' and c.source = ?)",
            self.source.clone(),
        );
        let line = |column: &str| {
            format!(
                "exists (select 1 from order_lines l where l.party = f.party and l.retracted_by is null and l.{column} = ?)"
            )
        };
        who.and_if(&line("import_id"), self.import);
        who.and_if(&line("store"), self.store.clone());
        who.and_if(&line("staff"), self.staff.clone());
        who.and_if(
            "(select k.direction from leak_moves k where k.party = f.party and k.month <= ? \
             order by k.month desc limit 1) = 'in'",
            self.live_in,
        );
        if let (Some(month), Some(direction)) = (self.month, self.moved.as_deref()) {
            let reason = if self.reason.is_some() { " and k.reason = ?" } else { "" };
            let condition = format!(
                "exists (select 1 from leak_moves k where k.month = ? and k.direction = ? and k.party = f.party{reason})"
            );
            let values = [Some(month.into()), Some(direction.into()), self.reason.clone().map(Value::from)];
            who.and(&condition, values.into_iter().flatten());
        }
    }
}

/// Parties that the words of `text` find: by name part, contact, last digits of a phone or order number.
pub async fn found(tx: &mut Tx, text: &str) -> Result<Vec<i64>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut found = Vec::new();
    if digits.len() == 4 && digits.len() == text.len() {
        found.extend(by_phone_tail(tx, &digits).await?);
    }
    found.extend(by_contact(tx, text).await?);
    found.extend(by_order(tx, text).await?);
    if text.chars().any(char::is_alphabetic) {
        found.extend(search::find(tx, SEARCH_AREA, text, limits::PAGE_ROWS_MAX).await?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn by_phone_tail(tx: &mut Tx, digits: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> =
        ::store::sql!("select party from contacts where phone_tail = $1 order by party desc limit 500")
            .bind(digits)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

async fn by_contact(tx: &mut Tx, text: &str) -> Result<Vec<i64>> {
    let email = contact::normal_email(text).map(|email| email.identity_norm);
    let phone = contact::normal_phone(text, "KR").map(|phone| phone.e164);
    let rows: Vec<(i64,)> = ::store::sql!(
        "select party from contacts where kind = 'email' and source = '' and value = $1 \
         union select party from contacts where kind = 'phone' and source = '' and value = $2 \
         union select party from contacts where kind = 'source_id' and value = $3"
    )
    .bind(email)
    .bind(phone)
    .bind(text)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

async fn by_order(tx: &mut Tx, text: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = ::store::sql!(
        "select distinct party from order_lines where order_no = $1 and party is not null limit 50"
    )
    .bind(text)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyRow {
    /// The party.
    #[schema(value_type = String)]
    pub id: Id<kinds::Party>,
    /// Its name, if it is known.
    pub name: Option<String>,
    /// What to call it when there is no name: a masked contact or the id of its source.
    pub handle: String,
    /// Phone, as shown.
    pub phone: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// `prospect`, `new`, `active`, `regular`, `dormant`, `lost` or `returned`.
    pub state: String,
    /// Distinct orders.
    pub orders: i64,
    /// Net of refunds, in the currency of most orders.
    pub spend: Option<Money>,
    /// Day of the first order.
    #[schema(value_type = Option<String>)]
    pub first_order: Option<Day>,
    /// Day of the last order.
    #[schema(value_type = Option<String>)]
    pub last_order: Option<Day>,
    /// Median days between order days.
    pub usual_interval_days: Option<f64>,
    /// Days since the last order.
    pub days_since: Option<i64>,
    /// Days since the last order over the usual interval.
    pub late_ratio: Option<f64>,
    /// RFM cell.
    pub rfm: Option<Rfm>,
    /// Probability of still being a customer.
    pub p_alive: Option<f64>,
    /// Expected orders in the next year.
    pub expected_orders: Option<f64>,
    /// Expected residual value, in the company's currency.
    pub value: Option<Money>,
    /// When the party was made.
    #[schema(value_type = String)]
    pub created_at: Instant,
}

/// An RFM cell, 1 to 5 each, 5 the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rfm {
    /// Recency.
    pub r: i64,
    /// Frequency.
    pub f: i64,
    /// Spend.
    pub m: i64,
}

#[derive(FromRow)]
struct Raw {
    id: Id<kinds::Party>,
    name: Option<String>,
    name_fold: String,
    created_at: Instant,
    phone: Option<String>,
    email: Option<String>,
    source_id: Option<String>,
    state: String,
    orders: i64,
    currency: Option<Currency>,
    spend: i64,
    first_day: Option<Day>,
    last_day: Option<Day>,
    late_from: Option<Day>,
    usual_interval: Option<f64>,
    r: Option<i64>,
    f: Option<i64>,
    m: Option<i64>,
    p_alive: Option<f64>,
    expected_orders: Option<f64>,
    value: Option<f64>,
}

const COLUMNS: &str = "select p.id, p.name, p.name_fold, p.created_at, \
    (select min(c.shown) from contacts c where c.party = p.id and c.kind = 'phone') as phone, \
    (select min(c.shown) from contacts c where c.party = p.id and c.kind = 'email') as email, \
    (select min(c.shown) from contacts c where c.party = p.id and c.kind = 'source_id') as source_id, \
    f.state, f.orders, f.currency, f.spend, f.first_day, f.last_day, f.late_from, f.usual_interval, f.r, f.f, f.m, \
    a.value as p_alive, e.value as expected_orders, v.value as value";
const FROM: &str = " from facts f join parties p on p.id = f.party";
const SCORES: &str = " left join scores a on a.party = f.party and a.name = 'p_alive' \
    left join scores e on e.party = f.party and e.name = 'expected_orders' \
    left join scores v on v.party = f.party and v.name = 'value'";

/// What a page is made for.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// The company's day.
    pub today: Day,
    /// The currency of values.
    pub currency: Currency,
}

/// A page of the list, and where the next one begins.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    sort: Sort,
    after: Option<After>,
    limit: i64,
    view: View,
) -> Result<(Vec<PartyRow>, Option<After>)> {
    let mut who = filter.predicate(tx, view.today).await?;
    let (compare, direction) = if sort.descending { ("<", "desc") } else { (">", "asc") };
    if let Some(After { key, party }) = after {
        let key = key_value(sort.by, &key);
        who.and(&format!("({}, f.party) {compare} (?, ?)", sort.column), [key, party.into()]);
    }
    who.values.push((limit + 1).into());
    let text = format!(
        "{COLUMNS}{FROM}{SCORES}{} order by {column} {direction}, f.party {direction} limit ${}",
        who.text,
        who.values.len(),
        column = sort.column,
    );
    let mut rows: Vec<Raw> = query(text, who.values).fetch_all(tx).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > limit;
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    let next =
        rows.last().filter(|_| more).map(|last| After { key: sort_key(sort, last), party: last.id.number() });
    Ok((rows.into_iter().map(|row| row.shown(view)).collect(), next))
}

fn query(text: String, values: Vec<Value>) -> Query {
    values.into_iter().fold(Query::built(text), Query::bind)
}

fn key_value(by: By, key: &serde_json::Value) -> Value {
    match by {
        By::Int => key.as_i64().into(),
        By::Text => key.as_str().map(str::to_owned).into(),
        By::Float => key.as_f64().into(),
    }
}

fn sort_key(sort: Sort, row: &Raw) -> serde_json::Value {
    match sort.column {
        "f.spend" => row.spend.into(),
        "f.orders" => row.orders.into(),
        "coalesce(f.last_day, -1)" => row.last_day.map_or(-1, Day::epoch).into(),
        "coalesce(f.first_day, -1)" => row.first_day.map_or(-1, Day::epoch).into(),
        "coalesce(f.late_from, 9999999)" => row.late_from.map_or(9_999_999, Day::epoch).into(),
        "p.name_fold" => row.name_fold.clone().into(),
        "coalesce(v.value, -1.0)" => row.value.unwrap_or(-1.0).into(),
        "coalesce(a.value, -1.0)" => row.p_alive.unwrap_or(-1.0).into(),
        _ => row.id.number().into(),
    }
}

impl Raw {
    fn shown(self, view: View) -> PartyRow {
        let days_since = self.last_day.map(|last| view.today.since(last));
        PartyRow {
            handle: handle(self.phone.as_deref(), self.email.as_deref(), self.source_id.as_deref()),
            id: self.id,
            name: self.name,
            phone: self.phone,
            email: self.email,
            state: self.state,
            orders: self.orders,
            spend: self.currency.map(|currency| Money::new(currency, self.spend)),
            first_order: self.first_day,
            last_order: self.last_day,
            usual_interval_days: self.usual_interval,
            days_since,
            late_ratio: days_since.zip(self.usual_interval).map(|(since, usual)| since as f64 / usual),
            rfm: self.r.zip(self.f).zip(self.m).map(|((r, f), m)| Rfm { r, f, m }),
            p_alive: self.p_alive,
            expected_orders: self.expected_orders,
            value: self.value.map(|value| Money::new(view.currency, value.round() as i64)),
            created_at: self.created_at,
        }
    }
}

/// What to call someone without a name.
fn handle(phone: Option<&str>, email: Option<&str>, source_id: Option<&str>) -> String {
    let tail = |phone: &str| format!("···{}", &phone[phone.len().saturating_sub(4)..]);
    phone
        .map(tail)
        .or_else(|| email.map(contact::mask_email))
        .or_else(|| source_id.map(str::to_owned))
        .unwrap_or_default()
}

/// The count and the sums under a list.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Summary {
    /// How many people.
    pub count: i64,
    /// What they spent, a currency each.
    pub spend: Vec<Money>,
    /// What they are expected to be worth.
    pub value: Vec<Money>,
}

/// The count and the sums of everyone the filter means.
pub async fn summary(tx: &mut Tx, filter: &Filter, view: View) -> Result<Summary> {
    let who = filter.predicate(tx, view.today).await?;
    let text = format!(
        "select f.currency, count(*) as people, cast(coalesce(sum(f.spend), 0) as bigint) as spend{FROM}{} \
         group by f.currency order by f.currency",
        who.text
    );
    let rows: Vec<(Option<Currency>, i64, i64)> = query(text, who.values.clone()).fetch_all(tx).await?;
    let text = format!(
        "select cast(coalesce(sum(cast(round(v.value) as bigint)), 0) as bigint), count(*){FROM} \
         join scores v on v.party = f.party and v.name = 'value'{}",
        who.text
    );
    let (value, valued): (i64, i64) = query(text, who.values).fetch_one(tx).await?;
    Ok(Summary {
        count: rows.iter().map(|(_, people, _)| people).sum(),
        spend: rows
            .into_iter()
            .filter_map(|(currency, _, spend)| Some(Money::new(currency?, spend)))
            .collect(),
        value: if valued > 0 { vec![Money::new(view.currency, value)] } else { Vec::new() },
    })
}

/// How many people the filter means.
pub async fn count(tx: &mut Tx, filter: &Filter, today: Day) -> Result<i64> {
    let who = filter.predicate(tx, today).await?;
    let (count,): (i64,) =
        query(format!("select count(*){FROM}{}", who.text), who.values).fetch_one(tx).await?;
    Ok(count)
}
