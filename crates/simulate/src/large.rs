//! Loads for benchmarks: millions of orders as a stream in order of time.
//!
//! Memory grows with the number of customers (24 bytes each), never with the number of orders. The process is BG/NBD
//! itself: exponential gaps, a chance to leave after each repeat order, a gamma and a beta distribution over people. The
//! pace is set so that the wanted number of orders fills the two years that end before [`TODAY`].

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    io::{self, Write},
};

use jiff::{Timestamp, ToSpan, civil::Date};

use crate::{
    CURRENCY, Channel, CustomerKey, CustomerSeed, OrderSeed, Store,
    basket::{self, Item},
    calendar::{local_day, midnight},
    draw::{Draw, Purpose},
    order, people,
};

/// The day after the last order.
pub const TODAY: Date = jiff::civil::date(2026, 1, 1);
const DAYS: u32 = 730;
const DAY: f64 = 86_400.0;
const SPAN: f64 = DAYS as f64 * DAY;
/// Lines on an average receipt, a little understated so that a file of lines fills its time.
const LINES_PER_ORDER: f64 = 1.25;

/// One customer: when the first order came, the pace beside that of others, and the chance to leave.
struct Traits {
    first: u32,
    pace: f32,
    leave: f32,
}

impl Traits {
    fn draw(seed: u64, customer: u32) -> Traits {
        let mut draw = Draw::new(seed, Purpose::LargeTraits, u64::from(customer));
        let span = if draw.chance(0.2) { SPAN / 12.0 } else { SPAN };
        Traits {
            first: (draw.uniform() * span) as u32,
            pace: draw.gamma(1.2) as f32,
            // Below one in ten thousand a single customer could fill the whole load.
            leave: draw.beta(0.8, 5.0).max(1e-4) as f32,
        }
    }

    /// Expected orders at a mean of `rate` orders a second: Fader, Hardie and Lee (2005), E\[X(t) | λ, p\], plus the first.
    fn expected(&self, rate: f64) -> f64 {
        let (leave, left) = (f64::from(self.leave), SPAN - f64::from(self.first));
        1.0 + (1.0 - libm::exp(-leave * rate * f64::from(self.pace) * left)) / leave
    }
}

/// A stream of sales in order of time: at most the number asked for, and exactly that at the sizes of a benchmark.
pub struct Orders {
    traits: Vec<Traits>,
    rate: f64,
    due: BinaryHeap<Reverse<(u32, u32)>>,
    draw: Draw,
    given: u64,
    wanted: u64,
}

impl Orders {
    /// Prepares `orders` sales by `customers` people. Whoever would come first in the last days may be cut off: 0.1 % of a
    /// million people with ten orders each.
    ///
    /// # Panics
    /// When there are fewer orders than customers.
    pub fn new(seed: u64, customers: u32, orders: u64) -> Orders {
        assert!(
            orders >= u64::from(customers),
            "each customer buys at least once: ask for {customers} orders or more"
        );
        let traits: Vec<Traits> = (1..=customers).map(|customer| Traits::draw(seed, customer)).collect();
        let due = (1..).zip(&traits).map(|(customer, traits)| Reverse((traits.first, customer))).collect();
        let rate = rate(&traits, orders);
        Orders { traits, rate, due, draw: Draw::new(seed, Purpose::LargeSteps, 0), given: 0, wanted: orders }
    }

    /// Puts the customer's next order on the list, unless they leave or the time is over.
    fn go_on(&mut self, second: u32, customer: u32) {
        let traits = &self.traits[customer as usize - 1];
        let repeat = second > traits.first;
        if repeat && self.draw.chance(f64::from(traits.leave)) {
            return;
        }
        let gap = self.draw.exponential() / (self.rate * f64::from(traits.pace));
        let next = f64::from(second) + gap.max(1.0);
        if next < SPAN {
            self.due.push(Reverse((next as u32, customer)));
        }
    }

    fn order(&mut self, second: u32, customer: u32) -> OrderSeed {
        let order_no = format!("L{:09}", self.given);
        let favourite = customer as usize % 6;
        let items: Vec<Item> = basket::basket(&mut self.draw, Channel::Store, favourite);
        OrderSeed {
            customer: Some(CustomerKey(customer)),
            at: open_instant(second),
            store: Some(if customer.is_multiple_of(3) { Store::Mangwon } else { Store::Yeonnam }),
            staff: None,
            channel: Channel::Store,
            lines: order::lines(&order_no, &items, 1),
            order_no,
            refund_of: None,
        }
    }
}

impl Iterator for Orders {
    type Item = OrderSeed;

    fn next(&mut self) -> Option<OrderSeed> {
        if self.given == self.wanted {
            return None;
        }
        let Reverse((second, customer)) = self.due.pop()?;
        self.given += 1;
        self.go_on(second, customer);
        Some(self.order(second, customer))
    }
}

/// The mean orders a second of a customer at pace 1 that makes the wanted number likely, found by halving.
fn rate(traits: &[Traits], orders: u64) -> f64 {
    // Six standard deviations of a count to be on the safe side; what is too much is cut off at the end.
    let wanted = orders as f64 + 6.0 * libm::sqrt(orders as f64);
    let (mut low, mut high) = (1e-3 / SPAN, 1e5 / SPAN);
    for _ in 0..40 {
        let middle = libm::sqrt(low * high);
        let expected: f64 = traits.iter().map(|traits| traits.expected(middle)).sum();
        if expected < wanted { low = middle } else { high = middle }
    }
    high
}

/// Squeezes the 24 hours of a day into the opening hours, 8:00 to 21:00; keeps the order of instants.
fn open_instant(second: u32) -> Timestamp {
    let (day, within) = (second / 86_400, f64::from(second % 86_400));
    let opened = 8.0 * 3_600.0 + within * 13.0 / 24.0;
    let micros = (f64::from(day) * DAY + opened) * 1e6;
    let first = midnight(TODAY.saturating_sub(i64::from(DAYS).days()));
    first.saturating_add((micros as i64).microseconds()).expect("a span of microseconds is exact")
}

/// The list of the customers that [`Orders`] with the same seed and number speaks of.
pub fn customers(seed: u64, customers: u32) -> impl Iterator<Item = CustomerSeed> {
    (1..=customers).map(move |customer| {
        let first = Traits::draw(seed, customer).first;
        people::person(seed, CustomerKey(customer), local_day(open_instant(first)))
    })
}

/// Writes a generic export of exactly `lines` order lines (and a header) as CSV in UTF-8, and returns how many orders
/// they make up. No cell needs quoting.
///
/// # Errors
/// What `out` refuses to take.
pub fn write_csv(out: &mut impl Write, seed: u64, customers: u32, lines: u64) -> io::Result<u64> {
    writeln!(
        out,
        "order_no,line_id,customer_id,name,phone,email,ordered_at,store,product,category,quantity,amount,currency"
    )?;
    let wanted = ((lines as f64 / LINES_PER_ORDER) as u64).max(u64::from(customers));
    let (mut left, mut orders) = (lines, 0);
    for order in Orders::new(seed, customers, wanted) {
        if left == 0 {
            break;
        }
        orders += 1;
        left -= write_order(out, seed, &order, left)?;
    }
    debug_assert_eq!(left, 0, "an average receipt has fewer lines than {LINES_PER_ORDER}");
    Ok(orders)
}

/// Writes up to `most` lines of an order and returns how many.
fn write_order(out: &mut impl Write, seed: u64, order: &OrderSeed, most: u64) -> io::Result<u64> {
    let key = order.customer.expect("every order of a load has a customer");
    let person = people::person(seed, key, TODAY);
    let (name, phone, email) = (person.name.as_deref(), person.phone.as_deref(), person.email.as_deref());
    let (name, phone, email) = (name.unwrap_or(""), phone.unwrap_or(""), email.unwrap_or(""));
    let (no, at, store) = (&order.order_no, order.at, order.store.map_or("", Store::name));
    let mut written = 0;
    for line in order.lines.iter().take(usize::try_from(most).unwrap_or(usize::MAX)) {
        let (id, product, category) = (&line.line_id, line.product, line.category);
        let (quantity, amount) = (line.quantity, line.amount_minor);
        writeln!(
            out,
            "{no},{id},{key},{name},{phone},{email},{at:.0},{store},{product},{category},{quantity},{amount},{CURRENCY}"
        )?;
        written += 1;
    }
    Ok(written)
}
