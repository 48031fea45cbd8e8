//! The fields that know, choose and measure bring today.

use super::catalogue::{Field, Kind, Source};

/// The states of the life cycle.
const STATES: &[&str] = &["prospect", "new", "active", "regular", "dormant", "lost", "returned"];
/// What a party is.
const KINDS: &[&str] = &["person", "organisation"];

/// A value on the row of facts, computed from order days and so known of any day.
const fn fact(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    value: &'static str,
) -> Field {
    Field { name, aliases, kind, source: Source::Value(value), folded: None, historical: true }
}

/// A value that is only known as of now.
const fn present(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    value: &'static str,
) -> Field {
    Field { name, aliases, kind, source: Source::Value(value), folded: None, historical: false }
}

/// A score that a model gave.
const fn score(
    name: &'static str,
    aliases: &'static [&'static str],
    kind: Kind,
    only: &'static str,
) -> Field {
    let source = Source::Rows { from: "scores x", party: "x.party", only, column: "x.value", many: false };
    Field { name, aliases, kind, source, folded: None, historical: false }
}

/// A way to reach somebody, or the id a source knows them by.
const fn contact(
    name: &'static str,
    aliases: &'static [&'static str],
    only: &'static str,
    column: &'static str,
    folded: Option<&'static str>,
) -> Field {
    let source = Source::Rows { from: "contacts x", party: "x.party", only, column, many: true };
    Field { name, aliases, kind: Kind::Text, source, folded, historical: false }
}

macro_rules! submit {
    ($($field:expr;)*) => { $(inventory::submit! { $field })* };
}

submit! {
    fact("orders", &["주문수", "주문횟수"], Kind::Int, "f.orders");
    fact("order_days", &["주문일수", "visit_days"], Kind::Int, "f.order_days");
    // What was spent in another currency is not known in the company's.
    fact("spend", &["구매금액", "총구매액"], Kind::Money,
        "case when coalesce(f.currency, {currency}) = {currency} then f.spend end");
    fact("refunds", &["환불금액"], Kind::Money,
        "case when coalesce(f.currency, {currency}) = {currency} then f.refunds end");
    fact("first_order", &["첫주문"], Kind::Day, "f.first_day");
    fact("last_order", &["마지막주문", "최근주문"], Kind::Day, "f.last_day");
    fact("interval", &["구매주기", "usual_interval"], Kind::Float, "f.usual_interval");
    fact("overdue", &["주기배수"], Kind::Float,
        "cast({today} - f.last_day as double precision) / nullif(f.usual_interval, 0.0)");
    fact("state", &["상태"], Kind::Choice(STATES), "f.state");
    fact("state_since", &["상태시작"], Kind::Day, "f.state_since");
    fact("late", &["늦은단골", "늦음"], Kind::Flag, "f.state = 'regular' and f.late_from <= {today}");
    present("r", &["최근성"], Kind::Int, "f.r");
    present("f", &["빈도"], Kind::Int, "f.f");
    present("m", &["금액등급"], Kind::Int, "f.m");
    present("rfm", &["알에프엠"], Kind::Int, "f.r * 100 + f.f * 10 + f.m");
    present("vip", &["우수고객"], Kind::Flag, "f.r = 5 and f.f = 5 and f.m = 5");
    present("last_contact", &["마지막연락"], Kind::Day, "f.contacted_day");
    Field { folded: Some("p.name_fold"), ..present("name", &["이름"], Kind::Text, "p.name") };
    present("kind", &["종류"], Kind::Choice(KINDS), "p.kind");
    present("added", &["등록일"], Kind::Instant, "p.created_at");
    score("p_alive", &["생존확률"], Kind::Float, "x.name = 'p_alive'");
    score("expected_orders", &["예상주문"], Kind::Float, "x.name = 'expected_orders'");
    score("value", &["예상가치"], Kind::Estimate, "x.name = 'value'");
    contact("email", &["이메일"], "x.kind = 'email'", "x.value", Some("x.value"));
    contact("phone", &["전화", "휴대폰"], "x.kind = 'phone'", "x.value", None);
    contact("source", &["출처"], "x.kind = 'source_id'", "x.source", None);
    Field { name: "last_visit", aliases: &["마지막방문"], kind: Kind::Day, folded: None,
        historical: true, source: Source::Value("(select max(v.day) from {who} join visits v on v.party = k.party where v.day <= {today})") };
    Field { name: "visit_overdue", aliases: &["방문주기배수"], kind: Kind::Float, folded: None,
        historical: false, source: Source::Value("cast({today} - (select max(v.day) from {who} join visits v on v.party = k.party \
            where v.day <= {today}) as double precision) / nullif(f.usual_interval, 0.0)") };
    Field { name: "open_complaints", aliases: &["열린불만"], kind: Kind::Int, folded: None,
        historical: true, source: Source::Value("(select count(*) filter (where i.kind = 'complaint.opened' \
            or (i.source_id >= 'complaint_opened:' and i.source_id < 'complaint_opened;')) \
            - count(*) filter (where i.kind = 'complaint.closed' \
            or (i.source_id >= 'complaint_closed:' and i.source_id < 'complaint_closed;')) \
            from {who} join interactions i on i.party = k.party where i.kind <> 'order.added' \
            and i.kind in ('complaint.opened', 'complaint.closed', 'event.told') and i.at < {now})") };
}
