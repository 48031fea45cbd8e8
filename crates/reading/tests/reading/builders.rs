//! Files made for tests. Nobody in them exists.

use std::path::{Path, PathBuf};

use encoding_rs::EUC_KR;
use reading::{Customer, FileFault, Item, Notice, Plan, Probe, Record, Records, RowFault};
use tempfile::TempDir;

/// A folder that goes away with the test.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

/// Everything that came out of a file.
#[derive(Debug, Default)]
pub struct Read {
    pub records: Vec<Record>,
    pub customers: Vec<Customer>,
    pub faults: Vec<RowFault>,
    pub notices: Vec<Notice>,
}

impl Read {
    pub fn total(&self) -> i64 {
        self.records.iter().map(|record| record.amount_minor).sum()
    }

    pub fn amounts(&self) -> Vec<i64> {
        self.records.iter().map(|record| record.amount_minor).collect()
    }

    pub fn codes(&self) -> Vec<(u64, &'static str)> {
        self.faults.iter().map(|fault| (fault.line, fault.code.as_str())).collect()
    }
}

pub fn read_with(path: &Path, plan: &Plan, password: Option<&str>) -> Result<Read, FileFault> {
    let mut read = Read::default();
    for item in Records::open(path, plan, password)? {
        match item? {
            Item::Record(record) => read.records.push(*record),
            Item::Customer(customer) => read.customers.push(*customer),
            Item::Fault(fault) => read.faults.push(fault),
            Item::Notice(notice) => read.notices.push(notice),
        }
    }
    Ok(read)
}

/// Probes a file and reads it by the plan that suggests.
pub fn read(path: &Path) -> (Probe, Read) {
    let probe = reading::probe(path, None).unwrap();
    let plan = probe.plan("KRW", "Asia/Seoul");
    let read = read_with(path, &plan, None).unwrap();
    (probe, read)
}

pub fn csv(rows: &[Vec<&str>]) -> String {
    let quoted = |cell: &&str| {
        if cell.contains([',', '"', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            (*cell).into()
        }
    };
    rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<String>>().join(",") + "\r\n").collect()
}

/// The columns a Cafe24 shop exports when it changes nothing.
pub const CAFE24_COLUMNS: [&str; 38] = [
    "주문번호",
    "품목별 주문번호",
    "주문상품명",
    "주문상품명(옵션포함)",
    "수량",
    "판매가",
    "옵션+판매가",
    "상품번호",
    "자체 상품코드",
    "주문자명",
    "주문자 휴대전화",
    "주문자 이메일",
    "주문자ID",
    "수령인",
    "수령인 휴대전화",
    "수령인 주소(전체)",
    "수령인 우편번호",
    "배송메시지",
    "결제구분",
    "결제수단",
    "결제일시(입금확인일)",
    "총 주문금액",
    "총 결제금액(KRW)",
    "상품구매금액(KRW)",
    "총 배송비(KRW)",
    "쿠폰 할인금액(최초)",
    "사용한 적립금액(최종)",
    "실제 환불금액",
    "회원등급 추가할인금액",
    "주문 상태",
    "취소구분",
    "쇼핑몰",
    "배송번호",
    "운송장번호",
    "배송완료일",
    "메모1",
    "메모2",
    "메모3",
];

/// One item of a Cafe24 order; order-level cells only where `first` holds them.
#[derive(Clone, Default)]
pub struct Cafe24Item<'a> {
    pub order: &'a str,
    pub item: &'a str,
    pub product: &'a str,
    pub quantity: &'a str,
    pub price: &'a str,
    pub status: &'a str,
    pub claim: &'a str,
    pub refunded: &'a str,
    pub first: Option<Cafe24Order<'a>>,
}

/// What stands on an order's first row only.
#[derive(Clone, Default)]
pub struct Cafe24Order<'a> {
    pub customer: &'a str,
    pub name: &'a str,
    pub phone: &'a str,
    pub email: &'a str,
    pub paid_at: &'a str,
    pub paid: &'a str,
    pub shipping: &'a str,
}

impl<'a> Cafe24Item<'a> {
    pub fn cell(&self, column: &str) -> &'a str {
        let order = self.first.clone().unwrap_or_default();
        match column {
            "주문번호" => self.order,
            "품목별 주문번호" => self.item,
            "주문상품명" => self.product,
            "수량" => self.quantity,
            "판매가" | "옵션+판매가" => self.price,
            "주문 상태" => self.status,
            "취소구분" => self.claim,
            "실제 환불금액" => self.refunded,
            "주문자ID" => order.customer,
            "주문자명" => order.name,
            "주문자 휴대전화" => order.phone,
            "주문자 이메일" => order.email,
            "결제일시(입금확인일)" => order.paid_at,
            "총 결제금액(KRW)" => order.paid,
            "총 배송비(KRW)" => order.shipping,
            _ => "",
        }
    }
}

/// A Cafe24 export with these columns, in this order.
pub fn cafe24(columns: &[&str], items: &[Cafe24Item<'_>]) -> String {
    let mut rows = vec![columns.to_vec()];
    rows.extend(items.iter().map(|item| columns.iter().map(|column| item.cell(column)).collect()));
    csv(&rows)
}

/// An order of three items, then one of a single item.
pub fn cafe24_items() -> Vec<Cafe24Item<'static>> {
    let order = Cafe24Order {
        customer: "minji",
        name: "김가상",
        phone: "010-0000-1234",
        email: "minji@example.com",
        paid_at: "2026-11-01 10:20:30",
        paid: "30500",
        shipping: "3000",
    };
    let item = |order, item, product, quantity, price, first| Cafe24Item {
        order,
        item,
        product,
        quantity,
        price,
        first,
        status: "배송완료",
        ..Default::default()
    };
    vec![
        item(
            "20261101-0000012",
            "20261101-0000012-01",
            "에티오피아 원두",
            "1",
            "12000.00",
            Some(order.clone()),
        ),
        item("20261101-0000012", "20261101-0000012-02", "케냐 원두", "2", "5,000", None),
        item("20261101-0000012", "20261101-0000012-03", "필터", "1", "6500", None),
        item(
            "20261102-0000001",
            "20261102-0000001-01",
            "드리퍼, \"중\"",
            "1",
            "9000",
            Some(Cafe24Order { customer: "haneul", name: "이가상", paid: "9000", shipping: "0", ..order }),
        ),
    ]
}

pub fn cp949(text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = EUC_KR.encode(text);
    assert!(!lossy, "the fixture must fit CP949");
    bytes.into_owned()
}
