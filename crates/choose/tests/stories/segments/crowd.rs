//! Random people and random rules, the same for the same seed.

use crate::*;
use kernel::Locale;
use know::consent::{self, Channel, Evidence, Purpose, Source, State, Statement};
use know::scores::{self, Estimate, Scores};
use std::collections::BTreeSet;
use store::log::{self, Entry};

/// Categories, of which one is misspelt.
const CATEGORIES: [&str; 3] = ["coffee", "Coffee", "빵 \"x\""];
const CHANNELS: [&str; 3] = ["app", "web", "o'clock"];
const STORES: [&str; 2] = ["Seongsu", "성수"];
/// Kinds of interaction.
const KINDS: [&str; 5] =
    ["complaint.opened", "complaint.closed", "message.sent", "message.opened", "bond.started"];
const QUALITY: [&str; 4] = ["pursue", "bargain", "keep", "release"];
const TIERS: [&str; 2] = ["gold", "silver"];
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
    // After the refresh, which takes rows away that nobody's judgement stands behind.
    let (ids, mut random) = (people.clone(), Random(seed + 1));
    let write = app.db().write(Lane::Import, move |tx| {
        async move {
            for party in ids {
                worth(tx, &mut random, party).await?;
                bound(tx, &mut random, party, day).await?;
            }
            Ok::<_, store::Error>(())
        }
        .boxed()
    });
    write.await.unwrap();
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
    let mut score = |top: f64| {
        (random.below(3) > 0)
            .then(|| Estimate { value: top * random.below(9) as f64 / 8.0, ..Estimate::default() })
    };
    let scores =
        Scores { party, p_alive: score(1.0), expected_orders: score(12.0), value: score(90_000.0), run: 1 };
    scores::write(tx, &[scores]).await?;
    for number in 0..random.below(4) {
        let kind = random.pick(&KINDS);
        let entry = Entry::live(tx, kind, 0).about(party).named(format!("{kind}{place}-{number}"));
        let at = now.plus(-random.below(100) * Instant::DAY);
        log::append(tx, Entry { at, channel: random.maybe(&CHANNELS).map(Into::into), ..entry }).await?;
    }
    markets(tx, random, party, today).await?;
    agrees(tx, random, party, now).await?;
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

/// Markets, tags, a tie to oneself's neighbour and a birthday, for some.
async fn markets(
    tx: &mut store::Tx,
    random: &mut Random,
    party: Id<kinds::Party>,
    today: Day,
) -> store::Result<()> {
    if random.below(3) == 0 {
        let (market, detail) = [("supplier", "money"), ("influence", "press"), ("customer", "")]
            [usize::try_from(random.below(3)).unwrap()];
        for detail in BTreeSet::from(["", detail]) {
            sql!("insert into party_markets (party, market, detail, at) values ($1, $2, $3, 1)")
                .bind(party)
                .bind(market)
                .bind(detail)
                .execute(tx)
                .await?;
        }
    }
    for tag in ["VIP", "도매"] {
        sql!("insert into tags (name, fold, created_at) values ($1, $1, 1) on conflict do nothing")
            .bind(tag)
            .execute(tx)
            .await?;
        if random.below(3) == 0 {
            sql!("insert into party_tags (party, tag, at) values ($1, $2, 1)")
                .bind(party)
                .bind(tag)
                .execute(tx)
                .await?;
        }
    }
    if random.below(3) == 0 {
        let id: Id<kinds::Tie> = tx.id();
        let until = (random.below(3) == 0).then_some(today);
        sql!("insert into ties (id, kind, party, other, until, created_at) values ($1, $2, $3, $3, $4, 1)")
            .bind(id)
            .bind(random.pick(&["works_for", "family_of"]))
            .bind(party)
            .bind(until)
            .execute(tx)
            .await?;
    }
    if random.below(2) == 0 {
        sql!("insert into birthdays (party, calendar, month, day, leap, next_day, of_age_on, at) values ($1, 'solar', 1, 1, 0, $2, $3, 1)")
            .bind(party)
            .bind(today.plus(random.below(20) - 3))
            .bind(random.maybe(&["x"]).map(|_| today.plus(random.below(9) - 4)))
            .execute(tx)
            .await?;
    }
    Ok(())
}

/// What somebody said about messages, at some times.
async fn agrees(
    tx: &mut store::Tx,
    random: &mut Random,
    party: Id<kinds::Party>,
    now: Instant,
) -> store::Result<()> {
    for _ in 0..random.below(4) {
        let channel = Channel::of(random.pick(&["email", "sms", "kakao"])).unwrap();
        let state = State::of(random.pick(&["given", "given", "withdrawn", "unverified"])).unwrap();
        let said = Statement {
            channel,
            purpose: Purpose::Ad,
            topic: String::new(),
            state,
            at: now.plus(-random.below(200) * Instant::DAY),
            source: Source::Form,
            basis: None,
            wording: None,
            locale: Locale::Ko,
            evidence: Evidence::default(),
            import: None,
        };
        consent::append(tx, party, &[said], None).await?;
    }
    consent::refresh(tx, &[party]).await
}

/// What a relationship is worth, of most.
async fn worth(tx: &mut store::Tx, random: &mut Random, party: Id<kinds::Party>) -> store::Result<()> {
    if random.below(3) == 0 {
        return Ok(());
    }
    let known = random.below(3) > 0;
    sql!(
        "insert into worth (party, currency, profit, quality, cell, is_true, is_key) \
         values ($1, 'KRW', $2, $3, $4, $5, $6)"
    )
    .bind(party)
    .bind(known.then(|| (random.below(14) - 4) * 2_500))
    .bind(known.then(|| random.below(11) * 10))
    .bind(known.then(|| random.pick(&QUALITY).to_owned()))
    .bind(random.below(2) == 0)
    .bind(random.below(4) == 0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Bonds and a tier, of most.
async fn bound(
    tx: &mut store::Tx,
    random: &mut Random,
    party: Id<kinds::Party>,
    today: Day,
) -> store::Result<()> {
    for _ in 0..random.below(3) {
        let id: Id<kinds::Bond> = tx.id();
        let started = today.plus(-random.below(90));
        let ended = (random.below(2) == 0).then(|| started.plus(1 + random.below(90)));
        sql!(
            "insert into bonds (id, party, level, name, started, ended, source, author_name, at) \
             values ($1, $2, $3, 'x', $4, $5, '', '', 0)"
        )
        .bind(id)
        .bind(party)
        .bind(1 + random.below(3))
        .bind(started)
        .bind(ended)
        .execute(tx)
        .await?;
    }
    if random.below(3) > 0 {
        let falls = (random.below(2) > 0).then(|| today.plus(random.below(120) - 10));
        sql!("insert into vip_members (party, tier, score, since, falls_on) values ($1, $2, $3, $4, $5)")
            .bind(party)
            .bind(random.maybe(&TIERS).map(str::to_owned))
            .bind(random.below(11) * 10)
            .bind(today)
            .bind(falls)
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
    match random.below(20) {
        18 => markets_leaf(random),
        19 => format!("birthday_in {compare} {}", random.below(20)),
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
        7 => random
            .pick(&["late", "vip", "everyone", "nobody", "consent", "consent.email", "consent.sms"])
            .to_owned(),
        8 => format!("{} is known", field(random)),
        9 => format!("name contains {}", quoted(random.pick(&["k", "김", "%", "_", "\\", "", "Ä", "I"]))),
        10 => format!("name {equal} {}", quoted(random.pick(&NAMES))),
        11 => format!("rfm in (555, {}{}{})", 1 + random.below(5), 1 + random.below(5), 1 + random.below(5)),
        12 => format!("email {}", random.pick(&["contains \"WHO1\"", "= \"who3@example.com\"", "is known"])),
        13 => format!("did {}{}{}", random.pick(&KINDS), times(random), period(random)),
        14 => format!(
            "visited{}{}{}",
            if random.below(2) == 0 { " store \"성수\"" } else { "" },
            times(random),
            period(random)
        ),
        15 => match random.below(7) {
            0 => format!("quality {compare} {}", random.below(11) * 10),
            1 => format!("profit {compare} {}", (random.below(14) - 4) * 2_500),
            4 => format!("bond_level {compare} {}", random.below(4)),
            5 => format!("vip_tier {equal} {}", quoted(random.pick(&TIERS))),
            6 => format!("vip_score {compare} {}", random.below(11) * 10),
            2 => format!("quality_cell {equal} {}", random.pick(&QUALITY)),
            _ => random.pick(&["key_account", "true_customer", "quality is known"]).to_owned(),
        },
        _ => ordered(random),
    }
}

fn markets_leaf(random: &mut Random) -> String {
    let leaves = [
        "tag = \"VIP\"",
        "tag in (\"VIP\", \"도매\")",
        "tag is known",
        "market = supplier",
        "market in (supplier, influence)",
        "market_kind = press",
        "customer",
        "under_14",
        "tie = employs",
        "tie = family_of",
        "tie is known",
        "birthday_in is known",
    ];
    random.pick(&leaves).to_owned()
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
    random.pick(&[
        "first_order",
        "last_order",
        "state_since",
        "last_contact",
        "last_visit",
        "added",
        "vip_falls",
    ])
}

fn state<'s>(random: &mut Random) -> &'s str {
    random.pick(&["prospect", "new", "active", "regular", "dormant", "lost", "returned"])
}

fn field(random: &mut Random) -> String {
    let all: Vec<_> = choose::segment::rule::catalogue::all()
        .filter(|field| field.kind != choose::segment::rule::catalogue::Kind::Flag && field.name != "broken")
        .map(|field| field.name)
        .collect();
    random.pick(&all).to_owned()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
