//! A cell of an export, as each of its forms says it.

use super::Part;
use ::store::holding::{Cells, Shape};
use jiff::tz::TimeZone;
use kernel::{Currency, Day, Instant, Money, Month};
use serde_json::Value;
use web::export::{Cell, decimal};

/// The cells of a row with their columns.
pub fn cells<'p>(
    part: &'p Part,
    row: &'p Cells,
) -> impl Iterator<Item = (&'static str, Shape, Option<&'p str>)> {
    part.columns.iter().zip(&row.0).map(|(column, cell)| (column.name, column.shape, cell.as_deref()))
}

/// The currency of a row.
pub fn currency(part: &Part, row: &Cells) -> Option<Currency> {
    cells(part, row).find(|(name, ..)| *name == "currency").and_then(|(.., cell)| cell?.parse().ok())
}

fn instant(cell: &str) -> Option<Instant> {
    cell.parse().ok().map(Instant::from_micros)
}

fn is_set(cell: &str) -> bool {
    matches!(cell, "1" | "true" | "t")
}

/// For programs: numbers as numbers, amounts in minor units, instants in UTC.
pub fn json(shape: Shape, cell: Option<&str>) -> Value {
    let Some(cell) = cell else { return Value::Null };
    let said: Option<Value> = match shape {
        Shape::Text => None,
        Shape::Number | Shape::Money | Shape::Json => serde_json::from_str(cell).ok(),
        Shape::Instant => instant(cell).map(|at| at.to_string().into()),
        Shape::Day => cell.parse().ok().map(|day| Day::from_epoch(day).to_string().into()),
        Shape::Month => cell.parse().ok().map(|month| Month::from_number(month).to_string().into()),
        Shape::Flag => Some(is_set(cell).into()),
    };
    said.unwrap_or_else(|| cell.into())
}

/// For spreadsheets.
pub fn csv(shape: Shape, cell: Option<&str>, currency: Option<Currency>) -> Cell {
    let Some(text) = cell else { return Cell::Empty };
    let said: Option<Cell> = match shape {
        Shape::Money => {
            text.parse().ok().zip(currency).map(|(minor, currency)| Money::new(currency, minor).into())
        }
        Shape::Number => text.parse::<i64>().map(Cell::Int).or_else(|_| text.parse().map(Cell::Float)).ok(),
        Shape::Instant => instant(text).map(Cell::At),
        Shape::Day => text.parse().ok().map(|day| Cell::Day(Day::from_epoch(day))),
        Shape::Month => text.parse().ok().map(|month| Month::from_number(month).to_string().into()),
        Shape::Flag => Some(Cell::Text(is_set(text).to_string())),
        Shape::Text | Shape::Json => None,
    };
    said.unwrap_or_else(|| text.into())
}

/// For people: amounts with their currency, instants in the company's zone.
pub fn words(shape: Shape, cell: Option<&str>, currency: Option<Currency>, zone: &TimeZone) -> String {
    let Some(text) = cell else { return String::new() };
    let said: Option<String> =
        match shape {
            Shape::Money => text.parse().ok().zip(currency).map(|(minor, currency)| {
                format!("{} {}", decimal(Money::new(currency, minor)), currency.code())
            }),
            Shape::Instant => instant(text)
                .map(|at| at.timestamp().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()),
            Shape::Day => text.parse().ok().map(|day| Day::from_epoch(day).to_string()),
            Shape::Month => text.parse().ok().map(|month| Month::from_number(month).to_string()),
            Shape::Flag => Some(if is_set(text) { "✓".into() } else { String::new() }),
            Shape::Number => text.parse::<f64>().ok().map(|number| {
                if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") }
            }),
            Shape::Text | Shape::Json => None,
        };
    said.unwrap_or_else(|| text.to_owned())
}
