//! A report as a table for the terminal, in either language.

use super::model::{LeakLine, Report};
use crate::models::Missing;
use kernel::Locale;
use web::text;

/// Columns of the widest label: Hangul takes two.
const LABEL: usize = 30;
/// Columns of the numbers.
const NUMBER: usize = 20;

struct Table {
    locale: Locale,
    text: String,
}

impl Report {
    /// Headings and aligned numbers.
    pub fn table(&self, locale: Locale) -> String {
        let mut table = Table { locale, text: String::new() };
        table.heading("title", &[("day", &self.as_of.to_string())]);
        let counts = [
            ("parties", self.parties),
            ("orders", self.orders),
            ("anonymous_orders", self.anonymous_orders),
            ("order_lines", self.order_lines),
            ("refund_lines", self.refund_lines),
            ("invalid_rows", self.invalid_rows),
        ];
        counts.iter().for_each(|(key, count)| table.row(key, &grouped(*count)));
        self.revenue.iter().for_each(|money| table.row("revenue", &money.to_string()));
        table.heading("states", &[]);
        self.states
            .rows()
            .iter()
            .for_each(|(state, count)| table.row(&format!("state.{state}"), &grouped(*count)));
        self.leak_rows(&mut table);
        self.model_rows(&mut table);
        table.text
    }

    fn leak_rows(&self, table: &mut Table) {
        let LeakLine { month, level, inflow, outflow, loss_rate, steady_state } = self.leak;
        let Some(month) = month else {
            table.heading("leak.none", &[]);
            return;
        };
        table.heading("leak", &[("month", &month.to_string())]);
        [("level", level), ("inflow", inflow), ("outflow", outflow)]
            .iter()
            .for_each(|(key, count)| table.row(key, &grouped(*count)));
        table.row("loss_rate", &loss_rate.map_or("–".into(), |rate| format!("{:.1} %", rate * 100.0)));
        table.row("steady_state", &steady_state.map_or("–".into(), |level| grouped(level.round() as i64)));
    }

    fn model_rows(&self, table: &mut Table) {
        table.heading("models", &[]);
        let attrition = [("bg_nbd", &self.models.bg_nbd), ("mbg_nbd", &self.models.mbg_nbd)];
        for (name, model) in attrition {
            let shown = model.as_ref().map(|fit| {
                let numbers =
                    format!("r {:.3}  alpha {:.3}  a {:.3}  b {:.3}", fit.r, fit.alpha, fit.a, fit.b);
                format!("{numbers}  LL {:.1}", fit.log_likelihood)
            });
            table.model(name, shown, self.models.missing.get(name));
        }
        let spending = self.models.gamma_gamma.as_ref();
        let shown = spending
            .map(|fit| format!("p {:.2}  q {:.2}  gamma {:.2} {}", fit.p, fit.q, fit.gamma, fit.currency));
        table.model("gamma_gamma", shown, self.models.missing.get("gamma_gamma"));
    }
}

impl Table {
    fn say(&self, key: &str, params: &[(&str, &str)]) -> String {
        text::say(self.locale, &format!("report.{key}"), params)
    }

    fn heading(&mut self, key: &str, params: &[(&str, &str)]) {
        let heading = self.say(key, params);
        let space = if self.text.is_empty() { "" } else { "\n" };
        self.text.push_str(&format!("{space}{heading}\n"));
    }

    fn row(&mut self, key: &str, value: &str) {
        let label = self.say(key, &[]);
        let [gap, lead] = [LABEL.saturating_sub(columns(&label)), NUMBER.saturating_sub(columns(value))];
        self.text.push_str(&format!("  {label}{}{}{value}\n", " ".repeat(gap), " ".repeat(lead)));
    }

    fn model(&mut self, name: &str, shown: Option<String>, missing: Option<&Missing>) {
        let value = shown.unwrap_or_else(|| {
            let (has, needs) = missing.map_or((0, 0), |missing| (missing.has, missing.needs));
            let key = format!("missing.{}", missing.map_or("customers", |missing| &missing.code));
            self.say(&key, &[("has", &has.to_string()), ("needs", &needs.to_string())])
        });
        let label = self.say(name, &[]);
        self.text
            .push_str(&format!("  {label}{}{value}\n", " ".repeat(14_usize.saturating_sub(columns(&label)))));
    }
}

/// Columns a text takes in a terminal: Hangul syllables take two.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|letter| if ('\u{1100}'..='\u{d7ff}').contains(&letter) && letter != '–' { 2 } else { 1 })
        .sum()
}

fn grouped(number: i64) -> String {
    let money = kernel::Money::new(kernel::Currency::KRW, number).to_string();
    money.trim_end_matches(" KRW").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Models;
    use crate::report::States;
    use kernel::{Currency, Money};

    #[test]
    fn numbers_stand_under_each_other_in_both_languages() {
        let report = Report {
            as_of: "2026-11-22".parse().unwrap(),
            parties: 1_234_567,
            orders: 7,
            order_lines: 9,
            refund_lines: 1,
            anonymous_orders: 0,
            invalid_rows: 2,
            revenue: vec![Money::new(Currency::KRW, 12_000), Money::new(Currency::USD, 305)],
            states: States { regular: 38, ..States::default() },
            models: Models {
                missing: [("bg_nbd".into(), Missing { code: "customers".into(), has: 3, needs: 50 })].into(),
                ..Models::default()
            },
            leak: LeakLine { month: Some("2026-10".parse().unwrap()), level: 5, ..LeakLine::default() },
        };
        for locale in [Locale::Ko, Locale::En] {
            let table = report.table(locale);
            assert!(!table.contains("report."), "a text is missing: {table}");
            assert!(table.contains("1,234,567") && table.contains("50"), "{table}");
            let counts = table.lines().filter(|line| line.starts_with("  ")).take(16);
            assert!(counts.map(columns).all(|width| width == 2 + LABEL + NUMBER), "{table}");
        }
    }
}
