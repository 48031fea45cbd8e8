//! Random people and random rules, the same for the same seed.

use crate::*;
use choose::segment::rule::KINDS;
use store::log::{self, Entry};

/// Categories, of which one is misspelt.
const CATEGORIES: [&str; 3] = ["coffee", "Coffee", "빵 \"x\""];
const CHANNELS: [&str; 3] = ["app", "web", "o'clock"];
const STORES: [&str; 2] = ["Seongsu", "성수"];
const NAMES: [&str; 6] = ["김단골", "KIM", "kim_100%", "Ä b", "-", "이\\두"];

/// A stream of numbers.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from((self.0 >> 33) % u64::try_from(bound).unwrap()).unwrap()
    }

    pub fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        from[usize::try_from(self.below(i64::try_from(from.len()).unwrap())).unwrap()]
    }

    fn maybe<'p>(&mut self, from: &[&'p str]) -> Option<&'p str> {
        (self.below(3) > 0).then(|| self.pick(from))
    }
}

/// People with orders, refunds, visits, memos, scores and events. Gives their ids in the order they were made.
pub async fn crowd(app: &TestApp, seed: u64, size: usize) -> Vec<Id<kinds::Party>> {
    let mut random = Random(seed);
    let mut people = Vec::new();
    for _ in 0..size {
        let mut party = json!({ "name": random.pick(&NAMES) });
        if random.below(3) == 0 {
            party["email"] = json!(format!("Who{}@Example.com", people.len()));
        }
        if random.below(4) == 0 {
            party["phone"] = json!(format!("010-1234-{:04}", people.len()));
        }
        let made = app.post("/parties", party).await.expect(201);
        people.push(made.json["id"].as_str().unwrap().parse().unwrap());
    }
    let (day, now, zone) = (today(app), app.clock().now(), Company::default().zone());
    let mut lines = Vec::new();
    for (place, party) in people.iter().enumerate() {
        for number in 0..random.below(9) {
            let day = day.plus(-random.below(300));
            let currency = if random.below(8) == 0 { Currency::USD } else { Currency::KRW };
            for line in 0..=random.below(2) {
                lines.push(Line {
                    key: LineKey { order_no: format!("o{place}-{number}"), line_id: line.to_string() },
                    party: Some(*party),
                    at: day.start_in(&zone),
                    day,
                    product: random.maybe(&["latte", "tea"]).map(Into::into),
                    category: random.maybe(&CATEGORIES).map(Into::into),
                    quantity_milli: None,
                    amount: (random.below(14) - 2) * 2_500,
                    currency,
                    store: random.maybe(&STORES).map(Into::into),
                    staff: None,
                    channel: random.maybe(&CHANNELS).map(Into::into),
                });
            }
        }
    }
    let ids = people.clone();
    let write = app.db().write(Lane::Import, move |tx| {
        async move {
            let from =
                From { source: "shop/1", import: Some(Id::from_number(1)), origin: log::Origin::Import };
            know::orders::write(tx, &from, &lines).await?;
            for (place, party) in ids.iter().enumerate() {
                besides(tx, &mut random, *party, place, day, now).await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    });
    write.await.unwrap();
    app.settle().await;
    refresh(app).await;
    people
}

async fn besides(
    tx: &mut store::Tx,
    random: &mut Random,
    party: Id<kinds::Party>,
    place: usize,
    today: Day,
    now: Instant,
) -> store::Result<()> {
    for _ in 0..random.below(3) {
        let ago = random.below(200);
        let id: Id<kinds::Visit> = tx.id();
        sql!("insert into visits (id, party, at, day, store) values ($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(party)
            .bind(now.plus(-ago * Instant::DAY))
            .bind(today.plus(-ago))
            .bind(random.maybe(&STORES).map(str::to_owned))
            .execute(tx)
            .await?;
    }
    for (name, top) in [("p_alive", 1.0), ("expected_orders", 12.0), ("value", 90_000.0)] {
        if random.below(3) > 0 {
            let value = top * random.below(9) as f64 / 8.0;
            sql!("insert into scores (party, name, value, run) values ($1, $2, $3, 1)")
                .bind(party)
                .bind(name)
                .bind(value)
                .execute(tx)
                .await?;
        }
    }
    for number in 0..random.below(4) {
        let kind = KINDS[usize::try_from(5 + random.below(5)).unwrap()];
        let entry = Entry::live(tx, kind, 0).about(party).named(format!("{kind}{place}-{number}"));
        let at = now.plus(-random.below(100) * Instant::DAY);
        log::append(tx, Entry { at, channel: random.maybe(&CHANNELS).map(Into::into), ..entry }).await?;
    }
    if random.below(5) == 0 {
        sql!("update parties set name = null, name_fold = '' where id = $1").bind(party).execute(tx).await?;
    }
    let (r, f, m) = (1 + random.below(5), 1 + random.below(5), 1 + random.below(5));
    if random.below(3) > 0 {
        sql!("update facts set r = $1, f = $2, m = $3, contacted_day = $4 where party = $5")
            .bind(r)
            .bind(f)
            .bind(m)
            .bind(today.plus(-random.below(60)))
            .bind(party)
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// A random rule as text.
pub fn rule(random: &mut Random, depth: i64) -> String {
    if depth > 0 && random.below(3) > 0 {
        let by = random.pick(&[" and ", " or "]);
        let parts: Vec<String> =
            (0..2 + random.below(2)).map(|_| format!("({})", rule(random, depth - 1))).collect();
        return parts.join(by);
    }
    let not = random.pick(&["", "", "not "]);
    format!("{not}{}", leaf(random))
}

fn leaf(random: &mut Random) -> String {
    let compare = random.pick(&["=", "!=", "<", "<=", ">", ">="]);
    let equal = random.pick(&["=", "!="]);
    match random.below(16) {
        0 => format!(
            "{} {compare} {}",
            random.pick(&["orders", "order_days", "r", "f", "m", "open_complaints"]),
            random.below(7)
        ),
        1 => {
            format!("{} {compare} {}", random.pick(&["spend", "refunds", "value"]), random.below(40) * 2_500)
        }
        2 => format!(
            "{} {compare} {}",
            random.pick(&["interval", "overdue", "visit_overdue", "p_alive", "expected_orders"]),
            random.below(24) as f64 / 4.0
        ),
        3 => format!("{} {compare} {}", days(random), when(random)),
        4 => format!("{} within {} days", days(random), random.below(200)),
        5 => format!("state {equal} {}", state(random)),
        6 => format!("state in ({}, {})", state(random), state(random)),
        7 => random.pick(&["late", "vip", "everyone", "nobody"]).to_owned(),
        8 => format!("{} is known", field(random)),
        9 => format!("name contains {}", quoted(random.pick(&["k", "김", "%", "_", "\\", "", "Ä", "I"]))),
        10 => format!("name {equal} {}", quoted(random.pick(&NAMES))),
        11 => format!("rfm in (555, {}{}{})", 1 + random.below(5), 1 + random.below(5), 1 + random.below(5)),
        12 => format!("email {}", random.pick(&["contains \"WHO1\"", "= \"who3@example.com\"", "is known"])),
        13 => format!(
            "did {}{}{}",
            KINDS[usize::try_from(5 + random.below(5)).unwrap()],
            times(random),
            period(random)
        ),
        14 => format!(
            "visited{}{}{}",
            if random.below(2) == 0 { " store \"성수\"" } else { "" },
            times(random),
            period(random)
        ),
        _ => ordered(random),
    }
}

fn ordered(random: &mut Random) -> String {
    let first = random.pick(&["", "", "first "]);
    let with = match random.below(4) {
        0 => format!(" category {}", quoted(random.pick(&CATEGORIES))),
        1 => format!(" channel {}", quoted(random.pick(&CHANNELS))),
        2 => format!(" product \"latte\" store {}", quoted(random.pick(&STORES))),
        _ => String::new(),
    };
    let amount = if random.below(4) == 0 {
        format!(" for at least {}", random.below(9) * 5_000)
    } else {
        String::new()
    };
    format!("{first}ordered{with}{}{amount}{}", times(random), period(random))
}

fn times(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!(" at least {} times", random.below(4)),
        1 => format!(" at most {} times", random.below(3)),
        2 => format!(" exactly {} times", random.below(3)),
        _ => String::new(),
    }
}

fn period(random: &mut Random) -> String {
    match random.below(4) {
        0 => format!(" within {} days", random.below(200)),
        1 => format!(" after {} before {}", when(random), when(random)),
        2 => format!(" after {}", when(random)),
        _ => String::new(),
    }
}

fn when(random: &mut Random) -> String {
    match random.below(3) {
        0 => "today".into(),
        1 => format!("2026-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28)),
        _ => format!("{} days ago", random.below(200)),
    }
}

fn days<'d>(random: &mut Random) -> &'d str {
    random.pick(&["first_order", "last_order", "state_since", "last_contact", "last_visit", "added"])
}

fn state<'s>(random: &mut Random) -> &'s str {
    random.pick(&["prospect", "new", "active", "regular", "dormant", "lost", "returned"])
}

fn field(random: &mut Random) -> String {
    let all: Vec<_> = choose::segment::rule::catalogue::all()
        .filter(|field| field.kind != choose::segment::rule::catalogue::Kind::Flag)
        .map(|field| field.name)
        .collect();
    random.pick(&all).to_owned()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
