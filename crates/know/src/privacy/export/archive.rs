//! The archive: a page for people, JSON for programs, a CSV file for each part.

use super::{Everything, page, value};
use ::store::holding::Cells;
use kernel::Instant;
use serde_json::{Map, Value, json};
use std::io::{Cursor, Read, Write};
use web::export::{Export, Format};
use web::{Answer, Problem};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The archive as bytes, as of `at`. The same data at the same instant give the same bytes.
pub fn archive(all: &Everything, at: Instant) -> Answer<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| {
        zip.start_file(name, SimpleFileOptions::default()).map_err(Problem::internal)?;
        zip.write_all(bytes).map_err(Problem::internal)
    };
    add("index.html", page::page(all, at).as_bytes())?;
    add("data.json", &serde_json::to_vec_pretty(&json_of(all, at)).map_err(Problem::internal)?)?;
    for part in &all.parts {
        let headings: Vec<&str> = part.columns.iter().map(|column| column.name).collect();
        let mut file = Export::begin(Format::Csv, part.name, &headings)?;
        for row in &part.rows {
            let currency = value::currency(part, row);
            let cells = value::cells(part, row).map(|(_, shape, cell)| value::csv(shape, cell, currency));
            file.row(&cells.collect::<Vec<_>>())?;
        }
        let mut bytes = Vec::new();
        file.into_file()?.read_to_end(&mut bytes).map_err(Problem::internal)?;
        add(&format!("csv/{}.csv", part.name), &bytes)?;
    }
    Ok(zip.finish().map_err(Problem::internal)?.into_inner())
}

fn json_of(all: &Everything, at: Instant) -> Value {
    let mut parts = Map::new();
    for part in &all.parts {
        let row = |row: &Cells| {
            let cells = value::cells(part, row)
                .map(|(name, shape, cell)| (name.to_owned(), value::json(shape, cell)));
            Value::Object(cells.collect())
        };
        parts.insert(part.name.to_owned(), part.rows.iter().map(row).collect());
    }
    json!({
        "made_at": at,
        "company": all.company.name,
        "amounts": "minor units of the currency",
        "parts": parts,
        "left_out": all.left_out,
    })
}
