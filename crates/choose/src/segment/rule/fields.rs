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
    column: &'static str,
) -> Field {
    let source = Source::Rows { from: "scores x", party: "x.party", only, column, many: false };
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

/// When the log has something of a kind: any of its days may answer.
const fn when(name: &'static str, aliases: &'static [&'static str], only: &'static str) -> Field {
    let source = Source::Rows { from: "interactions x", party: "x.party", only, column: "x.at", many: true };
    Field { name, aliases, kind: Kind::Instant, source, folded: None, historical: true }
}

/// Complaints that nobody has closed. Programs told of them under names of their own before they had kinds.
const COMPLAINTS: Source = Source::Grouped {
    from: "interactions i",
    party: "i.party",
    only: "i.party is not null and i.kind <> 'order.added' and i.at < {now} \
        and (i.kind in ('complaint.opened', 'complaint.closed') or i.kind = 'event.told' and \
        (i.source_id >= 'complaint_opened:' and i.source_id < 'complaint_opened;' \
        or i.source_id >= 'complaint_closed:' and i.source_id < 'complaint_closed;'))",
    value: "cast(sum(case when i.kind = 'complaint.opened' \
        or i.source_id >= 'complaint_opened:' and i.source_id < 'complaint_opened;' then 1 else -1 end) as bigint)",
    none: Some(0),
};

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
    // Regulars have nearly all left that state by the time they are much later than usual.
    fact("was_regular", &["단골이었음"], Kind::Flag, "f.regular_until > f.last_day");
    fact("late_by", &["늦은정도"], Kind::Float,
        "cast({today} - f.last_day as double precision) / nullif(f.usual_interval, 0.0) - 1.0");
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
    score("p_alive", &["생존확률"], Kind::Float, "x.p_alive is not null", "x.p_alive");
    score("expected_orders", &["예상주문"], Kind::Float, "x.expected_orders is not null", "x.expected_orders");
    score("value", &["예상가치"], Kind::Estimate, "x.value is not null", "x.value");
    contact("email", &["이메일"], "x.kind = 'email'", "x.value", Some("x.value"));
    contact("phone", &["전화", "휴대폰"], "x.kind = 'phone'", "x.value", None);
    contact("source", &["출처"], "x.kind = 'source_id'", "x.source", None);
    Field { name: "last_visit", aliases: &["마지막방문"], kind: Kind::Day, folded: None, historical: true,
        source: Source::Grouped { from: "visits v", party: "v.party", only: "v.day <= {today}", value: "max(v.day)", none: None } };
    Field { name: "visit_overdue", aliases: &["방문주기배수"], kind: Kind::Float, folded: None,
        historical: false, source: Source::Value("cast({today} - (select max(v.day) from {who} join visits v on v.party = k.party \
            where v.day <= {today}) as double precision) / nullif(f.usual_interval, 0.0)") };
    Field { name: "open_complaints", aliases: &["열린불만"], kind: Kind::Int, folded: None, historical: true,
        source: COMPLAINTS };
    Field { name: "has_open_complaint", aliases: &["불만있음"], kind: Kind::Flag, folded: None, historical: true,
        source: COMPLAINTS };
    when("message_opened", &["메시지열람"], "x.kind = 'message.opened'");
    when("message_clicked", &["메시지클릭"], "x.kind = 'message.clicked'");
}
