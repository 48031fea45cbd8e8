//! Naver SmartStore (네이버 스마트스토어), order workbook: one row a product of an order, with its total after
//! discounts. The workbook is locked by a password and may begin with a notice. Phone numbers may be relay
//! numbers (안심번호), which are no contacts.

use super::{CANCELLED_KO, Extra, NO_ORDER_KO, Preset, StatusWords, UNDECIDED_KO};
use crate::plan::{DateOrder, Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::SmartStore,
    label_ko: "네이버 스마트스토어 주문",
    label_en: "Naver SmartStore orders",
    key_columns: &[
        "상품주문번호",
        "주문번호",
        "판매채널",
        "구매자명",
        "구매자ID",
        "수취인명",
        "주문상태",
        "결제일",
        "상품번호",
        "상품명",
        "수량",
        "상품별 총 주문금액",
        "구매자연락처",
    ],
    columns: &[
        (Field::Customer, &["구매자ID"]),
        (Field::Phone, &["구매자연락처"]),
        (Field::Name, &["구매자명"]),
        (Field::Order, &["주문번호"]),
        (Field::Line, &["상품주문번호"]),
        (Field::Date, &["결제일", "주문일시"]),
        (Field::Product, &["상품명"]),
        (Field::Quantity, &["수량"]),
        (Field::UnitPrice, &["상품가격"]),
        (Field::Amount, &["상품별 총 주문금액", "최종 상품별 총 주문금액"]),
        (Field::Status, &["주문상태"]),
        (Field::Channel, &["판매채널", "유입경로"]),
    ],
    extras: &[(Extra::OtherDate, &["주문일시"]), (Extra::StatusDetail, &["주문세부상태", "클레임상태"])],
    currency: Some("KRW"),
    date_order: Some(DateOrder::Ymd),
    utc: false,
    grouped: false,
    status: StatusWords {
        cancelled: CANCELLED_KO,
        undecided: UNDECIDED_KO,
        no_order: NO_ORDER_KO,
        refund: &[],
    },
};
