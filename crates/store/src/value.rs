//! Values bound to a statement, in the few types both engines share.

use kernel::{Currency, Day, Id, Instant, Month};
use sqlx::postgres::PgArguments;
use sqlx::sqlite::SqliteArguments;
use sqlx::types::Json;
use sqlx::{Arguments, Database, Encode, Type};

/// A bound value. `None` is a typed null: PostgreSQL wants to know of what.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number: ids, days, instants, money.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// A float: scores, never money.
    Float(Option<f64>),
    /// A truth value.
    Bool(Option<bool>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// JSON, stored and never filtered on.
    Json(serde_json::Value),
}

/// Adds every value to a driver's own arguments.
fn arguments<D: Database>(values: Vec<Value>) -> crate::Result<D::Arguments>
where
    Option<i64>: for<'q> Encode<'q, D> + Type<D>,
    Option<String>: for<'q> Encode<'q, D> + Type<D>,
    Option<f64>: for<'q> Encode<'q, D> + Type<D>,
    Option<bool>: for<'q> Encode<'q, D> + Type<D>,
    Option<Vec<u8>>: for<'q> Encode<'q, D> + Type<D>,
    Json<serde_json::Value>: for<'q> Encode<'q, D> + Type<D>,
{
    let mut arguments = D::Arguments::default();
    arguments.reserve(values.len(), values.len() * 8);
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Float(value) => arguments.add(value),
            Value::Bool(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
            Value::Json(value) => arguments.add(Json(value)),
        };
        added.map_err(|error| crate::Error::Engine(sqlx::Error::Encode(error)))?;
    }
    Ok(arguments)
}

pub(crate) fn sqlite(values: Vec<Value>) -> crate::Result<SqliteArguments> {
    arguments::<sqlx::Sqlite>(values)
}

pub(crate) fn postgres(values: Vec<Value>) -> crate::Result<PgArguments> {
    arguments::<sqlx::Postgres>(values)
}

/// Converts a type and its option.
macro_rules! into_value {
    ($($type:ty => $variant:ident, |$value:ident| $to:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::$variant(Some($to))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(|$value| $to))
            }
        }
    )*};
}

into_value! {
    i64 => Int, |value| value;
    i32 => Int, |value| i64::from(value);
    u32 => Int, |value| i64::from(value);
    Day => Int, |value| value.epoch();
    Month => Int, |value| value.number();
    Instant => Int, |value| value.micros();
    String => Text, |value| value;
    &str => Text, |value| value.to_owned();
    &String => Text, |value| value.clone();
    Currency => Text, |value| value.code().to_owned();
    f64 => Float, |value| value;
    bool => Bool, |value| value;
    Vec<u8> => Bytes, |value| value;
    &[u8] => Bytes, |value| value.to_vec();
}

impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::Int(Some(id.number()))
    }
}

impl<K> From<Option<Id<K>>> for Value {
    fn from(id: Option<Id<K>>) -> Self {
        Self::Int(id.map(Id::number))
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        Self::Json(value)
    }
}
