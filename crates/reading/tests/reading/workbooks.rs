//! Workbooks: dates, notices, passwords, and those made to do harm.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use ms_offcrypto_writer::Ecma376AgileWriter;
use reading::{FileFaultCode, Kind, Source};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::builders::{Folder, read, read_with};

const COLUMNS: [&str; 16] = [
    "상품주문번호",
    "주문번호",
    "판매채널",
    "구매자명",
    "구매자ID",
    "수취인명",
    "주문상태",
    "주문세부상태",
    "결제일",
    "상품번호",
    "상품명",
    "수량",
    "상품별 총 주문금액",
    "구매자연락처",
    "개인통관고유부호",
    "주문일시",
];

/// A SmartStore workbook: a notice, the header, a sale, a return, an unpaid order.
fn smartstore() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "엑셀 일괄발송 안내: 이 행을 지우지 마세요").unwrap();
    for (at, name) in COLUMNS.iter().enumerate() {
        sheet.write_string(1, at as u16, *name).unwrap();
    }
    let rows = [
        ("2026112200000001", "배송완료", ""),
        ("2026112200000002", "반품", "반품완료"),
        ("2026112200000003", "결제대기", ""),
    ];
    for (at, (line, status, detail)) in rows.iter().enumerate() {
        let row = at as u32 + 2;
        let cells =
            [*line, "2026112200000000", "스마트스토어", "최가상", "buyer1", "최가상", *status, *detail];
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(row, column as u16, *cell).unwrap();
        }
        let moment = ExcelDateTime::parse_from_str("2026-11-22 15:05:09").unwrap();
        let format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        sheet.write_datetime_with_format(row, 8, moment, &format).unwrap();
        sheet.write_number(row, 9, 123456789.0).unwrap();
        sheet.write_string(row, 10, "귤 5kg").unwrap();
        sheet.write_number(row, 11, 2).unwrap();
        sheet.write_number(row, 12, 31_800).unwrap();
        sheet.write_string(row, 13, "0505-000-1234").unwrap();
        sheet.write_string(row, 14, "P123456789012").unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn lock(plain: &[u8], password: &str) -> Vec<u8> {
    let mut locked = Cursor::new(Vec::new());
    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7);
    let mut writer = Ecma376AgileWriter::create(&mut random, password, &mut locked).unwrap();
    writer.write_all(plain).unwrap();
    writer.finalize().unwrap();
    locked.into_inner()
}

#[test]
fn a_smartstore_workbook_is_read_past_its_notice() {
    let folder = Folder::new();
    let (probe, read) = read(&folder.file("주문.xlsx", smartstore()));
    assert_eq!(
        (probe.kind, probe.guesses[0].source, probe.header_line),
        (Kind::Xlsx, Source::SmartStore, Some(2))
    );
    assert_eq!(read.amounts(), [31_800, 31_800, -31_800]);
    assert_eq!(read.codes(), [(5, "not_an_order")]);
    let sale = &read.records[0];
    assert_eq!(sale.at.to_string(), "2026-11-22T06:05:09Z");
    assert_eq!((sale.line, sale.line_id.as_deref()), (3, Some("2026112200000001")));
    assert_eq!(sale.quantity_milli, Some(2_000));
    assert!(!format!("{probe:?}{read:?}").contains("P123456789012"));
    assert_eq!(read.notices[0].columns, ["개인통관고유부호"]);
}

#[test]
fn a_locked_workbook_asks_for_its_password() {
    let folder = Folder::new();
    let path = folder.file("locked.xlsx", lock(&smartstore(), "1234"));
    let probe = reading::probe(&path, None).unwrap();
    assert!(probe.needs_password && probe.columns.is_empty());
    assert_eq!(reading::probe(&path, Some("4321")).unwrap_err().code, FileFaultCode::PasswordWrong);
    let probe = reading::probe(&path, Some("1234")).unwrap();
    let plan = probe.plan("KRW", "Asia/Seoul");
    assert_eq!(read_with(&path, &plan, None).unwrap_err().code, FileFaultCode::PasswordNeeded);
    assert_eq!(read_with(&path, &plan, Some("1234")).unwrap().total(), 31_800);
}

#[test]
fn plain_numbers_and_dates_of_cells_come_through() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in ["날짜", "고객번호", "금액", "시간"].iter().enumerate() {
        sheet.write_string(0, at as u16, *name).unwrap();
    }
    let day = ExcelDateTime::from_ymd(2026, 11, 22).unwrap();
    sheet.write_datetime_with_format(1, 0, &day, &Format::new().set_num_format("yyyy-mm-dd")).unwrap();
    sheet.write_number(1, 1, 17850.0).unwrap();
    sheet.write_number(1, 2, 12000.5).unwrap();
    let time = ExcelDateTime::from_hms(15, 5, 0).unwrap();
    sheet.write_datetime_with_format(1, 3, &time, &Format::new().set_num_format("hh:mm")).unwrap();
    let folder = Folder::new();
    let (_, read) = read(&folder.file("a.xlsx", book.save_to_buffer().unwrap()));
    let record = &read.records[0];
    assert_eq!((record.customer.as_deref(), record.amount_minor), (Some("17850"), 12_001));
    assert_eq!(record.at.to_string(), "2026-11-22T06:05:00Z");
}

/// A workbook whose sheet and table of texts are given as XML.
fn crafted(folder: &Folder, sheet: &[u8], texts: Option<&[u8]>) -> PathBuf {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut part = |name: &str, bytes: &[u8]| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    };
    part(
        "[Content_Types].xml",
        br#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    );
    part("_rels/.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    part("xl/workbook.xml", br#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    part("xl/_rels/workbook.xml.rels", br#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#);
    if let Some(texts) = texts {
        part("xl/sharedStrings.xml", texts);
    }
    part("xl/worksheets/sheet1.xml", sheet);
    folder.file("crafted.xlsx", archive.finish().unwrap().into_inner())
}

fn sheet(cells: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>"#).into_bytes()
}

#[test]
fn workbooks_made_to_do_harm_are_refused() {
    let folder = Folder::new();
    let code = |sheet: &[u8], texts: Option<&[u8]>| {
        reading::probe(&crafted(&folder, sheet, texts), None).map(|_| ()).unwrap_err().code
    };
    let row = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;
    let blanks = " ".repeat(64 << 20);
    assert_eq!(code(&sheet(&blanks), None), FileFaultCode::Bomb);
    let noise: String =
        (0..2_000_000u32).map(|n| char::from(b'a' + (n.wrapping_mul(2_654_435_761) >> 28) as u8)).collect();
    let long = format!(r#"<row r="1"><c r="A1" t="str"><v>{noise}</v></c></row>"#);
    assert_eq!(code(&sheet(&long), None), FileFaultCode::TooLarge);
    let greedy = br#"<sst count="1" uniqueCount="99999999999999"><si><t>x</t></si></sst>"#;
    assert_eq!(code(&sheet(row), Some(greedy)), FileFaultCode::TooLarge);
    assert_eq!(code(b"<worksheet><sheetData><row", None), FileFaultCode::Damaged);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("orders.csv", SimpleFileOptions::default()).unwrap();
    let path = folder.file("a.zip", archive.finish().unwrap().into_inner());
    assert_eq!(reading::probe(&path, None).unwrap_err().code, FileFaultCode::Unsupported);
}

#[test]
fn one_cell_in_the_last_corner_costs_nothing() {
    let folder = Folder::new();
    let cells = r#"<row r="1"><c r="A1" t="str"><v>날짜</v></c><c r="B1" t="str"><v>금액</v></c></row><row r="2"><c r="A2" t="str"><v>2026-11-22</v></c><c r="B2"><v>5000</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    let path = crafted(&folder, &sheet(cells), None);
    let (probe, read) = read(&path);
    assert_eq!(probe.columns, ["날짜", "금액"]);
    assert_eq!(read.amounts(), [5_000]);
    assert_eq!(read.codes(), [(1_048_576, "date_missing")]);
}

#[test]
fn a_workbook_brings_in_nothing_from_elsewhere() {
    let folder = Folder::new();
    let secret = folder.file("secret.txt", "canary");
    let entities = format!(
        r#"<!DOCTYPE x [<!ENTITY outside SYSTEM "file://{}"><!ENTITY a "canary"><!ENTITY b "&a;&a;&a;&a;">]>"#,
        secret.display()
    );
    let row = |text: &str| {
        format!(
            r#"<row r="2"><c r="A2" t="str"><v>2026-11-22</v></c><c r="B2" t="str"><v>5000</v></c><c r="C2" t="str"><v>{text}</v></c></row>"#
        )
    };
    let head = r#"<row r="1"><c r="A1" t="str"><v>날짜</v></c><c r="B1" t="str"><v>금액</v></c><c r="C1" t="str"><v>고객</v></c></row>"#;
    for text in ["&outside;", "&b;"] {
        let cells = String::from_utf8(sheet(&format!("{head}{}", row(text)))).unwrap();
        let path = crafted(&folder, format!("{entities}{cells}").as_bytes(), None);
        let read = reading::probe(&path, None)
            .and_then(|probe| read_with(&path, &probe.plan("KRW", "Asia/Seoul"), None));
        assert!(!format!("{read:?}").contains("canary"), "{read:?}");
    }
}
