//! Postal addresses of parties: as many as they have, each with what it is for.
//!
//! Invariants:
//! - An address in Korea has a postal code of five digits; of others it is as it is written.
//! - Whoever sees contacts masked sees of an address its first two words; what comes back so changes nothing.

use crate::parties::root::members;
use crate::parties::store::standing;
use ::store::log::{self, Entry};
use ::store::{FromRow, Lane, Result, Tx, sql};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use futures::FutureExt;
use kernel::{Id, composed, kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry, Sight};

type PartyId = Id<kinds::Party>;
type AddressId = Id<kinds::Address>;

/// Addresses of a party at most.
const MOST: usize = 20;
/// Characters of a line.
const LINE: usize = 200;
/// Characters of a label.
const LABEL: usize = 40;
/// Characters of a postal code of another country.
const CODE: usize = 16;
/// Digits of a Korean postal code.
const KOREAN_CODE: usize = 5;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes =
        utoipa_axum::router::OpenApiRouter::new().routes(routes!(create)).routes(routes!(change, remove));
    registry.routes(routes);
    registry.allow("POST", "/parties/{id}/addresses", Permission::PartiesWrite);
    registry.allow("PUT", "/addresses/{id}", Permission::PartiesWrite);
    registry.allow("DELETE", "/addresses/{id}", Permission::PartiesWrite);
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Address {
    /// Its id.
    #[schema(value_type = String)]
    pub id: AddressId,
    /// What it is for: 집, 회사, 배송지.
    pub label: Option<String>,
    /// The country, as two letters (ISO 3166-1).
    pub country: String,
    /// The postal code.
    pub postal_code: Option<String>,
    /// Region, street and number: in Korea the road address (도로명주소).
    pub line1: String,
    /// Floor, flat, building (상세주소).
    pub line2: Option<String>,
}

impl Address {
    fn seen(self, sight: Sight) -> Self {
        if !sight.is_masked() {
            return self;
        }
        let hide = |_: String| "***".to_owned();
        Self {
            label: sight.maybe(self.label),
            postal_code: self.postal_code.map(hide),
            line2: self.line2.map(hide),
            line1: in_part(&self.line1),
            ..self
        }
    }
}

/// The first two words: in Korea the city and its district.
fn in_part(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().take(2).collect();
    words.push("***");
    words.join(" ")
}

/// An address to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AddressEdit {
    /// What it is for.
    label: Option<String>,
    /// The country, as two letters; `KR` when left out.
    country: Option<String>,
    /// The postal code.
    postal_code: Option<String>,
    /// Region, street and number.
    line1: String,
    /// Floor, flat, building.
    line2: Option<String>,
}

/// The parts of an address as they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, FromRow)]
pub(crate) struct Parts {
    label: Option<String>,
    country: String,
    postal_code: Option<String>,
    line1: String,
    line2: Option<String>,
}

/// An address as a file has it: in Korea, where nothing says otherwise. A postal code that is none of the country goes
/// before the line, so that nothing is lost. `None` where it is no address, or too long for one.
pub(crate) fn of_file(code: Option<&str>, line: Option<&str>, detail: Option<&str>) -> Option<Parts> {
    let (line, detail) = if line.is_none() { (detail, None) } else { (line, detail) };
    let line = line?.trim();
    let (code, odd) = match code.map(str::trim).filter(|code| !code.is_empty()) {
        Some(code) if fits("KR", code) => (Some(code), None),
        odd => (None, odd),
    };
    let edit = AddressEdit {
        label: None,
        country: None,
        postal_code: code.map(str::to_owned),
        line1: odd.map_or_else(|| line.to_owned(), |odd| format!("({odd}) {line}")),
        line2: detail.map(str::to_owned),
    };
    edit.parts().ok()
}

impl AddressEdit {
    fn parts(&self) -> Answer<Parts> {
        let given = |text: &Option<String>| {
            text.as_deref()
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(|text| composed(text).into_owned())
        };
        let parts = Parts {
            label: given(&self.label),
            country: given(&self.country).unwrap_or_else(|| "KR".into()).to_ascii_uppercase(),
            postal_code: given(&self.postal_code),
            line1: composed(self.line1.trim()).into_owned(),
            line2: given(&self.line2),
        };
        parts.check()?;
        Ok(parts)
    }
}

impl Parts {
    fn check(&self) -> Answer<()> {
        let mut problem = Problem::invalid("invalid");
        let is_long = |text: &Option<String>, most: usize| {
            text.as_deref().is_some_and(|text| text.chars().count() > most)
        };
        if self.line1.is_empty() {
            problem = problem.field("line1", "required");
        }
        let lines = [("line1", self.line1.chars().count() > LINE), ("line2", is_long(&self.line2, LINE))];
        for (field, long) in [lines[0], lines[1], ("label", is_long(&self.label, LABEL))] {
            if long {
                problem = problem.field(field, "too_long");
            }
        }
        if self.country.len() != 2 || !self.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            problem = problem.field("country", "country_unknown");
        }
        if self.postal_code.as_deref().is_some_and(|code| !fits(&self.country, code)) {
            problem = problem.field("postal_code", "postal_code_unfit");
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

/// Whether a postal code is one of the country.
fn fits(country: &str, code: &str) -> bool {
    match country {
        "KR" => code.len() == KOREAN_CODE && code.bytes().all(|byte| byte.is_ascii_digit()),
        _ => code.chars().count() <= CODE,
    }
}

/// The addresses of `party` and of those merged into it, as `sight` shows them.
pub async fn of(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<Vec<Address>> {
    let rows: Vec<Address> = sql!(concat!(
        "select id, label, country, postal_code, line1, line2 from addresses where party in ",
        members!("$1"),
        " order by id"
    ))
    .bind(party)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.seen(sight)).collect())
}

async fn tell(tx: &mut Tx, party: PartyId, id: AddressId) -> Result<()> {
    let time: Id<kinds::Run> = tx.id();
    let entry = Entry::live(tx, "address.changed", id.number()).about(party);
    log::append(tx, entry.named(format!("address.changed:{}", time.number()))).await
}

/// Adds an address.
#[utoipa::path(post, path = "/parties/{id}/addresses", tag = "know", request_body = AddressEdit,
    params(("id" = String, Path, description = "The party")),
    responses((status = 201, body = Vec<Address>), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
async fn create(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(edit): Json<AddressEdit>,
) -> Answer<(StatusCode, Json<Vec<Address>>)> {
    let parts = edit.parts()?;
    let all = app
        .db()
        .write(Lane::Interactive, move |tx| async move { add(tx, &actor, party, &parts).await }.boxed())
        .await?;
    Ok((StatusCode::CREATED, Json(all)))
}

async fn add(tx: &mut Tx, actor: &Actor, party: PartyId, parts: &Parts) -> Answer<Vec<Address>> {
    standing(tx, party, actor.sight).await?;
    if of(tx, party, actor.sight).await?.len() >= MOST {
        return Err(Problem::conflict("addresses_full").with("max", MOST));
    }
    let id = insert(tx, party, parts).await?;
    tell(tx, party, id).await?;
    Ok(of(tx, party, actor.sight).await?)
}

async fn insert(tx: &mut Tx, party: PartyId, parts: &Parts) -> Result<AddressId> {
    let id: AddressId = tx.id();
    sql!(
        "insert into addresses (id, party, label, country, postal_code, line1, line2, changed_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(id)
    .bind(party)
    .bind(parts.label.clone())
    .bind(&parts.country)
    .bind(parts.postal_code.clone())
    .bind(&parts.line1)
    .bind(parts.line2.clone())
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(id)
}

async fn write(tx: &mut Tx, id: AddressId, parts: &Parts) -> Result<()> {
    sql!(
        "update addresses set label = $2, country = $3, postal_code = $4, line1 = $5, line2 = $6, changed_at = $7 \
         where id = $1"
    )
    .bind(id)
    .bind(parts.label.clone())
    .bind(&parts.country)
    .bind(parts.postal_code.clone())
    .bind(&parts.line1)
    .bind(parts.line2.clone())
    .bind(tx.now())
    .execute(tx)
    .await?;
    Ok(())
}

/// What a file changed about the addresses of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    id: AddressId,
    before: Option<Parts>,
    after: Parts,
}

#[derive(FromRow)]
struct Own {
    id: AddressId,
    party: PartyId,
    #[sqlx(flatten)]
    parts: Parts,
}

/// Keeps what a file says of `party`, in the place of what its source said `before` if that is still there as it was.
/// What is there already, and what would be one too many, changes nothing.
pub(crate) async fn learn(
    tx: &mut Tx,
    party: PartyId,
    said: &Parts,
    before: Option<&Parts>,
) -> Result<Option<Written>> {
    let kept: Vec<Own> = sql!(concat!(
        "select id, party, label, country, postal_code, line1, line2 from addresses where party in ",
        members!("$1"),
        " order by id"
    ))
    .bind(party)
    .fetch_all(tx)
    .await?;
    if kept.iter().any(|own| own.parts == *said) {
        return Ok(None);
    }
    let outdated = kept.iter().find(|own| own.party == party && Some(&own.parts) == before);
    if let Some(own) = outdated {
        write(tx, own.id, said).await?;
        return Ok(Some(Written { id: own.id, before: before.cloned(), after: said.clone() }));
    }
    if kept.len() >= MOST {
        return Ok(None);
    }
    let id = insert(tx, party, said).await?;
    Ok(Some(Written { id, before: None, after: said.clone() }))
}

/// Takes back what a file changed, unless somebody has changed it since.
pub(crate) async fn unlearn(tx: &mut Tx, written: &Written) -> Result<()> {
    let now: Option<Parts> =
        sql!("select label, country, postal_code, line1, line2 from addresses where id = $1")
            .bind(written.id)
            .fetch_optional(tx)
            .await?;
    if now.as_ref() != Some(&written.after) {
        return Ok(());
    }
    match &written.before {
        Some(before) => write(tx, written.id, before).await,
        None => {
            sql!("delete from addresses where id = $1").bind(written.id).execute(tx).await?;
            Ok(())
        }
    }
}

/// The address `id`, and who stands for whose it is, if `actor` sees them.
async fn found(tx: &mut Tx, actor: &Actor, id: AddressId) -> Answer<(PartyId, Address)> {
    let whose: Option<(PartyId,)> = sql!(
        "select coalesce(r.root, a.party) from addresses a left join party_root r on r.party = a.party where a.id = $1"
    )
    .bind(id)
    .fetch_optional(tx)
    .await?;
    let (party,) = whose.ok_or_else(Problem::not_found)?;
    standing(tx, party, actor.sight).await?;
    let all = of(tx, party, Sight::WHOLE).await?;
    let address = all.into_iter().find(|address| address.id == id).ok_or_else(Problem::not_found)?;
    Ok((party, address))
}

/// Corrects an address.
#[utoipa::path(put, path = "/addresses/{id}", tag = "know", request_body = AddressEdit,
    params(("id" = String, Path, description = "The address")),
    responses((status = 200, body = Address), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<AddressId>,
    Json(edit): Json<AddressEdit>,
) -> Answer<Json<Address>> {
    let address = app
        .db()
        .write(Lane::Interactive, move |tx| async move { correct(tx, &actor, id, edit).await }.boxed())
        .await?;
    Ok(Json(address))
}

async fn correct(tx: &mut Tx, actor: &Actor, id: AddressId, edit: AddressEdit) -> Answer<Address> {
    let (party, was) = found(tx, actor, id).await?;
    let shown = was.clone().seen(actor.sight);
    // What was shown in part and comes back so is what it was.
    let whole = |typed: Option<String>, shown: Option<&String>, was: Option<String>| {
        if typed.as_ref() == shown { was } else { typed }
    };
    let edit = AddressEdit {
        label: whole(edit.label, shown.label.as_ref(), was.label),
        postal_code: whole(edit.postal_code, shown.postal_code.as_ref(), was.postal_code),
        line1: if edit.line1 == shown.line1 { was.line1 } else { edit.line1 },
        line2: whole(edit.line2, shown.line2.as_ref(), was.line2),
        country: edit.country.or(Some(was.country)),
    };
    let parts = edit.parts()?;
    write(tx, id, &parts).await?;
    tell(tx, party, id).await?;
    Ok(found(tx, actor, id).await?.1.seen(actor.sight))
}

/// Forgets an address.
#[utoipa::path(delete, path = "/addresses/{id}", tag = "know",
    params(("id" = String, Path, description = "The address")),
    responses((status = 204), (status = 404, body = ProblemBody)))]
async fn remove(State(app): State<App>, actor: Actor, Path(id): Path<AddressId>) -> Answer<StatusCode> {
    app.db()
        .write(Lane::Interactive, move |tx| {
            async move {
                let (party, _) = found(tx, &actor, id).await?;
                sql!("delete from addresses where id = $1").bind(id).execute(tx).await?;
                tell(tx, party, id).await?;
                Ok(StatusCode::NO_CONTENT)
            }
            .boxed()
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_korean_postal_code_has_five_digits() {
        for (country, code, fit) in
            [("KR", "06236", true), ("KR", "6236", false), ("KR", "135-080", false), ("GB", "SW1A 1AA", true)]
        {
            assert_eq!(fits(country, code), fit, "{country} {code}");
        }
    }

    #[test]
    fn what_a_file_says_of_an_address_is_kept_whole() {
        let read = |code, line, detail| {
            of_file(code, line, detail).map(|parts| (parts.postal_code, parts.line1, parts.line2))
        };
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(Some("06236"), Some(" 서울시 강남구 "), Some("3층")),
            Some((text("06236"), "서울시 강남구".into(), text("3층")))
        );
        assert_eq!(
            read(Some("135-080"), Some("강남구"), None),
            Some((None, "(135-080) 강남구".into(), None))
        );
        assert_eq!(read(None, None, Some("3층")), Some((None, "3층".into(), None)));
        assert_eq!(read(Some("06236"), None, None), None);
        assert_eq!(read(None, Some(&"가".repeat(LINE + 1)), None), None);
    }

    #[test]
    fn an_address_in_part_names_city_and_district() {
        assert_eq!(in_part("서울특별시 강남구 테헤란로 152"), "서울특별시 강남구 ***");
    }
}
