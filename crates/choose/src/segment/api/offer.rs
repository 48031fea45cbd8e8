//! What a rule can ask, for whoever builds one.

use crate::segment::rule::catalogue::{self, Kind};
use crate::segment::rule::{Deed, KINDS};
use crate::segment::why::Both;
use ::store::sql;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Answer, App, text};

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
    /// `int`, `float`, `money`, `day`, `text`, `choice` or `flag`.
    kind: &'static str,
    /// What it can be asked: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `contains`, `within`, `known`, `holds`.
    ops: Vec<&'static str>,
    /// The values of a choice.
    choices: Vec<Named>,
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

const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "int",
        Kind::Float => "float",
        Kind::Money | Kind::Estimate => "money",
        Kind::Day | Kind::Instant => "day",
        Kind::Text => "text",
        Kind::Choice(_) => "choice",
        Kind::Flag => "flag",
    }
}

/// What a rule can ask.
#[utoipa::path(get, path = "/choose/segments/offer", tag = "choose", responses((status = 200, body = Offer)))]
pub(in crate::segment) async fn offer(State(app): State<App>) -> Answer<Json<Offer>> {
    let registered: Vec<(String, String)> = sql!("select code, name from event_kinds order by name, code")
        .fetch_all(&mut app.db().read().await?)
        .await?;
    let fields = catalogue::all().map(|field| OfferedField {
        name: field.name,
        label: Both::of(|locale| field.label(locale)),
        kind: kind(field.kind),
        ops: field.asked().iter().map(|asked| asked.text()).collect(),
        choices: match field.kind {
            Kind::Choice(codes) => codes.iter().map(|code| named("choice", code)).collect(),
            _ => Vec::new(),
        },
        historical: field.historical,
    });
    let deeds = Deed::all().map(|deed| OfferedDeed {
        word: deed.word,
        label: named("deed", deed.word).label,
        attributes: deed.attributes.iter().map(|(name, _)| named("attribute", name)).collect(),
        money: deed.money,
        any: deed.any,
    });
    let own = registered.into_iter().map(|(name, label)| Named { name, label: Both::of(|_| label.clone()) });
    let kinds = own.chain(KINDS.iter().map(|kind| named("kind", kind))).collect();
    Ok(Json(Offer { fields: fields.collect(), deeds: deeds.collect(), kinds }))
}
