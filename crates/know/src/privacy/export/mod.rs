//! Everything about one person, as files: what a machine reads (JSON, CSV) and what a person reads (a page), in one
//! archive.
//!
//! Which tables it is read from is registered with the tables ([`::store::holding`]); what is left out is written into
//! it, with the reason.

mod archive;
mod page;
mod value;

use ::store::holding::{self, Cells, Column, Export, Holds};
use ::store::{Result, Tx};
use kernel::{Id, Locale, kinds};
use std::collections::BTreeMap;
use web::Company;

pub use archive::archive;

/// How many rows of what are in an export.
pub type Parts = BTreeMap<String, i64>;

/// Rows read at a time.
const PAGE: i64 = 1_000;

/// A part of an export: what one table holds.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: &'static str,
    /// What its columns are.
    pub columns: &'static [Column],
    /// Its rows.
    pub rows: Vec<Cells>,
}

/// Everything about one person.
#[derive(Debug, Clone)]
pub struct Everything {
    /// In which language the page is.
    pub locale: Locale,
    /// Who holds it.
    pub company: Company,
    /// The parts that have rows.
    pub parts: Vec<Part>,
    /// Tables that are left out, with the codes of the reasons.
    pub left_out: BTreeMap<&'static str, &'static str>,
}

impl Everything {
    /// How many rows of what.
    pub fn counts(&self) -> Parts {
        let count = |part: &Part| (part.name.to_owned(), i64::try_from(part.rows.len()).unwrap_or(i64::MAX));
        self.parts.iter().map(count).collect()
    }
}

/// Reads everything about the person whose root is `root`, in one snapshot.
pub async fn everything(tx: &mut Tx, root: Id<kinds::Party>) -> Result<Everything> {
    let company = Company::load(tx).await?;
    let (mut parts, mut left_out) = (Vec::new(), BTreeMap::new());
    for holding in holding::all() {
        let Holds::Somebody { whose, export, .. } = holding.holds else { continue };
        match export {
            Export::Left(why) => {
                left_out.entry(holding.table).or_insert(why);
            }
            Export::Part(name, columns) => {
                let mut rows = Vec::new();
                loop {
                    let from = i64::try_from(rows.len()).unwrap_or(i64::MAX);
                    let page =
                        holding::rows(tx, holding.table, whose, columns, root.number(), (from, PAGE)).await?;
                    let more = i64::try_from(page.len()) == Ok(PAGE);
                    rows.extend(page);
                    if !more {
                        break;
                    }
                }
                if !rows.is_empty() {
                    parts.push(Part { name, columns, rows });
                }
            }
        }
    }
    let first = ["person", "contacts", "orders"];
    parts.sort_by_key(|part| {
        (first.iter().position(|name| *name == part.name).unwrap_or(first.len()), part.name)
    });
    Ok(Everything { locale: company.locale, company, parts, left_out })
}
