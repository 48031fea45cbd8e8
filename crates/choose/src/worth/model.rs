//! The figures of one customer, worked out from order days and from what was judged.

use super::settings::AccountSettings;
use crate::lifecycle::State;
use kernel::{Currency, Day};
use know::assessments::{Input, Judged};
use know::facts::OrderDay;
use science::value::{
    CustomerEvidence, Evidence, Quality, QualityInputs, TrueCustomer, TrueCustomerFlag, quality,
    true_customer,
};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Days of a year, over which margin and cost are counted.
pub const YEAR: i64 = 365;
/// Pairs of windows in which a trend is looked for, in days, the longest first: a year evens out seasons.
const WINDOWS: [i64; 3] = [365, 183, 92];
/// A trend beyond these says no more: somebody who bought almost nothing before has grown by any number.
const GROWTH: [f64; 2] = [-1.0, 3.0];
/// The middle of a score: what lies on it or above is high.
const MIDDLE: f64 = 5.0;

/// What orders and people say of a customer.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// The company's day.
    pub today: Day,
    /// The company's currency: what was judged in another one is not known.
    pub currency: Currency,
    /// The company's gross margin in percent, where it is known.
    pub margin_percent: Option<f64>,
    /// Order days with what was spent on each, in the company's currency; empty when they buy in another. Of an
    /// organisation those of the people who work for it as well.
    pub days: Vec<OrderDay>,
    /// Their state; of an organisation that of whoever of its people is the liveliest.
    pub state: String,
    /// People who work for the organisation and whose orders are among its days.
    pub people: usize,
    /// What was judged.
    pub judged: BTreeMap<Input, Judged>,
}

/// Where a margin comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Margin {
    /// Somebody recorded it.
    Recorded,
    /// The last year's orders at the company's margin.
    Estimated,
}

/// The own trend: net purchases of a window against the one before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountGrowth)]
pub struct Growth {
    /// 0.2 is a fifth more; from −1 to 3.
    pub rate: f64,
    /// Days of a window.
    pub days: i64,
}

/// How repeat buying stands.
pub type Behaviour = Evidence;

/// What is known of a customer's worth.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Net purchases of the last year.
    pub revenue: i64,
    /// Margin of the last year, and where it comes from.
    pub margin: Option<(i64, Margin)>,
    /// Cost to serve of a year.
    pub cost: Option<i64>,
    /// Margin less cost, when both are known.
    pub profit: Option<i64>,
    /// The own trend.
    pub growth: Option<Growth>,
    /// What was judged.
    pub judged: BTreeMap<Input, Judged>,
    /// The quality index, when all four inputs are known.
    pub quality: Option<Quality>,
    /// The cell of the quality matrix, when all four inputs are known.
    pub cell: Option<&'static str>,
    /// Whether they are a true customer, with the evidence.
    pub truth: TrueCustomer,
    /// People who work for the organisation and whose orders are counted with it.
    pub people: usize,
}

impl Figure {
    /// Works the figures out.
    pub fn of(inputs: &Inputs, settings: &AccountSettings) -> Self {
        let amount = |input: Input| {
            inputs.judged.get(&input).filter(|it| it.currency == Some(inputs.currency)).map(|it| it.value)
        };
        let revenue = net(&inputs.days, inputs.today.plus(1 - YEAR), inputs.today);
        let estimated = inputs
            .margin_percent
            .filter(|_| !inputs.days.is_empty())
            .map(|percent| ((revenue as f64 * percent / 100.0).round() as i64, Margin::Estimated));
        let margin = amount(Input::Margin).map(|margin| (margin, Margin::Recorded)).or(estimated);
        let cost = amount(Input::CostToServe);
        let evidence = CustomerEvidence {
            margin: margin.map(|(margin, _)| margin as f64),
            cost_to_serve: cost.map(|cost| cost as f64),
            will: will(inputs, settings),
            behaviour: behaviour(inputs),
            promotion: promotion(inputs, settings),
        };
        Self {
            revenue,
            margin,
            cost,
            profit: margin.zip(cost).map(|((margin, _), cost)| margin.saturating_sub(cost)),
            growth: growth(&inputs.days, inputs.today),
            quality: quality(&porter(&inputs.judged), &settings.quality.into()).ok(),
            cell: cell(&inputs.judged),
            judged: inputs.judged.clone(),
            truth: true_customer(&evidence),
            people: inputs.people,
        }
    }

    /// The profit that key accounts are compared by: without a recorded cost to serve, the margin.
    pub fn profit_now(&self) -> Option<i64> {
        self.margin.map(|(margin, _)| margin.saturating_sub(self.cost.unwrap_or(0)))
    }

    /// The number judged of an input.
    pub fn score(&self, input: Input) -> Option<i64> {
        self.judged.get(&input).map(|it| it.value)
    }

    /// The quality index in points of 100.
    pub fn points(&self) -> Option<i64> {
        self.quality.as_ref().map(|quality| (quality.index * 100.0).round() as i64)
    }

    /// Whether all three signs of a true customer are shown.
    pub fn is_true(&self) -> bool {
        self.truth.flag == TrueCustomerFlag::True
    }
}

/// States, the liveliest first.
const LIVELY: [State; 7] = [
    State::Regular,
    State::Active,
    State::Returned,
    State::New,
    State::Dormant,
    State::Lost,
    State::Prospect,
];

impl Inputs {
    /// Adds what somebody bought who works for the organisation.
    pub fn add_person(&mut self, days: &[OrderDay], state: &str) {
        if days.is_empty() {
            return;
        }
        self.people += 1;
        for day in days {
            match self.days.binary_search_by_key(&day.day, |own| own.day) {
                Ok(at) => self.days[at].net = self.days[at].net.saturating_add(day.net),
                Err(at) => self.days.insert(at, *day),
            }
        }
        let place = |state: &str| LIVELY.iter().position(|one| one.text() == state).unwrap_or(LIVELY.len());
        if place(state) < place(&self.state) {
            self.state = state.to_owned();
        }
    }
}

/// What was spent between two days, both counted.
pub fn net(days: &[OrderDay], from: Day, to: Day) -> i64 {
    days.iter().filter(|it| it.day >= from && it.day <= to).map(|it| it.net).sum()
}

/// The trend in the longest pair of windows that their time as a customer fills.
fn growth(days: &[OrderDay], today: Day) -> Option<Growth> {
    let first = days.first()?.day;
    let window = WINDOWS.into_iter().find(|window| today.since(first) >= 2 * window)?;
    let recent = net(days, today.plus(1 - window), today);
    let before = net(days, today.plus(1 - 2 * window), today.plus(-window));
    let rate = match (before > 0, recent > 0) {
        (true, _) => (recent - before) as f64 / before as f64,
        (false, true) => GROWTH[1],
        (false, false) => 0.0,
    };
    Some(Growth { rate: rate.clamp(GROWTH[0], GROWTH[1]), days: window })
}

fn share(judged: &BTreeMap<Input, Judged>, input: Input) -> Option<f64> {
    judged.get(&input).map(|it| it.value as f64 / 10.0)
}

fn porter(judged: &BTreeMap<Input, Judged>) -> QualityInputs {
    QualityInputs {
        purchase_needs: share(judged, Input::PurchaseNeeds),
        growth: share(judged, Input::Potential),
        bargaining_power: share(judged, Input::BargainingPower),
        price_sensitivity: share(judged, Input::PriceSensitivity),
    }
}

/// The cells of the quality matrix: needs and growth against power and sensitivity.
pub const CELLS: [&str; 4] = ["pursue", "bargain", "keep", "release"];

fn cell(judged: &BTreeMap<Input, Judged>) -> Option<&'static str> {
    let mean = |one, other| Some((share(judged, one)? + share(judged, other)?) * 5.0);
    let good = mean(Input::PurchaseNeeds, Input::Potential)? >= MIDDLE;
    let hard = mean(Input::BargainingPower, Input::PriceSensitivity)? >= MIDDLE;
    Some(match (good, hard) {
        (true, false) => CELLS[0],
        (true, true) => CELLS[1],
        (false, false) => CELLS[2],
        (false, true) => CELLS[3],
    })
}

fn is_fresh(judged: &Judged, inputs: &Inputs, settings: &AccountSettings) -> bool {
    inputs.today.since(judged.day) < settings.evidence_days
}

/// The stated will to go on.
fn will(inputs: &Inputs, settings: &AccountSettings) -> Evidence {
    let said = inputs.judged.get(&Input::Intention).filter(|said| is_fresh(said, inputs, settings));
    Evidence::of(said.map(|said| said.value >= settings.will_min))
}

/// Coming again: somebody new is too new to say.
fn behaviour(inputs: &Inputs) -> Evidence {
    let is = |state: State| inputs.state == state.text();
    match inputs.days.len() {
        0 => Evidence::Unknown,
        1 if is(State::New) || is(State::Active) => Evidence::Unknown,
        1 => Evidence::Absent,
        _ if [State::Active, State::Regular, State::Returned].into_iter().any(is) => Evidence::Shown,
        _ => Evidence::Absent,
    }
}

/// Voluntary promotion: what was rewarded is looked at and not taken.
fn promotion(inputs: &Inputs, settings: &AccountSettings) -> Evidence {
    let told = [Input::Referral, Input::Review, Input::Recommendation];
    let told = told.iter().filter_map(|input| inputs.judged.get(input));
    let fresh: Vec<&Judged> = told.filter(|told| is_fresh(told, inputs, settings)).collect();
    let seen = (!fresh.is_empty()).then(|| fresh.iter().any(|told| told.value == 1));
    Evidence::of(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: i64 = 20_000;

    fn inputs(days: &[(i64, i64)], state: &str, judged: &[(Input, i64)]) -> Inputs {
        let today = Day::from_epoch(TODAY);
        let judged = judged.iter().map(|(input, value)| {
            (*input, Judged { value: *value, currency: Some(Currency::KRW), day: today.plus(-10) })
        });
        Inputs {
            today,
            currency: Currency::KRW,
            margin_percent: Some(40.0),
            days: days
                .iter()
                .map(|(ago, net)| OrderDay { day: today.plus(-ago), net: *net, own: true })
                .collect(),
            state: state.into(),
            people: 0,
            judged: judged.collect(),
        }
    }

    fn of(inputs: &Inputs) -> Figure {
        Figure::of(inputs, &AccountSettings::default())
    }

    #[test]
    fn margin_is_recorded_or_estimated_and_profit_needs_a_cost() {
        let bought = [(400, 9_000), (300, 10_000), (5, 20_000)];
        let estimated = of(&inputs(&bought, "active", &[]));
        assert_eq!((estimated.revenue, estimated.margin), (30_000, Some((12_000, Margin::Estimated))));
        assert_eq!((estimated.profit, estimated.profit_now()), (None, Some(12_000)));
        let known = of(&inputs(&bought, "active", &[(Input::Margin, 15_000), (Input::CostToServe, 4_000)]));
        assert_eq!((known.margin, known.profit), (Some((15_000, Margin::Recorded)), Some(11_000)));
        let unknown = Inputs { margin_percent: None, ..inputs(&bought, "active", &[]) };
        assert_eq!(of(&unknown).profit_now(), None);
        let foreign = Inputs { currency: Currency::USD, ..inputs(&[], "active", &[(Input::Margin, 15_000)]) };
        assert_eq!(of(&foreign).margin, None, "an amount in another currency is not known");
    }

    #[test]
    fn an_organisation_is_judged_with_the_people_who_work_for_it() {
        let mut organisation = inputs(&[(400, 1_000), (10, 5_000)], "prospect", &[]);
        let person = inputs(&[(40, 3_000), (10, 2_000)], "regular", &[]);
        organisation.add_person(&person.days, "regular");
        organisation.add_person(&[], "new");
        let figure = of(&organisation);
        assert_eq!((figure.revenue, figure.people), (10_000, 1));
        assert_eq!(organisation.days.len(), 3, "two orders of one day are one order day");
        assert_eq!(organisation.state, "regular");
        organisation.add_person(&person.days, "lost");
        assert_eq!(organisation.state, "regular", "the liveliest counts");
    }

    #[test]
    fn growth_is_the_longest_window_that_their_time_fills() {
        let growth = |days: &[(i64, i64)]| of(&inputs(days, "active", &[])).growth;
        assert_eq!(growth(&[(800, 1), (500, 10_000), (100, 15_000)]), Some(Growth { rate: 0.5, days: 365 }));
        assert_eq!(growth(&[(400, 1), (200, 10_000), (10, 5_000)]), Some(Growth { rate: -0.5, days: 183 }));
        assert_eq!(growth(&[(200, 1), (10, 5_000)]), Some(Growth { rate: 3.0, days: 92 }));
        assert_eq!(growth(&[(100, 1), (10, 5_000)]), None, "too short");
        assert_eq!(growth(&[]), None);
    }

    #[test]
    fn quality_is_of_all_four_inputs_and_has_a_cell() {
        let judged = |needs, potential, power, price| {
            let judged = [
                (Input::PurchaseNeeds, needs),
                (Input::Potential, potential),
                (Input::BargainingPower, power),
                (Input::PriceSensitivity, price),
            ];
            of(&inputs(&[], "prospect", &judged))
        };
        let good = judged(9, 7, 2, 4);
        assert_eq!((good.points(), good.cell), (Some(75), Some("pursue")));
        assert_eq!(judged(9, 7, 8, 4).cell, Some("bargain"));
        assert_eq!(judged(1, 7, 2, 4).cell, Some("keep"));
        assert_eq!(judged(1, 7, 6, 4).cell, Some("release"));
        let some = of(&inputs(&[], "prospect", &[(Input::Potential, 7)]));
        assert_eq!((some.points(), some.cell), (None, None));
    }

    #[test]
    fn a_true_customer_is_shown_by_all_three() {
        let twice = [(40, 1), (10, 1)];
        let all = [(Input::Intention, 9), (Input::Referral, 1)];
        assert!(of(&inputs(&twice, "regular", &all)).is_true());
        assert!(!of(&inputs(&twice, "dormant", &all)).is_true(), "does not come any more");
        assert!(!of(&inputs(&twice, "regular", &[(Input::Intention, 9), (Input::Referral, 0)])).is_true());
        assert!(!of(&inputs(&twice, "regular", &[(Input::Intention, 6), (Input::Referral, 1)])).is_true());
        let old = AccountSettings { evidence_days: 10, ..AccountSettings::default() };
        assert!(!Figure::of(&inputs(&twice, "regular", &all), &old).is_true(), "what was said is too old");
        let unknown = of(&inputs(&[(3, 1)], "new", &all)).truth.flag;
        let behaviour = vec![science::value::Sign::Behaviour];
        assert_eq!(unknown, TrueCustomerFlag::NotEnoughData { unknown: behaviour });
    }
}
