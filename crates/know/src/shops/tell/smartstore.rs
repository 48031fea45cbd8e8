//! SmartStore (apicenter.commerce.naver.com, "상품 주문 정보 구조체"): an order of one product, which is a row of the shop's
//! workbook; the other products of the same purchase are told by themselves.

use super::json::{micros, some, text};
use super::{Manner, Order, Told, UNREADABLE, What};
use crate::parties::Identity;
use serde_json::Value;

const COLUMNS: &[&str] = &[
    "주문번호",
    "상품주문번호",
    "결제일",
    "주문일시",
    "상품명",
    "수량",
    "상품가격",
    "상품별 총 주문금액",
    "주문상태",
    "클레임상태",
    "판매채널",
    "구매자명",
    "구매자ID",
    "구매자연락처",
];
/// What the workbook says of where it was sold.
const CHANNEL: &str = "스마트스토어";

pub(super) fn read(body: &Value) -> Result<Told, &'static str> {
    let line = some(body, &["productOrder", "productOrderId"]).ok_or(UNREADABLE)?;
    let number = some(body, &["order", "orderId"]).ok_or(UNREADABLE)?;
    let version = micros(&text(body, &["lastChangedDate"])).ok_or(UNREADABLE)?;
    let order = Order {
        rows: vec![row(body, &number, &line)],
        number,
        columns: COLUMNS,
        more: &[],
        customer: Identity::default(),
        manner: Manner::Line(line.clone()),
        owner: None,
    };
    Ok(Told { object: Some(format!("line:{line}")), version, what: What::Order(Box::new(order)) })
}

fn row(body: &Value, number: &str, line: &str) -> Vec<String> {
    let product = |name: &str| text(body, &["productOrder", name]);
    let order = |name: &str| text(body, &["order", name]);
    vec![
        number.to_owned(),
        line.to_owned(),
        order("paymentDate"),
        order("orderDate"),
        product("productName"),
        product("quantity"),
        product("unitPrice"),
        product("totalPaymentAmount"),
        status(&product("productOrderStatus")).to_owned(),
        claim(&product("claimStatus")).to_owned(),
        CHANNEL.to_owned(),
        order("ordererName"),
        order("ordererId"),
        order("ordererTel"),
    ]
}

/// A state in the words of the workbook. What was never paid for never was an order.
fn status(code: &str) -> &'static str {
    match code {
        "PAYMENT_WAITING" => "결제대기",
        "PAYED" => "결제완료",
        "DELIVERING" => "배송중",
        "DELIVERED" => "배송완료",
        "PURCHASE_DECIDED" => "구매확정",
        "EXCHANGED" => "교환",
        "CANCELED" => "취소",
        "RETURNED" => "반품",
        "CANCELED_BY_NOPAYMENT" => "미입금",
        _ => "",
    }
}

/// A claim in the words of the workbook: what is asked for, refused or under way decides nothing.
fn claim(code: &str) -> &'static str {
    match code {
        "CANCEL_REQUEST" => "취소요청",
        "CANCELING" | "ADMIN_CANCELING" => "취소처리중",
        "CANCEL_DONE" | "ADMIN_CANCEL_DONE" => "취소완료",
        "CANCEL_REJECT" | "ADMIN_CANCEL_REJECT" => "취소철회",
        "RETURN_REQUEST" => "반품요청",
        "COLLECTING" => "수거중",
        "COLLECT_DONE" => "수거완료",
        "RETURN_DONE" => "반품완료",
        "RETURN_REJECT" => "반품철회",
        _ => "",
    }
}
