//! Workbooks that a password locks.

use crate::*;
use kernel::Locale;
use know::imports::{Options, Started, outcome, start_file};
use ms_offcrypto_writer::Ecma376AgileWriter;
use rust_xlsxwriter::Workbook;
use std::io::{Cursor, Write};
use store::sql;
use testkit::both_engines;

fn locked(password: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["고객번호", "주문일", "금액"], ["a", "2026-10-01", "1000"], ["b", "2026-10-02", "2000"]]
            .iter()
            .enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), *cell).unwrap();
        }
    }
    let mut file = Cursor::new(Vec::new());
    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7);
    let mut writer = Ecma376AgileWriter::create(&mut random, password, &mut file).unwrap();
    writer.write_all(&book.save_to_buffer().unwrap()).unwrap();
    writer.finalize().unwrap();
    file.into_inner()
}

/// Opens a locked import; gives what the request gave.
async fn open(app: &TestApp, import: &Value, password: &str) -> Reply {
    settle(app, import, |plan| plan["password"] = json!(password)).await
}

both_engines! {
    registry();

    async fn the_password_is_asked_for_and_never_stored(app) {
        let brought = upload(&app, locked("s3cret-pass")).await;
        assert_eq!((&brought["probe"]["needs_password"], &brought["state"]), (&json!(true), &json!("uploaded")));
        let wrong = open(&app, &brought, "4321").await.expect(422);
        assert_eq!((wrong.code(), wrong.fields()), ("file_password_wrong", vec!["password: file_password_wrong".to_owned()]));
        let opened = open(&app, &brought, "s3cret-pass").await.expect(200).json;
        assert_eq!((&opened["state"], &opened["probe"]["columns"][0]), (&json!("ready"), &json!("고객번호")));
        assert_eq!(opened["preview"].as_array().unwrap().len(), 2);
        assert!(!opened.to_string().contains("s3cret-pass"));

        let mut tx = app.db().read().await.unwrap();
        let (plan, probe): (store::Json<Value>, store::Json<Value>) =
            sql!("select plan, probe from imports").fetch_one(&mut tx).await.unwrap();
        assert!(!format!("{plan:?}{probe:?}").contains("s3cret-pass"));
        drop(tx);
        assert_eq!(counts(&deed(&app, &brought, "dry-run").await), [2, 2, 0, 0, 0, 2]);
        let done = deed(&app, &brought, "run").await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [2, 2, 0, 0, 0, 2]));
    }

    async fn a_job_that_lacks_the_password_asks_for_it_again(app) {
        let brought = upload(&app, locked("s3cret-pass")).await;
        open(&app, &brought, "s3cret-pass").await.expect(200);
        deed(&app, &brought, "run").await;
        deed(&app, &brought, "undo").await;
        // It was forgotten when the import had ended.
        let failed = deed(&app, &brought, "run").await;
        assert_eq!((&failed["state"], &failed["problem"]["code"]), (&json!("failed"), &json!("file_password_needed")));
        assert_eq!(failed["probe"]["needs_password"], true);
        assert!(failed["job"]["message"].as_str().unwrap().contains("비밀번호"), "{failed}");
        assert_eq!(people(&app, "").await, Vec::<Value>::new());
        open(&app, &failed, "s3cret-pass").await.expect(200);
        let done = deed(&app, &brought, "run").await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [2, 2, 0, 0, 0, 2]));
    }

    async fn the_command_line_gives_it_for_the_run(app) {
        let file = app.app().data_folder().join("locked.xlsx");
        std::fs::write(&file, locked("s3cret-pass")).unwrap();
        let refused = start_file(app.db(), &file, Options::default()).await.unwrap_err();
        assert_eq!(refused.code(), "import_password_option");
        let options = Options { password: Some("s3cret-pass".into()), by: "test".into(), ..Options::default() };
        let Started { import, .. } = start_file(app.db(), &file, options).await.unwrap();
        app.settle().await;
        let mut tx = app.db().read().await.unwrap();
        let ended = outcome(&mut tx, import, Locale::En).await.unwrap().unwrap();
        assert_eq!((ended.counts.new, ended.problem), (2, None));
    }
}
