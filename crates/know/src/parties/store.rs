//! Parties and their contacts in the database.

use super::keepers;
use super::model::Contact;
use super::who::Key;
use ::store::search;
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use kernel::{Id, Instant, composed, kinds};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use web::Sight;

type PartyId = Id<kinds::Party>;

/// The area of the search table that parties use.
pub const SEARCH_AREA: &str = "party";

/// Writes new parties with their names.
pub async fn insert_parties(
    tx: &mut Tx,
    parties: &BTreeMap<PartyId, Option<String>>,
    import: Option<Id<kinds::Import>>,
) -> Result<()> {
    if parties.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut insert = sql_rows!(
        8,
        "insert into parties (id, kind, name, name_fold, created_at, changed_at, revision, import_id) values {rows}"
    );
    for (party, name) in parties {
        let name = name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(composed);
        let name = name.as_deref();
        insert.push_row([
            (*party).into(),
            "person".into(),
            name.into(),
            search::fold(name.unwrap_or_default()).into(),
            now.into(),
            now.into(),
            1_i64.into(),
            import.into(),
        ]);
    }
    insert.execute(tx).await?;
    let grams: Vec<_> = parties
        .iter()
        .filter_map(|(party, name)| Some((party.number(), search::grams(name.as_deref()?))))
        .collect();
    search::index_new(tx, SEARCH_AREA, &grams).await
}

/// Writes new contacts.
pub async fn insert_contacts(tx: &mut Tx, contacts: &[(PartyId, Contact)]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut insert = sql_rows!(
        8,
        "insert into contacts (id, party, kind, source, value, shown, phone_tail, created_at) values {rows}"
    );
    for (party, contact) in contacts {
        let id: Id<kinds::Contact> = tx.id();
        insert.push_row([
            id.into(),
            (*party).into(),
            contact.kind.into(),
            (&contact.source).into(),
            (&contact.value).into(),
            (&contact.shown).into(),
            contact.phone_tail().into(),
            now.into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(())
}

/// Takes contacts from parties that were taken back, for whoever has them now.
pub async fn free_contacts(tx: &mut Tx, contacts: &[Key]) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let mut delete = sql_rows!(3, "delete from contacts where (kind, source, value) in (values {rows})");
    for (kind, source, value) in contacts {
        delete.push_row([kind.as_str().into(), source.as_str().into(), value.as_str().into()]);
    }
    delete.execute(tx).await?;
    Ok(())
}

/// Brings back parties whose import had been undone.
pub async fn revive(tx: &mut Tx, parties: &BTreeSet<PartyId>) -> Result<()> {
    if parties.is_empty() {
        return Ok(());
    }
    let mut update = sql_rows!(1, "update parties set retracted_by = null where id in (values {rows})");
    parties.iter().for_each(|party| update.push_row([(*party).into()]));
    update.execute(tx).await?;
    Ok(())
}

/// Whether every one of `parties` is there and was not taken back.
pub async fn all_stand(tx: &mut Tx, parties: &BTreeSet<PartyId>) -> Result<bool> {
    let mut standing = 0;
    let mut asked = parties.iter().peekable();
    while asked.peek().is_some() {
        let mut query =
            sql_rows!(1, "select count(*) from parties where retracted_by is null and id in (values {rows})");
        while let Some(party) = (!query.is_full()).then(|| asked.next()).flatten() {
            query.push_row([(*party).into()]);
        }
        let counts: Vec<(i64,)> = query.fetch_of_set(tx).await?;
        standing += counts.into_iter().map(|(count,)| count).sum::<i64>();
    }
    Ok(usize::try_from(standing) == Ok(parties.len()))
}

/// A party as it stands.
#[derive(Debug, Clone, FromRow)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// How often it was changed, for `If-Match`.
    pub revision: i64,
}

/// The party `id`, unless the import that brought it was undone or `sight` does not reach it.
pub async fn find(tx: &mut Tx, id: PartyId, sight: Sight) -> Result<Option<Party>> {
    let party: Option<Party> =
        sql!("select id, name, created_at, revision from parties where id = $1 and retracted_by is null")
            .bind(id)
            .fetch_optional(tx)
            .await?;
    Ok(if keepers::is_seen(tx, id, sight).await? { party } else { None })
}

/// A contact of a party, as the card shows it.
#[derive(Debug, Clone, Serialize, FromRow, ToSchema)]
pub struct ContactRow {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Contact>,
    /// `email`, `phone` or `source_id`.
    pub kind: String,
    /// The source of a source id, else empty.
    pub source: String,
    /// The normal form.
    pub value: String,
    /// As it is shown.
    pub shown: String,
}

/// The contacts of a party, as `sight` shows them.
pub async fn contacts(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<ContactRow>> {
    let rows: Vec<ContactRow> =
        sql!("select id, kind, source, value, shown from contacts where party = $1 order by kind, id")
            .bind(party)
            .fetch_all(tx)
            .await?;
    let shown =
        |row: ContactRow| ContactRow { value: sight.text(row.value), shown: sight.text(row.shown), ..row };
    Ok(rows.into_iter().map(shown).collect())
}

/// Changes the name; gives whether the revision was still the expected one.
pub async fn rename(tx: &mut Tx, party: PartyId, name: &str, revision: i64) -> Result<bool> {
    let changed = sql!(
        "update parties set name = $1, name_fold = $2, changed_at = $3, revision = revision + 1 \
         where id = $4 and revision = $5 and retracted_by is null"
    )
    .bind(composed(name).into_owned())
    .bind(search::fold(name))
    .bind(tx.now())
    .bind(party)
    .bind(revision)
    .execute(tx)
    .await?;
    if changed == 1 {
        search::index(tx, SEARCH_AREA, party.number(), &[name]).await?;
    }
    Ok(changed == 1)
}

/// Takes a contact of `kind` away from a party.
pub async fn remove_contacts(tx: &mut Tx, party: PartyId, kind: &str) -> Result<()> {
    sql!("delete from contacts where party = $1 and kind = $2").bind(party).bind(kind).execute(tx).await?;
    Ok(())
}

/// The party that owns a contact, and whether it was taken back.
pub async fn owner(tx: &mut Tx, contact: &Contact) -> Result<Option<(PartyId, bool)>> {
    sql!(
        "select p.id, p.retracted_by is not null from contacts c join parties p on p.id = c.party \
         where c.kind = $1 and c.source = $2 and c.value = $3"
    )
    .bind(contact.kind)
    .bind(&contact.source)
    .bind(&contact.value)
    .fetch_optional(tx)
    .await
}

/// Gives `to` the contacts of a party that was taken back: the import that runs again then finds `to`.
pub async fn take_over(tx: &mut Tx, from: PartyId, to: PartyId) -> Result<()> {
    sql!("update contacts set party = $2 where party = $1").bind(from).bind(to).execute(tx).await?;
    Ok(())
}
