//! The demo company behaves like a company, and like the same company every time.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use jiff::{civil::date, tz::Offset};
use simulate::{CustomerKey, OrderSeed, PRODUCTS, Settings, Shop, Store};

static SHOP: LazyLock<Shop> = LazyLock::new(|| Shop::simulate(&Settings::new(date(2026, 11, 21))));

/// FNV-1a over everything that was simulated: the same on every machine and with every compiler.
fn fingerprint(shop: &Shop) -> u64 {
    let mut text = format!("{:?}{:?}", shop.customers().len(), shop.costs());
    for person in shop.customers() {
        text += &format!(
            "{} {:?} {:?} {:?} {}",
            person.key, person.name, person.phone, person.email, person.joined
        );
    }
    for order in shop.orders() {
        text += &format!("{} {:?} {} {:?}", order.order_no, order.customer, order.at, order.lines);
    }
    for (visit, note) in shop.visits().iter().zip(shop.notes()) {
        text += &format!("{} {} {} {}", visit.at, visit.customer, note.at, note.text);
    }
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

fn day(order: &OrderSeed) -> jiff::civil::Date {
    Offset::constant(9).to_datetime(order.at).date()
}

fn sales() -> impl Iterator<Item = &'static OrderSeed> {
    SHOP.orders().iter().filter(|order| order.refund_of.is_none())
}

/// Distinct order days of each customer, ascending.
fn days_by_customer() -> BTreeMap<CustomerKey, BTreeSet<jiff::civil::Date>> {
    let mut days: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for order in sales() {
        if let Some(customer) = order.customer {
            days.entry(customer).or_default().insert(day(order));
        }
    }
    days
}

#[test]
fn equal_settings_give_equal_shops_and_other_seeds_do_not() {
    let settings = Settings { customers: 200, ..Settings::new(date(2026, 11, 21)) };
    let first = fingerprint(&Shop::simulate(&settings));
    assert_eq!(first, fingerprint(&Shop::simulate(&settings)));
    assert_ne!(first, fingerprint(&Shop::simulate(&Settings { seed: 2, ..settings })));
}

#[test]
fn the_first_receipts_are_these() {
    let show = |order: &OrderSeed| format!("{} {} {}", order.order_no, order.at, order.lines[0].product);
    let first: Vec<_> = SHOP.orders().iter().take(3).map(show).collect();
    assert_eq!(first, FIRST_RECEIPTS, "the draws changed: every simulated database changes with them");
    assert_eq!(fingerprint(&SHOP), FINGERPRINT, "the draws changed, or arithmetic differs on this machine");
}

const FINGERPRINT: u64 = 0xdd34_9d94_a66f_df1b;
const FIRST_RECEIPTS: [&str; 3] = [
    "20241121-0001 2024-11-20T23:51:46Z 아메리카노",
    "20241121-0002 2024-11-21T00:51:46Z 아메리카노",
    "20241121-0003 2024-11-21T03:12:30Z 카페라떼",
];

#[test]
fn the_counts_are_those_of_a_shop_with_two_rooms() {
    let orders = sales().count();
    let refunds = SHOP.orders().len() - orders;
    let anonymous = sales().filter(|order| order.customer.is_none()).count();
    assert_eq!(SHOP.customers().len(), 3_000);
    assert!((25_000..45_000).contains(&orders), "{orders} orders");
    assert!((0.007..0.015).contains(&(refunds as f64 / orders as f64)), "{refunds} refunds");
    assert!((0.035..0.045).contains(&(anonymous as f64 / orders as f64)), "{anonymous} anonymous");
    assert!((30..300).contains(&SHOP.notes().len()), "{} notes", SHOP.notes().len());
    assert!((100..1_000).contains(&SHOP.visits().len()), "{} visits", SHOP.visits().len());
    assert_eq!(SHOP.costs().iter().map(|cost| cost.month).collect::<BTreeSet<_>>().len(), 24);
}

#[test]
fn everything_happens_in_the_two_years_before_today() {
    let within = date(2024, 11, 21)..date(2026, 11, 21);
    assert!(SHOP.orders().iter().all(|order| within.contains(&day(order))));
    assert!(SHOP.orders().is_sorted_by_key(|order| order.at));
    assert_eq!(SHOP.orders().last().map(day), Some(date(2026, 11, 20)), "the day before today has trade");
}

#[test]
fn numbers_are_unique_and_refunds_name_a_sale_they_do_not_exceed() {
    let mut totals = HashMap::new();
    let mut lines = BTreeSet::new();
    for order in SHOP.orders() {
        let total: i64 = order.lines.iter().map(|line| line.amount_minor).sum();
        assert!(totals.insert(&order.order_no, total).is_none(), "{} twice", order.order_no);
        assert!(order.lines.iter().all(|line| lines.insert(&line.line_id)));
        if let Some(sale) = &order.refund_of {
            assert!(total < 0 && -total <= totals[sale], "{} takes back more than was paid", order.order_no);
        }
    }
}

#[test]
fn contacts_are_well_formed_and_reach_nobody() {
    let phones: Vec<_> = SHOP.customers().iter().filter_map(|person| person.phone.as_deref()).collect();
    let emails: Vec<_> = SHOP.customers().iter().filter_map(|person| person.email.as_deref()).collect();
    assert!(phones.iter().all(|phone| phone.starts_with("010-0000-") && phone.len() == 13));
    assert_eq!(phones.iter().collect::<BTreeSet<_>>().len(), phones.len());
    assert_eq!(emails.iter().collect::<BTreeSet<_>>().len(), emails.len());
    assert!(emails.iter().all(|email| email.contains("@example.")));
    assert!((0.6..0.72).contains(&(emails.len() as f64 / 3_000.0)), "some people left no address");
}

#[test]
fn there_are_regulars_one_time_buyers_and_a_core() {
    let days = days_by_customer();
    let share =
        |test: &dyn Fn(usize) -> bool| days.values().filter(|days| test(days.len())).count() as f64 / 3_000.0;
    let (once, regular, core) = (share(&|n| n == 1), share(&|n| n >= 10), share(&|n| n >= 60));
    assert!((0.12..0.40).contains(&once), "{once} came once");
    assert!((0.15..0.45).contains(&regular), "{regular} came ten times or more");
    assert!((0.015..0.08).contains(&core), "{core} came sixty times or more");
}

#[test]
fn complements_are_bought_together() {
    let lift = |a: &str, b: &str| {
        let has = |order: &OrderSeed, name: &str| order.lines.iter().any(|line| line.product == name);
        let count = |test: &dyn Fn(&OrderSeed) -> bool| sales().filter(|order| test(order)).count() as f64;
        let both = count(&|order| has(order, a) && has(order, b));
        both * sales().count() as f64 / (count(&|order| has(order, a)) * count(&|order| has(order, b)))
    };
    for (a, b) in
        [("아메리카노", "크루아상"), ("카페라떼", "버터스콘"), ("온기 블렌드 200g", "드립 필터 100매")]
    {
        assert!(lift(a, b) > 1.5, "{a} and {b} have a lift of {}", lift(a, b));
    }
    assert!(lift("아메리카노", "텀블러") < 1.0, "what does not go together is not bought together");
    let sold: BTreeSet<_> = sales().flat_map(|order| &order.lines).map(|line| line.product).collect();
    assert_eq!(sold.len(), PRODUCTS.len(), "everything on the menu is sold");
}

#[test]
fn the_bad_month_drives_people_off() {
    let mut last_orders: BTreeMap<_, u32> = BTreeMap::new();
    for days in days_by_customer().values().filter(|days| days.len() > 1) {
        let last = days.last().expect("more than one");
        *last_orders.entry(last.first_of_month()).or_default() += 1;
    }
    let usual: u32 = [(2025, 10), (2025, 11), (2025, 12), (2026, 2), (2026, 3), (2026, 4)]
        .into_iter()
        .map(|(year, month)| last_orders[&date(year, month, 1)])
        .sum();
    let bad = last_orders[&date(2026, 1, 1)];
    assert!(
        f64::from(bad) > 2.0 * f64::from(usual) / 6.0,
        "{bad} left in the bad month, {usual} in six others"
    );
}

#[test]
fn nobody_buys_behind_a_closed_door() {
    let in_mangwon = || sales().filter(|order| order.store == Some(Store::Mangwon));
    let renovation = date(2026, 1, 1)..=date(2026, 1, 14);
    assert!(in_mangwon().count() > 5_000);
    assert!(in_mangwon().all(|order| !renovation.contains(&day(order))));
    assert!(in_mangwon().all(|order| day(order).weekday() != jiff::civil::Weekday::Monday));
    let staff: BTreeSet<_> = sales().filter_map(|order| order.staff).collect();
    assert_eq!(staff.len(), 4);
}
