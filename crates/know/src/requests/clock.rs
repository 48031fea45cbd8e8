//! The law's clock: until when a request must be answered, and when to sound the alarm. Pure.
//!
//! Rules carry the days between which they are in force, because laws change and old requests keep theirs.

use kernel::{Day, Month};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Jurisdiction {
    /// Korea.
    Kr,
    /// The European Union.
    Eu,
}

impl Jurisdiction {
    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Kr => "kr",
            Self::Eu => "eu",
        }
    }

    /// Where a company with this time zone is.
    pub fn of_zone(zone: &str) -> Self {
        if zone.starts_with("Europe/") { Self::Eu } else { Self::Kr }
    }
}

impl TryFrom<String> for Jurisdiction {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [Self::Kr, Self::Eu].into_iter().find(|one| one.text() == text).ok_or(text)
    }
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ClockAbout)]
pub enum About {
    /// Seeing, correcting, erasing, stopping, asking where data came from.
    Data,
    /// Explaining a decision that a machine made.
    Decision,
}

/// In what a period is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ClockUnit)]
pub enum Unit {
    /// Days, the day of receipt not among them.
    Days,
    /// Months: to the day of the same number, or the last of a shorter month.
    Months,
}

/// How long an answer may take, from a day until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockRule {
    /// Whose law.
    pub jurisdiction: Jurisdiction,
    /// About which requests.
    pub about: About,
    /// How many days or months.
    pub count: u16,
    /// Of what.
    pub unit: Unit,
    /// The day of the alarm, counted from the receipt.
    pub alarm_days: u16,
    /// The first day on which it holds.
    #[schema(value_type = String)]
    pub from: Day,
    /// The last one, where it is over.
    #[schema(value_type = Option<String>)]
    pub until: Option<Day>,
    /// Where it stands.
    pub basis: String,
}

/// Days a period may have at most.
const MOST_DAYS: u16 = 365;

impl ClockRule {
    /// The day by which a request received on `day` must be answered.
    pub fn due(&self, day: Day) -> Day {
        match self.unit {
            Unit::Days => day.plus(i64::from(self.count)),
            Unit::Months => months_after(day, i64::from(self.count)),
        }
    }

    /// The day from which it is urgent.
    pub fn alarm(&self, day: Day) -> Day {
        day.plus(i64::from(self.alarm_days))
    }

    /// Whether it can be a rule: an alarm before the end, and an end that is not years away.
    pub fn is_sound(&self) -> bool {
        let longest = if self.unit == Unit::Days { MOST_DAYS } else { 12 };
        let shortest = if self.unit == Unit::Days { self.count } else { self.count.saturating_mul(28) };
        (1..=longest).contains(&self.count)
            && (1..shortest).contains(&self.alarm_days)
            && self.until.is_none_or(|until| until >= self.from)
    }

    fn holds(&self, jurisdiction: Jurisdiction, about: About, day: Day) -> bool {
        (self.jurisdiction, self.about) == (jurisdiction, about)
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
    }
}

/// Regulation 1182/71, article 3(2)(c): a period of months ends with the day of the same number, or with the last of a
/// month that has no such day.
fn months_after(day: Day, months: i64) -> Day {
    let month: Month = day.month().plus(months);
    let within = day.since(day.month().first_day());
    month.first_day().plus(within).min(month.last_day())
}

/// The rule in force on `day`: of several the one that began last.
pub fn in_force(
    rules: &[ClockRule],
    jurisdiction: Jurisdiction,
    about: About,
    day: Day,
) -> Option<&ClockRule> {
    rules.iter().filter(|rule| rule.holds(jurisdiction, about, day)).max_by_key(|rule| rule.from)
}

/// The laws as they stood when this was written (`docs/guide/privacy.md` has the sources).
pub fn laws() -> Vec<ClockRule> {
    let rule = |jurisdiction, about, (count, unit), alarm_days, from: &str, basis: &str| ClockRule {
        jurisdiction,
        about,
        count,
        unit,
        alarm_days,
        from: from.parse().expect("the day stands here"),
        until: None,
        basis: basis.to_owned(),
    };
    let (ten, thirty, month) = ((10, Unit::Days), (30, Unit::Days), (1, Unit::Months));
    vec![
        rule(
            Jurisdiction::Kr,
            About::Data,
            ten,
            7,
            "2011-09-30",
            "개인정보 보호법 제35조~제38조, 시행령 제41조·제43조·제44조",
        ),
        rule(
            Jurisdiction::Kr,
            About::Decision,
            thirty,
            20,
            "2024-03-15",
            "개인정보 보호법 제37조의2, 시행령 제44조의3",
        ),
        rule(Jurisdiction::Eu, About::Data, month, 20, "2018-05-25", "GDPR art. 12(3)"),
        rule(Jurisdiction::Eu, About::Decision, month, 20, "2018-05-25", "GDPR art. 12(3), 22"),
    ]
}

/// How a request that waits stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// There is time.
    Calm,
    /// The alarm has sounded.
    Alarm,
    /// The last day has come or is over: from now on it breaks the law.
    Breach,
    /// It was answered.
    Done,
}

impl Urgency {
    /// Of a request that waits, on `today`.
    pub fn on(today: Day, alarm: Day, due: Day) -> Self {
        if today >= due {
            Self::Breach
        } else if today >= alarm {
            Self::Alarm
        } else {
            Self::Calm
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn rule(jurisdiction: Jurisdiction, about: About, on: &str) -> ClockRule {
        in_force(&laws(), jurisdiction, about, day(on)).unwrap().clone()
    }

    #[test]
    fn korea_gives_ten_days_with_an_alarm_on_the_seventh_and_a_breach_on_the_tenth() {
        let clock = rule(Jurisdiction::Kr, About::Data, "2026-11-20");
        let (alarm, due) = (clock.alarm(day("2026-11-20")), clock.due(day("2026-11-20")));
        assert_eq!((alarm, due), (day("2026-11-27"), day("2026-11-30")));
        let on = |text: &str| Urgency::on(day(text), alarm, due);
        assert_eq!(
            ["2026-11-20", "2026-11-26", "2026-11-27", "2026-11-29", "2026-11-30", "2026-12-01"].map(on),
            [Urgency::Calm, Urgency::Calm, Urgency::Alarm, Urgency::Alarm, Urgency::Breach, Urgency::Breach]
        );
        assert_eq!(
            rule(Jurisdiction::Kr, About::Decision, "2026-11-20").due(day("2026-11-20")),
            day("2026-12-20")
        );
    }

    #[test]
    fn europe_gives_a_month_that_ends_with_a_shorter_one() {
        let clock = rule(Jurisdiction::Eu, About::Data, "2027-01-31");
        assert_eq!(clock.due(day("2027-01-31")), day("2027-02-28"));
        assert_eq!(clock.due(day("2028-01-31")), day("2028-02-29"));
        assert_eq!(clock.due(day("2026-11-20")), day("2026-12-20"));
        assert_eq!(clock.alarm(day("2026-11-20")), day("2026-12-10"));
    }

    #[test]
    fn the_rule_that_was_in_force_on_the_day_counts() {
        let mut rules = laws();
        rules.push(ClockRule { count: 5, alarm_days: 3, from: day("2027-01-01"), ..rules[0].clone() });
        let count = |on: &str| in_force(&rules, Jurisdiction::Kr, About::Data, day(on)).unwrap().count;
        assert_eq!((count("2026-12-31"), count("2027-01-01")), (10, 5));
        rules[0].until = Some(day("2026-06-30"));
        assert_eq!(in_force(&rules, Jurisdiction::Kr, About::Data, day("2026-07-01")), None);
    }

    #[test]
    fn a_rule_sounds_its_alarm_before_its_end() {
        assert!(laws().iter().all(ClockRule::is_sound));
        let rule = laws()[0].clone();
        for bad in [
            ClockRule { alarm_days: 10, ..rule.clone() },
            ClockRule { count: 0, ..rule.clone() },
            ClockRule { count: 400, ..rule.clone() },
            ClockRule { until: Some(day("2000-01-01")), ..rule },
        ] {
            assert!(!bad.is_sound(), "{bad:?}");
        }
    }
}
