//! Shops that are asked: a SmartStore and a Cafe24 on this machine, which answer what these stories let them.

use crate::*;
use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use kernel::Instant;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use store::sql;
use testkit::{Client, both_engines};
use web::Role;
use web::webhooks::{self, Reach};

/// The secret of the shop's own documentation, cheaper.
const SECRET: &str = "$2a$04$abcdefghijklmnopqrstuv";

/// Know with a reach to this machine.
fn reaching() -> Registry {
    let mut registry = Registry::new();
    webhooks::register(&mut registry, Reach::Anywhere);
    know::register(&mut registry, &[]);
    registry
}

/// What a shop on this machine knows.
#[derive(Default)]
struct Known {
    /// Changes: time, number of the order of a product, how; in their order.
    changes: Vec<(String, String, String)>,
    /// What orders are, by number.
    orders: HashMap<String, Value>,
    /// Orders of Cafe24.
    list: Vec<Value>,
    /// The token for the next token.
    refresh: String,
    /// Every question.
    asked: Vec<String>,
    /// Orders of Cafe24 that were cancelled lately, whenever they were made.
    cancelled: Vec<Value>,
    /// So many questions are told that they came too often.
    busy: usize,
    /// For how long it wants to be left alone then, in seconds.
    after: Option<&'static str>,
    /// Answered to every question but tokens, if set.
    status: Option<StatusCode>,
    /// Answered to questions for tokens, if set.
    no_token: Option<StatusCode>,
}

type Shop = Arc<Mutex<Known>>;
type Params = HashMap<String, String>;

async fn token(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Form(form): Form<Params>,
) -> Result<axum::Json<Value>, StatusCode> {
    let mut shop = shop.lock().unwrap();
    shop.asked.push(format!("token {}", form["grant_type"]));
    if let Some(status) = shop.no_token {
        return Err(status);
    }
    if form["grant_type"] == "client_credentials" {
        let sent = form["client_secret_sign"].as_str();
        assert!(
            sent.starts_with("JDJhJDA0JG") && form["client_id"] == "app" && form["type"] == "SELF",
            "{form:?}"
        );
        return Ok(axum::Json(json!({ "access_token": "t-1", "expires_in": 10_800 })));
    }
    assert!(headers["authorization"].to_str().unwrap().starts_with("Basic "));
    if form["refresh_token"] != shop.refresh {
        return Err(StatusCode::BAD_REQUEST);
    }
    // The former one works no more.
    shop.refresh = format!("{}+", shop.refresh);
    Ok(axum::Json(json!({ "access_token": "t-1", "refresh_token": shop.refresh })))
}

type Refused = (StatusCode, [(&'static str, &'static str); 1]);

fn let_in(shop: &mut Known, headers: &HeaderMap) -> Result<(), Refused> {
    let after = shop.after.unwrap_or("0");
    let no = |status| Err((status, [("retry-after", after)]));
    if headers.get("authorization").is_none_or(|sent| sent != "Bearer t-1") {
        return no(StatusCode::UNAUTHORIZED);
    }
    if shop.busy > 0 {
        shop.busy -= 1;
        return no(StatusCode::TOO_MANY_REQUESTS);
    }
    shop.status.map_or(Ok(()), no)
}

/// Changes between two times, a page of them, and where the next one begins.
async fn changes(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Query(query): Query<Params>,
) -> Result<axum::Json<Value>, Refused> {
    let mut shop = shop.lock().unwrap();
    shop.asked.push(format!("changes {} {}", query["lastChangedFrom"], query["lastChangedTo"]));
    let_in(&mut shop, &headers)?;
    let limit: usize = query["limitCount"].parse().unwrap();
    let start: usize = query.get("moreSequence").map_or(0, |mark| mark.parse().unwrap());
    let (from, until) = (&query["lastChangedFrom"], &query["lastChangedTo"]);
    let within: Vec<_> = shop.changes.iter().filter(|(at, ..)| at >= from && at <= until).collect();
    let page: Vec<Value> = within.iter().skip(start).take(limit)
        .map(|(at, number, how)| json!({ "orderId": "o", "productOrderId": number, "lastChangedDate": at, "lastChangedType": how })).collect();
    let mut data = json!({ "lastChangeStatuses": page, "count": page.len() });
    if page.len() == limit && within.len() > start + limit {
        let next = within[start + limit];
        // Those of the same instant that were told already are skipped by the mark.
        let told = within[..start + limit].iter().filter(|(at, ..)| *at == next.0).count();
        data["more"] = json!({ "moreFrom": next.0, "moreSequence": told.to_string() });
    }
    Ok(axum::Json(if page.is_empty() { json!({ "timestamp": "now" }) } else { json!({ "data": data }) }))
}

async fn details(
    State(shop): State<Shop>,
    headers: HeaderMap,
    axum::Json(body): axum::Json<Value>,
) -> Result<axum::Json<Value>, Refused> {
    let mut shop = shop.lock().unwrap();
    let numbers = body["productOrderIds"].as_array().unwrap().clone();
    shop.asked.push(format!("details {}", numbers.len()));
    let_in(&mut shop, &headers)?;
    let known: Vec<Value> =
        numbers.iter().filter_map(|number| shop.orders.get(number.as_str()?).cloned()).collect();
    Ok(axum::Json(json!({ "data": known })))
}

async fn orders(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Query(query): Query<Params>,
) -> Result<axum::Json<Value>, Refused> {
    let mut shop = shop.lock().unwrap();
    let day = query["date_type"].as_str();
    shop.asked
        .push(format!("orders {day} {} {} {}", query["start_date"], query["end_date"], query["offset"]));
    let_in(&mut shop, &headers)?;
    let (offset, limit): (usize, usize) = (query["offset"].parse().unwrap(), query["limit"].parse().unwrap());
    let page: Vec<Value> = match day {
        "order_date" => &shop.list,
        _ => &shop.cancelled,
    }
    .iter()
    .skip(offset)
    .take(limit)
    .cloned()
    .collect();
    Ok(axum::Json(json!({ "orders": page })))
}

/// A shop that answers on this machine; gives its address.
#[allow(clippy::disallowed_methods, reason = "the shop ends with the test")]
async fn open() -> (Shop, String) {
    let shop = Shop::default();
    let routes = Router::new()
        .route("/external/v1/oauth2/token", post(token))
        .route("/api/v2/oauth/token", post(token))
        .route("/external/v1/pay-order/seller/product-orders/last-changed-statuses", get(changes))
        .route("/external/v1/pay-order/seller/product-orders/query", post(details))
        .route("/api/v2/admin/orders", get(orders))
        .with_state(shop.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (shop, address)
}

async fn connect(app: &TestApp, kind: &str, base: &str, more: Value) -> String {
    let made = app.post("/shops", json!({ "kind": kind, "name": "우리 가게" })).await.expect(201).json;
    let id = made["id"].as_str().unwrap().to_owned();
    let mut edit = json!({ "on": true, "client_id": "app", "client_secret": SECRET, "base": base });
    more.as_object().unwrap().iter().for_each(|(name, value)| edit[name] = value.clone());
    app.put(&format!("/shops/{id}/fetch"), edit).await.expect(200);
    id
}

/// Somebody who has just signed in: sessions and proofs end while the clock is moved.
async fn owner(app: &TestApp) -> Client {
    app.signed_in_as(Role::Owner).await
}

async fn ask(app: &TestApp, id: &str) {
    owner(app).await.post(&format!("/shops/{id}/fetch/run"), json!({})).await.expect(202);
    app.settle().await;
}

async fn shop_of(app: &TestApp) -> Value {
    owner(app).await.get("/shops").await.expect(200).json[0].clone()
}

async fn deliveries(app: &TestApp, id: &str) -> Vec<Value> {
    let page = owner(app).await.get(&format!("/shops/{id}/deliveries")).await.expect(200).json;
    page["items"].as_array().unwrap().clone()
}

/// The standing lines: order, line, amount, product.
async fn lines(app: &TestApp) -> Vec<(String, String, i64, Option<String>)> {
    let mut tx = app.db().read().await.unwrap();
    sql!("select order_no, line_id, amount, product from order_lines where retracted_by is null order by order_no, line_id")
        .fetch_all(&mut tx)
        .await
        .unwrap()
}

fn plain(lines: &[(String, String, i64, Option<String>)]) -> Vec<(&str, &str, i64)> {
    lines.iter().map(|(order, line, amount, _)| (order.as_str(), line.as_str(), *amount)).collect()
}

/// An order of a product as the shop tells it; its buyer called from a relay number.
fn product(number: &str, order: &str, name: &str, amount: i64, status: &str, claim: Value) -> Value {
    json!({
        "order": { "orderId": order, "orderDate": "2026-11-20T09:59:00.000+09:00", "paymentDate": "2026-11-20T10:00:00.000+09:00",
            "ordererId": "minji99", "ordererName": "김민지", "ordererTel": "050-1234-5678" },
        "productOrder": { "productOrderId": number, "productName": name, "quantity": 2, "unitPrice": amount / 2,
            "totalPaymentAmount": amount, "productOrderStatus": status, "claimStatus": claim, "inflowPath": "네이버쇼핑" },
    })
}

impl Known {
    fn change(&mut self, at: &str, how: &str, order: Value) {
        let number = order["productOrder"]["productOrderId"].as_str().unwrap().to_owned();
        self.changes.push((at.to_owned(), number.clone(), how.to_owned()));
        self.orders.insert(number, order);
    }
}

fn cafe24_order(number: &str, canceled: bool) -> Value {
    let sums =
        json!({ "order_price_amount": "24680.00", "payment_amount": "27680.00", "shipping_fee": "3000.00" });
    let none = json!({ "order_price_amount": "0.00", "payment_amount": "0.00", "shipping_fee": "0.00" });
    json!({ "order_id": number, "currency": "KRW", "order_date": "2026-11-20T15:28:14+09:00", "payment_date": "2026-11-20T15:30:00+09:00",
        "paid": "T", "canceled": if canceled { "T" } else { "F" }, "cancel_date": if canceled { json!("2026-11-21T10:00:00+09:00") } else { json!(null) },
        "member_id": "gdhong", "order_place_name": "모바일웹", "initial_order_amount": sums, "actual_order_amount": if canceled { none } else { sums.clone() },
        "buyer": { "name": "홍길동", "email": "gdhong@example.com", "cellphone": "010-2424-2424" }, "items": [{ "product_name": "원두" }, { "product_name": "머그" }] })
}

both_engines! {
    reaching();

    async fn what_changed_at_a_smartstore_is_the_row_of_its_file(app) {
        let (shop, base) = open().await;
        {
            let mut shop = shop.lock().unwrap();
            shop.change("2026-11-20T10:00:01.000+09:00", "PAYED", product("p-1", "o-1", "원두", 20_000, "PAYED", json!(null)));
            shop.change("2026-11-20T10:00:01.000+09:00", "PAYED", product("p-2", "o-1", "머그", 8_000, "PAYED", json!(null)));
            shop.change("2026-11-21T09:00:00.000+09:00", "PAY_WAITING", product("p-3", "o-2", "원두", 9_000, "PAYMENT_WAITING", json!(null)));
        }
        let id = connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        assert_eq!(plain(&lines(&app).await), [("o-1", "p-1", 20_000), ("o-1", "p-2", 8_000)]);
        let told = deliveries(&app, &id).await;
        assert!(told.iter().all(|one| one["heard"] == "fetched" && one["state"] != "failed"), "{told:?}");
        assert_eq!(told.len(), 3);
        let people = app.get("/parties").await.expect(200).json;
        assert_eq!((people["items"].as_array().unwrap().len(), &people["items"][0]["name"]), (1, &json!("김민지")), "{people}");
        let mut tx = app.db().read().await.unwrap();
        let phones: Vec<(String,)> = sql!("select value from contacts where kind = 'phone'").fetch_all(&mut tx).await.unwrap();
        assert!(phones.is_empty(), "a relay number is no contact: {phones:?}");
        drop(tx);

        let header = "상품주문번호,주문번호,판매채널,구매자명,구매자ID,수취인명,주문상태,결제일,상품번호,상품명,수량,상품가격,상품별 총 주문금액,구매자연락처,주문일시";
        let row = |number: &str, name: &str, price: i64, sum: i64| format!("{number},o-1,스마트스토어,김민지,minji99,김민지,결제완료,2026-11-20 10:00:00,1,{name},2,{price},{sum},050-1234-5678,2026-11-20 09:59:00");
        let file = format!("{header}\n{}\n{}\n", row("p-1", "원두", 10_000, 20_000), row("p-2", "머그", 4_000, 8_000));
        let import = import(&app, file.into_bytes()).await;
        assert_eq!((&import["counts"]["unchanged"], &import["counts"]["read"]), (&json!(2), &json!(2)), "{import}");
    }

    async fn asked_twice_nothing_changes_and_later_changes_come(app) {
        let (shop, base) = open().await;
        shop.lock().unwrap().change("2026-11-21T10:00:00.000+09:00", "PAYED", product("p-1", "o-1", "원두", 20_000, "PAYED", json!(null)));
        let id = connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        let first = lines(&app).await;
        ask(&app, &id).await;
        ask(&app, &id).await;
        assert_eq!((lines(&app).await, deliveries(&app, &id).await.len()), (first, 1));

        // Within the minutes that each turn looks back, so that what shows itself late is not lost.
        shop.lock().unwrap().change("2026-11-22T11:58:00.000+09:00", "CLAIM_REQUESTED", product("p-1", "o-1", "원두", 20_000, "PAYED", json!("CANCEL_REQUEST")));
        ask(&app, &id).await;
        assert_eq!(plain(&lines(&app).await), [("o-1", "p-1", 20_000)], "asked for alone");
        shop.lock().unwrap().change("2026-11-22T11:59:00.000+09:00", "CLAIM_COMPLETED", product("p-1", "o-1", "원두", 20_000, "CANCELED", json!("CANCEL_DONE")));
        // By itself, ten minutes later.
        app.later(11 * 60 * Instant::SECOND).await;
        let now = lines(&app).await;
        assert_eq!(now.iter().map(|line| line.2).sum::<i64>(), 0, "sold and taken back: {now:?}");
        assert_eq!(deliveries(&app, &id).await.len(), 3);
        assert!(shop_of(&app).await["fetch"]["fetched_at"].is_string());
    }

    async fn pages_and_days_are_followed_and_a_cut_is_taken_up_again(app) {
        let (shop, base) = open().await;
        for number in 0..7 {
            let at = format!("2026-11-{}T10:00:0{}.000+09:00", 16 + number / 3, number % 3);
            shop.lock().unwrap().change(&at, "PAYED", product(&format!("p-{number}"), &format!("o-{number}"), "원두", 1_000, "PAYED", json!(null)));
        }
        shop.lock().unwrap().status = Some(StatusCode::TOO_MANY_REQUESTS);
        let id = connect(&app, "smartstore", &base, json!({ "page_limit": 2 })).await;
        app.settle().await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], "busy");
        assert!(lines(&app).await.is_empty());
        shop.lock().unwrap().status = None;
        ask(&app, &id).await;
        assert_eq!(lines(&app).await.len(), 7);
        let now = shop_of(&app).await;
        assert_eq!((&now["fetch"]["fault"], &now["failed"], &now["waiting"]), (&json!(null), &json!(0), &json!(0)), "{now}");
        let asked = shop.lock().unwrap().asked.clone();
        assert!(asked.iter().filter(|question| question.starts_with("changes")).count() >= 7, "a day at a time: {asked:?}");
        shop.lock().unwrap().asked.clear();
        ask(&app, &id).await;
        let asked = shop.lock().unwrap().asked.clone();
        assert_eq!(asked.len(), 2, "only what came since: {asked:?}");
    }

    async fn what_does_not_answer_says_why_and_is_asked_again(app) {
        let (shop, base) = open().await;
        shop.lock().unwrap().no_token = Some(StatusCode::FORBIDDEN);
        let id = connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], "credentials");
        shop.lock().unwrap().no_token = None;
        for (status, fault) in [(StatusCode::FORBIDDEN, "forbidden"), (StatusCode::BAD_GATEWAY, "failing"), (StatusCode::NOT_FOUND, "unreadable")] {
            shop.lock().unwrap().status = Some(status);
            ask(&app, &id).await;
            assert_eq!(shop_of(&app).await["fetch"]["fault"], fault);
        }
        shop.lock().unwrap().status = None;
        app.later(7 * Instant::HOUR).await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], json!(null), "by itself");
        let later = owner(&app).await;
        later.put(&format!("/shops/{id}/fetch"), json!({ "on": true, "client_id": "app", "client_secret": SECRET, "base": "http://127.0.0.1:1" })).await.expect(200);
        app.settle().await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], "unreached");
        let shown = later.get("/shops").await.expect(200).text();
        assert!(!shown.contains("abcdefghijklmnopqrstuv"), "{shown}");
        later.delete(&format!("/shops/{id}")).await.expect(204);
        app.settle().await;
    }

    async fn how_a_shop_is_asked_is_checked_and_a_secret_stays_with_its_address(app) {
        let made = app.post("/shops", json!({ "kind": "smartstore", "name": "a" })).await.expect(201).json;
        let path = format!("/shops/{}/fetch", made["id"].as_str().unwrap());
        assert_eq!((&made["delivers"], &made["fetch"]["page_limit"], &made["fetch"]["on"]), (&json!(false), &json!(300), &json!(false)), "{made}");
        let bare = app.put(&path, json!({ "on": true, "client_id": "" })).await.expect(422);
        assert_eq!(bare.fields(), ["client_id: required", "client_secret: required"]);
        let wrong = json!({ "on": true, "client_id": "app", "client_secret": "$2a$31$abcdefghijklmnopqrstuv", "base": "ftp://x", "token_path": "no", "page_limit": 301, "every_minutes": 1, "back_days": 0 });
        assert_eq!(app.put(&path, wrong).await.expect(422).fields(), ["base: url_invalid", "token_path: shop_path", "page_limit: shop_number_range",
            "every_minutes: shop_number_range", "back_days: shop_number_range", "client_secret: shop_secret_form"]);
        let good = json!({ "on": false, "client_id": "app", "client_secret": SECRET });
        assert_eq!(app.put(&path, good).await.expect(200).json["fetch"]["has_secret"], true);
        assert_eq!(app.put(&path, json!({ "on": true, "client_id": "app", "base": "https://elsewhere.example" })).await.expect(422).fields(), ["client_secret: required"]);
        app.post(&format!("{path}/run"), json!({})).await.expect(409);
        app.put(&format!("/shops/{}/secret", made["id"].as_str().unwrap()), json!({ "secret": "x" })).await.expect(409);
        let stripe = app.post("/shops", json!({ "kind": "stripe", "name": "b" })).await.expect(201).json;
        assert_eq!(stripe["fetch"], json!(null));
        assert_eq!(app.put(&format!("/shops/{}/fetch", stripe["id"].as_str().unwrap()), json!({ "on": false, "client_id": "" })).await.expect(409).code(), "shop_not_asked");
        let delivered = axum::http::Request::post(made["path"].as_str().unwrap()).body(axum::body::Body::from("{}")).unwrap();
        app.anonymous().send(delivered).await.expect(401);
    }

    async fn a_missed_delivery_of_cafe24_is_found_at_night_and_said_so(app) {
        let (shop, base) = open().await;
        let list = ["20261120-0000011", "20261120-0000012", "20261120-0000013"].map(|number| cafe24_order(number, false));
        {
            let mut shop = shop.lock().unwrap();
            shop.list = list.to_vec();
            shop.list.push(json!({ "order_id": "20261120-0000014", "payment_date": null, "canceled": "F" }));
            shop.refresh = "r-1".into();
        }
        // One of them came as a delivery, one by a file.
        let made = app.post("/shops", json!({ "kind": "cafe24", "name": "우리 가게" })).await.expect(201).json;
        let id = made["id"].as_str().unwrap().to_owned();
        app.put(&format!("/shops/{id}/secret"), json!({ "secret": "key" })).await.expect(200);
        let resource = json!({ "order_id": "20261120-0000011", "currency": "KRW", "order_date": "2026-11-20T15:28:14+09:00", "payment_date": "2026-11-20T15:30:00+09:00", "paid": "T",
            "member_id": "gdhong", "buyer_name": "홍길동", "buyer_email": "gdhong@example.com", "buyer_cellphone": "010-2424-2424", "order_price_amount": "24680.00",
            "actual_payment_amount": "27680.00", "shipping_fee": "3000.00", "cancel_date": null, "order_place_name": "모바일웹", "ordering_product_name": "원두,머그" });
        let delivery = axum::http::Request::post(made["path"].as_str().unwrap()).header("x-api-key", "key");
        app.anonymous().send(delivery.body(axum::body::Body::from(json!({ "event_no": 90025, "resource": resource }).to_string())).unwrap()).await.expect(202);
        let file = "주문번호,품목별 주문번호,주문상품명,수량,판매가,주문자명,주문자 휴대전화,주문자 이메일,주문자ID,결제일시(입금확인일),총 결제금액(KRW),총 배송비(KRW),주문 상태\n\
                    20261120-0000012,20261120-0000012-01,원두,1,24680,홍길동,010-2424-2424,gdhong@example.com,gdhong,2026-11-20 15:30:00,27680,3000,배송중\n";
        import(&app, file.as_bytes().to_vec()).await;
        app.settle().await;
        let before = lines(&app).await;
        assert_eq!(before.len(), 2, "{before:?}");

        let edit = json!({ "on": true, "client_id": "app", "client_secret": "client-secret", "refresh_token": "r-1", "base": base, "page_limit": 2 });
        app.put(&format!("/shops/{id}/fetch"), edit).await.expect(200);
        app.settle().await;
        let now = shop_of(&app).await;
        assert_eq!((&now["fetch"]["missed"], &now["fetch"]["missed_last"], &now["fetch"]["fault"]), (&json!(1), &json!(1), &json!(null)), "{now}");
        assert_eq!(lines(&app).await.iter().filter(|line| line.0 == "20261120-0000013").map(|line| line.2).collect::<Vec<_>>(), [24_680]);
        assert_eq!(lines(&app).await.len(), 3);
        let newest = deliveries(&app, &id).await[0].clone();
        assert_eq!((&newest["heard"], &newest["state"], &newest["outcome"]), (&json!("missed"), &json!("applied"), &json!("new")), "{newest}");
        assert_eq!(app.get("/parties").await.expect(200).json["items"].as_array().unwrap().len(), 1, "the same customer");

        // The next night the token for it is the one that came with the last, and a lost cancellation is found.
        {
            let mut shop = shop.lock().unwrap();
            assert_eq!(shop.refresh, "r-1+");
            shop.list[0] = cafe24_order("20261120-0000011", true);
            shop.asked.clear();
        }
        app.later(Instant::DAY).await;
        let now = shop_of(&app).await;
        assert_eq!((&now["fetch"]["missed"], &now["fetch"]["missed_last"], &now["fetch"]["fault"]), (&json!(2), &json!(1), &json!(null)), "{now}");
        let sum: i64 = lines(&app).await.iter().filter(|line| line.0 == "20261120-0000011").map(|line| line.2).sum();
        assert_eq!(sum, 0, "{:?}", lines(&app).await);
        assert_eq!(shop.lock().unwrap().refresh, "r-1++");
        app.later(Instant::DAY).await;
        let quiet = shop_of(&app).await;
        assert_eq!((&quiet["fetch"]["missed"], &quiet["fetch"]["missed_last"]), (&json!(2), &json!(0)), "nothing is missed twice: {quiet}");
    }

    async fn an_old_order_of_cafe24_that_is_cancelled_is_found_by_the_day_of_its_cancellation(app) {
        let (shop, base) = open().await;
        {
            let mut shop = shop.lock().unwrap();
            shop.list = vec![cafe24_order("20261120-0000011", false)];
            shop.refresh = "r-1".into();
        }
        let edit = json!({ "client_secret": "client-secret", "refresh_token": "r-1" });
        let id = connect(&app, "cafe24", &base, edit).await;
        app.settle().await;
        {
            // It is too old to be asked for by its own day.
            let mut shop = shop.lock().unwrap();
            shop.list.clear();
            shop.cancelled = ["20261120-0000011", "20250101-0000001"].map(|number| cafe24_order(number, true)).into();
            shop.cancelled.push(cafe24_order("20250101-0000002", false));
        }
        ask(&app, &id).await;
        let sum: i64 = lines(&app).await.iter().map(|line| line.2).sum();
        assert_eq!((sum, &shop_of(&app).await["fetch"]["missed"]), (0, &json!(2)));
        assert_eq!(deliveries(&app, &id).await.len(), 2, "those from before the connection are not brought, cancelled or in part");
    }

    async fn a_shop_that_was_asked_too_often_is_asked_again_and_after_a_while_somebody_is_told(app) {
        let (shop, base) = open().await;
        {
            let mut shop = shop.lock().unwrap();
            shop.change("2026-11-21T10:00:00.000+09:00", "PAYED", product("p-1", "o-1", "원두", 20_000, "PAYED", json!(null)));
            shop.busy = 3;
        }
        let id = connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        assert_eq!((lines(&app).await.len(), &shop_of(&app).await["fetch"]["fault"]), (1, &json!(null)), "within the turn");

        let failing = async |app: &TestApp| {
            let today = owner(app).await.get("/today").await.expect(200).json;
            today["cards"].as_array().unwrap().iter().find(|card| card["id"] == "shop_failing").cloned()
        };
        shop.lock().unwrap().busy = usize::MAX;
        for turns in 1..=3 {
            assert_eq!(failing(&app).await, None, "{turns}");
            ask(&app, &id).await;
            assert_eq!(shop_of(&app).await["fetch"]["fault"], "busy");
        }
        let card = failing(&app).await.unwrap();
        assert_eq!((&card["params"]["name"], &card["href"]), (&json!("우리 가게"), &json!("/settings/shops")));
        shop.lock().unwrap().busy = 0;
        ask(&app, &id).await;
        assert_eq!(failing(&app).await, None, "it answers again");
    }

    async fn a_shop_that_wants_to_be_left_alone_is(app) {
        let (shop, base) = open().await;
        {
            let mut shop = shop.lock().unwrap();
            (shop.busy, shop.after) = (usize::MAX, Some("7200"));
        }
        let id = connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], "busy");
        let asked = |shop: &Shop| shop.lock().unwrap().asked.len();
        let before = asked(&shop);
        app.later(Instant::HOUR).await;
        assert_eq!(asked(&shop), before, "it said two hours");
        app.later(90 * 60 * Instant::SECOND).await;
        assert!(asked(&shop) > before);

        // A short rest is no shorter than the usual one.
        shop.lock().unwrap().after = Some("61");
        ask(&app, &id).await;
        let before = asked(&shop);
        app.later(5 * 60 * Instant::SECOND).await;
        assert_eq!(asked(&shop), before, "it is asked every ten minutes, and one that fails less often");

        // Longer than any clock can say is a day.
        shop.lock().unwrap().after = Some("18446744073709551615");
        ask(&app, &id).await;
        assert_eq!(shop_of(&app).await["fetch"]["fault"], "busy");
    }

    async fn a_company_from_a_backup_asks_nobody(app) {
        use futures::FutureExt;
        let (shop, base) = open().await;
        let freeze = app.db().write(store::Lane::Interactive, |tx| async move { store::freeze::freeze(tx, "restored").await }.boxed());
        freeze.await.unwrap();
        connect(&app, "smartstore", &base, json!({})).await;
        app.settle().await;
        app.later(Instant::HOUR).await;
        assert!(shop.lock().unwrap().asked.is_empty());
    }
}
