//! The whole demo company: everyone's life, put in order of time.

use crate::{
    CostSeed, CustomerKey, CustomerSeed, NoteSeed, OrderSeed, Settings, VisitSeed,
    calendar::{Calendar, local_day, midnight},
    costs,
    draw::{Draw, Purpose},
    life::{self, Life},
    notes,
    order::{self, Draft},
    people,
};

/// Anonymous sales for each sale to a known person; makes about 4 % of all.
const ANONYMOUS: f64 = 0.042;
/// Chance of a second order on the same day.
const TWICE: f64 = 0.03;

/// A company with its customers and all that happened, each list ordered by time.
pub struct Shop {
    customers: Vec<CustomerSeed>,
    orders: Vec<OrderSeed>,
    visits: Vec<VisitSeed>,
    notes: Vec<NoteSeed>,
    costs: Vec<CostSeed>,
}

impl Shop {
    /// Simulates the company that `settings` describe. Takes about a tenth of a second for the demo.
    pub fn simulate(settings: &Settings) -> Shop {
        let calendar = Calendar::new(settings);
        let lives = lives(settings, &calendar);
        let seed = settings.seed;
        let joined = |life: &Life| calendar.date(life.days[0]);
        let mut visits: Vec<_> =
            lives.iter().flat_map(|(key, life)| notes::visits(seed, &calendar, *key, life)).collect();
        let mut notes: Vec<_> =
            lives.iter().filter_map(|(key, life)| notes::note(seed, &calendar, *key, life)).collect();
        visits.sort_by_key(|visit| (visit.at, visit.customer));
        notes.sort_by_key(|note| (note.at, note.customer));
        Shop {
            customers: lives.iter().map(|(key, life)| people::person(seed, *key, joined(life))).collect(),
            orders: number(drafts(settings, &calendar, &lives), settings),
            visits,
            notes,
            costs: costs::costs(seed, &calendar),
        }
    }

    /// Everyone on the list, by the day they joined.
    pub fn customers(&self) -> &[CustomerSeed] {
        &self.customers
    }

    /// Every receipt, sales and refunds.
    pub fn orders(&self) -> &[OrderSeed] {
        &self.orders
    }

    /// Visits without a purchase.
    pub fn visits(&self) -> &[VisitSeed] {
        &self.visits
    }

    /// What staff wrote about people.
    pub fn notes(&self) -> &[NoteSeed] {
        &self.notes
    }

    /// What was spent on winning and keeping people, by calendar month.
    pub fn costs(&self) -> &[CostSeed] {
        &self.costs
    }
}

fn lives(settings: &Settings, calendar: &Calendar) -> Vec<(CustomerKey, Life)> {
    let live =
        |(key, joined): (u32, u32)| (CustomerKey(key), life::life(settings.seed, calendar, key, joined));
    let arrivals = life::arrivals(settings.seed, calendar, settings.customers);
    (1..).zip(arrivals).map(live).collect()
}

fn drafts(settings: &Settings, calendar: &Calendar, lives: &[(CustomerKey, Life)]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut passers = Draw::new(settings.seed, Purpose::Passers, 0);
    for (key, life) in lives {
        let mut draw = Draw::new(settings.seed, Purpose::Basket, u64::from(key.0));
        for &day in &life.days {
            drafts.push(order::sale(&mut draw, calendar, life, Some(*key), day));
            if draw.chance(TWICE) {
                drafts.push(order::sale(&mut draw, calendar, life, Some(*key), day));
            }
            if passers.chance(ANONYMOUS) {
                drafts.push(order::sale(&mut passers, calendar, life, None, day));
            }
        }
    }
    drafts.sort_by_key(|draft| (draft.at, draft.customer));
    drafts
}

/// Gives each sale its number of the day, and drops refunds that would happen today or later.
fn number(drafts: Vec<Draft>, settings: &Settings) -> Vec<OrderSeed> {
    let end = midnight(settings.today);
    let mut orders = Vec::with_capacity(drafts.len());
    let (mut today, mut count) = (None, 0);
    for draft in &drafts {
        let day = local_day(draft.at);
        count = if today == Some(day) { count + 1 } else { 1 };
        today = Some(day);
        let order_no = format!("{:04}{:02}{:02}-{count:04}", day.year(), day.month(), day.day());
        orders.push(draft.numbered(&order_no));
        if let Some((at, items)) = &draft.refund
            && *at < end
        {
            orders.push(draft.taken_back(&order_no, *at, items));
        }
    }
    orders.sort_by_key(|order| order.at);
    orders
}
