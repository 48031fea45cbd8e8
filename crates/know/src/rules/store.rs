//! Rules in the database.

use super::Parameters;
use ::store::{FromRow, Json, Result, Tx, sql};
use kernel::{Day, Id, Instant, Kind, kinds};
use serde::Serialize;
use utoipa::ToSchema;
use web::Company;

/// What the id of a rule names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {}

impl Kind for Law {
    const PREFIX: &'static str = "rul";
}

pub type RuleId = Id<Law>;

/// A rule as its row stands.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
#[schema(as = LawRule)]
pub struct Rule {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RuleId,
    /// Whose law: `kr`.
    pub jurisdiction: String,
    /// Its name: `notice`, `reconfirm`, `lint`.
    pub rule: String,
    /// Its numbers and words.
    #[schema(value_type = Object)]
    pub parameters: Json<serde_json::Value>,
    /// The day from which it is in force.
    #[schema(value_type = String)]
    pub effective_from: Day,
    /// The last day on which it is.
    #[schema(value_type = Option<String>)]
    pub effective_to: Option<Day>,
    /// The text of law it follows from.
    pub basis: String,
    /// A memo.
    pub note: String,
    /// When it was entered.
    #[schema(value_type = String)]
    pub created_at: Instant,
}

/// Every rule, those of one name together, the one that begins last first.
pub async fn all(tx: &mut Tx) -> Result<Vec<Rule>> {
    sql!(
        "select id, jurisdiction, rule, parameters, effective_from, effective_to, basis, note, created_at from rules \
         order by jurisdiction, rule, effective_from desc limit 1000"
    )
    .fetch_all(tx)
    .await
}

/// The parameters in force today.
pub async fn in_force<P: Parameters>(tx: &mut Tx) -> Result<P> {
    let clock = tx.environment().clock.clone();
    let today = Company::load(tx).await?.today(&*clock);
    in_force_on(tx, today).await
}

/// The parameters in force on `day`; the program's where no row says any.
pub async fn in_force_on<P: Parameters>(tx: &mut Tx, day: Day) -> Result<P> {
    let row: Option<(Json<serde_json::Value>, Option<Day>)> = sql!(
        "select parameters, effective_to from rules where jurisdiction = $1 and rule = $2 and effective_from <= $3 \
         order by effective_from desc limit 1"
    )
    .bind(P::JURISDICTION)
    .bind(P::RULE)
    .bind(day)
    .fetch_optional(tx)
    .await?;
    let stands = row.filter(|(_, end)| end.is_none_or(|end| day <= end));
    Ok(match stands {
        Some((Json(parameters), _)) => serde_json::from_value(parameters)?,
        None => P::default(),
    })
}

/// Adds a rule.
pub async fn insert(tx: &mut Tx, rule: &Rule, by: Id<kinds::User>) -> Result<()> {
    sql!(
        "insert into rules (id, jurisdiction, rule, parameters, effective_from, effective_to, basis, note, created_at, \
         created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(rule.id)
    .bind(&rule.jurisdiction)
    .bind(&rule.rule)
    .bind(rule.parameters.0.clone())
    .bind(rule.effective_from)
    .bind(rule.effective_to)
    .bind(&rule.basis)
    .bind(&rule.note)
    .bind(rule.created_at)
    .bind(by)
    .execute(tx)
    .await?;
    Ok(())
}

/// The rule `id`.
pub async fn find(tx: &mut Tx, id: RuleId) -> Result<Option<Rule>> {
    sql!(
        "select id, jurisdiction, rule, parameters, effective_from, effective_to, basis, note, created_at from rules \
         where id = $1"
    )
    .bind(id)
    .fetch_optional(tx)
    .await
}

/// Takes a rule away that has not begun.
pub async fn delete(tx: &mut Tx, id: RuleId) -> Result<()> {
    sql!("delete from rules where id = $1").bind(id).execute(tx).await?;
    Ok(())
}
