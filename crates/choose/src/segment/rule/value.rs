//! Values as a rule writes them, read for the field they are compared with.

use super::Book;
use super::catalogue::{self, Field, Kind};
use super::fault::{Code, Fault};
use super::tree::Scalar;
use kernel::Locale;
use kernel::limits::AMOUNT_MAX;

/// The largest number that is compared: beyond it neighbours are no longer told apart.
const NUMBER_MAX: f64 = 1e15;

/// A number as written, for this field; amounts in whole units of the currency.
pub(super) fn number(field: &Field, written: &str, book: &Book) -> Result<Scalar, Fault> {
    let read = match field.kind {
        Kind::Int => int(written).map(Scalar::Int),
        Kind::Money => minor(written, book.decimals()).map(Scalar::Int),
        Kind::Estimate => minor(written, book.decimals()).map(|minor| Scalar::Float(minor as f64)),
        Kind::Float => float(written).map(Scalar::Float),
        _ => None,
    };
    read.ok_or_else(|| wrong(field))
}

/// A whole number below the limit of what JSON keeps exact.
pub(super) fn int(written: &str) -> Option<i64> {
    written.parse().ok().filter(|number: &i64| number.abs() <= AMOUNT_MAX)
}

fn float(written: &str) -> Option<f64> {
    written.parse().ok().filter(|number: &f64| number.abs() <= NUMBER_MAX)
}

/// An amount in minor units from one in whole units, exactly.
pub(super) fn minor(written: &str, decimals: u32) -> Option<i64> {
    let (whole, part) = written.split_once('.').unwrap_or((written, ""));
    let width = decimals as usize;
    if part.len() > width && part[width..].bytes().any(|digit| digit != b'0') {
        return None;
    }
    let part = &part[..part.len().min(width)];
    int(&format!("{whole}{part:0<width$}"))
}

/// An amount in whole units of the currency.
pub(super) fn major(minor: i64, decimals: u32) -> String {
    let unit = 10_u64.pow(decimals);
    let (whole, part) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    if part == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part:0width$}", width = decimals as usize)
    }
}

/// A text or a choice by its code or what either language calls it.
pub(super) fn text(field: &Field, written: &str) -> Result<Scalar, Fault> {
    match field.kind {
        Kind::Text => Ok(Scalar::Text(written.to_owned())),
        Kind::Choice(codes) => {
            let means = |code: &&&str| {
                **code == written
                    || [Locale::Ko, Locale::En]
                        .iter()
                        .any(|locale| catalogue::choice(*locale, code) == written)
            };
            let code = codes.iter().find(means).ok_or_else(|| wrong(field))?;
            Ok(Scalar::Text((*code).to_owned()))
        }
        _ => Err(wrong(field)),
    }
}

/// The field takes other values.
pub(super) fn wrong(field: &Field) -> Fault {
    let takes = match field.kind {
        Kind::Int => "3".to_owned(),
        Kind::Float => "1.5".to_owned(),
        Kind::Money | Kind::Estimate => "50000".to_owned(),
        Kind::Day | Kind::Due | Kind::Instant => "2026-01-31, 30 days ago".to_owned(),
        Kind::Text => "\"…\"".to_owned(),
        Kind::Choice(codes) => codes.join(", "),
        Kind::Flag => String::new(),
    };
    Fault::whole(Code::Value).with("field", field.name).with("takes", takes)
}
