//! Exports as the browser gets them.

use axum::extract::Query;
use calamine::{Data, Reader, Xlsx};
use kernel::{Currency, Day, Money};
use serde::Deserialize;
use std::io::Cursor;
use testkit::{Reply, both_engines};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::export::{Cell, Export, Format};
use web::{Answer, App, Permission, Registry};

#[derive(Deserialize)]
struct Asked {
    format: Format,
}

/// A list whose one row a spreadsheet must not run.
#[utoipa::path(get, path = "/list", responses((status = 200)))]
async fn list(Query(asked): Query<Asked>) -> Answer<axum::response::Response> {
    let mut export = Export::begin(asked.format, "customers", &["name", "spend", "since", "note"])?;
    let spend = Cell::Money(Money::new(Currency::USD, -1_250));
    let since = Cell::Day("2026-11-22".parse::<Day>().unwrap());
    export.row(&["=HYPERLINK(\"x\")".into(), spend, since, Cell::Empty])?;
    export.finish().await
}

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.routes(OpenApiRouter::<App>::new().routes(routes!(list)));
    registry.allow("GET", "/list", Permission::Export);
    registry
}

fn is_download(reply: &Reply, file: &str) {
    let disposition = format!("attachment; filename=\"{file}\"");
    assert_eq!(reply.header("content-disposition"), Some(disposition.as_str()));
    assert_eq!(reply.header("content-length"), Some(reply.bytes.len().to_string().as_str()));
}

both_engines! {
    registry();

    async fn a_list_comes_as_csv(app) {
        let reply = app.get("/list?format=csv").await.expect(200);
        is_download(&reply, "customers.csv");
        let expected = "\u{feff}name,spend,since,note\r\n\"'=HYPERLINK(\"\"x\"\")\",-12.50,2026-11-22,\r\n";
        assert_eq!(reply.text(), expected);
    }

    async fn a_list_comes_as_a_workbook(app) {
        let reply = app.get("/list?format=xlsx").await.expect(200);
        is_download(&reply, "customers.xlsx");
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(reply.bytes)).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert_eq!(sheet.get((0, 0)), Some(&Data::String("name".into())));
        assert_eq!(sheet.get((1, 0)), Some(&Data::String("'=HYPERLINK(\"x\")".into())));
        assert_eq!(sheet.get((1, 1)), Some(&Data::Float(-12.5)));
        let Some(Data::DateTime(day)) = sheet.get((1, 2)) else { panic!("a day is a date") };
        // 2026-11-22 counted from 1899-12-30, the way workbooks count.
        assert_eq!(day.as_f64(), 46_348.0);
    }
}
