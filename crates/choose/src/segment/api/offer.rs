//! What a rule can ask, for whoever builds one.

use crate::segment::rule::catalogue::{self, Kind};
use crate::segment::rule::{Deed, kind_label, kinds, own};
use crate::segment::why::Both;
use ::store::sql;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use web::{Actor, Answer, App, text};

/// What a rule can ask.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentOffer)]
pub(in crate::segment) struct Offer {
    /// Fields.
    fields: Vec<OfferedField>,
    /// What people do.
    deeds: Vec<OfferedDeed>,
    /// Kinds of interaction for deeds that name one.
    kinds: Vec<Named>,
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentOfferedField)]
struct OfferedField {
    /// Its name in rules.
    name: &'static str,
    /// What people call it.
    label: Both,
    /// What it belongs to: `orders`, `habit`, `outlook`, `contact`, `relation` or `person`.
    area: &'static str,
    /// `int`, `float`, `money`, `day`, `text`, `choice` or `flag`.
    kind: &'static str,
    /// What it can be asked: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `contains`, `within`, `known`, `holds`.
    ops: Vec<&'static str>,
    /// The values of a choice.
    choices: Vec<Named>,
    /// Whether it is a day that is still to come: `within` means the next days.
    ahead: bool,
    /// Whether its past is known.
    historical: bool,
}

/// A code and what people call it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentNamed)]
struct Named {
    /// The code.
    name: String,
    /// What people call it.
    label: Both,
}

/// Something people do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SegmentOfferedDeed)]
struct OfferedDeed {
    /// Its word in rules.
    word: &'static str,
    /// What people call it.
    label: Both,
    /// What it can be narrowed by.
    attributes: Vec<Named>,
    /// Whether it has amounts.
    money: bool,
    /// Whether the rule names a kind of interaction.
    any: bool,
}

fn named(area: &str, name: &str) -> Named {
    let key = format!("segment.{area}.{name}");
    Named {
        name: name.to_owned(),
        label: Both::of(|locale| text::find(locale, &key).unwrap_or(name).to_owned()),
    }
}

/// Where people look for a field. What is not named here is told of the person.
fn area(field: &str) -> &'static str {
    match field {
        "orders" | "order_days" | "spend" | "refunds" | "first_order" | "last_order" | "source" => "orders",
        "state" | "state_since" | "was_regular" | "late" | "late_by" | "overdue" | "interval"
        | "last_visit" | "visit_overdue" => "habit",
        "p_alive" | "expected_orders" | "value" | "vip" | "rfm" | "r" | "f" | "m" | "profit" | "quality" => {
            "outlook"
        }
        "email" | "phone" | "last_contact" | "message_opened" | "message_clicked" => "contact",
        "has_open_complaint" | "open_complaints" | "true_customer" | "quality_cell" => "relation",
        consent if consent.starts_with("consent") => "contact",
        bond if bond.starts_with("bond") || bond.starts_with("vip_") || bond.starts_with("key_") => {
            "relation"
        }
        _ => "person",
    }
}

/// A choice of an own field is called what it is.
fn same(choice: String) -> Named {
    Named { label: Both::of(|_| choice.clone()), name: choice }
}

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "int",
        Kind::Float => "float",
        Kind::Money | Kind::Estimate => "money",
        Kind::Day | Kind::Due | Kind::Instant => "day",
        Kind::Text => "text",
        Kind::Choice(_) => "choice",
        Kind::Flag => "flag",
    }
}

/// Values that are offered of one attribute.
const VALUES: usize = 200;
/// Order lines they are looked for among: the newest. A shop's categories and channels are all there.
const NEWEST: i64 = 20_000;

/// The values that attributes of orders have.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = SegmentValues)]
pub(in crate::segment) struct Values {
    /// By attribute, each in its order.
    values: BTreeMap<&'static str, BTreeSet<String>>,
}

/// The values that attributes of the newest orders have: what a condition can be narrowed by.
#[utoipa::path(get, path = "/choose/segments/values", tag = "choose", responses((status = 200, body = Values)))]
pub(in crate::segment) async fn values(State(app): State<App>, actor: Actor) -> Answer<Json<Values>> {
    const NAMES: [&str; 6] = ["product", "category", "channel", "store", "staff", "source"];
    type Row =
        (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = sql!(
        "select distinct product, category, channel, store, staff, source from (select product, category, channel, store, \
         staff, source from order_lines where retracted_by is null order by id desc limit $1) newest"
    )
    .bind(NEWEST)
    .fetch_all(&mut app.db().read().await?)
    .await?;
    let mut found = Values::default();
    for (product, category, channel, store, staff, source) in rows {
        for (name, value) in NAMES.into_iter().zip([product, category, channel, store, staff, source]) {
            let values = found.values.entry(name).or_default();
            values.extend(value.filter(|_| values.len() < VALUES).map(|value| actor.sight.text(value)));
        }
    }
    Ok(Json(found))
}

/// What a rule can ask.
#[utoipa::path(get, path = "/choose/segments/offer", tag = "choose", responses((status = 200, body = Offer)))]
pub(in crate::segment) async fn offer(State(app): State<App>) -> Answer<Json<Offer>> {
    let registered: Vec<(String, String)> = sql!("select code, name from event_kinds order by name, code")
        .fetch_all(&mut app.db().read().await?)
        .await?;
    let own = know::fields::all(&mut app.db().read().await?).await?;
    own::remember(&own);
    let added = own.iter().filter_map(|field| catalogue::field(&own::name(field)));
    let choices_of =
        |name: &str| own.iter().find(|field| own::name(field) == name).map(|field| field.choices.clone());
    let fields = catalogue::all().chain(added).map(|field| OfferedField {
        name: field.name,
        label: Both::of(|locale| field.label(locale)),
        area: area(field.name),
        kind: kind(field.kind),
        ops: field.asked().iter().map(|asked| asked.text()).collect(),
        choices: match field.kind {
            Kind::Choice(codes) => codes.iter().map(|code| named("choice", code)).collect(),
            _ => choices_of(field.name).unwrap_or_default().into_iter().map(same).collect(),
        },
        ahead: field.kind == Kind::Due,
        historical: field.historical,
    });
    let deeds = Deed::all().map(|deed| OfferedDeed {
        word: deed.word,
        label: named("deed", deed.word).label,
        attributes: deed.attributes.iter().map(|(name, _)| named("attribute", name)).collect(),
        money: deed.money,
        any: deed.any,
    });
    let told = registered.into_iter().map(|(name, label)| Named { name, label: Both::of(|_| label.clone()) });
    let known = kinds().map(|kind| Named {
        name: kind.to_owned(),
        label: Both::of(|locale| kind_label(locale, kind).unwrap_or(kind).to_owned()),
    });
    let kinds = told.chain(known).collect();
    Ok(Json(Offer { fields: fields.collect(), deeds: deeds.collect(), kinds }))
}
