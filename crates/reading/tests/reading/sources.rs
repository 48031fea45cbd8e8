//! Each known source: recognised by its columns in any order, and read by its rules.

use reading::{Encoding, Field, NoticeCode, Source};

use crate::builders::{
    CAFE24_COLUMNS, Cafe24Item, Folder, cafe24, cafe24_items, cp949, csv, read, read_with,
};

const SHOPIFY: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Phone,Shipping Name,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID";
const STRIPE: &str = "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,Card ID";
const SQUARE: &str = "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID";
const SMARTSTORE: &str = "상품주문번호,주문번호,배송방법,택배사,송장번호,발송일,판매채널,구매자명,구매자ID,수취인명,주문상태,주문세부상태,결제위치,결제일,상품번호,상품명,상품종류,옵션정보,옵션관리코드,수량,옵션가격,상품가격,상품별 할인액,판매자 부담 할인액,상품별 총 주문금액,사은품,발주확인일,발송기한,발송처리일,배송비 형태,배송비 묶음번호,배송비 합계,판매자 상품코드,수취인연락처1,수취인연락처2,배송지(신: 통합배송지),구매자연락처,우편번호,배송메세지,결제수단,정산예정금액,유입경로,개인통관고유부호,주문일시";
const WOO: &str = "Date,Order #,Status,Customer,Product(s),Items sold,Coupon(s),N. Revenue";
const CDNOW: &str = "customer_id,date,number_of_cds,dollar_value";
const RETAIL: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

fn headers() -> Vec<(Source, Vec<&'static str>)> {
    let split = |text: &'static str| text.split(',').collect::<Vec<_>>();
    vec![
        (Source::Shopify, split(SHOPIFY)),
        (Source::Stripe, split(STRIPE)),
        (Source::Square, split(SQUARE)),
        (Source::SmartStore, split(SMARTSTORE)),
        (Source::WooCommerce, split(WOO)),
        (Source::Cdnow, split(CDNOW)),
        (Source::OnlineRetail, split(RETAIL)),
        (Source::Cafe24, CAFE24_COLUMNS.to_vec()),
    ]
}

/// A file of that header with one row of words.
fn only_header(columns: &[&str]) -> String {
    csv(&[columns.to_vec(), columns.iter().map(|_| "x").collect()])
}

fn recognised(bytes: &[u8]) -> Source {
    let folder = Folder::new();
    let probe = reading::probe(&folder.file("orders.csv", bytes), None).unwrap();
    probe.plan("KRW", "Asia/Seoul").source
}

#[test]
fn a_source_is_known_by_its_columns_in_any_order() {
    for (source, columns) in headers() {
        let mut turned = columns.clone();
        turned.reverse();
        let unknown: Vec<&str> = columns.iter().copied().chain(["my own column", "메모"]).collect();
        for columns in [&columns, &turned, &unknown] {
            let text = only_header(columns);
            let padded = text.replace("\r\n", " \r\n").replace(',', " , ").to_uppercase();
            assert_eq!(recognised(text.as_bytes()), source);
            assert_eq!(recognised(padded.as_bytes()), source);
            assert_eq!(recognised(format!("\u{feff}{text}").as_bytes()), source);
            assert_eq!(recognised(&cp949(&text)), source);
        }
    }
}

#[test]
fn a_source_is_known_with_any_three_columns_missing() {
    for (source, columns) in headers().into_iter().filter(|(_, columns)| columns.len() > 8) {
        for start in 0..columns.len() - 2 {
            let mut fewer = columns.clone();
            fewer.drain(start..start + 3);
            assert_eq!(
                recognised(only_header(&fewer).as_bytes()),
                source,
                "without {:?}",
                &columns[start..start + 3]
            );
        }
    }
}

#[test]
fn two_shared_names_do_not_make_a_source() {
    for header in ["customer_id,date,amount", "주문번호,주문상태,결제일,구매자명,상품명,수량,결제금액,연락처"]
    {
        assert_eq!(
            recognised(only_header(&header.split(',').collect::<Vec<_>>()).as_bytes()),
            Source::Generic
        );
    }
}

#[test]
fn an_order_sum_that_was_mapped_as_the_amount_counts_once() {
    let folder = Folder::new();
    let path = folder.file("a.csv", cafe24(&CAFE24_COLUMNS, &cafe24_items()));
    let probe = reading::probe(&path, None).unwrap();
    let mut plan = probe.plan("KRW", "Asia/Seoul");
    let paid = probe.columns.iter().position(|name| name == "총 결제금액(KRW)").unwrap();
    plan.mapping.insert(Field::Amount, paid);
    assert_eq!(read_with(&path, &plan, None).unwrap().amounts(), [27_500, 0, 0, 9_000]);
}

#[test]
fn unknown_columns_are_matched_by_the_words_people_use() {
    let folder = Folder::new();
    let path = folder.file(
        "pos.csv",
        "거래일시,고객명,연락처,메뉴,수량,결제금액,비고\n2026-11-22 15:05,박가상,01000001234,라떼,2잔,\"11,000원\",\n",
    );
    let (probe, read) = read(&path);
    let plan = probe.plan("KRW", "Asia/Seoul");
    assert_eq!(plan.source, Source::Generic);
    let record = &read.records[0];
    assert_eq!(record.amount_minor, 11_000);
    assert_eq!(record.quantity_milli, Some(2_000));
    assert_eq!(record.at.to_string(), "2026-11-22T06:05:00Z");
    assert_eq!(record.phone.as_deref(), Some("01000001234"));
    assert_eq!((record.name.as_deref(), record.product.as_deref()), (Some("박가상"), Some("라떼")));
    assert_eq!((record.order_no.as_deref(), record.currency.as_str()), (None, "KRW"));
}

#[test]
fn a_cafe24_order_has_one_total_in_every_encoding_and_column_order() {
    let folder = Folder::new();
    let items = cafe24_items();
    let text = cafe24(&CAFE24_COLUMNS, &items);
    let mut turned = CAFE24_COLUMNS;
    turned.reverse();
    let files = [
        (folder.file("a.csv", cp949(&text)), Encoding::Cp949),
        (folder.file("b.csv", format!("\u{feff}{text}")), Encoding::Utf8),
        (folder.file("c.csv", cafe24(&turned, &items)), Encoding::Utf8),
    ];
    let mut all = Vec::new();
    for (path, encoding) in files {
        let (probe, read) = read(&path);
        assert_eq!((probe.encoding, probe.guesses[0].source), (encoding, Source::Cafe24));
        assert!(read.faults.is_empty(), "{:?}", read.faults);
        // Goods of 28,500 less 1,000 of discounts (30,500 paid, 3,000 of it shipping), then 9,000.
        assert_eq!(read.amounts(), [11_000, 10_000, 6_500, 9_000]);
        let customers: Vec<_> =
            read.records.iter().map(|record| record.customer.as_deref().unwrap()).collect();
        assert_eq!(customers, ["minji", "minji", "minji", "haneul"]);
        assert_eq!(read.records[2].at.to_string(), "2026-11-01T01:20:30Z");
        assert_eq!(read.records[2].line_id.as_deref(), Some("20261101-0000012-03"));
        assert_eq!(read.records[3].product.as_deref(), Some("드리퍼, \"중\""));
        all.push(read.records.iter().map(|record| record.mapped_hash()).collect::<Vec<_>>());
    }
    assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_cafe24_cancellation_takes_back_its_line_and_a_refund_only_what_is_left() {
    let folder = Folder::new();
    let mut items = cafe24_items();
    items[1].claim = "취소";
    items[1].status = "취소완료";
    items[0].refunded = "12000";
    items[2].status = "반품신청";
    let (_, read) = read(&folder.file("a.csv", cafe24(&CAFE24_COLUMNS, &items)));
    assert_eq!(read.amounts(), [11_000, 10_000, -10_000, 6_500, -2_000, 9_000]);
    assert_eq!(read.records[2].line_id.as_deref(), Some("20261101-0000012-02/refund"));
    assert_eq!(read.records[4].line_id.as_deref(), Some("refund"));
    assert!(read.records[4].is_derived_refund);
}

#[test]
fn an_unpaid_order_is_no_order() {
    let folder = Folder::new();
    let unpaid = Cafe24Item { status: "입금전", ..cafe24_items()[0].clone() };
    let (_, read) = read(&folder.file("a.csv", cafe24(&CAFE24_COLUMNS, &[unpaid])));
    assert_eq!(read.codes(), [(2, "not_an_order")]);
    assert!(read.records.is_empty());
}

/// Rows of a Shopify export from pairs of column and cell.
fn shopify(rows: &[&[(&'static str, &'static str)]]) -> String {
    let columns: Vec<&str> = SHOPIFY.split(',').collect();
    let mut lines = vec![columns.clone()];
    for row in rows {
        lines.push(
            columns
                .iter()
                .map(|column| row.iter().find(|(name, _)| name == column).map_or("", |(_, cell)| *cell))
                .collect(),
        );
    }
    csv(&lines)
}

const SHOPIFY_FIRST: &[(&str, &str)] = &[
    ("Name", "#1001"),
    ("Email", "a@example.com"),
    ("Financial Status", "paid"),
    ("Currency", "USD"),
    ("Subtotal", "45.00"),
    ("Shipping", "5.00"),
    ("Total", "50.00"),
    ("Discount Amount", "5.00"),
    ("Created at", "2012-01-01 11:13:25 -0500"),
    ("Lineitem quantity", "2"),
    ("Lineitem name", "Mug"),
    ("Lineitem price", "10.00"),
    ("Lineitem sku", "MUG"),
];

#[test]
fn a_shopify_order_carries_its_cells_down_and_sums_to_its_subtotal() {
    let second = [
        ("Name", "#1001"),
        ("Lineitem quantity", "1"),
        ("Lineitem name", "Bag"),
        ("Lineitem price", "20"),
        ("Lineitem sku", "BAG"),
    ];
    let third = [
        ("Name", "#1001"),
        ("Lineitem quantity", "1"),
        ("Lineitem name", "Mug red"),
        ("Lineitem price", "10"),
        ("Lineitem sku", "MUG"),
    ];
    let folder = Folder::new();
    let (_, read) = read(&folder.file("a.csv", shopify(&[SHOPIFY_FIRST, &second, &third])));
    assert_eq!(read.amounts(), [1_500, 2_000, 1_000]);
    assert!(read.records.iter().all(|record| record.email.as_deref() == Some("a@example.com")));
    assert!(read.records.iter().all(|record| record.currency.as_str() == "USD"));
    assert_eq!(read.records[1].at.to_string(), "2012-01-01T16:13:25Z");
    let lines: Vec<_> = read.records.iter().map(|record| record.line_id.as_deref().unwrap()).collect();
    assert_eq!(lines, ["MUG", "BAG", "MUG#2"]);
}

#[test]
fn a_shopify_refund_is_one_line_and_a_cancelled_order_is_wholly_taken_back() {
    let folder = Folder::new();
    let with = |extra: &[(&'static str, &'static str)]| {
        let rest = SHOPIFY_FIRST.iter().filter(|(name, _)| extra.iter().all(|(column, _)| column != name));
        rest.chain(extra).copied().collect::<Vec<_>>()
    };
    let refunded = with(&[
        ("Subtotal", "20.00"),
        ("Refunded Amount", "7.50"),
        ("Financial Status", "partially_refunded"),
    ]);
    let cancelled =
        with(&[("Name", "#1002"), ("Subtotal", "20.00"), ("Cancelled at", "2012-01-03 09:00:00 -0500")]);
    let coupon = with(&[("Name", "#1003"), ("Subtotal", "0.00"), ("Discount Amount", "99.00")]);
    let too_much = with(&[("Name", "#1004"), ("Subtotal", "20.00"), ("Refunded Amount", "25.00")]);
    let (_, read) = read(&folder.file("a.csv", shopify(&[&refunded, &cancelled, &coupon, &too_much])));
    assert_eq!(read.amounts(), [2_000, -750, 2_000, -2_000, 0, 2_000, -2_000]);
    assert_eq!(read.records[3].at.to_string(), "2012-01-03T14:00:00Z");
}

#[test]
fn stripe_amounts_keep_their_currency_and_failed_payments_are_set_aside() {
    let folder = Folder::new();
    let row = |cells: [&'static str; 6]| {
        let [id, amount, refunded, currency, status, customer] = cells;
        format!(
            "{id},Plan,,2026-11-22 23:30,{amount},{refunded},{currency},,,,,,,{status},,{customer},,,true,\n"
        )
    };
    let text = format!(
        "{STRIPE}\n{}{}{}",
        row(["ch_1", "12000", "0", "krw", "Paid", "cus_1"]),
        row(["ch_2", "12.00", "2.00", "usd", "Paid", "cus_2"]),
        row(["ch_3", "12.00", "0", "usd", "Failed", "cus_2"]),
    );
    let (_, read) = read(&folder.file("a.csv", text));
    let amounts: Vec<_> = read
        .records
        .iter()
        .map(|record| (record.currency.as_str().to_owned(), record.amount_minor))
        .collect();
    assert_eq!(amounts, [("KRW".into(), 12_000), ("USD".into(), 1_200), ("USD".into(), -200)]);
    assert_eq!(read.codes(), [(4, "not_an_order")]);
    assert_eq!(read.records[0].at.to_string(), "2026-11-22T23:30:00Z");
}

#[test]
fn a_square_refund_is_negative() {
    let folder = Folder::new();
    let row = |kind: &str, net: &str| {
        format!(
            "11/22/26,15:05:00,Seoul,Coffee,Latte,1,,,,{net},$0.00,{net},$0.00,T1,P1,,,,{kind},Main,For Here,C1,Kim,\n"
        )
    };
    let text = format!(
        "{SQUARE}\n{}{}{}",
        row("Payment", "$8.00"),
        row("Refund", "-$8.00"),
        row("Refund", "($3.00)")
    );
    let path = folder.file("a.csv", text);
    let plan = reading::probe(&path, None).unwrap().plan("USD", "Asia/Seoul");
    let read = read_with(&path, &plan, None).unwrap();
    assert_eq!(read.amounts(), [800, -800, -300]);
    assert_eq!(read.records[0].at.to_string(), "2026-11-22T06:05:00Z");
    assert_eq!(
        (read.records[0].store.as_deref(), read.records[0].category.as_deref()),
        (Some("Main"), Some("Coffee"))
    );
}

#[test]
fn a_woocommerce_order_is_one_row() {
    let folder = Folder::new();
    let text = format!(
        "{WOO}\n2026-11-22 15:05:00,1001,completed,Kim,2× Mug,2,,\"12,000\"\n2026-11-23 10:00:00,1002,refunded,Lee,Bag,1,,5000\n2026-11-23 10:00:00,1003,failed,Lee,Bag,1,,5000\n"
    );
    let (_, read) = read(&folder.file("a.csv", text));
    assert_eq!(read.amounts(), [12_000, 5_000, -5_000]);
    assert_eq!(read.codes(), [(4, "not_an_order")]);
}

#[test]
fn a_changed_status_changes_neither_the_key_nor_the_sale() {
    let folder = Folder::new();
    let file = |name: &str, status: &str| {
        folder.file(name, format!("날짜,고객번호,금액,상태\n2026-11-22,7,5000,{status}\n"))
    };
    let (_, before) = read(&file("a.csv", "완료"));
    let (_, after) = read(&file("b.csv", "취소"));
    assert_eq!(before.amounts(), [5_000]);
    assert_eq!(after.amounts(), [5_000, -5_000]);
    assert_eq!(before.records[0].mapped_hash(), after.records[0].mapped_hash());
    assert_ne!(after.records[0].mapped_hash(), after.records[1].mapped_hash());
}

#[test]
fn resident_numbers_and_forbidden_columns_never_come_out() {
    let folder = Folder::new();
    let path = folder.file(
        "a.csv",
        "날짜,고객명,연락처,금액,메모,주민등록번호\n2026-11-22,김가상,01000001234,5000,\"본인확인 900101-1234567, 완료\",880808-2345678\n",
    );
    let (probe, read) = read(&path);
    let shown = format!("{probe:?} {read:?}");
    for number in ["900101-1234567", "1234567", "880808", "2345678"] {
        assert!(!shown.contains(number), "{number} in {shown}");
    }
    let notices: Vec<_> = read.notices.iter().map(|notice| (notice.line, notice.code)).collect();
    assert_eq!(notices, [(1, NoticeCode::ForbiddenColumn), (2, NoticeCode::ResidentNumber)]);
    assert_eq!(read.notices[1].columns, ["메모"]);
    assert!(read.records[0].raw.contains("본인확인 [삭제됨], 완료"));
}

#[test]
fn a_file_without_a_header_is_mapped_by_hand() {
    let folder = Folder::new();
    let path = folder.file("log.txt", " 00004 19970101  2   29.33\r\n 00021 19970118  2   29.73\r\n");
    let probe = reading::probe(&path, None).unwrap();
    assert_eq!(
        (probe.header_line, probe.columns.clone()),
        (None, ["1", "2", "3", "4"].map(String::from).to_vec())
    );
    let mut plan = probe.plan("USD", "America/New_York");
    plan.mapping = reading::parse_mapping("customer=1,date=2,amount=4", &probe.columns).unwrap();
    assert_eq!(plan.mapping[&Field::Amount], 3);
    let read = read_with(&path, &plan, None).unwrap();
    assert_eq!(read.amounts(), [2_933, 2_973]);
    assert_eq!(read.records[0].customer.as_deref(), Some("00004"));
    assert!(read.records[0].day_only);
}

/// The headers of lists of customers, as far as they are known.
const LISTS: [(Source, &str); 5] = [
    (
        Source::ShopifyCustomers,
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,\
         Default Address City,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,\
         Note,Tax Exempt,Tags",
    ),
    (
        Source::Cafe24Customers,
        "아이디,이름,회원등급,휴대폰번호,이메일,생년월일,SMS 수신여부,이메일 수신여부,가입일,우편번호,주소",
    ),
    (
        Source::WooCommerceCustomers,
        "Name,Username,Last active,Date registered,Email,Orders,Total spend,AOV,Country / Region,City,Region,Postal Code",
    ),
    (
        Source::SquareCustomers,
        "Reference ID,First Name,Last Name,Email Address,Phone Number,Nickname,Company Name,Street Address 1,City,State,\
         Postal Code,Birthday,Memo,Square Customer ID,Creation Source,First Visit,Last Visit,Transaction Count,Lifetime Spend,\
         Email Subscription Status",
    ),
    (Source::Customers, "이름,휴대폰,이메일,생년월일,성별,수신동의,가입일,메모"),
];

#[test]
fn a_list_of_customers_is_known_in_any_order_with_columns_missing_and_with_others() {
    for (source, header) in LISTS {
        let columns: Vec<&str> = header.split(',').collect();
        let row = |columns: &[&str]| columns.join(",") + "\n" + &vec!["x"; columns.len()].join(",") + "\n";
        assert_eq!(recognised(row(&columns).as_bytes()), source);
        let mut turned = columns.clone();
        turned.reverse();
        assert_eq!(recognised(row(&turned).as_bytes()), source, "in another order");
        let mut more = columns.clone();
        more.extend(["비밀 메모장", "x-custom"]);
        assert_eq!(recognised(row(&more).as_bytes()), source, "with unknown columns");
        assert_eq!(recognised(format!("\u{feff}{}", row(&columns)).as_bytes()), source, "with a mark");
        let korean = cp949(&row(&columns));
        assert_eq!(recognised(&korean), source, "in CP949");
    }
}

#[test]
fn a_customer_is_read_with_everything_that_the_file_says_and_without_what_may_not_be_kept() {
    let folder = Folder::new();
    let file = "이름,휴대폰,이메일,생년월일,성별,수신동의,메모,주민등록번호\n\
                홍길동,010-1111-2222,gil@example.com,1990-02-10,남,Y,900101-1234567 확인,900101-1234567\n\
                김하나,,,,,,이름뿐,\n";
    let (_, read) = read(&folder.file("list.csv", file));
    assert_eq!(read.codes(), [(3, "nobody_named")]);
    let customer = &read.customers[0];
    assert_eq!((customer.line, customer.name.as_deref()), (2, Some("홍길동")));
    assert_eq!(customer.birthday.map(|day| (day.year, day.month, day.day)), Some((Some(1990), 2, 10)));
    let said: Vec<_> =
        customer.consents.iter().map(|said| (said.channel, said.yes, said.word.as_str())).collect();
    assert_eq!(said, [(reading::Channel::Email, true, "Y"), (reading::Channel::Sms, true, "Y")]);
    assert_eq!(customer.note.as_deref(), Some("[삭제됨] 확인"));
    assert!(!customer.raw.contains("1234567"), "{}", customer.raw);
    assert!(read.notices.iter().any(|notice| notice.code.as_str() == "resident_number"));
    assert_eq!(read.records, [], "no orders");
}

#[test]
fn a_row_away_from_its_order_is_set_aside() {
    let folder = Folder::new();
    let file = "Name,Email,Financial Status,Paid at,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,\
                Lineitem price,Lineitem sku\n\
                #1,a@x.com,paid,2026-01-02 10:00:00 +0000,USD,10.00,10.00,2026-01-02 10:00:00 +0000,1,Tea,5.00,T\n\
                #2,b@x.com,paid,2026-01-02 10:00:00 +0000,USD,10.00,10.00,2026-01-02 10:00:00 +0000,1,Pot,10.00,P\n\
                #1,,,,,,,2026-01-02 10:00:00 +0000,1,Cup,5.00,C\n";
    let (_, read) = read(&folder.file("orders.csv", file));
    assert_eq!(read.codes(), [(4, "order_torn_apart")]);
    assert_eq!(read.amounts(), [500, 1_000]);
}

#[test]
fn columns_of_which_an_address_alone_is_known_are_no_list_of_customers() {
    let folder = Folder::new();
    let orders =
        folder.file("orders.csv", "Bestellnummer;Datum;Betrag;E-Mail\n1;05.01.2024;1.234,56;a@x.de\n");
    let probe = reading::probe(&orders, None).unwrap();
    assert_eq!(probe.guesses[0].source, Source::Generic);
    let list = folder.file("list.csv", "E-Mail\na@x.de\nb@x.de\n");
    assert_eq!(reading::probe(&list, None).unwrap().guesses[0].source, Source::Customers);
}

#[test]
fn a_refund_has_the_hash_that_its_sale_foretells() {
    let folder = Folder::new();
    let file = "order,date,amount,email,status\n1,2026-10-01,1000,a@x.com,cancelled\n";
    let (_, read) = read(&folder.file("orders.csv", file));
    let [sale, refund] = &read.records[..] else { panic!("{:?}", read.records) };
    assert!(refund.is_derived_refund && refund.mapped_hash() != sale.mapped_hash());
    assert_eq!(refund.mapped_hash(), sale.refund_hash());
}
