//! Loads have the size asked for, in order of time, the same every time.

use std::collections::BTreeSet;

use jiff::{civil::date, tz::Offset};
use simulate::large::{self, Orders, TODAY};

#[test]
fn a_load_has_the_orders_and_the_customers_asked_for() {
    let orders: Vec<_> = Orders::new(3, 5_000, 50_000).collect();
    assert_eq!(orders.len(), 50_000);
    assert!(orders.is_sorted_by_key(|order| order.at));
    let customers: BTreeSet<_> = orders.iter().filter_map(|order| order.customer).collect();
    assert!(customers.len() > 4_800, "all but the last arrivals: {}", customers.len());
    let day = |order: &simulate::OrderSeed| Offset::constant(9).to_datetime(order.at).date();
    assert_eq!(day(&orders[0]), date(2024, 1, 2));
    assert!(day(&orders[49_999]) < TODAY && day(&orders[49_999]) > date(2025, 10, 1));
    let repeated: Vec<_> = Orders::new(3, 5_000, 50_000).take(100).collect();
    assert_eq!(orders[..100], repeated[..]);
}

#[test]
fn the_list_of_customers_knows_the_first_order() {
    let people: Vec<_> = large::customers(3, 500).collect();
    for order in Orders::new(3, 500, 5_000) {
        let person = &people[order.customer.expect("a load has no anonymous orders").0 as usize - 1];
        assert!(Offset::constant(9).to_datetime(order.at).date() >= person.joined);
    }
    let phones: BTreeSet<_> = large::customers(3, 20_000).filter_map(|person| person.phone).collect();
    assert!(
        phones.len() > 18_000 && phones.iter().all(|phone| phone.starts_with("010-0") && phone.len() == 13)
    );
}

#[test]
fn an_export_has_exactly_the_lines_asked_for() {
    let mut file = Vec::new();
    let orders = large::write_csv(&mut file, 3, 2_000, 30_000).expect("a vector takes everything");
    let text = String::from_utf8(file).expect("UTF-8");
    let cells: Vec<usize> = text.lines().map(|line| line.split(',').count()).collect();
    assert_eq!(cells.len(), 30_001);
    assert!(cells.iter().all(|&count| count == 13));
    let numbers: BTreeSet<_> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(numbers.len() as u64, orders);
    assert!((1.2..1.6).contains(&(30_000.0 / orders as f64)), "{orders} orders");
}
