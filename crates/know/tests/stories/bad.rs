//! Files and rows that cannot be read, and what may not be done.

use crate::files::{cafe24, small_shop};
use crate::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::Locale;
use know::imports::{Options, start_file};
use rust_xlsxwriter::Workbook;
use std::io::Write;
use testkit::both_engines;

/// Nothing was written: no import, no customer, no file.
async fn nothing_was_kept(app: &TestApp) {
    assert_eq!(app.get("/imports").await.json["items"], json!([]));
    assert_eq!(app.get("/parties/summary").await.json["count"], 0);
    let uploads = app.app().data_folder().join("uploads");
    let left = std::fs::read_dir(&uploads).map_or(0, Iterator::count);
    assert_eq!(left, 0, "files left in {}", uploads.display());
}

/// A workbook whose one cell repeats so often that it unpacks to far more than it may.
fn bomb() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "a").unwrap();
    let mut packed = book.save_to_buffer().unwrap();
    // The central directory says what each entry unpacks to; a liar is refused as well as an honest one.
    let directory = packed.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    packed[directory + 24..directory + 28].copy_from_slice(&u32::to_le_bytes(0xf000_0000));
    packed
}

/// A workbook of orders whose sheet ends in the middle of a cell after `rows` rows.
fn damaged_workbook(rows: u32) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0..).zip(["customer", "date", "order", "amount", "currency"]) {
        sheet.write_string(0, column, name).unwrap();
    }
    for row in 1..=rows {
        sheet.write_number(row, 0, row).unwrap();
        sheet.write_string(row, 1, "2026-10-01").unwrap();
        sheet.write_number(row, 2, row).unwrap();
        sheet.write_number(row, 3, 1_000).unwrap();
        sheet.write_string(row, 4, "KRW").unwrap();
    }
    let whole = book.save_to_buffer().unwrap();
    let mut whole = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    let mut broken = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..whole.len() {
        let mut part = whole.by_index(index).unwrap();
        let name = part.name().unwrap().to_string();
        let mut bytes = Vec::new();
        std::io::copy(&mut part, &mut bytes).unwrap();
        if name.starts_with("xl/worksheets/") {
            let end = bytes.windows(12).position(|at| at == b"</sheetData>").unwrap();
            bytes.truncate(end);
            bytes.extend(b"<row r=\"999999\"><c r=\"A999999\"><v>1</w></c>");
        }
        broken.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        broken.write_all(&bytes).unwrap();
    }
    broken.finish().unwrap().into_inner()
}

both_engines! {
    registry();

    async fn the_name_of_a_file_is_shown_and_leads_nowhere(app) {
        for name in ["..%2F..%2Foutside.csv", "%2Ftmp%2Foutside.csv", "C%3A%5Coutside.csv", "outside.csv%22%3B%20x"] {
            let brought = app.upload(&format!("/imports?name={name}"), cafe24(&small_shop()).into_bytes()).await.expect(201).json;
            assert!(brought["file"].as_str().unwrap().contains("outside.csv"), "{brought}");
        }
        let folder = app.app().data_folder().to_owned();
        let mut folders = vec![folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
                assert!(!entry.file_name().to_string_lossy().contains("outside"), "{:?}", entry.path());
                folders.extend(entry.file_type().unwrap().is_dir().then(|| entry.path()));
            }
        }
        assert_eq!(std::fs::read_dir(folder.join("uploads")).unwrap().count(), 4);
    }

    async fn a_file_that_cannot_be_read_is_refused_and_leaves_nothing(app) {
        let twice = b"customer,date,date,amount\na,2026-10-01,2026-10-01,1\n".to_vec();
        let page = b"<html><table><tr><td>a</td></tr></table></html>".to_vec();
        for (bytes, code) in [
            (Vec::new(), "file_empty"),
            (b"\xef\xbb\xbf\r\n\r\n".to_vec(), "file_empty"),
            (twice, "file_duplicate_header"),
            (page, "file_html"),
            (bomb(), "file_bomb"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more".to_vec(), "file_old_excel"),
        ] {
            let refused = app.upload("/imports?name=a.csv", bytes).await.expect(422);
            assert_eq!(refused.code(), code, "{}", refused.text());
        }
        nothing_was_kept(&app).await;
    }

    async fn a_workbook_that_is_damaged_half_way_writes_nothing(app) {
        let brought = upload(&app, damaged_workbook(5_200)).await;
        assert_eq!(brought["state"], "ready", "its beginning looks well: {brought}");
        let failed = deed(&app, &brought, "run").await;
        assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("file_damaged")));
        assert_eq!(app.get("/parties/summary").await.json["count"], 0);
        app.upload("/imports?name=a.xlsx", damaged_workbook(50)).await.expect(422);
    }

    async fn a_wrong_encoding_names_its_line(app) {
        let brought = upload(&app, crate::files::cp949(&cafe24(&small_shop()))).await;
        let refused = settle(&app, &brought, |plan| plan["encoding"] = json!("utf-8")).await.expect(422);
        assert_eq!((refused.code(), refused.fields()), ("file_encoding", vec!["encoding: file_encoding".to_owned()]));
        assert!(refused.json["detail"].as_str().unwrap().starts_with("Line 1"), "{}", refused.text());
        assert_eq!(look(&app, &brought).await["plan"]["encoding"], "cp949", "the plan stays as it was");
    }

    async fn bad_rows_are_set_aside_with_line_and_reason(app) {
        let rows = "customer,date,order,amount\n\
            a,2026-10-01,o1,1000\n\
            a,2026-10-02,o2\n\
            a,2026-10-03,o3,1\x00\n\
            =1+1,yesterday,o4,5\n\
            a,2026-10-05,o5,lots\n\
            ,2026-10-06,o6,700\n";
        let done = import(&app, rows).await;
        assert_eq!(counts(&done), [6, 2, 0, 0, 4, 1]);
        let first = app.get(&format!("{}/faults?limit=3", path_of(&done))).await.expect(200).json;
        let next = first["next"].as_str().unwrap();
        let rest = app.get(&format!("{}/faults?limit=3&cursor={next}", path_of(&done))).await.expect(200).json;
        let said: Vec<(i64, String)> = [&first, &rest]
            .iter()
            .flat_map(|page| page["items"].as_array().unwrap())
            .map(|fault| (fault["line"].as_i64().unwrap(), fault["code"].as_str().unwrap().to_owned()))
            .collect();
        let expected = [(3, "ragged"), (4, "nul_byte"), (5, "date_unreadable"), (6, "amount_unreadable")];
        assert_eq!(said, expected.map(|(line, code)| (line, code.to_owned())));
        assert_eq!(rest["next"], Value::Null);
        assert_eq!(first["items"][0]["reason"], "3 cells instead of 4.");

        let file = app.get(&format!("{}/faults.csv", path_of(&done))).await.expect(200);
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = file.text();
        assert!(text.starts_with("\u{feff}Line,Reason,Row\r\n3,"), "{text}");
        assert!(text.contains("'=1+1,yesterday") && !text.contains(",\"=1+1"), "a row may run as a formula: {text}");
        assert_eq!(text.lines().count(), 5);
    }

    async fn what_cannot_be_read_changes_nothing_that_is_there(app) {
        import(&app, cafe24(&small_shop())).await;
        let before = everyone(&app).await;
        let brought = upload(&app, cafe24(&small_shop()).into_bytes()).await;
        let damaged = app.app().data_folder().join("uploads").join(brought["id"].as_str().unwrap());
        std::fs::write(damaged, "").unwrap();
        let failed = deed(&app, &brought, "run").await;
        assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("file_empty")));
        assert_eq!(failed["job"]["state"], "failed");
        assert_eq!(everyone(&app).await, before);
    }

    async fn a_packed_file_that_breaks_off_writes_nothing(app) {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(cafe24(&small_shop()).as_bytes()).unwrap();
        let mut packed = packed.finish().unwrap();
        packed.truncate(packed.len() * 2 / 3);
        assert_eq!(app.upload("/imports?name=a.csv.gz", packed).await.expect(422).code(), "file_unreadable");
        nothing_was_kept(&app).await;
    }

    async fn a_mapping_is_settled_and_remembered(app) {
        let file = "who,when,what,much\nann,2026-10-01,tea,10\nbob,2026-10-02,tea,20\n";
        let brought = upload(&app, file.into()).await;
        assert_eq!((&brought["state"], &brought["remembered"]), (&json!("uploaded"), &json!(false)));
        let conflict = app.post(&format!("{}/run", path_of(&brought)), json!({})).await.expect(409);
        assert_eq!(conflict.code(), "import_not_ready");
        let incomplete = settle(&app, &brought, |plan| plan["mapping"] = json!({ "customer": 0, "date": 1 })).await;
        let incomplete = incomplete.expect(200).json;
        assert_eq!(incomplete["plan_problems"][0]["field"], "amount");
        assert_eq!((&incomplete["state"], &incomplete["preview"]), (&json!("uploaded"), &json!([])));
        let mapping = json!({ "customer": 0, "date": 1, "product": 2, "amount": 3 });
        let settled = settle(&app, &brought, |plan| plan["mapping"] = mapping.clone()).await.expect(200).json;
        assert_eq!((&settled["state"], settled["preview"].as_array().unwrap().len()), (&json!("ready"), 2));
        deed(&app, &brought, "run").await;

        let next = upload(&app, "who,when,what,much\ncarl,2026-10-03,tea,30\n".into()).await;
        assert_eq!((&next["state"], &next["remembered"], &next["plan"]["mapping"]), (&json!("ready"), &json!(true), &mapping));
        let done = deed(&app, &next, "run").await;
        assert_eq!(counts(&done), [1, 1, 0, 0, 0, 1]);
        let moved = upload(&app, "what,who,when,much\ntea,dora,2026-10-04,30\n".into()).await;
        assert_eq!(moved["remembered"], false, "columns in other places are other columns");
    }

    async fn an_import_goes_only_if_it_never_ran(app) {
        let brought = upload(&app, cafe24(&small_shop()).into_bytes()).await;
        let file = app.app().data_folder().join("uploads").join(brought["id"].as_str().unwrap());
        assert!(file.exists());
        app.delete(&path_of(&brought)).await.expect(204);
        app.get(&path_of(&brought)).await.expect(404);
        assert!(!file.exists());

        let ran = import(&app, cafe24(&small_shop())).await;
        assert_eq!(app.delete(&path_of(&ran)).await.expect(409).code(), "import_done");
        assert_eq!(app.post(&format!("{}/run", path_of(&ran)), json!({})).await.expect(409).code(), "import_done");
        deed(&app, &ran, "undo").await;
        settle(&app, &ran, |plan| plan["account"] = json!("seoul")).await.expect(200);
        assert_eq!(app.delete(&path_of(&ran)).await.expect(409).code(), "import_ran");
        assert_eq!(app.get("/imports?limit=1").await.json["items"].as_array().unwrap().len(), 1);
    }

    async fn map_is_refused_in_the_language_that_was_asked_for(app) {
        let file = app.app().data_folder().join("a.csv");
        std::fs::write(&file, "who,when,much\nann,2026-10-01,10\n").unwrap();
        let said = async |map: &str, locale: Locale| {
            let options = Options { map: Some(map.into()), locale, ..Options::default() };
            let refused = start_file(app.db(), &file, options).await.unwrap_err();
            assert_eq!(refused.code(), "import_map_unreadable");
            format!("{refused:?}")
        };
        assert!(said("date=9", Locale::Ko).await.contains("파일에 9 열이 없어요"));
        assert!(said("date=9", Locale::En).await.contains("no column 9"));
        assert!(said("when=1", Locale::Ko).await.contains("customer, email"));
        assert!(said("date", Locale::Ko).await.contains("항목=열"));
    }
}
