//! What is wrong with a file is said at once; what is wrong with a row costs that row.

use std::io::Write;

use flate2::write::GzEncoder;
use proptest::prelude::*;
use reading::{DateOrder, Delimiter, Encoding, FileFaultCode, Records};

use crate::builders::{Folder, cp949, read, read_with};

fn probe_code(bytes: impl AsRef<[u8]>) -> FileFaultCode {
    let folder = Folder::new();
    reading::probe(&folder.file("file", bytes), None).unwrap_err().code
}

#[test]
fn a_file_that_cannot_be_read_is_refused_with_what_to_do() {
    assert_eq!(probe_code(""), FileFaultCode::Empty);
    assert_eq!(probe_code("\n\n  \n"), FileFaultCode::Empty);
    assert_eq!(probe_code(b"%PDF-1.7"), FileFaultCode::Unsupported);
    assert_eq!(probe_code([0, 1, 0, 0, 7, 0, 0, 0, 3]), FileFaultCode::Unsupported);
    assert_eq!(probe_code("<html><table><tr><td>주문번호</td></tr></table>"), FileFaultCode::Html);
    assert_eq!(probe_code([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), FileFaultCode::OldExcel);
    assert_eq!(probe_code("date, Amount,AMOUNT \n2026-11-22,1,2\n"), FileFaultCode::DuplicateHeader);
}

#[test]
fn two_columns_of_one_name_are_named_with_their_line() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "매장 판매 내역\n날짜,금액,고객,금액 \n2026-11-22,1,2,3\n");
    let fault = reading::probe(&path, None).unwrap_err();
    assert_eq!(fault.line, Some(2));
    assert_eq!(fault.to_string(), "line 2: several columns are named 금액: rename all but one");
}

#[test]
fn the_wrong_encoding_is_refused_before_any_record() {
    let folder = Folder::new();
    let path = folder.file("a.csv", cp949("날짜,금액\n2026-11-22,5000\n"));
    let mut plan = reading::probe(&path, None).unwrap().plan("KRW", "Asia/Seoul");
    assert_eq!(plan.encoding, Encoding::Cp949);
    plan.encoding = Encoding::Utf8;
    let fault = Records::open(&path, &plan, None).err().unwrap();
    assert_eq!((fault.code, fault.line), (FileFaultCode::Encoding, Some(1)));
}

#[test]
fn a_plan_that_does_not_fit_is_refused() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "날짜,금액\n2026-11-22,5000\n");
    let plan = reading::probe(&path, None).unwrap().plan("KRW", "Asia/Seoul");
    for change in [
        |plan: &mut reading::Plan| plan.mapping.clear(),
        |plan: &mut reading::Plan| plan.zone = "Mars".into(),
        |plan: &mut reading::Plan| *plan.mapping.values_mut().next().unwrap() = 9,
    ] {
        let mut plan = plan.clone();
        change(&mut plan);
        assert_eq!(Records::open(&path, &plan, None).err().unwrap().code, FileFaultCode::Plan);
    }
}

#[test]
fn a_bad_row_is_set_aside_with_its_line_and_reason() {
    let folder = Folder::new();
    let mut bytes = "date,customer,amount,currency\n".as_bytes().to_vec();
    for row in [
        "2026-11-22,1,5000,KRW",
        "2026-11-22,1,5000",
        "2026-11-22,1,5000,KRW,more",
        "2026-11-22,1,5000,KRW,,",
        ",1,5000,",
        "yesterday,1,5000,",
        "1969-12-31,1,5000,",
        "2026-11-22,1,,",
        "2026-11-22,1,five,",
        "2026-11-22,1,99999999999999999,",
        "2026-11-22,1,5000,won?",
        "2026-11-22,1,\"5,000\",\n",
        ",,,",
        "2026-11-22,\"1\n2\",5000,KRW",
        "03/04/2026,1,5000,KRW",
    ] {
        bytes.extend_from_slice(row.as_bytes());
        bytes.push(b'\n');
    }
    bytes.extend_from_slice(
        b"2026-11-22,\x00,5000,KRW\n2026-11-22,\xff\xfe,5000,KRW\n2026-11-22,2,7000,KRW\n",
    );
    bytes.extend_from_slice(b"2026-11-22,\"3,7000,KRW\n2026-11-22,4,7000,KRW\n");
    let path = folder.file("a.csv", &bytes);
    let mut plan = reading::probe(&path, None).unwrap().plan("KRW", "Asia/Seoul");
    plan.encoding = Encoding::Utf8;
    plan.date_order = None;
    let read = read_with(&path, &plan, None).unwrap();
    assert_eq!(
        read.codes(),
        [
            (3, "ragged"),
            (4, "ragged"),
            (6, "date_missing"),
            (7, "date_unreadable"),
            (8, "date_out_of_range"),
            (9, "amount_missing"),
            (10, "amount_unreadable"),
            (11, "amount_out_of_range"),
            (12, "currency_unreadable"),
            (18, "date_ambiguous"),
            (19, "nul_byte"),
            (20, "bad_text"),
            (22, "unclosed_quote"),
        ]
    );
    let lines: Vec<_> = read.records.iter().map(|record| record.line).collect();
    assert_eq!(lines, [2, 5, 13, 16, 21, 23]);
    assert_eq!(read.faults[0].raw, "2026-11-22,1,5000");
}

#[test]
fn the_order_of_day_and_month_follows_the_file() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "date,customer,amount\n03/04/2026,1,5\n25/04/2026,1,5\n");
    let (probe, read) = read(&path);
    assert_eq!(probe.plan("KRW", "Asia/Seoul").date_order, Some(DateOrder::Dmy));
    assert_eq!(read.records[0].at.to_string(), "2026-04-02T15:00:00Z");
}

#[test]
fn marks_notices_and_delimiters_of_spreadsheets_are_understood() {
    let folder = Folder::new();
    let text = "sep=;\r\n기간: 11월\r\n\r\n 날짜 ;고객번호;금액\r\n2026-11-22;7;\"1,000\"\r\n";
    let path = folder.file("a.csv", format!("\u{feff}{text}"));
    let (probe, read) = read(&path);
    assert_eq!((probe.delimiter, probe.header_line), (Delimiter::Semicolon, Some(4)));
    assert_eq!((read.amounts(), read.records[0].line), (vec![1_000], 5));
}

#[test]
fn cells_kept_from_spreadsheets_are_unwrapped() {
    let folder = Folder::new();
    let (_, read) = read(&folder.file("a.csv", "날짜,연락처,금액\n2026-11-22,=\"01000001234\",5000\n"));
    assert_eq!(read.records[0].phone.as_deref(), Some("01000001234"));
}

#[test]
fn a_bad_row_of_a_file_with_a_forbidden_column_is_not_shown() {
    let folder = Folder::new();
    let text = "날짜,금액,개인통관고유부호\n2026-11-22,5000,P123456789012,x\n2026-11-22,\0,P123456789012\n";
    let (_, read) = read(&folder.file("a.csv", text));
    assert_eq!(read.codes(), [(2, "ragged"), (3, "nul_byte")]);
    assert!(!format!("{read:?}").contains("P123456789012"));
}

#[test]
fn sixteen_bit_text_is_read() {
    let folder = Folder::new();
    let text = "\u{feff}날짜\t고객번호\t금액\r\n2026-11-22\t7\t1000\r\n";
    for big in [false, true] {
        let units = text.encode_utf16();
        let bytes: Vec<u8> =
            units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
        let (probe, read) = read(&folder.file("a.txt", bytes));
        assert_eq!(probe.encoding, if big { Encoding::Utf16Be } else { Encoding::Utf16Le });
        assert_eq!((probe.delimiter, read.amounts()), (Delimiter::Tab, vec![1_000]));
    }
}

#[test]
fn a_gzipped_file_is_the_same_file() {
    let folder = Folder::new();
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("날짜,금액\n2026-11-22,1000\n".as_bytes()).unwrap();
    let (_, read) = read(&folder.file("a.csv.gz", packed.finish().unwrap()));
    assert_eq!(read.amounts(), [1_000]);
}

#[test]
fn a_truncated_gzip_is_refused_before_any_record() {
    let folder = Folder::new();
    let mut packed = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all("날짜,금액\n2026-11-22,1000\n".repeat(10_000).as_bytes()).unwrap();
    let mut bytes = packed.finish().unwrap();
    bytes.truncate(bytes.len() / 2);
    assert_eq!(
        reading::probe(&folder.file("a.gz", bytes), None).unwrap_err().code,
        FileFaultCode::Unreadable
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..4000), header in any::<bool>()) {
        let folder = Folder::new();
        let mut text = if header { "date,customer,amount\n".as_bytes().to_vec() } else { Vec::new() };
        text.extend(bytes);
        let path = folder.file("a", text);
        if let Ok(probe) = reading::probe(&path, None) {
            let mut plan = probe.plan("KRW", "Asia/Seoul");
            if let Ok(mapping) = reading::parse_mapping("date=1,amount=1", &probe.columns) {
                plan.mapping = mapping;
            }
            let _ = read_with(&path, &plan, None);
        }
    }

    #[test]
    fn any_cells_are_read_or_set_aside(rows in prop::collection::vec(("[^,\"\r\n\0]{0,20}", "[^,\"\r\n\0]{0,20}", "[^,\"\r\n\0]{1,20}"), 1..40)) {
        let folder = Folder::new();
        let text: String = rows.iter().map(|(date, amount, customer)| format!("{date},{amount},x{customer}\n")).collect();
        let path = folder.file("a.csv", format!("date,amount,customer\n{text}"));
        let mut plan = reading::probe_as(&path, None, Some(Encoding::Utf8), Some(Delimiter::Comma)).unwrap().plan("KRW", "UTC");
        plan.header = true;
        if let Ok(read) = read_with(&path, &plan, None) {
            prop_assert_eq!(read.records.iter().filter(|record| !record.is_derived_refund).count() + read.faults.len(), rows.len());
        }
    }
}
