//! The written forms of rules.

use super::catalogue::{self, Kind};
use super::parse::WORDS;
use super::*;
use kernel::Day;
use proptest::prelude::*;
use std::collections::BTreeSet;
use web::text;

fn book() -> Book {
    Book { segments: [("우리 단골".to_owned(), SegmentId::from_number(7))].into(), ..Book::default() }
}

fn parsed(text: &str) -> Rule {
    parse(text, &book()).unwrap_or_else(|fault| panic!("{text}: {}", fault.told(Locale::En)))
}

#[test]
fn text_reads_as_people_would_write_it() {
    for (text, same) in [
        ("orders >= 3 and last_order before 60 days ago", "orders >= 3 and last_order before 60 days ago"),
        ("주문수 ≥ 3 그리고 상태 = 단골", "orders >= 3 and state = regular"),
        ("NOT (late or vip)", "not (late or vip)"),
        ("마지막주문 30일 이내", "last_order within 30 days"),
        ("마지막주문 30일이내 그리고 주문수 3 이상", "last_order within 30 days and orders >= 3"),
        ("마지막주문 60일 전 이전", "last_order before 60 days ago"),
        ("첫주문 2026-01-31 이후", "first_order after 2026-01-31"),
        ("구매금액 50000 미만 또는 생존확률 0.3 이하", "spend < 50000 or p_alive <= 0.3"),
        (
            "주문함 분류 \"커피\" 2번 이상 90일 이내",
            "ordered category \"커피\" at least 2 times within 90 days",
        ),
        ("방문함 2번 이하 30일 전 이후", "visited at most 2 times after 30 days ago"),
        ("첫 주문함 채널 \"app\"", "first ordered channel \"app\""),
        ("아님 주문함 정확히 1회", "not ordered exactly 1 times"),
        ("state is regular or state in (new, active)", "state = regular or state in (new, active)"),
        ("p_alive is not known", "not p_alive is known"),
        (
            "ordered category \"coffee\" at least 2 times within 90 days",
            "ordered category \"coffee\" at least 2 times within 90 days",
        ),
        ("first ordered channel 'app'", "first ordered channel \"app\""),
        (
            "did message.opened within 30 day and not ordered within 30 days",
            "did message.opened within 30 days and not ordered within 30 days",
        ),
        ("spend >= 50_000 and added after 2026-01-31", "spend >= 50000 and added after 2026-01-31"),
        ("in segment \"우리 단골\"", "in segment \"우리 단골\""),
        ("ordered for at least 10000 before today", "ordered for at least 10000 before today"),
        ("everyone", "everyone"),
    ] {
        assert_eq!(print(&parsed(text), &book()), same, "{text}");
    }
}

#[test]
fn amounts_are_whole_units_in_text_and_minor_units_in_the_tree() {
    let dollars = Book { currency: Some(Currency::USD), ..Book::default() };
    let rule = parse("spend >= 12.50", &dollars).unwrap();
    assert_eq!(to_json(&rule), serde_json::json!({ "field": "spend", "op": ">=", "value": 1250 }));
    assert_eq!(print(&rule, &dollars), "spend >= 12.50");
    assert_eq!(parse("spend >= 12.505", &dollars).unwrap_err().code, Code::Value);
    assert_eq!(parse("spend >= 12.50", &book()).unwrap_err().code, Code::Value, "won have no cents");
}

#[test]
fn faults_point_at_their_place() {
    for (text, code, place) in [
        ("", Code::Empty, Place::Whole),
        ("and", Code::Expected, Place::Text(0..3)),
        ("late and or vip", Code::Expected, Place::Text(9..11)),
        ("first orders > 1", Code::Expected, Place::Text(6..12)),
        ("did nope.kind", Code::UnknownKind, Place::Text(4..13)),
        ("late or did complaint.open", Code::Misspelt, Place::Text(12..26)),
        ("orders >= 3 and ordres > 1", Code::Misspelt, Place::Text(16..22)),
        ("zzzzzzzz > 1", Code::UnknownName, Place::Text(0..8)),
        ("orders >= 3 last_order", Code::Expected, Place::Text(12..22)),
        ("orders >= many", Code::Value, Place::Text(10..14)),
        ("orders >=", Code::Ended, Place::Text(9..9)),
        ("orders contains \"x\"", Code::Operator, Place::Text(7..15)),
        ("name contains \"x", Code::OpenText, Place::Text(14..16)),
        ("(orders > 1", Code::Ended, Place::Text(11..11)),
        ("orders ; 1", Code::Character, Place::Text(7..8)),
        ("state = happy", Code::Value, Place::Text(8..13)),
        ("last_order before soon", Code::Value, Place::Text(18..22)),
        ("in segment \"없는 그룹\"", Code::UnknownSegment, Place::Text(11..18)),
        ("orders 3", Code::Operator, Place::Text(7..8)),
        ("마지막주문 30일", Code::Operator, Place::Text(6..8)),
        ("주문수 > 1 and 단골인가", Code::UnknownName, Place::Text(12..16)),
    ] {
        let fault = parse(text, &book()).unwrap_err();
        assert_eq!((fault.code, fault.place.clone()), (code, place), "{text}");
        assert!(!fault.told(Locale::Ko).contains('{'), "{text}: {}", fault.told(Locale::Ko));
        assert!(!fault.told(Locale::En).contains('{'), "{text}: {}", fault.told(Locale::En));
    }
}

#[test]
fn hostile_rules_are_refused_before_they_are_followed() {
    let code = |text: &str| parse(text, &book()).unwrap_err().code;
    assert_eq!(code(&"(".repeat(10_000)), Code::TooDeep);
    assert_eq!(code(&format!("{}late", "not ".repeat(10_000))), Code::TooDeep);
    assert_eq!(code(&"x".repeat(1 << 20)), Code::TooLarge);
    assert_eq!(code(&vec!["late"; 501].join(" or ")), Code::TooMany);
    assert!(parse(&vec!["late"; 500].join(" or "), &book()).is_ok());
    assert_eq!(code(&vec!["nobody"; 501].join(" or ")), Code::TooMany);
    let list = format!("orders in ({})", vec!["1"; 1_000].join(","));
    assert_eq!(code(&[list.as_str(); 5].join(" or ")), Code::TooManyValues);
    assert_eq!(code(&format!("orders in ({})", vec!["1"; 1_001].join(","))), Code::TooLong);
    assert_eq!(code(&format!("name = \"{}\"", "가".repeat(201))), Code::TooLong);
    let deep = format!("{}{{\"field\":\"late\"}}{}", "{\"not\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(from_json_text(&deep).unwrap_err().code, Code::TooLarge);
    let deep = format!("{}{{\"field\":\"late\"}}{}", "{\"not\":".repeat(5_000), "}".repeat(5_000));
    assert_eq!(from_json_text(&deep).unwrap_err().code, Code::TooDeep);
    let deep = format!("{}{{\"field\":\"late\"}}{}", "{\"not\":".repeat(40), "}".repeat(40));
    assert_eq!(from_json_text(&deep).unwrap_err().code, Code::TooDeep);
    let nots = |depth: usize| {
        let deep = format!("{}{{\"field\":\"late\"}}{}", "{\"not\":".repeat(depth), "}".repeat(depth));
        from_json_text(&deep).map_err(|fault| fault.code)
    };
    let groups = |depth: usize| {
        let deep = format!("{}late{}", "(".repeat(depth), ")".repeat(depth));
        parse(&deep, &book()).map_err(|fault| fault.code)
    };
    assert!(nots(DEPTH).is_ok() && groups(DEPTH).is_ok(), "as deep as the limit says");
    let deep = nots(DEPTH).unwrap();
    assert_eq!(parse(&print(&deep, &book()), &book()), Ok(deep));
    assert_eq!((nots(DEPTH + 1), groups(DEPTH + 1)), (Err(Code::TooDeep), Err(Code::TooDeep)));
}

#[test]
fn members_that_mean_nothing_are_refused_with_their_place() {
    use serde_json::json;
    for (rule, code, place) in [
        (json!({ "did": "ordered", "within": 90 }), Code::UnknownMember, "/within"),
        (
            json!({ "all": [{ "field": "orders", "op": ">=", "value": 3, "valu": 4 }] }),
            Code::UnknownMember,
            "/all/0/valu",
        ),
        (json!({ "all": [], "any": [] }), Code::UnknownMember, "/any"),
        (json!({ "not": { "field": "late" }, "field": "late" }), Code::UnknownMember, "/field"),
        (json!({ "did": "ordered", "with": { "categry": "x" } }), Code::UnknownMember, "/with/categry"),
        (json!({ "did": "ordered", "with": ["x"] }), Code::Shape, "/with"),
        (json!({ "did": "ordered", "first": "yes" }), Code::Shape, "/first"),
        (json!({ "did": "visited", "first": true }), Code::UnknownMember, "/first"),
        (json!({ "did": "visited", "amount_minor": 5 }), Code::UnknownMember, "/amount_minor"),
        (json!({ "did": "ordered", "kind": "x.y" }), Code::UnknownMember, "/kind"),
        (json!({ "did": "ordered", "times": { ">=": 2, "<=": 3 } }), Code::Shape, "/times"),
        (
            json!({ "field": "last_order", "op": "<", "value": { "days_ago": 3, "weeks_ago": 1 } }),
            Code::Value,
            "/value",
        ),
        (json!({ "field": "late", "op": 3 }), Code::Shape, "/op"),
        (json!({ "field": "late", "value": false }), Code::UnknownMember, "/value"),
        (json!({ "segment": "seg_1", "a/b~": 1 }), Code::UnknownMember, "/a~1b~0"),
    ] {
        let fault = from_json(&rule).unwrap_err();
        assert_eq!((fault.code, &fault.place), (code, &Place::Json(place.into())), "{rule}");
        assert!(!fault.told(Locale::Ko).contains('{'), "{}", fault.told(Locale::Ko));
    }
}

#[test]
fn a_kind_that_is_not_there_is_refused_where_a_rule_is_written() {
    let rule = serde_json::json!({ "all": [{ "field": "late" }, { "did": "did", "kind": "tastin" }] });
    assert!(from_json(&rule).is_ok(), "what was saved may name a kind that is gone");
    let book = Book { kinds: [("tasting".to_owned(), "시음".to_owned())].into(), ..book() };
    let fault = from_written_json(&rule, &book).unwrap_err();
    assert_eq!((fault.code, &fault.place), (Code::Misspelt, &Place::Json("/all/1/kind".into())));
    assert!(fault.told(Locale::Ko).contains("tasting"), "{}", fault.told(Locale::Ko));
    assert!(parse("did tasting or did segment.entered", &book).is_ok());
}

#[test]
fn names_are_told_apart_and_have_words_in_both_languages() {
    let names: Vec<&str> = catalogue::names().chain(Deed::words()).chain(WORDS).collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
    for locale in [Locale::Ko, Locale::En] {
        let has = |key: String| assert!(text::find(locale, &key).is_some(), "{key}");
        for field in catalogue::all() {
            has(format!("segment.field.{}", field.name));
            if field.kind == Kind::Flag {
                has(format!("segment.flag.{}", field.name));
                has(format!("segment.flag.{}.not", field.name));
            }
            if let Kind::Choice(codes) = field.kind {
                codes.iter().for_each(|code| has(format!("segment.choice.{code}")));
            }
        }
        for deed in Deed::all() {
            has(format!("segment.deed.{}", deed.word));
            has(format!("segment.deeds.{}", deed.word));
            deed.attributes.iter().for_each(|(name, _)| has(format!("segment.attribute.{name}")));
        }
        Code::ALL.iter().for_each(|code| has(format!("{}.detail", code.text())));
        kinds().for_each(|kind| assert!(kind_label(locale, kind).is_some(), "{kind}"));
    }
}

#[test]
fn a_rule_is_a_sentence_in_both_languages() {
    let rule = parsed("orders >= 3 and (last_order before 60 days ago or not state = regular)");
    assert_eq!(
        book().sentence(&rule, Locale::Ko),
        "주문 횟수가 3 이상이고 (마지막 주문이 60일 전보다 이전이거나 상태가 단골이 아닌) 고객"
    );
    assert_eq!(
        book().sentence(&rule, Locale::En),
        "Customers whose number of orders is at least 3 and (whose last order is before 60 days ago or whose state is not regular)"
    );
    let rule = parsed("ordered category \"커피\" at least 2 times within 90 days and spend >= 50000");
    assert_eq!(
        book().sentence(&rule, Locale::Ko),
        "최근 90일 동안 분류 ‘커피’ 주문이 2회 이상이고 구매 금액이 50,000원 이상인 고객"
    );
}

#[test]
fn sentences_are_said_as_people_say_them() {
    for (text, ko, en) in [
        ("under_14", "만 14세 미만인 고객", "Customers who are under 14"),
        ("not has_open_complaint", "해결되지 않은 불만이 없는 고객", "Customers who have no open complaint"),
        (
            "was_regular and not has_open_complaint and consent",
            "단골이었던 적이 있고 해결되지 않은 불만이 없고 메시지 수신에 동의한 상태인 고객",
            "Customers who have been regulars and who have no open complaint and who agreed to messages",
        ),
        (
            "p_alive is known",
            "아직 고객일 확률을 알 수 있는 고객",
            "Customers whose probability of still being a customer is known",
        ),
        ("phone is unknown", "전화번호를 알 수 없는 고객", "Customers whose phone number is not known"),
        (
            "not (late or vip)",
            "평소보다 늦은 단골이 아니고 VIP 고객이 아닌 고객",
            "Customers who are not regulars later than usual and who are not VIPs",
        ),
        ("not not late", "평소보다 늦은 단골인 고객", "Customers who are regulars later than usual"),
        (
            "not ordered within 30 days",
            "최근 30일 동안 주문이 없는 고객",
            "Customers who have no orders within the last 30 days",
        ),
        (
            "vip_falls within 30 days",
            "등급이 내려갈 날이 앞으로 30일 안인 고객",
            "Customers whose day of falling to a lower tier is within the next 30 days",
        ),
        (
            "last_order within 30 days",
            "마지막 주문이 최근 30일 안인 고객",
            "Customers whose last order is within the last 30 days",
        ),
        (
            "not in segment \"우리 단골\"",
            "‘우리 단골’ 그룹에 속하지 않은 고객",
            "Customers who do not belong to “우리 단골”",
        ),
        ("not everyone", "아무도 아님", "Nobody"),
    ] {
        let rule = parsed(text);
        let said = [Locale::Ko, Locale::En].map(|locale| book().sentence(&rule, locale));
        assert_eq!(said, [ko, en], "{text}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    "[a-zA-Z가-힣 \"'\\\\“%_{}$]{0,12}"
}

fn any_when() -> impl Strategy<Value = When> {
    prop_oneof![
        (0..4_000_i64).prop_map(When::Ago),
        (0..25_000_i64).prop_map(|day| When::On(Day::from_epoch(day)))
    ]
}

fn any_compare() -> impl Strategy<Value = Compare> {
    prop::sample::select(Compare::ALL.to_vec())
}

/// Any condition that the catalogue allows.
pub(super) fn any_leaf() -> impl Strategy<Value = Leaf> {
    let fields = prop::sample::select(catalogue::all().collect::<Vec<_>>());
    let field = (
        fields,
        any::<prop::sample::Index>(),
        any_compare(),
        any_when(),
        any_text(),
        -50..900_000_i64,
        0..400_i64,
    )
        .prop_map(|(field, pick, compare, when, text, number, days)| {
            let scalar = match field.kind {
                Kind::Int | Kind::Money => Scalar::Int(number),
                Kind::Float => Scalar::Float(number as f64 / 8.0),
                Kind::Estimate => Scalar::Float(number as f64),
                Kind::Choice(codes) => Scalar::Text(pick.get(codes).to_string()),
                _ => Scalar::Text(text.clone()),
            };
            let asked = field.asked();
            let test = match pick.get(&asked) {
                catalogue::Asked::Holds => Test::Holds,
                catalogue::Asked::Known => Test::Known,
                catalogue::Asked::In => Test::In(vec![scalar.clone(), scalar]),
                catalogue::Asked::Contains => Test::Contains(text),
                catalogue::Asked::Within => Test::Within(days),
                catalogue::Asked::Compare(_) if field.kind.is_day() => Test::When(compare, when),
                catalogue::Asked::Compare(compare) => Test::Is(*compare, scalar),
            };
            Leaf::Field(field, test)
        });
    let deeds = prop::sample::select(Deed::all().collect::<Vec<_>>());
    let did = (
        deeds,
        any::<prop::sample::Index>(),
        any_text(),
        0..6_i64,
        any::<[bool; 6]>(),
        any_when(),
        0..400_i64,
    )
        .prop_map(|(deed, pick, text, number, say, when, days)| {
            let mut did = Did::once(deed);
            did.kind = deed.any.then(|| (*pick.get(&kinds().collect::<Vec<_>>())).to_owned());
            did.first = deed.money && say[0];
            if say[1] {
                did.with.insert(pick.get(deed.attributes).0, text);
            }
            let times = [Times::AtLeast(number), Times::AtMost(number), Times::Exactly(number)];
            did.times = *pick.get(&times);
            did.amount = (deed.money && say[2]).then_some(number * 1_000);
            did.within = say[3].then_some(days);
            did.after = say[4].then_some(when);
            did.before = say[5].then_some(when);
            Leaf::Did(Box::new(did))
        });
    prop_oneof![6 => field, 3 => did, 1 => Just(Leaf::Member(SegmentId::from_number(7)))]
}

/// Any rule as the parser gives it: groups of one are what stands in them.
fn any_rule() -> impl Strategy<Value = Rule> {
    any_leaf().prop_map(Rule::Leaf).prop_recursive(6, 40, 4, |inner| {
        let many = || prop::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            many().prop_map(|rules| Rule::group(rules, Rule::All)),
            many().prop_map(|rules| Rule::group(rules, Rule::Any)),
            inner.clone().prop_map(|rule| Rule::Not(Box::new(rule))),
        ]
    })
}

proptest! {
    #[test]
    fn text_json_and_tree_come_back_unchanged(rule in any_rule()) {
        let text = print(&rule, &book());
        prop_assert_eq!(&parse(&text, &book()).map_err(|fault| fault.told(Locale::En)), &Ok(rule.clone()), "{}", text);
        let json = to_json(&rule).to_string();
        prop_assert_eq!(&from_json_text(&json).map_err(|fault| fault.told(Locale::En)), &Ok(rule.clone()), "{}", json);
        for locale in [Locale::Ko, Locale::En] {
            prop_assert!(!book().sentence(&rule, locale).contains("segment."), "{}", book().sentence(&rule, locale));
        }
    }

    #[test]
    fn no_text_makes_the_parser_fall_over(text in "\\PC{0,200}") {
        let _ = parse(&text, &book());
    }

    #[test]
    fn no_words_of_the_grammar_make_it_fall_over(words in prop::collection::vec(prop::sample::select(
        vec!["(", ")", "and", "or", "not", "orders", "last_order", "state", ">=", "3", "in", "ordered", "within", "days", "at", "least", "\"x\"", ",", "is", "known"]), 0..30)) {
        if let Ok(rule) = parse(&words.join(" "), &book()) {
            prop_assert_eq!(parse(&print(&rule, &book()), &book()), Ok(rule));
        }
    }
}
