//! The rows that were set aside, as a list and as a file.

use super::store::{self, KeptFault};
use super::words;
use ::store::Tx;
use kernel::{Id, Locale, kinds, limits};
use serde::Serialize;
use utoipa::ToSchema;
use web::export::{Cell, Export, Format};
use web::{Answer, text};

/// A row that was set aside.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFault)]
pub struct Fault {
    /// The line of the file; the row number in a workbook.
    pub line: i64,
    /// Why, in a sentence.
    pub reason: String,
    /// The stable code of the reason.
    pub code: String,
    /// The row, cut to its beginning.
    pub raw: String,
}

impl Fault {
    fn of(kept: KeptFault, locale: Locale) -> Self {
        let reason = words::reason(&kept.code, &kept.detail, locale);
        Self { line: kept.line, reason, code: kept.code, raw: kept.raw }
    }

    fn place(&self) -> (i64, String) {
        (self.line, self.code.clone())
    }
}

/// Where a page of faults begins.
pub type After = (i64, String);

/// A page of faults and where the next one begins.
pub async fn page(
    tx: &mut Tx,
    id: Id<kinds::Import>,
    after: After,
    limit: i64,
    locale: Locale,
) -> ::store::Result<(Vec<Fault>, Option<After>)> {
    let mut kept = store::faults(tx, id, &after, limit + 1).await?;
    let more = i64::try_from(kept.len()).is_ok_and(|count| count > limit);
    kept.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let faults: Vec<Fault> = kept.into_iter().map(|kept| Fault::of(kept, locale)).collect();
    let next = faults.last().filter(|_| more).map(Fault::place);
    Ok((faults, next))
}

/// All faults that are kept, as a file.
pub async fn file(tx: &mut Tx, id: Id<kinds::Import>, locale: Locale) -> Answer<Export> {
    let heading = |name: &str| text::say(locale, &format!("import_faults.{name}"), &[]);
    let headings = ["line", "reason", "raw"].map(heading);
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut file = Export::begin(Format::Csv, "rows-set-aside", &headings)?;
    let mut after = Some((0, String::new()));
    while let Some(place) = after {
        let (faults, next) = page(tx, id, place, limits::PAGE_ROWS_MAX, locale).await?;
        for fault in faults {
            file.row(&[Cell::Int(fault.line), Cell::Text(fault.reason), Cell::Text(fault.raw)])?;
        }
        after = next;
    }
    Ok(file)
}
