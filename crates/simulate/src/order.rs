//! From an order day to a receipt, and from a receipt to its refund.

use jiff::{Timestamp, ToSpan};

use crate::{
    Channel, CustomerKey, LineSeed, OrderSeed, Store,
    basket::{self, Item},
    calendar::Calendar,
    draw::Draw,
    life::Life,
};

/// Share of sales of which something is taken back.
const REFUNDED: f64 = 0.011;

/// A receipt that has no number yet, because numbers follow the time of the day.
pub(crate) struct Draft {
    pub(crate) at: Timestamp,
    pub(crate) customer: Option<CustomerKey>,
    pub(crate) store: Option<Store>,
    pub(crate) staff: Option<&'static str>,
    pub(crate) channel: Channel,
    pub(crate) items: Vec<Item>,
    /// What is taken back, and when, if anything is.
    pub(crate) refund: Option<(Timestamp, Vec<Item>)>,
}

/// A person's sale on one of their order days.
pub(crate) fn sale(
    draw: &mut Draw,
    calendar: &Calendar,
    life: &Life,
    who: Option<CustomerKey>,
    day: u32,
) -> Draft {
    let channel = if draw.chance(life.online) { Channel::Online } else { Channel::Store };
    let store = (channel == Channel::Store).then(|| room(draw, calendar, life.home, day));
    let at = calendar.instant(draw, channel, day);
    let items = basket::basket(draw, channel, life.favourite);
    let refund = draw.chance(REFUNDED).then(|| refund(draw, at, &items));
    Draft {
        at,
        customer: who,
        store,
        staff: store.map(|store| staff(draw, calendar, store, day)),
        channel,
        items,
        refund,
    }
}

/// The room at home mostly, the other one now and then, and never behind a closed door.
fn room(draw: &mut Draw, calendar: &Calendar, home: Store, day: u32) -> Store {
    let away = match home {
        Store::Yeonnam => Store::Mangwon,
        Store::Mangwon => Store::Yeonnam,
    };
    let wish = if draw.chance(0.08) { away } else { home };
    if calendar.is_open(wish, day) { wish } else { Store::Yeonnam }
}

/// Who stands behind the counter. In the bad month 서준, whom people in Mangwon came for, hands over to 민아.
fn staff(draw: &mut Draw, calendar: &Calendar, store: Store, day: u32) -> &'static str {
    match store {
        Store::Yeonnam => draw.pick(&["지우", "하늘"]),
        Store::Mangwon if calendar.bad_has_begun(day) => "민아",
        Store::Mangwon => "서준",
    }
}

/// All of the receipt or one item of it, within the hour or some days later.
fn refund(draw: &mut Draw, at: Timestamp, items: &[Item]) -> (Timestamp, Vec<Item>) {
    let minutes = if draw.chance(0.7) { 3 + draw.below(40) } else { 24 * 60 * (1 + draw.below(4)) };
    let at = at.saturating_add(i64::from(minutes).minutes()).expect("a span of minutes is exact");
    let items = if draw.chance(0.4) { items.to_vec() } else { vec![draw.pick(items)] };
    (at, items)
}

/// The lines of a receipt; `sign` is -1 for one that takes back.
pub(crate) fn lines(order_no: &str, items: &[Item], sign: i64) -> Vec<LineSeed> {
    let line = |(place, &(product, quantity)): (usize, &Item)| LineSeed {
        line_id: format!("{order_no}-{:02}", place + 1),
        product: product.name,
        category: product.category,
        quantity,
        amount_minor: sign * product.price_minor * i64::from(quantity),
    };
    items.iter().enumerate().map(line).collect()
}

impl Draft {
    /// The numbered sale.
    pub(crate) fn numbered(&self, order_no: &str) -> OrderSeed {
        OrderSeed {
            order_no: order_no.to_owned(),
            customer: self.customer,
            at: self.at,
            store: self.store,
            staff: self.staff,
            channel: self.channel,
            lines: lines(order_no, &self.items, 1),
            refund_of: None,
        }
    }

    /// The numbered refund of sale `of`.
    pub(crate) fn taken_back(&self, of: &str, at: Timestamp, items: &[Item]) -> OrderSeed {
        let order_no = format!("{of}-R");
        OrderSeed {
            at,
            lines: lines(&order_no, items, -1),
            order_no,
            refund_of: Some(of.to_owned()),
            ..self.numbered(of)
        }
    }
}
