//! Cafe24 (카페24), order CSV. The shop chooses and reorders the columns; sums of the order stand on its first row
//! only. Lines carry goods after discounts and before shipping: together they make 총 결제금액 less 총 배송비 where
//! the file has both, else the prices less the coupon and grade discounts. 실제 환불금액 becomes one refund line of
//! the order, as far as lines marked as cancelled do not cover it.

use super::{CANCELLED_KO, Extra, NO_ORDER_KO, Preset, StatusWords, UNDECIDED_KO};
use crate::plan::{DateOrder, Field, Source};

pub(super) const PRESET: Preset = Preset {
    source: Source::Cafe24,
    label_ko: "카페24 주문",
    label_en: "Cafe24 orders",
    key_columns: &[
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
        "주문 상태",
    ],
    columns: &[
        (Field::Customer, &["주문자ID", "주문자 아이디"]),
        (Field::Email, &["주문자 이메일"]),
        (Field::Phone, &["주문자 휴대전화", "주문자 휴대폰", "주문자 전화번호"]),
        (Field::Name, &["주문자명"]),
        (Field::Order, &["주문번호"]),
        (Field::Line, &["품목별 주문번호"]),
        (Field::Date, &["결제일시(입금확인일)", "결제일시", "주문일시", "발주일"]),
        (Field::Product, &["주문상품명", "상품명", "주문상품명(옵션포함)"]),
        (Field::Quantity, &["수량"]),
        (Field::UnitPrice, &["옵션+판매가", "판매가"]),
        (Field::Refund, &["실제 환불금액"]),
        (Field::Status, &["주문 상태", "주문상태"]),
        (Field::Store, &["매장"]),
        (Field::Channel, &["쇼핑몰", "판매처"]),
    ],
    extras: &[
        (Extra::OtherDate, &["주문일시", "발주일"]),
        (Extra::StatusDetail, &["취소구분"]),
        (Extra::OrderPaid, &["총 결제금액(KRW)", "총 결제금액"]),
        (Extra::OrderShipping, &["총 배송비(KRW)", "총 배송비"]),
        (Extra::OrderDiscount, &["쿠폰 할인금액(최초)", "회원등급 추가할인금액"]),
    ],
    currency: Some("KRW"),
    date_order: Some(DateOrder::Ymd),
    utc: false,
    grouped: true,
    status: StatusWords {
        cancelled: CANCELLED_KO,
        undecided: UNDECIDED_KO,
        no_order: NO_ORDER_KO,
        refund: &[],
    },
};
