//! A shop's export made from a seed: repeat customers, several orders each, orders of several lines, refunds that name
//! their order, a second currency, and people known by e-mail and phone.

use std::fmt::Write as _;

/// A small generator of chance (SplitMix64): the same seed gives the same story.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }
}

/// A line of the export.
#[derive(Debug, Clone)]
pub struct SoldLine {
    /// The order's number.
    pub order: String,
    /// The line's name.
    pub line: String,
    /// Whose: the number of the customer; nobody's when 0.
    pub customer: u64,
    /// Days from 2024-01-01.
    pub day: u64,
    /// Minor units, negative for a refund.
    pub amount: i64,
    /// `KRW` or `USD`.
    pub currency: &'static str,
}

/// Lines of about `orders` orders by `customers` people over two years.
pub fn lines(seed: u64, customers: u64, orders: u64) -> Vec<SoldLine> {
    let (mut dice, mut lines) = (Dice(seed), Vec::new());
    for number in 0..orders {
        let customer = if dice.below(30) == 0 { 0 } else { 1 + dice.below(customers) };
        let day = dice.below(700);
        let currency = if customer % 17 == 3 && dice.below(3) == 0 { "USD" } else { "KRW" };
        let order = format!("A-{number:05}");
        let count = 1 + dice.below(3);
        let line = |name: String, day, amount| SoldLine {
            order: order.clone(),
            line: name,
            customer,
            day,
            amount,
            currency,
        };
        let sold: Vec<i64> = (0..count).map(|_| 100 * i64::try_from(dice.below(90)).unwrap()).collect();
        lines.extend(sold.iter().enumerate().map(|(place, amount)| line(place.to_string(), day, *amount)));
        let sum: i64 = sold.iter().sum();
        match dice.below(12) {
            0 if sum > 0 => lines.push(line("back".into(), day + dice.below(9), -sum)),
            1 if sum > 100 => lines.push(line("back".into(), day + dice.below(9), -100)),
            _ => {}
        }
    }
    lines
}

/// The lines as a generic CSV.
pub fn csv(lines: &[SoldLine]) -> String {
    let mut text =
        String::from("order_no,line_id,customer_id,email,ordered_at,product,quantity,amount,currency\n");
    for SoldLine { order, line, customer, day, amount, currency } in lines {
        let date = date(*day);
        let (known, email) = match customer {
            0 => (String::new(), String::new()),
            _ => (format!("C{customer}"), format!("c{customer}@example.com")),
        };
        let amount =
            if *currency == "USD" { format!("{:.2}", *amount as f64 / 100.0) } else { amount.to_string() };
        writeln!(text, "{order},{line},{known},{email},{date},Latte,1,{amount},{currency}").unwrap();
    }
    text
}

fn date(day: u64) -> String {
    let day =
        jiff::civil::date(2024, 1, 1).saturating_add(jiff::Span::new().days(i64::try_from(day).unwrap()));
    day.to_string()
}
