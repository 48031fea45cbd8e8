//! The same work by raw driver calls: native types, native arguments.

use crate::{Outcome, texts};
use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, QueryBuilder};

/// A row of a page.
pub type Line = (i64, i64, String, String, Option<i64>);

/// The shapes, each a transaction.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Inserts `count` interactions from number `from` on, reading back each one's place.
    async fn insert(&self, from: i64, count: i64) -> Outcome;
    /// Upserts `count` settings.
    async fn upsert(&self, count: i64) -> Outcome;
    /// Reads `count` pages.
    async fn pages(&self, count: i64) -> Outcome;
    /// Reads `count` settings.
    async fn json(&self, count: i64) -> Outcome;
    /// Asks `count` predicates built at run time.
    async fn predicates(&self, count: i64) -> Outcome;
    /// Streams every interaction.
    async fn stream(&self) -> Outcome<i64>;
    /// Inserts `count` rows in statements of many rows.
    async fn rows(&self, turn: i64, count: i64) -> Outcome;
    /// Writes one row in a transaction of its own.
    async fn write(&self, key: String) -> Outcome;
}

macro_rules! driver {
    ($engine:ident, $database:ty, $pool:ty) => {
        /// Raw driver calls.
        pub mod $engine {
            use super::*;

            /// The driver's pools.
            pub struct Raw {
                pub writer: $pool,
                pub readers: $pool,
                pub begin_write: &'static str,
                pub begin_read: &'static str,
            }

            #[async_trait]
            impl Driver for Raw {
                async fn insert(&self, from: i64, count: i64) -> Outcome {
                    let mut tx = self.writer.begin_with(self.begin_write).await?;
                    for number in from..from + count {
                        let query = sqlx::query_as::<_, (i64,)>(texts::INSERT);
                        let query = query.bind(number).bind(number).bind("live").bind("note.written");
                        let query = query.bind("dangol").bind(format!("bench:{number}")).bind(number);
                        let _: (i64,) = query
                            .bind(Json(serde_json::json!({"order": number})))
                            .fetch_one(&mut *tx)
                            .await?;
                    }
                    Ok(tx.commit().await?)
                }

                async fn upsert(&self, count: i64) -> Outcome {
                    let mut tx = self.writer.begin_with(self.begin_write).await?;
                    for number in 0..count {
                        let value = serde_json::json!({"number": number, "texts": ["a", "b"]});
                        let query = sqlx::query_as::<_, (i64,)>(texts::UPSERT);
                        let query = query.bind(format!("setting {number}")).bind(Json(value)).bind(number);
                        let _: (i64,) = query.fetch_one(&mut *tx).await?;
                    }
                    Ok(tx.commit().await?)
                }

                async fn pages(&self, count: i64) -> Outcome {
                    let mut tx = self.readers.begin_with(self.begin_read).await?;
                    for number in 0..count {
                        let query = sqlx::query_as(texts::PAGE).bind(number * 50);
                        let _: Vec<Line> = query.fetch_all(&mut *tx).await?;
                    }
                    Ok(())
                }

                async fn json(&self, count: i64) -> Outcome {
                    let mut tx = self.readers.begin_with(self.begin_read).await?;
                    for number in 0..count {
                        let query = sqlx::query_as(texts::JSON).bind(format!("setting {number}"));
                        let _: (String, Json<serde_json::Value>, i64) = query.fetch_one(&mut *tx).await?;
                    }
                    Ok(())
                }

                async fn predicates(&self, count: i64) -> Outcome {
                    let mut tx = self.readers.begin_with(self.begin_read).await?;
                    for number in 0..count {
                        let conditions = texts::conditions(number);
                        let text = texts::predicate(conditions);
                        let mut query = sqlx::query_as(AssertSqlSafe(text)).bind(number);
                        for condition in 0..conditions {
                            query = query.bind(condition);
                        }
                        let _: Vec<Line> = query.fetch_all(&mut *tx).await?;
                    }
                    Ok(())
                }

                async fn stream(&self) -> Outcome<i64> {
                    let mut tx = self.readers.begin_with(self.begin_read).await?;
                    let mut sum = 0;
                    let mut rows = sqlx::query_as::<_, Line>(texts::STREAM).fetch(&mut *tx);
                    while let Some((seq, ..)) = rows.try_next().await? {
                        sum += seq;
                    }
                    Ok(sum)
                }

                async fn rows(&self, turn: i64, count: i64) -> Outcome {
                    let mut tx = self.writer.begin_with(self.begin_write).await?;
                    let numbers: Vec<i64> = (0..count).collect();
                    for chunk in numbers.chunks(2_000) {
                        let mut query: QueryBuilder<$database> =
                            QueryBuilder::new("insert into grams (area, gram, subject) ");
                        query.push_values(chunk, |mut row, number| {
                            row.push_bind("bench").push_bind(format!("{turn}")).push_bind(*number);
                        });
                        query.build().execute(&mut *tx).await?;
                    }
                    Ok(tx.commit().await?)
                }

                async fn write(&self, key: String) -> Outcome {
                    let mut tx = self.writer.begin_with(self.begin_write).await?;
                    sqlx::query(texts::WRITE).bind("bench").bind(key).bind(1_i64).execute(&mut *tx).await?;
                    Ok(tx.commit().await?)
                }
            }
        }
    };
}

driver!(sqlite, sqlx::Sqlite, sqlx::SqlitePool);
driver!(postgres, sqlx::Postgres, sqlx::PgPool);
