//! What Today tells of imports, and the step of setting up.

use super::model::{Import, State};
use super::store;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::{Day, Instant};
use serde_json::{Value, json};
use web::{Card, Cards, Company, Permission, SetUp, Sight, Step};

/// Rows that were set aside wait for a person.
const ATTENTION_RANK: i64 = 150;
/// News, not a task.
const FINISHED_RANK: i64 = 400;
/// How long an import is looked at.
const ATTENTION: i64 = 14 * Instant::DAY;
/// How long a finished import is news.
const NEWS: i64 = 2 * Instant::DAY;

/// `import_attention` and `import_finished`.
pub struct ImportCards;

#[async_trait]
impl Cards for ImportCards {
    async fn cards(&self, tx: &mut Tx, _: &Company, _: Day, sight: Sight) -> Result<Vec<Card>> {
        if !sight.may(Permission::ImportsRun) {
            return Ok(Vec::new());
        }
        let ended = store::ended_since(tx, tx.now().plus(-ATTENTION)).await?;
        let asks = |import: &&Import| import.state == State::Failed || import.counts.invalid > 0;
        let attention = ended.iter().find(asks).map(|import| {
            let invalid = import.counts.invalid;
            let params = json!({ "import": import.id, "file": import.file, "invalid": invalid,
                "failed": import.state == State::Failed });
            card("import_attention", import, params, invalid.max(1), ATTENTION_RANK)
        });
        let since = tx.now().plus(-NEWS);
        let is_news = |import: &&Import| {
            import.state == State::Done
                && import.counts.new > 0
                && import.finished_at.is_some_and(|at| at >= since)
        };
        let finished = ended.iter().find(is_news).map(|import| {
            let params = json!({ "import": import.id, "file": import.file, "new": import.counts.new,
                "customers": i64::from(import.plan.source.is_of_customers()) });
            card("import_finished", import, params, import.counts.new, FINISHED_RANK)
        });
        Ok(attention.into_iter().chain(finished).collect())
    }
}

fn card(id: &'static str, import: &Import, params: Value, count: i64, rank: i64) -> Card {
    let href = format!("/know/imports/{}", import.id);
    Card { id, params, count, people: Vec::new(), href, value: None, due: None, rank }
}

/// The first import of a new company.
pub struct ImportStep;

#[async_trait]
impl SetUp for ImportStep {
    async fn steps(&self, tx: &mut Tx, _: &Company) -> Result<Vec<Step>> {
        Ok(vec![Step { step: "import", done: store::any_done(tx).await? }])
    }
}
