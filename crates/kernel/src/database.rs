//! Ids, days, months, instants and currencies as columns of both engines.

use crate::{Currency, Day, Id, Instant, Month};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type};

/// Reads and writes `$type` as the column type of `$inner`.
macro_rules! column {
    ($type:ty $(, $generic:ident)?; $inner:ty; |$value:ident| $to:expr; |$raw:ident| $from:expr) => {
        impl<$($generic,)? D: Database> Type<D> for $type
        where
            $inner: Type<D>,
        {
            fn type_info() -> D::TypeInfo {
                <$inner as Type<D>>::type_info()
            }

            fn compatible(info: &D::TypeInfo) -> bool {
                <$inner as Type<D>>::compatible(info)
            }
        }

        impl<'q, $($generic,)? D: Database> Encode<'q, D> for $type
        where
            $inner: Encode<'q, D>,
        {
            fn encode_by_ref(&self, buffer: &mut D::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let $value = self;
                <$inner as Encode<'q, D>>::encode($to, buffer)
            }
        }

        impl<'r, $($generic,)? D: Database> Decode<'r, D> for $type
        where
            $inner: Decode<'r, D>,
        {
            fn decode(raw: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let $raw = <$inner as Decode<'r, D>>::decode(raw)?;
                Ok($from)
            }
        }
    };
}

column!(Id<K>, K; i64; |id| id.number(); |raw| Id::from_number(raw));
column!(Day; i64; |day| day.epoch(); |raw| Day::from_epoch(raw));
column!(Month; i64; |month| month.number(); |raw| Month::from_number(raw));
column!(Instant; i64; |at| at.micros(); |raw| Instant::from_micros(raw));
column!(Currency; String; |currency| currency.code().to_owned(); |raw| raw.parse::<Currency>()?);
