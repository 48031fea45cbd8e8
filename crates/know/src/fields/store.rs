//! Own fields in the database.

use super::model::{CustomField, FieldEdit, Kind, MOST};
use ::store::{FromRow, Json, Result, Tx, search, sql};
use kernel::{Id, Instant, kinds};

type FieldId = Id<kinds::CustomField>;

#[derive(FromRow)]
struct Row {
    id: FieldId,
    name: String,
    kind: String,
    choices: Json<Vec<String>>,
    revision: i64,
}

impl Row {
    fn field(self) -> CustomField {
        CustomField {
            id: self.id,
            name: self.name,
            kind: Kind::named(&self.kind).unwrap_or(Kind::Text),
            choices: self.choices.0,
            etag: web::etag(self.revision),
        }
    }
}

/// Every field, in their order.
pub async fn all(tx: &mut Tx) -> Result<Vec<CustomField>> {
    let rows: Vec<Row> =
        sql!("select id, name, kind, choices, revision from custom_fields order by position, id limit $1")
            .bind(MOST)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(Row::field).collect())
}

/// The fields that were added since `then`.
pub async fn since(tx: &mut Tx, then: Instant) -> Result<Vec<CustomField>> {
    let rows: Vec<Row> = sql!(
        "select id, name, kind, choices, revision from custom_fields where created_at > $1 order by position, id limit $2"
    )
    .bind(then)
    .bind(MOST)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(Row::field).collect())
}

/// The field `id` with its revision.
pub async fn find(tx: &mut Tx, id: FieldId) -> Result<Option<(CustomField, i64)>> {
    let row: Option<Row> = sql!("select id, name, kind, choices, revision from custom_fields where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await?;
    Ok(row.map(|row| {
        let revision = row.revision;
        (row.field(), revision)
    }))
}

/// Whether another field than `but` has this name.
pub async fn is_named(tx: &mut Tx, name: &str, but: Option<FieldId>) -> Result<bool> {
    let row: Option<(FieldId,)> = sql!("select id from custom_fields where fold = $1")
        .bind(search::fold(name))
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some_and(|(id,)| Some(id) != but))
}

/// How many fields there are.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = sql!("select count(*) from custom_fields").fetch_one(tx).await?;
    Ok(count)
}

/// Adds a field behind the others.
pub async fn insert(tx: &mut Tx, edit: &FieldEdit) -> Result<FieldId> {
    let (id, name): (FieldId, String) = (tx.id(), edit.name());
    sql!(
        "insert into custom_fields (id, name, fold, kind, choices, position, revision, created_at) \
         values ($1, $2, $3, $4, $5, (select count(*) from custom_fields), 1, $6)"
    )
    .bind(id)
    .bind(&name)
    .bind(search::fold(&name))
    .bind(edit.kind.text())
    .bind(serde_json::to_value(edit.choices())?)
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(id)
}

/// Gives a field another name and other choices; gives whether its revision was still the expected one.
pub async fn update(tx: &mut Tx, id: FieldId, edit: &FieldEdit, revision: i64) -> Result<bool> {
    let name = edit.name();
    let changed = sql!(
        "update custom_fields set name = $2, fold = $3, choices = $4, revision = revision + 1 \
         where id = $1 and revision = $5"
    )
    .bind(id)
    .bind(&name)
    .bind(search::fold(&name))
    .bind(serde_json::to_value(edit.choices())?)
    .bind(revision)
    .execute(tx)
    .await?;
    Ok(changed == 1)
}

/// Takes a choice from whoever has it.
pub async fn drop_choice(tx: &mut Tx, id: FieldId, choice: &str) -> Result<()> {
    sql!("delete from party_fields where field = $1 and text = $2").bind(id).bind(choice).execute(tx).await?;
    Ok(())
}

/// Forgets a field with all its values; gives whether it was there.
pub async fn remove(tx: &mut Tx, id: FieldId) -> Result<bool> {
    sql!("delete from party_fields where field = $1").bind(id).execute(tx).await?;
    Ok(sql!("delete from custom_fields where id = $1").bind(id).execute(tx).await? == 1)
}
