//! A small shop with people who stay, leave, come once and come back.

use futures::FutureExt;
use kernel::{Currency, Day, Id, kinds};
use know::orders::{From, Line, LineKey, write};
use know::parties::Identity;
use store::{Lane, Tx};
use testkit::TestApp;
use web::Registry;

/// Customers with an order.
pub const CUSTOMERS: i64 = 90;

/// Know and measure.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    know::register(&mut registry, &[measure::REFIT]);
    measure::register(&mut registry);
    registry
}

/// Fills the shop and lets facts follow.
pub async fn shop(app: &TestApp) {
    app.db().write(Lane::Import, |tx| fill(tx).boxed()).await.unwrap();
    settle(app).await;
}

/// Lets the background work end. On a shared PostgreSQL server a transaction of another test may still hide what was
/// just written, so the reactions are waited for first.
pub async fn settle(app: &TestApp) {
    app.app().reactor().drain().await.unwrap();
    app.settle().await;
}

async fn fill(tx: &mut Tx) -> store::Result<()> {
    let from =
        know::parties::resolve::Origins { source: "till", import: None, origin: store::log::Origin::Live };
    let identities: Vec<Identity> = (0..CUSTOMERS)
        .map(|number| Identity {
            source_id: Some(format!("c{number}")),
            name: Some(format!("손님 {number}")),
            ..Identity::default()
        })
        .collect();
    let parties = know::parties::resolve::resolve(tx, &from, &identities).await?.parties;
    let mut lines: Vec<Line> = Vec::new();
    for (number, party) in (0..).zip(parties) {
        lines.extend(
            orders_of(number).map(|day| line(&format!("{number}-{day}"), party, day, 4_000 + 37 * number)),
        );
    }
    let last: Day = "2026-10-20".parse().unwrap();
    lines.push(line("nobody", None, last, 3_000));
    let refunded = lines[0].clone();
    lines.push(line("refund", refunded.party, refunded.day.plus(1), -500));
    write(tx, &From { source: "till", import: None, origin: store::log::Origin::Live }, &lines).await?;
    Ok(())
}

/// Every third comes once; the others come every 15 to 44 days, and every other of them stops after a while.
fn orders_of(number: i64) -> impl Iterator<Item = Day> {
    let first = "2025-06-01".parse::<Day>().unwrap().plus(number * 7 % 511);
    let gap = 15 + number % 30;
    let times = match number % 6 {
        0 | 3 => 1,
        1 => 3 + number % 5,
        _ => 100,
    };
    let today: Day = "2026-11-22".parse().unwrap();
    (0..times).map(move |time| first.plus(time * gap)).take_while(move |day| *day <= today)
}

fn line(order_no: &str, party: Option<Id<kinds::Party>>, day: Day, amount: i64) -> Line {
    let at = day.start_in(&web::Company::default().zone()).plus(kernel::Instant::HOUR * 12);
    Line {
        key: LineKey { order_no: order_no.into(), line_id: "1".into() },
        party,
        at,
        day,
        product: None,
        category: None,
        quantity_milli: None,
        amount,
        currency: Currency::KRW,
        store: None,
        staff: None,
        channel: None,
    }
}
