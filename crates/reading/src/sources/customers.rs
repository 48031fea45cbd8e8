//! Lists of customers: those of the shops whose orders are known, and any other by the words people use.
//!
//! The columns of Shopify are documented; those of Cafe24, WooCommerce, Square and Stripe come from single samples: they are
//! scored, not assumed, and every column can be chosen by hand.

use super::{Preset, StatusWords};
use crate::plan::{Field, Source};

const NO_STATUS: StatusWords = StatusWords { cancelled: &[], undecided: &[], no_order: &[], refund: &[] };

/// A list of customers has nothing but columns.
const BLANK: Preset = Preset {
    source: Source::Customers,
    label_ko: "고객 명단",
    label_en: "List of customers",
    key_columns: &[],
    columns: &[],
    extras: &[],
    currency: None,
    date_order: None,
    utc: false,
    grouped: false,
    status: NO_STATUS,
};

pub(super) const SHOPIFY: Preset = Preset {
    source: Source::ShopifyCustomers,
    label_ko: "쇼피파이 고객",
    label_en: "Shopify customers",
    key_columns: &[
        "First Name",
        "Last Name",
        "Email",
        "Accepts Email Marketing",
        "Accepts SMS Marketing",
        "Total Spent",
        "Total Orders",
        "Note",
        "Tax Exempt",
        "Tags",
    ],
    columns: &[
        (Field::Customer, &["Customer ID"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::OtherPhone, &["Default Address Phone"]),
        (Field::GivenName, &["First Name"]),
        (Field::FamilyName, &["Last Name"]),
        (Field::PostalCode, &["Zip", "Default Address Zip"]),
        (Field::Region, &["Province", "Default Address Province Code"]),
        (Field::City, &["City", "Default Address City"]),
        (Field::Address, &["Address1", "Default Address Address1"]),
        (Field::AddressDetail, &["Address2", "Default Address Address2"]),
        (Field::Tags, &["Tags"]),
        (Field::Note, &["Note"]),
        (Field::ConsentEmail, &["Accepts Email Marketing", "Accepts Marketing"]),
        (Field::ConsentSms, &["Accepts SMS Marketing"]),
    ],
    ..BLANK
};

pub(super) const CAFE24: Preset = Preset {
    source: Source::Cafe24Customers,
    label_ko: "카페24 회원",
    label_en: "Cafe24 members",
    key_columns: &["아이디", "이름", "회원등급", "휴대폰번호", "이메일", "SMS 수신여부", "가입일"],
    columns: &[
        (Field::Customer, &["아이디", "회원아이디", "회원 아이디"]),
        (Field::Email, &["이메일", "메일"]),
        (Field::Phone, &["휴대폰번호", "휴대전화", "휴대폰"]),
        (Field::OtherPhone, &["일반전화", "전화번호"]),
        (Field::Name, &["이름", "회원명"]),
        (Field::Birthday, &["생년월일", "생일"]),
        (Field::PostalCode, &["우편번호"]),
        (Field::Address, &["주소", "주소1", "기본주소"]),
        (Field::AddressDetail, &["상세주소", "주소2"]),
        (Field::Grade, &["회원등급"]),
        (Field::Note, &["회원메모", "메모"]),
        (Field::ConsentEmail, &["이메일 수신여부", "메일 수신여부", "뉴스메일"]),
        (Field::ConsentSms, &["SMS 수신여부", "SMS"]),
    ],
    ..BLANK
};

pub(super) const WOOCOMMERCE: Preset = Preset {
    source: Source::WooCommerceCustomers,
    label_ko: "우커머스 고객",
    label_en: "WooCommerce customers",
    key_columns: &[
        "Name",
        "Username",
        "Last active",
        "Date registered",
        "Email",
        "Orders",
        "Total spend",
        "AOV",
    ],
    columns: &[
        (Field::Customer, &["ID", "Customer ID", "Username"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone", "Billing Phone"]),
        (Field::Name, &["Name"]),
        (Field::PostalCode, &["Postal Code"]),
        (Field::Region, &["Region"]),
        (Field::City, &["City"]),
    ],
    ..BLANK
};

pub(super) const SQUARE: Preset = Preset {
    source: Source::SquareCustomers,
    label_ko: "Square 고객",
    label_en: "Square customers",
    key_columns: &[
        "Reference ID",
        "First Name",
        "Last Name",
        "Email Address",
        "Phone Number",
        "Square Customer ID",
        "Creation Source",
        "Transaction Count",
        "Lifetime Spend",
        "Email Subscription Status",
    ],
    columns: &[
        (Field::Customer, &["Square Customer ID"]),
        (Field::Email, &["Email Address"]),
        (Field::Phone, &["Phone Number"]),
        (Field::GivenName, &["First Name"]),
        (Field::FamilyName, &["Last Name"]),
        (Field::Birthday, &["Birthday"]),
        (Field::PostalCode, &["Postal Code"]),
        (Field::Region, &["State"]),
        (Field::City, &["City"]),
        (Field::Address, &["Street Address 1"]),
        (Field::AddressDetail, &["Street Address 2"]),
        (Field::Note, &["Memo"]),
        (Field::ConsentEmail, &["Email Subscription Status"]),
    ],
    ..BLANK
};

pub(super) const STRIPE: Preset = Preset {
    source: Source::StripeCustomers,
    label_ko: "Stripe 고객",
    label_en: "Stripe customers",
    key_columns: &[
        "id",
        "Description",
        "Email",
        "Name",
        "Created (UTC)",
        "Delinquent",
        "Total Spend",
        "Payment Count",
    ],
    columns: &[
        (Field::Customer, &["id"]),
        (Field::Email, &["Email"]),
        (Field::Phone, &["Phone"]),
        (Field::Name, &["Name"]),
        (Field::PostalCode, &["Address Postal Code", "Card Address Zip"]),
        (Field::City, &["Address City", "Card Address City"]),
        (Field::Address, &["Address Line1", "Card Address Line1"]),
        (Field::Note, &["Description"]),
    ],
    ..BLANK
};

pub(super) const GENERIC: Preset = Preset {
    columns: &[
        (
            Field::Customer,
            &[
                "고객번호",
                "고객ID",
                "고객 ID",
                "고객코드",
                "회원번호",
                "회원ID",
                "회원아이디",
                "멤버십번호",
                "아이디",
                "customer_id",
                "customer id",
                "customerid",
                "member_id",
                "member id",
                "member number",
                "user_id",
                "user id",
                "id",
            ],
        ),
        (
            Field::Email,
            &["이메일", "이메일주소", "이메일 주소", "메일", "e-mail", "email", "email address", "mail"],
        ),
        (
            Field::Phone,
            &[
                "휴대폰",
                "휴대폰번호",
                "휴대폰 번호",
                "휴대전화",
                "휴대전화번호",
                "핸드폰",
                "핸드폰번호",
                "연락처",
                "전화번호",
                "전화",
                "mobile",
                "mobile phone",
                "cell",
                "phone",
                "phone number",
                "phone_number",
                "tel",
                "telephone",
            ],
        ),
        (
            Field::OtherPhone,
            &[
                "연락처2",
                "전화번호",
                "집전화",
                "일반전화",
                "전화번호2",
                "other phone",
                "phone 2",
                "home phone",
                "work phone",
            ],
        ),
        (
            Field::Name,
            &[
                "이름",
                "성명",
                "고객명",
                "고객이름",
                "고객 이름",
                "회원명",
                "회원 이름",
                "성함",
                "name",
                "full name",
                "customer name",
                "customer_name",
            ],
        ),
        (Field::GivenName, &["first name", "first_name", "firstname", "given name"]),
        (Field::FamilyName, &["성", "last name", "last_name", "lastname", "family name", "surname"]),
        (
            Field::Birthday,
            &["생년월일", "생일", "birthday", "birth date", "birthdate", "date of birth", "dob"],
        ),
        (Field::PostalCode, &["우편번호", "postal code", "postcode", "zip", "zip code"]),
        (Field::Region, &["시도", "province", "state", "region"]),
        (Field::City, &["시군구", "city", "town"]),
        (
            Field::Address,
            &[
                "주소",
                "도로명주소",
                "기본주소",
                "주소1",
                "address",
                "address1",
                "address 1",
                "street",
                "street address",
            ],
        ),
        (Field::AddressDetail, &["상세주소", "주소2", "나머지주소", "address2", "address 2"]),
        (Field::Tags, &["태그", "분류", "그룹", "tags", "tag", "labels", "groups"]),
        (Field::Grade, &["등급", "회원등급", "고객등급", "grade", "tier", "level"]),
        (
            Field::Note,
            &["메모", "비고", "특이사항", "고객메모", "note", "notes", "memo", "comment", "remarks"],
        ),
        (
            Field::Consent,
            &[
                "수신동의",
                "마케팅수신동의",
                "마케팅 수신동의",
                "마케팅 수신 동의",
                "광고수신동의",
                "광고 수신 동의",
                "마케팅동의",
                "accepts marketing",
                "marketing consent",
                "opt-in",
                "newsletter",
            ],
        ),
        (
            Field::ConsentEmail,
            &[
                "이메일수신동의",
                "이메일 수신동의",
                "이메일 수신여부",
                "메일수신",
                "accepts email marketing",
                "email opt-in",
                "email consent",
            ],
        ),
        (
            Field::ConsentSms,
            &[
                "문자수신동의",
                "SMS수신동의",
                "SMS 수신동의",
                "SMS 수신여부",
                "문자 수신여부",
                "accepts sms marketing",
                "sms opt-in",
                "sms consent",
            ],
        ),
    ],
    ..BLANK
};
