//! Parties and their contacts in the database.

use super::keepers;
use super::model::{Contact, PartyKind};
use super::root::members;
use super::who::Key;
use ::store::search;
use ::store::{FromRow, Result, Tx, sql, sql_rows};
use axum::http::StatusCode;
use kernel::{Id, Instant, Registration, kinds, one_line};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use web::{Answer, Problem, Sight};

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
        let name = name.as_deref().map(one_line).filter(|name| !name.is_empty());
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
        .filter_map(|(party, name)| Some((party.number(), search::grams(&one_line(name.as_deref()?)))))
        .collect();
    search::index_new(tx, SEARCH_AREA, &grams).await
}

/// Writes new contacts, of which `import` told first.
pub async fn insert_contacts(
    tx: &mut Tx,
    contacts: &[(PartyId, Contact)],
    import: Option<Id<kinds::Import>>,
) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut insert = sql_rows!(
        9,
        "insert into contacts (id, party, kind, source, value, shown, phone_tail, created_at, import_id) values {rows}"
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
            import.into(),
        ]);
    }
    insert.execute(tx).await?;
    Ok(())
}

/// Takes back what an import told first of people it did not bring. Whom it brought keep theirs: they are known by them
/// when it runs again.
pub async fn forget_contacts_of(tx: &mut Tx, import: Id<kinds::Import>) -> Result<u64> {
    sql!(
        "delete from contacts where import_id = $1 \
         and not exists (select 1 from parties p where p.id = contacts.party and p.import_id = $1)"
    )
    .bind(import)
    .execute(tx)
    .await
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
    /// Who stands for it, if it was merged away.
    pub root: Option<PartyId>,
    /// `person` or `organisation`.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// How often it was changed, for `If-Match`.
    pub revision: i64,
}

impl Party {
    /// What it is.
    pub fn kind(&self) -> PartyKind {
        if self.kind == PartyKind::Organisation.text() { PartyKind::Organisation } else { PartyKind::Person }
    }
}

/// The party `id`, unless the import that brought it was undone or `sight` does not reach who stands for it.
pub async fn find(tx: &mut Tx, id: PartyId, sight: Sight) -> Result<Option<Party>> {
    let party: Option<Party> = sql!(
        "select p.id, r.root, p.kind, p.name, p.created_at, p.revision from parties p \
         left join party_root r on r.party = p.id where p.id = $1 and p.retracted_by is null and p.erased_at is null"
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    let root = party.as_ref().and_then(|party| party.root).unwrap_or(id);
    Ok(if keepers::is_seen(tx, root, sight).await? { party } else { None })
}

/// The party `id`, which stands for itself and which `sight` reaches.
///
/// # Errors
/// 404 when there is none, 410 with the member `party` when it was merged into another one.
pub async fn standing(tx: &mut Tx, id: PartyId, sight: Sight) -> Answer<Party> {
    let party = find(tx, id, sight).await?.ok_or_else(Problem::not_found)?;
    match party.root {
        None => Ok(party),
        Some(root) => Err(Problem::new(StatusCode::GONE, "party_merged").member("party", root.to_string())),
    }
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

impl ContactRow {
    /// The same as `sight` shows it.
    #[must_use]
    pub fn seen(self, sight: Sight) -> Self {
        Self { value: sight.text(self.value), shown: sight.text(self.shown), ..self }
    }
}

/// The contacts of a party and of those merged into it, as `sight` shows them.
pub async fn contacts(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<ContactRow>> {
    let rows: Vec<ContactRow> = sql!(concat!(
        "select id, kind, source, value, shown from contacts where party in ",
        members!("$1"),
        " order by kind, case when party = $1 then 0 else 1 end, id"
    ))
    .bind(party)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.seen(sight)).collect())
}

/// Changes the name; gives whether the revision was still the expected one.
pub async fn rename(tx: &mut Tx, party: PartyId, name: &str, revision: i64) -> Result<bool> {
    let name = one_line(name);
    let changed = sql!(
        "update parties set name = $1, name_fold = $2, changed_at = $3, revision = revision + 1 \
         where id = $4 and revision = $5 and retracted_by is null"
    )
    .bind(&name)
    .bind(search::fold(&name))
    .bind(tx.now())
    .bind(party)
    .bind(revision)
    .execute(tx)
    .await?;
    if changed == 1 {
        search::index(tx, SEARCH_AREA, party.number(), &[name.as_str()]).await?;
    }
    Ok(changed == 1)
}

/// Says what a party is, and its registration number.
pub async fn describe(
    tx: &mut Tx,
    party: PartyId,
    kind: PartyKind,
    registration: Option<&Registration>,
) -> Result<()> {
    sql!("update parties set kind = $1, registration = $2 where id = $3")
        .bind(kind.text())
        .bind(registration.map(|number| number.value().to_owned()))
        .bind(party)
        .execute(tx)
        .await?;
    Ok(())
}

/// The registration number of a party, or of one of those merged into it.
pub async fn registration(tx: &mut Tx, party: PartyId) -> Result<Option<Registration>> {
    let row: Option<(String,)> = sql!(concat!(
        "select registration from parties where registration is not null and id in ",
        members!("$1"),
        " order by case when id = $1 then 0 else 1 end, id limit 1"
    ))
    .bind(party)
    .fetch_optional(tx)
    .await?;
    Ok(row.and_then(|(number,)| Registration::parse(&number)))
}

/// Writes the same name the way names are written now. What people see stays, so the revision stays as well.
pub async fn respell(tx: &mut Tx, party: PartyId, name: &str) -> Result<()> {
    sql!("update parties set name = $1, name_fold = $2 where id = $3")
        .bind(name)
        .bind(search::fold(name))
        .bind(party)
        .execute(tx)
        .await?;
    search::index(tx, SEARCH_AREA, party.number(), &[name]).await
}

/// Marks a contact as given by somebody who could not vouch for whose it is.
pub async fn doubt(tx: &mut Tx, contact: &Contact) -> Result<()> {
    sql!("update contacts set unvouched = 1 where kind = $1 and source = $2 and value = $3")
        .bind(contact.kind)
        .bind(&contact.source)
        .bind(&contact.value)
        .execute(tx)
        .await
        .map(drop)
}

/// Whether a code sent to a contact proves who the customer is.
pub async fn is_vouched(tx: &mut Tx, contact: &Contact) -> Result<bool> {
    let found: Option<(i64,)> =
        sql!("select unvouched from contacts where kind = $1 and source = $2 and value = $3")
            .bind(contact.kind)
            .bind(&contact.source)
            .bind(&contact.value)
            .fetch_optional(tx)
            .await?;
    Ok(found == Some((0,)))
}

/// Takes a contact away.
pub async fn remove_contact(tx: &mut Tx, id: Id<kinds::Contact>) -> Result<()> {
    sql!("delete from contacts where id = $1").bind(id).execute(tx).await?;
    Ok(())
}

/// Who has a contact, or stands for who has it, and whether they were taken back.
pub async fn owner(tx: &mut Tx, contact: &Contact) -> Result<Option<(PartyId, bool)>> {
    sql!(
        "select coalesce(r.root, p.id), p.retracted_by is not null from contacts c join parties p on p.id = c.party \
         left join party_root r on r.party = p.id where c.kind = $1 and c.source = $2 and c.value = $3"
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

/// Gives a party a name, whatever revision it has; its name is found from now on.
pub async fn rename_unasked(tx: &mut Tx, party: PartyId, name: Option<&str>) -> Result<()> {
    let name = name.map(one_line);
    let name = name.as_deref();
    sql!(
        "update parties set name = $1, name_fold = $2, changed_at = $3, revision = revision + 1 where id = $4"
    )
    .bind(name.map(str::to_owned))
    .bind(search::fold(name.unwrap_or_default()))
    .bind(tx.now())
    .bind(party)
    .execute(tx)
    .await?;
    search::index(tx, SEARCH_AREA, party.number(), &name.into_iter().collect::<Vec<_>>()).await
}
