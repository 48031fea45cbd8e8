//! Who is asked for, and the predicate it compiles to: the only place that decides who is in a list.

use super::find::found;
use crate::bonds;
use crate::outside;
use crate::parties::root;
use crate::{tags, ties};
use ::store::{Result, Tx, Value};
use kernel::{Day, Id, Month, kinds};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Sight, Within};

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
    /// With `move=out` or `lost_since`: why they left.
    pub reason: Option<String>,
    /// They were live customers when this month began and are not any more.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub lost_since: Option<Month>,
    /// They were live customers when this month began and are now.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub kept_since: Option<Month>,
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
    /// They ordered on or after; with `bought_to` one order is both.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub bought_from: Option<Day>,
    /// They ordered on or before.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub bought_to: Option<Day>,
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
    /// This user looks after them; `none` for those whom nobody looks after.
    pub keeper: Option<String>,
    /// They agreed to messages on this medium: `email`, `sms`, `kakao`, `call`, `push`, `post`, or `any`.
    pub consent: Option<String>,
    /// They belong to this segment.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub segment: Option<Id<kinds::Segment>>,
    /// `person` or `organisation`.
    pub kind: Option<String>,
    /// They belong to one of these markets, codes separated by commas.
    pub market: Option<String>,
    /// They have one of these tags, names separated by commas.
    pub tag: Option<String>,
    /// They have a tie of this kind, see `Tie.kind`.
    pub tie: Option<String>,
    /// They are tied to this party.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub tied_to: Option<Id<kinds::Party>>,
    /// Their next birthday is today or within so many days.
    pub birthday_within: Option<i64>,
    /// They are a key account.
    pub key_account: Option<bool>,
    /// They are a true customer: the will to go on, repeat buying and voluntary promotion are all shown.
    pub true_customer: Option<bool>,
    /// The cell of the quality matrix: `pursue`, `bargain`, `keep` or `release`.
    pub quality_cell: Option<String>,
    /// Quality index at least, in points of 100.
    pub quality_min: Option<i64>,
    /// Quality index at most.
    pub quality_max: Option<i64>,
    /// Yearly profit at least, in minor units of the company's currency.
    pub profit_min: Option<i64>,
    /// Yearly profit at most.
    pub profit_max: Option<i64>,
    /// Their VIP tier, by its code.
    pub vip_tier: Option<String>,
    /// They will fall to a lower tier.
    pub vip_falls: Option<bool>,
    /// Their level of bonds, 0 to 3, separated by commas…
    pub bond_level: Option<String>,
    /// …on this day; today unless given.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub bond_on: Option<Day>,
    /// Their level of bonds earlier…
    pub bond_was: Option<i64>,
    /// …on this day.
    #[param(value_type = Option<String>)]
    #[schema(value_type = Option<String>)]
    pub bond_from: Option<Day>,
    /// Whether there is an e-mail address or a phone number.
    pub reachable: Option<bool>,
    /// Whether their name is known.
    pub named: Option<bool>,
    /// Only these, separated by commas.
    pub ids: Option<String>,
}

/// Days of a year, the longest time until a birthday.
const YEAR: i64 = 366;
/// They are looked after by this user.
const KEPT_BY: &str = "exists (select 1 from keepers k where k.party = f.party and k.user_id = ?)";
/// They are looked after by this user or someone of this team.
const KEPT_BY_TEAM: &str = "exists (select 1 from keepers k join users u on u.id = k.user_id \
    where k.party = f.party and (k.user_id = ? or u.team = ?))";

/// The condition on `facts f` that leaves whom this sight takes in, with a `?` for each value; none when it takes in
/// everyone.
pub fn seen(sight: Sight) -> Option<(&'static str, Vec<Value>)> {
    sight.within().map(|within| match within {
        Within { user, team: None } => (KEPT_BY, vec![user.into()]),
        Within { user, team: Some(team) } => (KEPT_BY_TEAM, vec![user.into(), team.into()]),
    })
}

/// A predicate with its bound values, after `from facts f join parties p on p.id = f.party`.
pub(super) struct Predicate {
    pub text: String,
    pub values: Vec<Value>,
}

impl Predicate {
    /// Everyone whom whoever asks may see.
    fn new(sight: Sight) -> Self {
        let mut who =
            Self { text: " where p.retracted_by is null and p.erased_at is null".into(), values: Vec::new() };
        if let Some((condition, values)) = seen(sight) {
            who.and(condition, values);
        }
        who
    }

    /// Adds a condition; `?` stands for each value in turn.
    pub fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
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

    /// The party, or someone who was merged into it, has a row `l` of `table` with one of `values`.
    fn any_of_anyone(&mut self, table: &str, column: &str, values: &[String]) {
        if values.is_empty() {
            return self.and("1 = 0", []);
        }
        let places = vec!["?"; values.len()].join(", ");
        let twice = values.iter().chain(values).map(Value::from);
        self.and(&of_anyone(table, &format!("{column} in ({places})")), twice);
    }

    /// One of these parties. As rows and not as a list, because of a list PostgreSQL believes that it finds it soon where
    /// the order begins, and goes through everyone.
    fn these(&mut self, parties: Vec<Value>) {
        if parties.is_empty() {
            return self.and("1 = 0", []);
        }
        let rows = vec!["(?)"; parties.len()].join(", ");
        self.and(&format!("f.party in (values {rows})"), parties)
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

/// Whether the party, or someone who was merged into it, has a row `l` of `table` that fits. Asked apart, because the
/// first alone finds its way into an index on both engines; each value of `fits` is bound twice.
fn of_anyone(table: &str, fits: &str) -> String {
    format!(
        "(exists (select 1 from {table} where l.party = f.party and {fits}) or exists \
         (select 1 from party_root m join {table} on l.party = m.party where m.root = f.party and {fits}))"
    )
}

impl Filter {
    pub(super) async fn predicate(&self, tx: &mut Tx, today: Day, sight: Sight) -> Result<Predicate> {
        let mut who = Predicate::new(sight);
        self.by_standing(&mut who, today);
        self.by_keeper(&mut who);
        self.by_orders(&mut who);
        self.by_value(&mut who);
        self.by_worth(&mut who);
        self.by_bonds(&mut who, today);
        self.by_provenance(&mut who);
        self.by_moves(&mut who);
        self.by_market(&mut who);
        who.and_if("p.kind = ?", self.kind.clone());
        self.by_tie(&mut who);
        if let Some(party) = self.tied_to {
            let tied = ties::tied_to(tx, party).await?;
            who.these(tied.into_iter().map(Value::from).collect());
        }
        if let Some(days) = self.birthday_within {
            let days = days.clamp(0, YEAR);
            let until: [Value; 2] = [today.into(), today.plus(days).into()];
            let twice = until.clone().into_iter().chain(until);
            who.and(&of_anyone("birthdays l", "l.next_day between ? and ?"), twice);
        }
        if let Some(tags) = &self.tag {
            let names = tags::meant(tx, tags).await?;
            who.any_of_anyone("party_tags l", "l.tag", &names);
        }
        self.by_consent(&mut who);
        who.and_if(
            "exists (select 1 from segment_members k where k.segment = ? and k.party = f.party)",
            self.segment,
        );
        if let Some(ids) = &self.ids {
            let ids = ids.split(',').filter_map(|id| id.trim().parse::<Id<kinds::Party>>().ok()).take(1_000);
            let ids: Vec<_> = ids.collect();
            let roots = root::groups(tx, ids.iter().copied()).await?;
            who.these(ids.into_iter().map(|id| roots.of(id).into()).collect());
        }
        if let Some(text) = self.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            let found = found(tx, text, sight).await?;
            who.these(found.into_iter().map(Value::from).collect());
        }
        Ok(who)
    }

    fn by_standing(&self, who: &mut Predicate, today: Day) {
        if let Some(states) = &self.state {
            who.any_of("f.state", states.split(',').map(|state| Value::from(state.trim())).collect());
        }
        match self.late {
            Some(true) => who.and("f.state = 'regular' and f.late_from <= ?", [today.into()]),
            Some(false) => {
                who.and("(f.state <> 'regular' or f.late_from is null or f.late_from > ?)", [today.into()])
            }
            None => {}
        }
        match self.contacted {
            Some(true) => who.and("f.contacted_day >= coalesce(f.last_day, f.contacted_day)", []),
            Some(false) => who.and("(f.contacted_day is null or f.contacted_day < f.last_day)", []),
            None => {}
        }
        for (column, cells) in [("f.r", &self.r), ("f.f", &self.f), ("f.m", &self.m)] {
            if let Some(cells) = cells {
                let cells = cells.split(',').filter_map(|cell| cell.trim().parse::<i64>().ok());
                who.any_of(column, cells.map(Value::from).collect());
            }
        }
        let contact = of_anyone("contacts l", "l.kind in ('email', 'phone')");
        match self.reachable {
            Some(true) => who.and(&contact, []),
            Some(false) => who.and(&format!("not {contact}"), []),
            None => {}
        }
        match self.named {
            Some(true) => who.and("p.name is not null", []),
            Some(false) => who.and("p.name is null", []),
            None => {}
        }
        if self.vip == Some(true) {
            who.and("f.r = 5 and f.f = 5 and f.m = 5", []);
        }
    }

    /// By a tie that has not ended, from either end.
    fn by_tie(&self, who: &mut Predicate) {
        let Some(word) = &self.tie else { return };
        let Some((kind, forward)) = ties::said(word) else { return who.and("1 = 0", []) };
        let end = |column: &str| {
            format!(
                "(exists (select 1 from ties l where l.{column} = f.party and l.kind = ? and l.until is null) or exists \
                 (select 1 from party_root m join ties l on l.{column} = m.party where m.root = f.party \
                 and l.kind = ? and l.until is null))"
            )
        };
        let both = ties::KINDS.iter().any(|known| known.code == kind && known.back == kind);
        let columns: &[&str] = if both {
            &["party", "other"]
        } else if forward {
            &["party"]
        } else {
            &["other"]
        };
        let text = columns.iter().map(|column| end(column)).collect::<Vec<_>>().join(" or ");
        who.and(&format!("({text})"), vec![Value::from(kind); 2 * columns.len()]);
    }

    fn by_market(&self, who: &mut Predicate) {
        let Some(markets) = &self.market else { return };
        let (mut asked, mut fits) = (Vec::new(), Vec::new());
        for code in markets.split(',').map(str::trim) {
            if code == "customer" {
                fits.push(concat!("not (", outside!(), ")").to_owned());
            } else {
                fits.push(of_anyone("party_markets l", "l.market = ?"));
                asked.extend([Value::from(code), Value::from(code)]);
            }
        }
        who.and(&format!("({})", fits.join(" or ")), asked);
    }

    fn by_keeper(&self, who: &mut Predicate) {
        match self.keeper.as_deref() {
            None => {}
            Some("none") => who.and("not exists (select 1 from keepers k where k.party = f.party)", []),
            Some(user) => match user.parse::<Id<kinds::User>>() {
                Ok(user) => who.and(KEPT_BY, [user.into()]),
                Err(_) => who.and("1 = 0", []),
            },
        }
    }

    fn by_consent(&self, who: &mut Predicate) {
        let agreed = |channel: &str| {
            format!(
                "exists (select 1 from consent_states c where c.party = f.party and c.purpose = 'ad' and c.topic = '' \
                 and c.state = 'given'{channel})"
            )
        };
        match self.consent.as_deref() {
            None => {}
            Some("any") => who.and(&agreed(""), []),
            Some(channel) => who.and(&agreed(" and c.channel = ?"), [channel.into()]),
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
        let bought = [("l.day >= ?", self.bought_from), ("l.day <= ?", self.bought_to)];
        let asked = bought.iter().filter(|(_, day)| day.is_some());
        let within: String = asked.map(|(condition, _)| format!(" and {condition}")).collect();
        if !within.is_empty() {
            let days = bought.iter().filter_map(|(_, day)| *day).map(Value::from);
            let twice = days.clone().chain(days);
            who.and(
                &of_anyone("order_lines l", &format!("l.retracted_by is null and l.amount >= 0{within}")),
                twice,
            );
        }
    }

    fn by_value(&self, who: &mut Predicate) {
        let score = |name: &str, compare: &str| {
            format!("exists (select 1 from scores s where s.party = f.party and s.{name} {compare} ?)")
        };
        who.and_if(&score("p_alive", ">="), self.alive_min);
        who.and_if(&score("p_alive", "<="), self.alive_max);
        who.and_if(&score("value", ">="), self.value_min);
        who.and_if(&score("value", "<="), self.value_max);
    }

    /// By what the relationship is worth, of those about whom something was judged.
    fn by_worth(&self, who: &mut Predicate) {
        let worth = |test: &str| format!("exists (select 1 from worth w where w.party = f.party and {test})");
        for (flag, column) in [(self.key_account, "w.is_key"), (self.true_customer, "w.is_true")] {
            match flag {
                Some(true) => who.and(&worth(column), []),
                Some(false) => who.and(&format!("not {}", worth(column)), []),
                None => {}
            }
        }
        who.and_if(&worth("w.cell = ?"), self.quality_cell.clone());
        who.and_if(&worth("w.quality >= ?"), self.quality_min);
        who.and_if(&worth("w.quality <= ?"), self.quality_max);
        who.and_if(&worth("w.profit >= ?"), self.profit_min);
        who.and_if(&worth("w.profit <= ?"), self.profit_max);
    }

    /// By tier, and by the level of bonds on a day or two.
    fn by_bonds(&self, who: &mut Predicate, today: Day) {
        let member =
            |test: &str| format!("exists (select 1 from vip_members w where w.party = f.party and {test})");
        who.and_if(&member("w.tier = ?"), self.vip_tier.clone());
        match self.vip_falls {
            Some(true) => who.and(&member("w.falls_on is not null"), []),
            Some(false) => who.and(&format!("not {}", member("w.falls_on is not null")), []),
            None => {}
        }
        let mut stood = |levels: Vec<i64>, day: Day| {
            let level = bonds::LEVEL_AT.replace("{who}", &format!("{} k", root::MEMBERS_OF_F));
            let places = if levels.is_empty() { "null".into() } else { vec!["?"; levels.len()].join(", ") };
            let values =
                [Value::from(day), Value::from(day)].into_iter().chain(levels.into_iter().map(Value::from));
            who.and(&format!("{} in ({places})", level.replace("{today}", "?")), values);
        };
        if let Some(levels) = &self.bond_level {
            let levels = levels.split(',').filter_map(|level| level.trim().parse().ok()).collect();
            stood(levels, self.bond_on.unwrap_or(today));
        }
        if let (Some(level), Some(day)) = (self.bond_was, self.bond_from) {
            stood(vec![level], day);
        }
    }

    fn by_provenance(&self, who: &mut Predicate) {
        let line =
            |column: &str| of_anyone("order_lines l", &format!("l.retracted_by is null and l.{column} = ?"));
        if let Some(import) = self.import {
            let listed = of_anyone("customer_rows l", "l.import_id = ?");
            let touched = format!("({} or {listed})", line("import_id"));
            who.and(&touched, std::iter::repeat_n(Value::from(import), 4));
        }
        let mut and_twice = |condition: String, value: Option<Value>| {
            if let Some(value) = value {
                who.and(&condition, [value.clone(), value]);
            }
        };
        let known = of_anyone("contacts l", "l.kind = 'source_id' and l.source = ?");
        and_twice(known, self.source.clone().map(Value::from));
        and_twice(line("store"), self.store.clone().map(Value::from));
        and_twice(line("staff"), self.staff.clone().map(Value::from));
    }

    /// By how they came and left. Of somebody who was live at the beginning the first move since, if any, leads out;
    /// whoever is not live any more has moved out last.
    fn by_moves(&self, who: &mut Predicate) {
        let live_at = "(select k.direction from leak_moves k where k.party = f.party and k.month <= ? \
                       order by k.month desc limit 1) = 'in'";
        let lost = "(select k.direction from leak_moves k where k.party = f.party and k.month >= ? \
                    order by k.month desc limit 1) = 'out'";
        let why = "(select coalesce(k.reason, 'unknown') from leak_moves k where k.party = f.party \
                   order by k.month desc limit 1) = ?";
        who.and_if(live_at, self.live_in);
        for since in [self.lost_since, self.kept_since].into_iter().flatten() {
            who.and(live_at, [since.plus(-1).into()]);
        }
        who.and_if(lost, self.lost_since);
        who.and_if(&format!("not coalesce({lost}, false)"), self.kept_since);
        if self.lost_since.is_some() {
            who.and_if(why, self.reason.clone());
        }
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
