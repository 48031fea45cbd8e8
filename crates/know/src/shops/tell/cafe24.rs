//! Cafe24 (developers.cafe24.com, "Webhook": events 90023 to 90032): an order is told as a sum, which stands in for its
//! lines until a file names them. It carries no version: what happens to an order happens in this order.

use super::json::{some, text};
use super::{Manner, NOT_OURS, Order, Told, UNREADABLE, What};
use crate::orders::stand_in;
use crate::parties::Identity;
use reading::Field;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "주문번호",
    "품목별 주문번호",
    "결제일시",
    "주문일시",
    "상품명",
    "판매가",
    "총 결제금액",
    "총 배송비",
    "주문 상태",
    "쇼핑몰",
    "주문자ID",
    "주문자명",
    "주문자 이메일",
    "주문자 휴대전화",
    "통화",
];
const MORE: &[(Field, &str)] = &[(Field::Currency, "통화")];

pub(super) fn read(topic: &str, body: &Value) -> Result<Told, &'static str> {
    let order = body.get("resource").ok_or(UNREADABLE)?;
    match topic {
        "90023" => read_order(order, 1),
        "90025" => read_order(order, 2),
        // Asked for, refused, withdrawn: only what is decided has a day.
        "90026" if some(order, &["cancel_date"]).is_none() => Ok(Told::nothing("asked_only")),
        "90026" => read_order(order, 3),
        "90032" => person(order),
        "90077" => Ok(Told::nothing("app_deleted")),
        _ => Ok(Told::nothing(NOT_OURS)),
    }
}

fn read_order(told: &Value, version: i64) -> Result<Told, &'static str> {
    let number = some(told, &["order_id"]).ok_or(UNREADABLE)?;
    let cancelled = version == 3;
    let order = Order {
        number: number.clone(),
        columns: COLUMNS,
        more: MORE,
        rows: vec![row(told, &number, cancelled)],
        customer: Identity { phone: some(told, &["buyer_phone"]), ..Identity::default() },
        manner: Manner::Sum { line: stand_in::SUM.to_owned(), cancelled },
        owner: None,
    };
    Ok(Told { object: Some(format!("order:{number}")), version, what: What::Order(Box::new(order)) })
}

fn row(order: &Value, number: &str, cancelled: bool) -> Vec<String> {
    let status = match text(order, &["paid"]).as_str() {
        _ if cancelled => "취소완료",
        "F" => "입금전",
        _ => "",
    };
    vec![
        number.to_owned(),
        stand_in::SUM.to_owned(),
        text(order, &["payment_date"]),
        text(order, &["order_date"]),
        text(order, &["ordering_product_name"]),
        text(order, &["order_price_amount"]),
        text(order, &["actual_payment_amount"]),
        text(order, &["shipping_fee"]),
        status.to_owned(),
        text(order, &["order_place_name"]),
        text(order, &["member_id"]),
        text(order, &["buyer_name"]),
        text(order, &["buyer_email"]),
        text(order, &["buyer_cellphone"]),
        text(order, &["currency"]),
    ]
}

fn person(member: &Value) -> Result<Told, &'static str> {
    let id = some(member, &["member_id"]).ok_or(UNREADABLE)?;
    let person = Identity {
        source_id: Some(id.clone()),
        email: some(member, &["email"]),
        phone: some(member, &["cellphone"]).or_else(|| some(member, &["phone"])),
        name: some(member, &["name"]),
    };
    Ok(Told { object: Some(format!("customer:{id}")), version: 1, what: What::Person(person) })
}
