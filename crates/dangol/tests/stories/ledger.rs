//! An independent recount of order files: the rules written down a second time, naively, sharing nothing with the
//! program. Whoever changes a rule there has to change it here as well, knowingly.

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

/// A line of an order. Days are counted from 1970-01-01.
#[derive(Debug, Clone)]
pub struct Line {
    /// Whose; nobody's when anonymous.
    pub customer: Option<String>,
    /// The order's number.
    pub order: String,
    /// Local day.
    pub day: i64,
    /// Minor units, negative for a refund.
    pub amount: i64,
}

/// Lines in one currency.
pub struct Ledger {
    /// Their currency.
    pub currency: &'static str,
    /// The lines.
    pub lines: Vec<Line>,
}

/// Everyone's order days, ascending; someone with refunds alone has none.
pub type Days = BTreeMap<String, Vec<i64>>;

impl Ledger {
    /// The CDNOW log: blank-separated under a header, every row an order, dollars with two decimals.
    pub fn cdnow(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let rows = text.lines().skip(1).filter(|row| !row.trim().is_empty());
        let line = |(number, row): (usize, &str)| {
            let cells: Vec<&str> = row.split_whitespace().collect();
            let [customer, date, _, dollars] = cells[..] else { panic!("a row of four cells: {row}") };
            Line {
                customer: Some(customer.to_owned()),
                order: number.to_string(),
                day: day(&date[..4], &date[4..6], &date[6..]),
                amount: rounded(1, dollars),
            }
        };
        Self { currency: "USD", lines: rows.enumerate().map(line).collect() }
    }

    /// Online Retail: a line's amount is quantity times price in pounds, customers are written as `17850.0`.
    pub fn online_retail(path: &Path) -> Self {
        let mut text = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        let rows = text.lines().skip(1).map(cells);
        let line = |cells: Vec<String>| {
            let [order, _, _, quantity, date, price, customer, _] = &cells[..] else { panic!("{cells:?}") };
            let customer = customer.trim_end_matches(".0");
            Line {
                customer: (!customer.is_empty()).then(|| customer.to_owned()),
                order: order.clone(),
                day: day(&date[..4], &date[5..7], &date[8..10]),
                amount: rounded(quantity.parse().unwrap(), price),
            }
        };
        Self { currency: "GBP", lines: rows.map(line).collect() }
    }

    /// What had happened by the end of `as_of`.
    pub fn until(&self, as_of: i64) -> Self {
        let lines = self.lines.iter().filter(|line| line.day <= as_of).cloned().collect();
        Self { currency: self.currency, lines }
    }

    /// The members of a report that follow from the lines, as of the end of the day.
    pub fn report(&self, as_of: i64) -> Value {
        let known = self.until(as_of);
        let sold = || known.lines.iter().filter(|line| line.amount >= 0);
        let orders: BTreeSet<&str> = sold().map(|line| line.order.as_str()).collect();
        let named = sold().filter(|line| line.customer.is_some()).map(|line| line.order.as_str());
        let named: BTreeSet<&str> = named.collect();
        let revenue: i64 = known.lines.iter().map(|line| line.amount).sum();
        let days = known.order_days();
        json!({
            "parties": days.len(),
            "orders": orders.len(),
            "order_lines": known.lines.len(),
            "refund_lines": known.lines.iter().filter(|line| line.amount < 0).count(),
            "anonymous_orders": orders.difference(&named).count(),
            "invalid_rows": 0,
            "revenue": [{ "currency": self.currency, "amount_minor": revenue }],
            "states": states(&days, as_of),
            "leak": self.leak(as_of),
        })
    }

    /// Days with a sale that refunds have not wholly taken back. A refund counts against the day on which its order
    /// was sold, or against its own day when nothing was sold under its number.
    pub fn order_days(&self) -> Days {
        let mut sold_on: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        let owned = || self.lines.iter().filter_map(|line| Some((line.customer.as_deref()?, line)));
        for (customer, line) in owned().filter(|(_, line)| line.amount >= 0) {
            let day = sold_on.entry((customer, &line.order)).or_insert(line.day);
            *day = line.day.min(*day);
        }
        let mut sums: BTreeMap<&str, BTreeMap<i64, (bool, i64, i64)>> = BTreeMap::new();
        for (customer, line) in owned() {
            let linked = sold_on.get(&(customer, line.order.as_str())).filter(|_| line.amount < 0);
            let (sale, sold, refunded) =
                sums.entry(customer).or_default().entry(*linked.unwrap_or(&line.day)).or_default();
            *sale |= line.amount >= 0;
            *sold += line.amount.max(0);
            *refunded -= line.amount.min(0);
        }
        let stands = |(sale, sold, refunded): (bool, i64, i64)| sale && (refunded == 0 || refunded < sold);
        let days =
            |by_day: BTreeMap<i64, _>| by_day.into_iter().filter(|(_, sum)| stands(*sum)).map(|(day, _)| day);
        sums.into_iter().map(|(customer, by_day)| (customer.to_owned(), days(by_day).collect())).collect()
    }

    /// The last month that ended before the day.
    fn leak(&self, as_of: i64) -> Value {
        let (year, month, _) = date(as_of);
        let first_of_this = day_of(year, month, 1);
        let end = first_of_this - 1;
        let (year, month, _) = date(end);
        let opening = self.until(day_of(year, month, 1) - 1).live(day_of(year, month, 1) - 1);
        let closing = self.until(end).live(end);
        let inflow = closing.difference(&opening).count() as f64;
        let outflow = opening.difference(&closing).count() as f64;
        let loss_rate = (!opening.is_empty()).then(|| outflow / opening.len() as f64);
        json!({
            "month": format!("{year:04}-{month:02}"),
            "level": closing.len(),
            "inflow": inflow as i64,
            "outflow": outflow as i64,
            "loss_rate": loss_rate,
            "steady_state": loss_rate.filter(|rate| *rate > 0.0).map(|rate| inflow / rate),
        })
    }

    fn live(&self, on: i64) -> BTreeSet<String> {
        let days = self.order_days();
        let company = company_interval(&days);
        let is_live =
            |days: &[i64]| ["new", "active", "regular", "returned"].contains(&state(days, on, company));
        days.into_iter().filter(|(_, days)| is_live(days)).map(|(customer, _)| customer).collect()
    }
}

fn states(days: &Days, on: i64) -> Value {
    let company = company_interval(days);
    let names = ["prospect", "new", "active", "regular", "dormant", "lost", "returned"];
    let mut counts: BTreeMap<&str, usize> = names.into_iter().map(|name| (name, 0)).collect();
    for days in days.values() {
        *counts.get_mut(state(days, on, company)).unwrap() += 1;
    }
    json!(counts)
}

fn state(days: &[i64], on: i64, company: Option<f64>) -> &'static str {
    let Some((last, before)) = days.split_last() else { return "prospect" };
    let since = (on - last) as f64;
    let interval = usual_interval(days, company).unwrap_or(f64::INFINITY);
    let came_back = before.last().is_some_and(|previous| {
        let usual = usual_interval(before, company).unwrap_or(f64::INFINITY);
        (last - previous) as f64 > 1.5 * usual
    });
    let this_year = days.iter().filter(|day| on - **day < 365).count();
    match () {
        () if before.is_empty() && since <= interval => "new",
        () if since > 3.0 * interval => "lost",
        () if since > 1.5 * interval => "dormant",
        () if came_back && since <= interval => "returned",
        () if this_year >= 3 => "regular",
        () => "active",
    }
}

fn usual_interval(days: &[i64], company: Option<f64>) -> Option<f64> {
    let own = || median(gaps(days).collect());
    let interval = if days.len() >= 3 { own() } else { company };
    interval.map(|interval| interval.max(3.0))
}

/// The median of all gaps of all people.
fn company_interval(days: &Days) -> Option<f64> {
    median(days.values().flat_map(|days| gaps(days)).collect())
}

fn gaps(days: &[i64]) -> impl Iterator<Item = i64> {
    days.windows(2).map(|pair| pair[1] - pair[0])
}

fn median(mut numbers: Vec<i64>) -> Option<f64> {
    numbers.sort_unstable();
    let count = numbers.len();
    (count > 0).then(|| (numbers[(count - 1) / 2] + numbers[count / 2]) as f64 / 2.0)
}

/// `quantity` times a decimal price in minor units of a hundredth, half away from zero.
fn rounded(quantity: i64, price: &str) -> i64 {
    let (sign, price) = price.strip_prefix('-').map_or((1, price), |price| (-1, price));
    let (whole, part) = price.split_once('.').unwrap_or((price, ""));
    let millionths: i128 = format!("{whole}{part:0<6}").parse().unwrap();
    let product = i128::from(sign * quantity) * millionths;
    let magnitude = (product.abs() + 5_000) / 10_000;
    i64::try_from(product.signum() * magnitude).unwrap()
}

/// The cells of a CSV row without line breaks in quotes.
fn cells(row: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut letters = row.trim_end_matches('\r').chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(letter),
        }
    }
    cells
}

fn day(year: &str, month: &str, day: &str) -> i64 {
    day_of(year.parse().unwrap(), month.parse().unwrap(), day.parse().unwrap())
}

/// The day `2011-12-09`.
pub fn day_named(text: &str) -> i64 {
    day(&text[..4], &text[5..7], &text[8..])
}

/// Counted year by year and month by month.
fn day_of(year: i64, month: i64, day: i64) -> i64 {
    let years: i64 = (1970..year).map(|year| 365 + i64::from(is_leap(year))).sum();
    years + (1..month).map(|month| month_days(year, month)).sum::<i64>() + day - 1
}

fn date(mut day: i64) -> (i64, i64, i64) {
    let mut year = 1970;
    while day >= 365 + i64::from(is_leap(year)) {
        day -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    while day >= month_days(year, month) {
        day -= month_days(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[test]
fn the_recount_itself_can_count() {
    assert_eq!(date(day_named("2012-02-29")), (2012, 2, 29));
    assert_eq!(day_named("2000-03-01") - day_named("2000-02-28"), 2);
    assert_eq!(
        [rounded(1, "11.77"), rounded(-3, "0.005"), rounded(3, "-1.005"), rounded(2, "7")],
        [1177, -2, -302, 1400]
    );
    assert_eq!(cells("a,\"b, \"\"c\"\"\",,d"), ["a", "b, \"c\"", "", "d"]);
    assert_eq!(state(&[0, 30, 40, 60], 80, None), "regular");
    assert_eq!(state(&[0, 30, 40, 60], 91, None), "dormant");
    assert_eq!(state(&[0], 61, Some(20.0)), "lost");
    assert_eq!(state(&[0, 10, 41], 45, Some(20.0)), "returned");
}
