//! What staff write down, and visits without a purchase.

use crate::{
    Channel, CustomerKey, NoteSeed, VisitSeed,
    calendar::Calendar,
    draw::{Draw, Purpose},
    life::Life,
};

const TEXTS: [&str; 12] = [
    "산미 있는 원두를 좋아하심. 다음 예가체프 입고 때 알려 드리기.",
    "우유는 항상 귀리 우유로 바꿔 드림.",
    "창가 자리를 좋아하심.",
    "강아지 이름은 보리.",
    "이사 예정이라고 하심. 온라인 주문 안내해 드림.",
    "생일에 치즈케이크 드렸더니 매우 기뻐하심.",
    "디카페인으로 바꾸고 싶다고 하심.",
    "대기가 길었던 날 사과드림. 다음에 쿠폰 드리기.",
    "홈카페를 시작하셔서 드립 방법을 알려 드림.",
    "회사 동료 네 분과 함께 오심.",
    "얼음은 적게.",
    "공사 때 불편했다고 하심. 재오픈 안내 문자 원하심.",
];
/// Share of people with many orders about whom there is a note, and how many orders are many.
const NOTED: f64 = 0.12;
const MANY: usize = 8;
/// Visits without a purchase for each order.
const VISITS: f64 = 0.015;

/// At most one note about each person who comes often, written on one of the days they came.
pub(crate) fn note(seed: u64, calendar: &Calendar, who: CustomerKey, life: &Life) -> Option<NoteSeed> {
    let mut draw = Draw::new(seed, Purpose::Notes, u64::from(who.0));
    if life.days.len() < MANY || !draw.chance(NOTED) {
        return None;
    }
    let day = draw.pick(&life.days);
    let at = calendar.instant(&mut draw, Channel::Store, day);
    Some(NoteSeed { customer: who, at, by: draw.pick(&["지우", "하늘"]), text: draw.pick(&TEXTS) })
}

/// Days on which a person looked in between two orders and bought nothing.
pub(crate) fn visits(seed: u64, calendar: &Calendar, who: CustomerKey, life: &Life) -> Vec<VisitSeed> {
    let mut draw = Draw::new(seed, Purpose::Visits, u64::from(who.0));
    let mut visits = Vec::new();
    for gap in life.days.windows(2).filter(|gap| gap[1] > gap[0] + 1) {
        let day = gap[0] + 1 + draw.below(gap[1] - gap[0] - 1);
        if draw.chance(VISITS) && calendar.is_open(life.home, day) {
            let at = calendar.instant(&mut draw, Channel::Store, day);
            visits.push(VisitSeed { customer: who, at, store: life.home });
        }
    }
    visits
}
