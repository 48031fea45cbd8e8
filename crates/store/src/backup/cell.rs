//! One value of one row: out of an engine, into bytes, and back.
//!
//! Integers are LEB128 in zigzag form, as Protocol Buffers write `sint64`; lengths are LEB128. JSON is carried as the
//! text the engine gives, so that no number in it is rounded on the way.

use super::broken;
use super::catalog::Kind;
use crate::tx::Connection;
use crate::{Error, Result, Tx, Value};
use futures::stream::{BoxStream, StreamExt};
use sqlx::{AssertSqlSafe, ColumnIndex, Decode, Executor, SqlSafeStr, Type};

/// A value that both engines have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row.
pub(super) type Row = Vec<Cell>;

/// The rows that `text` asks for, one after another.
pub(super) fn rows<'t>(tx: &'t mut Tx, text: String, kinds: &'t [Kind]) -> BoxStream<'t, Result<Row>> {
    let text = AssertSqlSafe(text).into_sql_str();
    match tx.connection() {
        Connection::Sqlite(connection) => {
            connection.fetch(sqlx::query(text)).map(move |row| read(&row?, kinds)).boxed()
        }
        Connection::Postgres(connection) => {
            connection.fetch(sqlx::query(text)).map(move |row| read(&row?, kinds)).boxed()
        }
    }
}

fn read<R: sqlx::Row>(row: &R, kinds: &[Kind]) -> Result<Row>
where
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> f64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    let cell = |(at, kind): (usize, &Kind)| -> Result<Cell> {
        let cell = match kind {
            Kind::Int => row.try_get::<Option<i64>, _>(at)?.map(Cell::Int),
            Kind::Bool => row.try_get::<Option<bool>, _>(at)?.map(|set| Cell::Int(i64::from(set))),
            Kind::Real => row.try_get::<Option<f64>, _>(at)?.map(Cell::Real),
            Kind::Text | Kind::Json => row.try_get::<Option<String>, _>(at)?.map(Cell::Text),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>, _>(at)?.map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    };
    kinds.iter().enumerate().map(cell).collect()
}

impl Cell {
    /// The value to bind for a column of `kind`; JSON is bound as its text.
    pub fn into_value(self, kind: Kind) -> Result<Value> {
        Ok(match (kind, self) {
            (Kind::Int, Self::Null) => Value::Int(None),
            (Kind::Int, Self::Int(number)) => Value::Int(Some(number)),
            (Kind::Bool, Self::Null) => Value::Bool(None),
            (Kind::Bool, Self::Int(number)) => Value::Bool(Some(number != 0)),
            (Kind::Real, Self::Null) => Value::Float(None),
            (Kind::Real, Self::Real(number)) => Value::Float(Some(number)),
            (Kind::Text | Kind::Json, Self::Null) => Value::Text(None),
            (Kind::Text | Kind::Json, Self::Text(text)) => Value::Text(Some(text)),
            (Kind::Bytes, Self::Null) => Value::Bytes(None),
            (Kind::Bytes, Self::Bytes(bytes)) => Value::Bytes(Some(bytes)),
            (kind, cell) => return Err(broken(format_args!("{cell:?} stands in a column of {kind:?}"))),
        })
    }

    /// Writes the cell behind `to`.
    pub fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Self::Null => to.push(0),
            Self::Int(number) => {
                to.push(1);
                put_number(to, ((number << 1) ^ (number >> 63)).cast_unsigned());
            }
            Self::Real(number) => {
                to.push(2);
                to.extend_from_slice(&number.to_bits().to_le_bytes());
            }
            Self::Text(text) => put_bytes(to, 3, text.as_bytes()),
            Self::Bytes(bytes) => put_bytes(to, 4, bytes),
        }
    }

    /// Reads the cell at the beginning of `from` and moves behind it.
    ///
    /// # Errors
    /// When the bytes are no cell.
    pub fn decode(from: &mut &[u8]) -> Result<Self> {
        let [tag] = take(from, 1)? else { return Err(broken("a value is cut off")) };
        Ok(match tag {
            0 => Self::Null,
            1 => {
                let coded = number(from)?;
                Self::Int((coded >> 1).cast_signed() ^ -(coded & 1).cast_signed())
            }
            2 => {
                let bits = take(from, 8)?.try_into().map_err(|_| broken("a number is cut off"))?;
                Self::Real(f64::from_bits(u64::from_le_bytes(bits)))
            }
            3 => {
                let text = counted(from)?.to_vec();
                Self::Text(String::from_utf8(text).map_err(|_| broken("a text is not UTF-8"))?)
            }
            4 => Self::Bytes(counted(from)?.to_vec()),
            tag => return Err(broken(format_args!("there is no value of kind {tag}"))),
        })
    }
}

fn put_bytes(to: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    to.push(tag);
    put_number(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn number(from: &mut &[u8]) -> Result<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let [byte] = take(from, 1)? else { return Err(broken("a number is cut off")) };
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(broken("a number is too long"))
}

fn counted<'b>(from: &mut &'b [u8]) -> Result<&'b [u8], Error> {
    let length = usize::try_from(number(from)?).map_err(|_| broken("a length is too long"))?;
    take(from, length)
}

fn take<'b>(from: &mut &'b [u8], length: usize) -> Result<&'b [u8], Error> {
    let (taken, rest) = from.split_at_checked(length).ok_or_else(|| broken("a value is cut off"))?;
    *from = rest;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_comes_back_as_it_was() {
        let numbers = [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN].map(Cell::Int);
        let reals = [0.0, -0.0, 0.1, f64::MIN_POSITIVE, f64::MAX].map(Cell::Real);
        let others =
            [Cell::Null, Cell::Text("단골 🎈".into()), Cell::Text(String::new()), Cell::Bytes(vec![0, 255])];
        let all: Vec<Cell> = numbers.into_iter().chain(reals).chain(others).collect();
        let mut bytes = Vec::new();
        all.iter().for_each(|cell| cell.encode(&mut bytes));
        let mut rest = bytes.as_slice();
        let back: Vec<Cell> = all.iter().map(|_| Cell::decode(&mut rest).unwrap()).collect();
        assert_eq!(back, all);
        assert!(rest.is_empty());
    }

    #[test]
    fn bytes_that_are_cut_off_are_no_cell() {
        let mut bytes = Vec::new();
        Cell::Text("단골".into()).encode(&mut bytes);
        for length in 0..bytes.len() {
            assert!(Cell::decode(&mut &bytes[..length]).is_err(), "{length}");
        }
        assert!(Cell::decode(&mut [9_u8].as_slice()).is_err());
        assert!(Cell::decode(&mut [1_u8; 1].as_slice()).is_err());
        assert!(Cell::decode(&mut [&[1_u8], [0xff; 11].as_slice()].concat().as_slice()).is_err());
    }
}
