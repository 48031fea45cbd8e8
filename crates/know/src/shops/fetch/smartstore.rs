//! Asking SmartStore (apicenter.commerce.naver.com, "변경 상품 주문 내역 조회", "상품 주문 상세 내역 조회"): which orders of
//! products changed since, then what they are now.

use super::super::{store as deliveries, turn};
use super::bcrypt::Salt;
use super::errand::{Early, Ended, Errand};
use super::http::no_token;
use super::model::Fault;
use super::store;
use crate::shops::model::Heard;
use crate::shops::tell::json::{micros, some, text};
use ::store::{Lane, Result, Tx};
use futures::FutureExt;
use jiff::tz::TimeZone;
use kernel::{Clock, Instant, SystemClock};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A question spans a day at most.
const SPAN: i64 = Instant::DAY - 1_000;
/// So far before the last turn's end the next one begins: what was changed then may have shown itself later.
const AGAIN: i64 = 5 * 60 * Instant::SECOND;
/// Answers of a turn at most; the next turn goes on.
const ANSWERS: usize = 1_000;

/// Where a question begins.
struct Place {
    from: Instant,
    until: Instant,
    /// The shop's own mark within one instant.
    mark: String,
}

/// Fetches what changed.
pub async fn fetch(errand: &Errand<'_>) -> Ended {
    let token = token(errand).await?;
    let now = errand.run.db().clock().now();
    let first = now.plus(-errand.row.back_days * Instant::DAY);
    let from = errand.row.cursor.map_or(first, |cursor| cursor.plus(-AGAIN));
    let mut place = Place { from, until: ends(from, now), mark: String::new() };
    for _ in 0..ANSWERS {
        let said = changes(errand, &token, &place).await?;
        let changed = changed(&said)?;
        let told = details(errand, &token, &changed).await?;
        let next = next(&said, &place, now)?;
        let reached = next.as_ref().map_or(place.until, |next| next.from);
        keep(errand, told, reached).await?;
        match next {
            Some(next) => place = next,
            None => return Ok(()),
        }
        if !errand.has_time()? {
            break;
        }
    }
    Ok(())
}

fn ends(from: Instant, now: Instant) -> Instant {
    from.plus(SPAN).min(now)
}

/// A token for this turn.
async fn token(errand: &Errand<'_>) -> std::result::Result<String, Early> {
    let row = &errand.row;
    // The shop compares with its own clock, whatever day a demo shows.
    let milliseconds = SystemClock.now().micros() / 1_000;
    let salt = Salt::read(&row.secret()).ok_or(Fault::Credentials)?;
    let signature = salt.sign(&row.client_id, milliseconds).ok_or(Fault::Credentials)?;
    let milliseconds = milliseconds.to_string();
    let fields = [
        ("client_id", row.client_id.as_str()),
        ("timestamp", &milliseconds),
        ("client_secret_sign", &signature),
        ("grant_type", "client_credentials"),
        ("type", "SELF"),
    ];
    let question = errand.http.form(&row.url(&row.token_path), &fields)?;
    let said = errand.ask(question).await.map_err(no_token)?;
    Ok(some(&said, &["access_token"]).ok_or(Fault::Unreadable)?)
}

async fn changes(errand: &Errand<'_>, token: &str, place: &Place) -> std::result::Result<Value, Early> {
    let row = &errand.row;
    let (from, until, limit) = (written(place.from), written(place.until), row.page_limit.to_string());
    let mut query = vec![("lastChangedFrom", &*from), ("lastChangedTo", &*until), ("limitCount", &*limit)];
    if !place.mark.is_empty() {
        query.push(("moreSequence", &place.mark));
    }
    errand.ask(errand.http.get(&row.url(&row.list_path), &query)?.bearer_auth(token)).await
}

/// A time as the shop writes it.
fn written(at: Instant) -> String {
    let seoul = TimeZone::get("Asia/Seoul").unwrap_or(TimeZone::UTC);
    at.timestamp().to_zoned(seoul).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

/// What changed: by the number of an order of a product, when last and how. Without data nothing did.
///
/// # Errors
/// When there is data that is no list of changes: nothing may be passed over that was not read.
fn changed(said: &Value) -> std::result::Result<BTreeMap<String, (String, String)>, Fault> {
    let Some(data) = said.get("data").filter(|data| !data.is_null()) else { return Ok(BTreeMap::new()) };
    let rows = data.get("lastChangeStatuses").and_then(Value::as_array).ok_or(Fault::Unreadable)?;
    let row = |row: &Value| {
        let number = some(row, &["productOrderId"])?;
        Some((number, (text(row, &["lastChangedDate"]), text(row, &["lastChangedType"]))))
    };
    Ok(rows.iter().filter_map(row).collect())
}

/// Where the next question begins; nothing where everything is asked.
///
/// # Errors
/// When the shop leads in a circle.
fn next(said: &Value, place: &Place, now: Instant) -> std::result::Result<Option<Place>, Fault> {
    if let Some(more) = said.get("data").and_then(|data| data.get("more")).filter(|more| !more.is_null()) {
        let from = micros(&text(more, &["moreFrom"])).map(Instant::from_micros).ok_or(Fault::Unreadable)?;
        let mark = text(more, &["moreSequence"]);
        let moves = from > place.from || (from == place.from && mark != place.mark);
        return if moves {
            Ok(Some(Place { from, until: place.until, mark }))
        } else {
            Err(Fault::Unreadable)
        };
    }
    let from = place.until;
    Ok((from < now).then(|| Place { from, until: ends(from, now), mark: String::new() }))
}

/// A delivery to keep: its name, what it is about, and what is told.
struct Told {
    event: String,
    topic: String,
    body: String,
}

/// What changed orders are now. Of one that the shop does not show its number alone is kept: it stands among the deliveries
/// as one that could not be applied.
async fn details(
    errand: &Errand<'_>,
    token: &str,
    changed: &BTreeMap<String, (String, String)>,
) -> std::result::Result<Vec<Told>, Early> {
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let row = &errand.row;
    let numbers: Vec<&String> = changed.keys().collect();
    let question = errand.http.post(&row.url(&row.detail_path), &json!({ "productOrderIds": numbers }))?;
    let said = errand.ask(question.bearer_auth(token)).await?;
    let told = |one: &Value| {
        let number = some(one, &["productOrder", "productOrderId"])?;
        let (at, how) = changed.get(&number)?;
        let mut body = one.clone();
        // What the order's own page does not say: of two, which is the newer one.
        body.as_object_mut()?.insert("lastChangedDate".into(), json!(at));
        Some(Told { event: format!("{number}@{at}"), topic: how.clone(), body: body.to_string() })
    };
    let shown = said.get("data").and_then(Value::as_array).ok_or(Fault::Unreadable)?;
    let mut all: Vec<Told> = shown.iter().filter_map(told).collect();
    let is_shown = |number: &str| all.iter().any(|one| one.event.starts_with(&format!("{number}@")));
    let bare = |(number, (at, how)): (&String, &(String, String))| Told {
        event: format!("{number}@{at}"),
        topic: how.clone(),
        body: json!({ "productOrder": { "productOrderId": number }, "lastChangedDate": at }).to_string(),
    };
    let hidden: Vec<Told> = changed.iter().filter(|(number, _)| !is_shown(number)).map(bare).collect();
    all.extend(hidden);
    Ok(all)
}

/// Keeps what was told and how far it was asked, together.
async fn keep(errand: &Errand<'_>, told: Vec<Told>, reached: Instant) -> Result<()> {
    let shop = errand.shop.id;
    errand
        .run
        .db()
        .write(Lane::Reaction, move |tx: &mut Tx| {
            async move {
                let mut new = false;
                for one in &told {
                    let body = one.body.replace('\0', "\u{fffd}");
                    new |= deliveries::keep(tx, shop, &one.event, &one.topic, &body, Heard::Fetched).await?;
                }
                if new {
                    turn::ask(tx, shop).await?;
                }
                store::reach(tx, shop, reached).await
            }
            .boxed()
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_the_offset_of_seoul() {
        assert_eq!(written(Instant::from_micros(1_795_316_400_000_000)), "2026-11-22T12:00:00.000+09:00");
    }

    #[test]
    fn a_shop_that_leads_in_a_circle_is_not_followed() {
        let at = |seconds: i64| Instant::from_micros(1_795_316_400_000_000).plus(seconds * Instant::SECOND);
        let place = |seconds: i64, mark: &str| Place { from: at(seconds), until: at(100), mark: mark.into() };
        let more = |seconds: i64, mark: &str| json!({ "data": { "more": { "moreFrom": written(at(seconds)), "moreSequence": mark } } });
        assert!(next(&more(7, "3"), &place(7, "3"), at(100)).is_err());
        assert!(next(&more(6, "4"), &place(7, "3"), at(100)).is_err());
        let onward = next(&more(7, "4"), &place(7, "3"), at(100)).unwrap().unwrap();
        assert_eq!((onward.from, &*onward.mark), (at(7), "4"));
        assert!(next(&json!({ "data": {} }), &place(7, ""), at(100)).unwrap().is_none());
        assert_eq!(next(&json!({}), &place(7, ""), at(200)).unwrap().unwrap().from, at(100));
    }
}
