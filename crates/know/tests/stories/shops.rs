//! Shops that tell by themselves: verified, kept, applied once, and the same as a file of the shop.

use crate::privacy::erase;
use crate::*;
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt;
use hmac::{Hmac, KeyInit, Mac};
use kernel::Instant;
use sha2::Sha256;
use store::{Lane, sql, timer};
use testkit::both_engines;
use web::Role;

/// A connected shop, as the shop itself sees it.
struct Connected {
    id: String,
    path: String,
    secret: String,
    kind: &'static str,
}

/// Adds a shop and gives it a secret.
async fn connect(app: &TestApp, kind: &'static str) -> Connected {
    let made = app.post("/shops", json!({ "kind": kind, "name": "우리 가게" })).await.expect(201).json;
    let id = made["id"].as_str().unwrap().to_owned();
    let secret = "shared-secret".to_owned();
    app.put(&format!("/shops/{id}/secret"), json!({ "secret": secret })).await.expect(200);
    Connected { id, path: made["path"].as_str().unwrap().to_owned(), secret, kind }
}

fn mac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

impl Connected {
    /// A delivery as the shop makes it: `event` is its name of it.
    fn delivery(&self, now: Instant, topic: &str, event: &str, body: &str) -> Request<Body> {
        let base64 = |parts: &[&[u8]]| STANDARD.encode(mac(&self.secret, parts));
        let request = Request::post(&self.path).header("content-type", "application/json");
        let request = match self.kind {
            "shopify" => request
                .header("x-shopify-hmac-sha256", base64(&[body.as_bytes()]))
                .header("x-shopify-topic", topic)
                .header("x-shopify-webhook-id", event),
            "woocommerce" => request
                .header("x-wc-webhook-signature", base64(&[body.as_bytes()]))
                .header("x-wc-webhook-topic", topic)
                .header("x-wc-webhook-delivery-id", event),
            "stripe" => {
                let time = (now.micros() / Instant::SECOND).to_string();
                let signed = mac(&self.secret, &[time.as_bytes(), b".", body.as_bytes()]);
                let hex: String = signed.iter().map(|byte| format!("{byte:02x}")).collect();
                request.header("stripe-signature", format!("t={time},v1={hex}"))
            }
            "square" => {
                let address = format!("https://localhost{}", self.path);
                request
                    .header("x-square-hmacsha256-signature", base64(&[address.as_bytes(), body.as_bytes()]))
            }
            _ => request.header("x-cafe24-hmac-sha256", base64(&[body.as_bytes()])),
        };
        request.body(Body::from(body.to_owned())).unwrap()
    }

    /// Delivers and applies; gives the status of the answer.
    async fn tells(&self, app: &TestApp, topic: &str, event: &str, body: Value) -> u16 {
        let request = self.delivery(kernel::Clock::now(app.clock()), topic, event, &body.to_string());
        let status = app.anonymous().send(request).await.status;
        app.settle().await;
        status
    }

    async fn deliveries(&self, app: &TestApp) -> Vec<Value> {
        let page = app.get(&format!("/shops/{}/deliveries", self.id)).await.expect(200).json;
        page["items"].as_array().unwrap().clone()
    }

    /// State and outcome of the newest delivery.
    async fn last(&self, app: &TestApp) -> (String, String) {
        let newest = self.deliveries(app).await[0].clone();
        let text = |name: &str| newest[name].as_str().unwrap_or_default().to_owned();
        (text("state"), text("outcome"))
    }
}

/// The standing lines: order, line, amount in minor units, product, in their order.
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

async fn parties(app: &TestApp) -> Vec<Value> {
    app.get("/parties").await.expect(200).json["items"].as_array().unwrap().clone()
}

fn shopify_order(updated: &str, refunds: Value) -> Value {
    json!({ "id": 5001, "name": "#1001", "email": "minji@example.com", "phone": null, "currency": "USD",
        "created_at": "2026-11-20T10:00:00-05:00", "updated_at": updated, "financial_status": "paid", "cancelled_at": null,
        "source_name": "web", "subtotal_price": "29.00", "total_price": "35.00",
        "billing_address": { "name": "Minji Kim", "phone": "+82 10-2222-3333" },
        "customer": { "id": 77, "email": "minji@example.com", "first_name": "Minji", "last_name": "Kim" },
        "line_items": [
            { "id": 1, "name": "Beans - 1kg", "quantity": 2, "price": "10.00", "total_discount": "0.00", "sku": "BEAN" },
            { "id": 2, "name": "Mug", "quantity": 1, "price": "10.00", "total_discount": "1.00", "sku": "MUG" } ],
        "refunds": refunds })
}

/// The same order as the shop's CSV has it.
fn shopify_file(refunded: &str) -> Vec<u8> {
    let header = "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Name,Phone,Cancelled at,Refunded Amount,Source";
    let first = format!(
        "#1001,minji@example.com,paid,2026-11-20 10:00:00 -0500,fulfilled,USD,29.00,35.00,0.00,2026-11-20 10:00:00 -0500,2,Beans - 1kg,10.00,BEAN,0.00,Minji Kim,,,{refunded},web"
    );
    let second = "#1001,minji@example.com,,,,,,,,2026-11-20 10:00:00 -0500,1,Mug,10.00,MUG,1.00,,,,,";
    format!("{header}\n{first}\n{second}\n").into_bytes()
}

both_engines! {
    registry();

    async fn an_order_that_shopify_tells_is_the_order_of_its_file(app) {
        let shop = connect(&app, "shopify").await;
        let back = json!([{ "transactions": [{ "kind": "refund", "status": "success", "amount": "5.00" }] }]);
        assert_eq!(shop.tells(&app, "orders/create", "w-1", shopify_order("2026-11-20T10:00:01-05:00", json!([]))).await, 202);
        assert_eq!(shop.last(&app).await, ("applied".into(), "new".into()));
        let told = lines(&app).await;
        assert_eq!(plain(&told), [("#1001", "BEAN", 2000), ("#1001", "MUG", 900)]);
        assert_eq!(shop.tells(&app, "orders/updated", "w-2", shopify_order("2026-11-21T10:00:01-05:00", back)).await, 202);
        let told = lines(&app).await;
        assert_eq!(plain(&told), [("#1001", "BEAN", 2000), ("#1001", "MUG", 900), ("#1001", "refund", -500)]);

        let import = import(&app, shopify_file("5.00")).await;
        assert_eq!((&import["counts"]["unchanged"], &import["counts"]["read"]), (&json!(3), &json!(3)), "{import}");
        assert_eq!(lines(&app).await, told, "the file says the same");
        let people = parties(&app).await;
        assert_eq!(people.len(), 1, "{people:?}");
        assert_eq!(people[0]["name"], "Minji Kim");
    }

    async fn a_file_before_the_shop_tells_is_one_order_too(app) {
        import(&app, shopify_file("")).await;
        let before = lines(&app).await;
        let shop = connect(&app, "shopify").await;
        shop.tells(&app, "orders/updated", "w-1", shopify_order("2026-11-20T10:00:01-05:00", json!([]))).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "unchanged".into()));
        assert_eq!(lines(&app).await, before);
        assert_eq!(parties(&app).await.len(), 1);
    }

    async fn what_is_told_again_or_late_changes_nothing(app) {
        let shop = connect(&app, "shopify").await;
        let mut newer = shopify_order("2026-11-21T10:00:00-05:00", json!([]));
        newer["cancelled_at"] = json!("2026-11-21T09:00:00-05:00");
        let older = shopify_order("2026-11-20T10:00:01-05:00", json!([]));
        assert_eq!(shop.tells(&app, "orders/cancelled", "w-2", newer.clone()).await, 202);
        let stands = lines(&app).await;
        assert_eq!(stands.iter().map(|line| line.2).sum::<i64>(), 0, "sold and wholly taken back: {stands:?}");
        assert_eq!(shop.tells(&app, "orders/create", "w-1", older).await, 202);
        assert_eq!(shop.last(&app).await, ("nothing".into(), "older".into()));
        assert_eq!(shop.tells(&app, "orders/cancelled", "w-2", newer.clone()).await, 200, "the same event");
        assert_eq!(shop.deliveries(&app).await.len(), 2);
        assert_eq!(shop.tells(&app, "orders/cancelled", "w-3", newer).await, 202, "the same words under another name");
        assert_eq!(shop.last(&app).await, ("nothing".into(), "unchanged".into()));
        assert_eq!(lines(&app).await, stands);
    }

    async fn nothing_is_kept_before_the_signature_is_right(app) {
        let shop = connect(&app, "shopify").await;
        let now = kernel::Clock::now(app.clock());
        let good = shop.delivery(now, "orders/create", "w-1", "{}");
        let (parts, _) = good.into_parts();
        let changed = Request::from_parts(parts, Body::from("{ }"));
        assert_eq!(app.anonymous().send(changed).await.expect(401).code(), "shop_signature");
        let unsigned = Request::post(&shop.path).body(Body::from("{}")).unwrap();
        app.anonymous().send(unsigned).await.expect(401);
        let nowhere = Request::post("/in/nobody").body(Body::from("{}")).unwrap();
        app.anonymous().send(nowhere).await.expect(404);
        assert!(shop.deliveries(&app).await.is_empty());
        let listed = app.get("/shops").await.expect(200).json;
        assert_eq!(listed[0]["refused"], 2, "and the owner sees it: {listed}");
        assert!(!listed.to_string().contains("shared-secret"));
        let large = shop.delivery(now, "orders/create", "w-2", &" ".repeat(1 << 21));
        assert_eq!(app.anonymous().send(large).await.expect(413).code(), "shop_body");

        let bare = app.post("/shops", json!({ "kind": "stripe", "name": "no secret yet" })).await.expect(201).json;
        let stripe = Connected { id: String::new(), path: bare["path"].as_str().unwrap().into(), secret: String::new(), kind: "stripe" };
        app.anonymous().send(stripe.delivery(now, "", "", "{}")).await.expect(401);
    }

    async fn both_secrets_are_taken_while_one_is_changed(app) {
        let old = connect(&app, "shopify").await;
        let path = format!("/shops/{}/secret", old.id);
        let rotated = app.put(&path, json!({ "secret": "the-new-one" })).await.expect(200).json;
        assert!(rotated["former_until"].is_string(), "{rotated}");
        let new = Connected { id: old.id.clone(), path: old.path.clone(), secret: "the-new-one".into(), kind: "shopify" };
        let order = || shopify_order("2026-11-20T10:00:01-05:00", json!([]));
        assert_eq!(old.tells(&app, "orders/create", "w-1", order()).await, 202);
        assert_eq!(new.tells(&app, "orders/create", "w-2", order()).await, 202);
        app.delete(&format!("/shops/{}/former-secret", old.id)).await.expect(204);
        assert_eq!(old.tells(&app, "orders/create", "w-3", order()).await, 401);
        assert_eq!(new.tells(&app, "orders/create", "w-4", order()).await, 202);
        app.put(&path, json!({ "secret": "a-third-one" })).await.expect(200);
        app.clock().set(kernel::Clock::now(app.clock()).plus(8 * Instant::DAY));
        assert_eq!(new.tells(&app, "orders/create", "w-5", order()).await, 401, "seven days are over");
    }

    async fn woocommerce_makes_one_line_an_order_as_its_file_does(app) {
        let made = app.post("/shops", json!({ "kind": "woocommerce", "name": "원두" })).await.expect(201).json;
        let id = made["id"].as_str().unwrap().to_owned();
        let secret = app.put(&format!("/shops/{id}/secret"), json!({})).await.expect(200).json;
        let secret = secret["secret"].as_str().unwrap().to_owned();
        let shop = Connected { id, path: made["path"].as_str().unwrap().into(), secret, kind: "woocommerce" };
        let greeting = Request::post(&shop.path).header("content-type", "application/x-www-form-urlencoded");
        app.anonymous().send(greeting.body(Body::from("webhook_id=7")).unwrap()).await.expect(200);
        assert!(shop.deliveries(&app).await.is_empty());

        let order = |status: &str, modified: &str, refunds: Value| json!({ "id": 41, "number": "41", "status": status, "currency": "KRW",
            "date_created_gmt": "2026-11-20T03:00:00", "date_modified_gmt": modified, "total": "23000", "total_tax": "0",
            "shipping_total": "3000", "customer_id": 9, "refunds": refunds,
            "billing": { "first_name": "민지", "last_name": "김", "email": "minji@example.com", "phone": "010-2222-3333" },
            "line_items": [{ "name": "원두", "quantity": 2, "total": "20000" }] });
        assert_eq!(shop.tells(&app, "order.created", "d-1", order("pending", "2026-11-20T03:00:00", json!([]))).await, 202);
        assert_eq!(shop.last(&app).await, ("nothing".into(), "no_order".into()), "not paid");
        shop.tells(&app, "order.updated", "d-2", order("processing", "2026-11-20T03:01:00", json!([]))).await;
        let file = "Date,Order #,Status,Customer,Customer ID,Email,Phone,Product(s),Items sold,Coupon(s),N. Revenue,Currency\n\
                    2026-11-20T03:00:00Z,41,processing,민지 김,9,minji@example.com,010-2222-3333,2× 원두,2,,20000,KRW\n";
        let told = lines(&app).await;
        assert_eq!(plain(&told), [("41", "1", 20_000)]);
        let import = import(&app, file.as_bytes().to_vec()).await;
        assert_eq!(import["counts"]["unchanged"], 1, "{import}");
        shop.tells(&app, "order.updated", "d-3", order("processing", "2026-11-21T03:00:00", json!([{ "id": 1, "total": "-5000" }]))).await;
        assert_eq!(plain(&lines(&app).await), [("41", "1", 20_000), ("41", "1/refund", -5_000)]);
        shop.tells(&app, "order.updated", "d-4", order("failed", "2026-11-22T03:00:00", json!([]))).await;
        assert!(lines(&app).await.is_empty(), "it failed: it is no order any more");
    }

    async fn stripe_tells_a_payment_and_what_was_paid_back(app) {
        let shop = connect(&app, "stripe").await;
        let event = |id: &str, kind: &str, created: i64, back: i64| json!({ "id": id, "type": kind, "created": created,
            "data": { "object": { "id": "ch_1", "object": "charge", "amount": 12_000, "amount_refunded": back, "currency": "krw",
                "created": 1_795_316_000, "status": "succeeded", "captured": true, "paid": true, "customer": "cus_1",
                "description": "Beans", "billing_details": { "email": "minji@example.com", "name": "김민지" } } } });
        shop.tells(&app, "", "", event("evt_2", "charge.refunded", 1_795_316_100, 2_000)).await;
        assert_eq!(plain(&lines(&app).await), [("ch_1", "1", 12_000), ("ch_1", "1/refund", -2_000)], "won has no decimals");
        shop.tells(&app, "", "", event("evt_1", "charge.succeeded", 1_795_316_000, 0)).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "older".into()));
        assert_eq!(shop.tells(&app, "", "", event("evt_2", "charge.refunded", 1_795_316_100, 2_000)).await, 200);
        let told = lines(&app).await;
        let file = "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,Customer ID,Customer Email,Customer Name,Captured,Card ID\n\
                    ch_1,Beans,,2026-11-22 02:53:20,12000,2000,krw,12000,0,Paid,cus_1,minji@example.com,김민지,true,card_1\n";
        let import = import(&app, file.as_bytes().to_vec()).await;
        assert_eq!((&import["counts"]["unchanged"], &import["counts"]["read"]), (&json!(2), &json!(2)), "{import}");
        assert_eq!(lines(&app).await, told);
    }

    async fn a_sum_that_square_tells_gives_way_to_the_items_of_its_file(app) {
        let shop = connect(&app, "square").await;
        let payment = json!({ "event_id": "e-1", "type": "payment.updated", "data": { "object": { "payment": { "id": "pay_1", "order_id": "ord_1",
            "status": "COMPLETED", "amount_money": { "amount": 1_100, "currency": "USD" }, "customer_id": "CUST1",
            "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:05Z", "buyer_email_address": "minji@example.com" } } } });
        assert_eq!(shop.tells(&app, "", "", payment.clone()).await, 202);
        assert_eq!(plain(&lines(&app).await), [("ord_1", "sum/pay_1", 1_100)]);
        let refund = json!({ "event_id": "e-2", "type": "refund.updated", "data": { "object": { "refund": { "id": "ref_1", "order_id": "ord_2",
            "payment_id": "pay_1", "status": "COMPLETED", "amount_money": { "amount": 300, "currency": "USD" },
            "created_at": "2026-11-21T10:00:00Z", "updated_at": "2026-11-21T10:00:05Z" } } } });
        shop.tells(&app, "", "", refund).await;
        assert_eq!(plain(&lines(&app).await), [("ord_1", "sum/pay_1", 1_100), ("ord_2", "sum/ref_1", -300)]);
        let people = parties(&app).await;
        assert_eq!(people.len(), 1, "the refund belongs to whoever paid");
        let card = app.get(&format!("/parties/{}", people[0]["id"].as_str().unwrap())).await.expect(200).json;
        assert_eq!(card["facts"]["spend"], json!([{ "currency": "USD", "amount_minor": 800, "refunds_minor": 300 }]), "{card}");

        let file = "Date,Time,Time Zone,Category,Item,Qty,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Event Type,Location,Dining Option,Customer ID\n\
                    2026-11-20,19:00:00,Seoul,Drinks,Latte,1,$6.00,$0.00,$6.00,$0.60,ord_1,pay_1,POS,Payment,Main,,CUST1\n\
                    2026-11-20,19:00:00,Seoul,Food,Cake,1,$4.00,$0.00,$4.00,$0.50,ord_1,pay_1,POS,Payment,Main,,CUST1\n";
        let import = upload(&app, file.as_bytes().to_vec()).await;
        settle(&app, &import, |plan| plan["currency"] = json!("USD")).await.expect(200);
        let import = deed(&app, &import, "run").await;
        assert_eq!(import["counts"]["new"], 2, "{import}");
        let now = lines(&app).await;
        assert_eq!(now.iter().filter(|line| line.0 == "ord_1").map(|line| line.2).sum::<i64>(), 1_000, "{now:?}");
        let mut late = payment;
        late["event_id"] = json!("e-3");
        late["data"]["object"]["payment"]["updated_at"] = json!("2026-11-23T10:00:00Z");
        shop.tells(&app, "", "", late).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "in_detail".into()));
        assert_eq!(lines(&app).await, now);
    }

    async fn cafe24_is_settled_by_its_file_and_cancels_it(app) {
        let shop = connect(&app, "cafe24").await;
        let told = |number: i64, paid: &str, cancelled: Value| json!({ "event_no": number, "resource": { "mall_id": "beans", "order_id": "20261120-0000011",
            "currency": "KRW", "order_date": "2026-11-20T15:28:14+09:00", "payment_date": "2026-11-20T15:30:00+09:00", "paid": paid,
            "member_id": "gdhong", "buyer_name": "홍길동", "buyer_email": "gdhong@example.com", "buyer_cellphone": "010-2424-2424",
            "order_price_amount": "24680.00", "actual_payment_amount": "27680.00", "shipping_fee": "3000.00", "cancel_date": cancelled,
            "order_place_name": "모바일웹", "ordering_product_name": "원두,머그" } });
        shop.tells(&app, "", "", told(90023, "F", json!(null))).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "no_order".into()), "not paid yet");
        shop.tells(&app, "", "", told(90025, "T", json!(null))).await;
        assert_eq!(plain(&lines(&app).await), [("20261120-0000011", "sum", 24_680)]);
        assert_eq!(shop.tells(&app, "", "", told(90025, "T", json!(null))).await, 200, "the same words are the same event");
        shop.tells(&app, "", "", told(90026, "T", json!(null))).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "asked_only".into()));

        let file = "주문번호,품목별 주문번호,주문상품명,수량,판매가,주문자명,주문자 휴대전화,주문자 이메일,주문자ID,결제일시(입금확인일),총 결제금액(KRW),총 배송비(KRW),주문 상태\n\
                    20261120-0000011,20261120-0000011-01,원두,1,20000,홍길동,010-2424-2424,gdhong@example.com,gdhong,2026-11-20 15:30:00,27680,3000,배송중\n\
                    20261120-0000011,20261120-0000011-02,머그,1,4680,홍길동,010-2424-2424,gdhong@example.com,gdhong,2026-11-20 15:30:00,,,배송중\n";
        import(&app, file.as_bytes().to_vec()).await;
        let order = "20261120-0000011";
        let sold = [(order, "20261120-0000011-01", 20_000), (order, "20261120-0000011-02", 4_680)];
        assert_eq!(plain(&lines(&app).await), sold);
        shop.tells(&app, "", "", told(90026, "T", json!("2026-11-21"))).await;
        assert_eq!(shop.last(&app).await, ("applied".into(), "changed".into()));
        let back = lines(&app).await;
        assert_eq!(back.iter().map(|line| line.2).sum::<i64>(), 0, "{back:?}");
        assert!(back.iter().any(|line| line.1 == "20261120-0000011-02/refund"), "as a file would name it: {back:?}");
        assert_eq!(parties(&app).await.len(), 1);

        let (key, now) = (shop.secret.clone(), kernel::Clock::now(app.clock()));
        let by_key = |key: &str| Request::post(&shop.path).header("x-api-key", key).body(Body::from(r#"{"event_no":90077,"resource":{}}"#)).unwrap();
        assert_eq!(app.anonymous().send(by_key("wrong")).await.expect(403).code(), "shop_key");
        app.anonymous().send(by_key(&key)).await.expect(202);
        app.anonymous().send(shop.delivery(now, "", "", r#"{"event_no":1}"#)).await.expect(202);
    }

    async fn what_could_not_be_applied_is_shown_and_applied_again(app) {
        let shop = connect(&app, "shopify").await;
        let mut order = shopify_order("2026-11-20T10:00:01-05:00", json!([]));
        order["created_at"] = json!("whenever");
        shop.tells(&app, "orders/create", "w-1", order).await;
        assert_eq!(shop.last(&app).await, ("failed".into(), "date_unreadable".into()));
        shop.tells(&app, "orders/create", "w-2", json!("no object")).await;
        assert_eq!(shop.last(&app).await, ("failed".into(), "unreadable".into()));
        shop.tells(&app, "products/update", "w-3", json!({ "id": 1 })).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "not_ours".into()));
        let listed = app.get("/shops").await.expect(200).json;
        assert_eq!((&listed[0]["failed"], &listed[0]["waiting"]), (&json!(2), &json!(0)), "{listed}");
        let failed = app.get(&format!("/shops/{}/deliveries?failed=true", shop.id)).await.expect(200).json;
        assert_eq!(failed["items"].as_array().unwrap().len(), 2);
        let again = app.post(&format!("/shops/{}/replay-failed", shop.id), json!({})).await.expect(202).json;
        assert_eq!(again["deliveries"], 2);
        app.settle().await;
        let first = failed["items"][1]["id"].as_str().unwrap();
        let replay = format!("/shops/{}/deliveries/{first}/replay", shop.id);
        app.post(&replay, json!({})).await.expect(202);
        app.settle().await;
        assert_eq!(shop.deliveries(&app).await[2]["tries"], 1, "counted anew");
        let sweep = app.db().write(Lane::Interactive, |tx| {
            async move {
                let now = tx.now();
                timer::set(tx, "know.shops_sweep", "often", now).await
            }
            .boxed()
        });
        sweep.await.unwrap();
        app.later(31 * Instant::DAY).await;
        let app_again = app.signed_in_as(Role::Owner).await;
        assert_eq!(app_again.post(&replay, json!({})).await.expect(409).code(), "shop_body_gone");
    }

    async fn what_shopify_passes_on_becomes_a_request(app) {
        let shop = connect(&app, "shopify").await;
        let asks = || json!({ "shop_domain": "x.myshopify.com", "customer": { "id": 77, "email": "minji@example.com", "phone": null }, "orders_to_redact": [5001] });
        shop.tells(&app, "customers/redact", "g-0", asks()).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "nobody_known".into()));
        shop.tells(&app, "orders/create", "w-1", shopify_order("2026-11-20T10:00:01-05:00", json!([]))).await;
        shop.tells(&app, "customers/redact", "g-1", asks()).await;
        shop.tells(&app, "customers/data_request", "g-2", asks()).await;
        let requests = app.get("/requests").await.expect(200).json;
        let items = requests["items"].as_array().unwrap();
        let mut kinds: Vec<&str> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["access", "erasure"], "{requests}");
        assert!(items.iter().all(|item| item["party"]["name"] == "Minji Kim" && item["created_by"] == "우리 가게"), "{requests}");
    }

    async fn what_is_told_of_somebody_who_was_erased_is_not_kept(app) {
        let shop = connect(&app, "shopify").await;
        shop.tells(&app, "orders/create", "w-1", shopify_order("2026-11-20T10:00:01-05:00", json!([]))).await;
        erase(&app, parties(&app).await[0]["id"].as_str().unwrap()).await;
        let person = |at: &str| json!({ "id": 77, "email": "minji@example.com", "first_name": "Minji", "last_name": "Kim",
            "phone": "+82 10-2222-3333", "updated_at": at });
        let redact = json!({ "shop_domain": "x.myshopify.com", "customer": { "id": 77, "email": "minji@example.com", "phone": null }, "orders_to_redact": [] });
        shop.tells(&app, "customers/update", "w-2", person("2026-11-21T10:00:00-05:00")).await;
        assert_eq!(shop.last(&app).await, ("nothing".into(), "erased".into()));
        shop.tells(&app, "orders/updated", "w-3", shopify_order("2026-11-21T10:00:02-05:00", json!([]))).await;
        shop.tells(&app, "customers/redact", "g-1", redact).await;
        let deliveries = shop.deliveries(&app).await;
        assert!(deliveries.iter().all(|delivery| delivery["kept"] == false), "{deliveries:?}");
        let mut tx = app.db().read().await.unwrap();
        let objects: Vec<(String,)> = sql!("select object from shop_objects where object like '%77%'").fetch_all(&mut tx).await.unwrap();
        assert_eq!(objects, [], "nor their number at the shop");
        drop(tx);
        assert_eq!(parties(&app).await, Vec::<Value>::new());

        // Whoever is a customer again is told of again.
        app.post("/parties", json!({ "name": "민지", "email": "minji@example.com" })).await.expect(201);
        let back = json!({ "id": 88, "email": "minji@example.com", "first_name": "Minji", "updated_at": "2026-11-22T10:00:00-05:00" });
        shop.tells(&app, "customers/update", "w-4", back).await;
        assert_eq!((shop.last(&app).await.0.as_str(), shop.deliveries(&app).await[0]["kept"] == true), ("nothing", true));
        assert_eq!(shop.last(&app).await.1, "unchanged");
    }

    async fn a_customer_is_told_with_a_name_and_a_resident_number_is_not_kept(app) {
        let shop = connect(&app, "square").await;
        let told = json!({ "event_id": "e-1", "type": "customer.created", "data": { "object": { "customer": { "id": "CUST1", "given_name": "Minji",
            "family_name": "Kim", "email_address": "minji@example.com", "note": "900101-1234567", "updated_at": "2026-11-20T10:00:05Z" } } } });
        shop.tells(&app, "", "", told).await;
        assert_eq!(parties(&app).await[0]["name"], "Minji Kim");
        let delivery = shop.deliveries(&app).await[0].clone();
        assert_eq!(delivery["kept"], false, "{delivery}");
    }

    async fn a_shop_is_removed_and_its_orders_stay(app) {
        let shop = connect(&app, "shopify").await;
        shop.tells(&app, "orders/create", "w-1", shopify_order("2026-11-20T10:00:01-05:00", json!([]))).await;
        let taken = app.post("/shops", json!({ "kind": "shopify", "name": "twice" })).await.expect(409);
        assert_eq!(taken.code(), "shop_taken");
        app.post("/shops", json!({ "kind": "shopify", "name": "b", "account": "b" })).await.expect(201);
        let nameless = app.post("/shops", json!({ "kind": "stripe", "name": " " })).await.expect(422);
        assert_eq!(nameless.fields(), ["name: required"]);
        app.put(&format!("/shops/{}", shop.id), json!({ "name": "다른 이름" })).await.expect(200);
        app.delete(&format!("/shops/{}", shop.id)).await.expect(204);
        assert_eq!(shop.tells(&app, "orders/create", "w-2", json!({})).await, 404);
        assert_eq!(lines(&app).await.len(), 2);
        app.signed_in_as(Role::Manager).await.get("/shops").await.expect(403);
    }
}
