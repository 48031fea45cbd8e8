//! Files made for tests. Nobody in them exists.

use encoding_rs::EUC_KR;

/// The columns of a Cafe24 export, in an order that the shop chose.
const CAFE24: [&str; 15] = [
    "주문번호",
    "품목별 주문번호",
    "주문상품명",
    "수량",
    "판매가",
    "주문자명",
    "주문자 휴대전화",
    "주문자 이메일",
    "주문자ID",
    "결제일시(입금확인일)",
    "총 결제금액(KRW)",
    "총 배송비(KRW)",
    "실제 환불금액",
    "주문 상태",
    "취소구분",
];

/// A Cafe24 order of one item.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub number: &'a str,
    pub customer: &'a str,
    pub name: &'a str,
    pub product: &'a str,
    pub price: &'a str,
    pub paid_at: &'a str,
    pub status: &'a str,
}

/// A Cafe24 order that was delivered.
pub fn order<'a>(
    number: &'a str,
    customer: &'a str,
    name: &'a str,
    price: &'a str,
    paid_at: &'a str,
) -> Order<'a> {
    Order {
        number, customer, name, product: "에티오피아 원두", price, paid_at, status: "배송완료"
    }
}

/// A Cafe24 export.
pub fn cafe24(orders: &[Order<'_>]) -> String {
    let mut rows = vec![CAFE24.map(str::to_owned).to_vec()];
    rows.extend(orders.iter().map(|order| CAFE24.iter().map(|column| cell(order, column)).collect()));
    csv(&rows)
}

fn cell(order: &Order<'_>, column: &str) -> String {
    let digits: u32 = order.customer.bytes().map(u32::from).sum();
    match column {
        "주문번호" => order.number.into(),
        "품목별 주문번호" => format!("{}-01", order.number),
        "주문상품명" => order.product.into(),
        "수량" => "1".into(),
        "판매가" | "총 결제금액(KRW)" => order.price.into(),
        "총 배송비(KRW)" => "0".into(),
        "주문자명" => order.name.into(),
        "주문자ID" => order.customer.into(),
        "주문자 휴대전화" if !order.customer.is_empty() => format!("010-0000-{digits:04}"),
        "주문자 이메일" if !order.customer.is_empty() => format!("{}@example.com", order.customer),
        "결제일시(입금확인일)" => order.paid_at.into(),
        "주문 상태" => order.status.into(),
        _ => String::new(),
    }
}

/// Two people with three orders, and a row that cannot be read.
pub fn small_shop() -> Vec<Order<'static>> {
    vec![
        order("20261101-0000001", "minji", "김가상", "12000", "2026-11-01 10:20:30"),
        order("20261105-0000002", "haneul", "이가상", "9000", "2026-11-05 11:00:00"),
        order("20261111-0000003", "minji", "김가상", "15000", "2026-11-11 09:00:00"),
    ]
}

/// Rows as CSV (RFC 4180).
pub fn csv(rows: &[Vec<String>]) -> String {
    let quoted = |cell: &String| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.clone(),
    };
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

/// The text in the code page of Korean Windows.
pub fn cp949(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = EUC_KR.encode(text);
    assert!(!lossy, "the file must fit CP949");
    bytes.into_owned()
}
