//! Tags: words that staff put on customers, as they like.
//!
//! Invariants:
//! - A tag is its name. Names that differ in case or width alone are one tag, spelled as it was first.
//! - A customer made of several records has the tags of all of them; taking one away takes it from all of them.
//! - The log tells that tags changed, never which: their names are free text.

use crate::follow_ups::refuse_sensitive;
use crate::parties::root::members;
use crate::parties::store;
use ::store::log::{self, Entry};
use ::store::{FromRow, Lane, Result, Tx, search, sql, sql_rows};
use axum::Json;
use axum::extract::{Path, State};
use futures::FutureExt;
use kernel::{Id, composed, kinds};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use web::{Actor, Answer, App, Permission, Problem, ProblemBody, Registry};

type PartyId = Id<kinds::Party>;

/// Characters of a tag.
const CHARS: usize = 40;
/// Tags of a customer.
const EACH: usize = 50;
/// Tags of a company, so that they can be looked through.
const MOST: i64 = 1_000;
/// Customers changed in one request.
pub const AT_ONCE: usize = 500;

/// Registers the routes.
pub fn register(registry: &mut Registry) {
    use utoipa_axum::routes;
    let routes = utoipa_axum::router::OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(set))
        .routes(routes!(change_many));
    registry.routes(routes);
    registry.allow("GET", "/tags", Permission::PartiesRead);
    registry.allow("PUT", "/parties/{id}/tags", Permission::PartiesWrite);
    registry.allow("POST", "/parties/tags", Permission::PartiesWrite);
}

/// A tag.
#[derive(Debug, Serialize, FromRow, ToSchema)]
pub struct Tag {
    /// The word.
    name: String,
}

/// Every tag of the company, by name.
#[utoipa::path(get, path = "/tags", tag = "know", responses((status = 200, body = Vec<Tag>)))]
async fn list(State(app): State<App>, actor: Actor) -> Answer<Json<Vec<Tag>>> {
    let mut tx = app.db().read().await?;
    let tags: Vec<Tag> =
        sql!("select name from tags order by fold limit $1").bind(MOST).fetch_all(&mut tx).await?;
    Ok(Json(tags.into_iter().map(|tag| Tag { name: actor.sight.text(tag.name) }).collect()))
}

/// The tags of a customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Tags {
    /// All of them.
    tags: Vec<String>,
}

/// Says which tags a customer has.
#[utoipa::path(put, path = "/parties/{id}/tags", tag = "know", request_body = Tags,
    params(("id" = String, Path, description = "The customer")),
    responses((status = 200, body = Tags), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set(
    State(app): State<App>,
    actor: Actor,
    Path(party): Path<PartyId>,
    Json(asked): Json<Tags>,
) -> Answer<Json<Tags>> {
    let names = names(&asked.tags, "tags")?;
    let tags = app
        .db()
        .write(Lane::Interactive, move |tx| async move { settle(tx, &actor, party, &names).await }.boxed())
        .await?;
    app.reactor().drain().await?;
    Ok(Json(Tags { tags }))
}

async fn settle(tx: &mut Tx, actor: &Actor, party: PartyId, names: &[String]) -> Answer<Vec<String>> {
    store::standing(tx, party, actor.sight).await?;
    let had = of(tx, &[party]).await?.remove(&party).unwrap_or_default();
    let mut wanted = BTreeSet::new();
    for name in names {
        // Who reads tags in part sends them back in part.
        let kept = had.iter().find(|tag| actor.sight.text((*tag).clone()) == *name);
        wanted.insert(match kept {
            Some(tag) => tag.clone(),
            None => {
                refuse_sensitive(name, "tags")?;
                spelled(tx, name).await?
            }
        });
    }
    let gone: Vec<&String> = had.iter().filter(|tag| !wanted.contains(*tag)).collect();
    let new: Vec<&String> = wanted.iter().filter(|tag| !had.contains(*tag)).collect();
    for tag in &gone {
        remove(tx, party, tag).await?;
    }
    for tag in &new {
        add(tx, party, tag).await?;
    }
    tell(tx, party, !new.is_empty(), !gone.is_empty()).await?;
    Ok(wanted.into_iter().map(|tag| actor.sight.text(tag)).collect())
}

/// Tags to put on and to take off many customers.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ManyTags {
    /// The customers, up to 500.
    #[schema(value_type = Vec<String>)]
    parties: Vec<PartyId>,
    /// Put on.
    #[serde(default)]
    add: Vec<String>,
    /// Taken off.
    #[serde(default)]
    remove: Vec<String>,
}

/// How many were changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Customers that are not as they were.
    pub changed: usize,
}

/// Puts tags on many customers and takes some off: on all of them or, if one is not there, on none.
#[utoipa::path(post, path = "/parties/tags", tag = "know", request_body = ManyTags,
    responses((status = 200, body = Changed), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn change_many(
    State(app): State<App>,
    actor: Actor,
    Json(many): Json<ManyTags>,
) -> Answer<Json<Changed>> {
    let (add, remove) = (names(&many.add, "add")?, names(&many.remove, "remove")?);
    let parties = few(many.parties)?;
    let changed = app
        .db()
        .write(Lane::Interactive, move |tx| {
            async move { settle_many(tx, &actor, &parties, &add, &remove).await }.boxed()
        })
        .await?;
    app.reactor().drain().await?;
    Ok(Json(Changed { changed }))
}

/// As many customers as are changed at once.
pub fn few(parties: Vec<PartyId>) -> Answer<BTreeSet<PartyId>> {
    if parties.is_empty() || parties.len() > AT_ONCE {
        return Err(Problem::invalid("invalid").field("parties", "record_count").with("max", AT_ONCE));
    }
    Ok(parties.into_iter().collect())
}

async fn settle_many(
    tx: &mut Tx,
    actor: &Actor,
    parties: &BTreeSet<PartyId>,
    add_names: &[String],
    remove_names: &[String],
) -> Answer<usize> {
    let (mut plus, mut changed) = (Vec::new(), 0);
    for name in add_names {
        refuse_sensitive(name, "add")?;
        plus.push(spelled(tx, name).await?);
    }
    let folds: BTreeSet<String> = remove_names.iter().map(|name| search::fold(name)).collect();
    for party in parties {
        store::standing(tx, *party, actor.sight).await?;
        let had = of(tx, &[*party]).await?.remove(party).unwrap_or_default();
        let gone: Vec<&String> = had.iter().filter(|tag| folds.contains(&search::fold(tag))).collect();
        let new: Vec<&String> = plus.iter().filter(|tag| !had.contains(*tag)).collect();
        if had.len() + new.len() - gone.len() > EACH {
            return Err(Problem::invalid("invalid").field("add", "tag_count").with("max", EACH));
        }
        for tag in &gone {
            remove(tx, *party, tag).await?;
        }
        for tag in &new {
            add(tx, *party, tag).await?;
        }
        tell(tx, *party, !new.is_empty(), !gone.is_empty()).await?;
        changed += usize::from(!new.is_empty() || !gone.is_empty());
    }
    Ok(changed)
}

/// Whether a name can be one of a tag. A comma parts the tags of a filter.
pub(crate) fn is_fit(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= CHARS
        && !name.contains(|letter: char| letter == ',' || letter.is_control())
}

/// The names as they are kept.
fn names(written: &[String], field: &'static str) -> Answer<Vec<String>> {
    if written.len() > EACH {
        return Err(Problem::invalid("invalid").field(field, "tag_count").with("max", EACH));
    }
    let names = written.iter().map(|name| composed(name.trim()).into_owned());
    let names: Vec<String> = names.collect();
    if names.iter().all(|name| is_fit(name)) {
        Ok(names)
    } else {
        Err(Problem::invalid("invalid").field(field, "tag_unfit").with("max", CHARS))
    }
}

/// The name as it was spelled first; this one, from now on, if it is new.
async fn spelled(tx: &mut Tx, name: &str) -> Answer<String> {
    coined(tx, name).await?.ok_or_else(|| Problem::conflict("tags_full").with("max", MOST))
}

/// The same; nothing where it would be one too many.
async fn coined(tx: &mut Tx, name: &str) -> Result<Option<String>> {
    let fold = search::fold(name);
    let known: Option<(String,)> =
        sql!("select name from tags where fold = $1").bind(&fold).fetch_optional(tx).await?;
    if let Some((name,)) = known {
        return Ok(Some(name));
    }
    let (count,): (i64,) = sql!("select count(*) from tags").fetch_one(tx).await?;
    if count >= MOST {
        return Ok(None);
    }
    sql!("insert into tags (name, fold, created_at) values ($1, $2, $3) on conflict do nothing")
        .bind(name)
        .bind(&fold)
        .bind(tx.now())
        .execute(tx)
        .await?;
    let (name,): (String,) = sql!("select name from tags where fold = $1").bind(&fold).fetch_one(tx).await?;
    Ok(Some(name))
}

/// What a file changed about the tags of somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Written {
    added: Vec<String>,
    removed: Vec<String>,
}

/// Forgets the tags that nobody has any more and whose name `says` somebody.
pub(crate) async fn forget(tx: &mut Tx, says: impl Fn(&str) -> bool) -> Result<()> {
    let unused: Vec<(String,)> =
        sql!("select name from tags where not exists (select 1 from party_tags p where p.tag = tags.name)")
            .fetch_all(tx)
            .await?;
    for (name,) in unused.iter().filter(|(name,)| says(name)) {
        sql!("delete from tags where name = $1").bind(name).execute(tx).await?;
    }
    Ok(())
}

/// Puts on what a file says of `party`, and takes off what its source said `before` and says no more. Gives what changed,
/// and how many tags were too many.
pub(crate) async fn learn(
    tx: &mut Tx,
    party: PartyId,
    said: &[String],
    before: &[String],
) -> Result<(Written, i64)> {
    let mut written = Written::default();
    let mut too_many = 0;
    let had = of(tx, &[party]).await?.remove(&party).unwrap_or_default();
    let folds: BTreeSet<String> = said.iter().map(|name| search::fold(name)).collect();
    for name in before.iter().filter(|name| !folds.contains(&search::fold(name))) {
        let gone: Vec<&String> = had.iter().filter(|tag| search::fold(tag) == search::fold(name)).collect();
        for tag in gone {
            if take_off(tx, party, tag).await? {
                written.removed.push(tag.clone());
            }
        }
    }
    let mut count = had.len() - written.removed.len().min(had.len());
    for name in said {
        if had.iter().any(|tag| search::fold(tag) == search::fold(name)) {
            continue;
        }
        match coined(tx, name).await?.filter(|_| count < EACH) {
            Some(tag) if !written.added.contains(&tag) => {
                add(tx, party, &tag).await?;
                written.added.push(tag);
                count += 1;
            }
            Some(_) => {}
            None => too_many += 1,
        }
    }
    Ok((written, too_many))
}

/// Takes back what a file changed.
pub(crate) async fn unlearn(tx: &mut Tx, party: PartyId, written: &Written) -> Result<()> {
    for tag in &written.added {
        take_off(tx, party, tag).await?;
    }
    for tag in &written.removed {
        add(tx, party, tag).await?;
    }
    Ok(())
}

/// Takes a tag off the record `party` alone.
async fn take_off(tx: &mut Tx, party: PartyId, tag: &str) -> Result<bool> {
    let gone = sql!("delete from party_tags where party = $1 and tag = $2")
        .bind(party)
        .bind(tag)
        .execute(tx)
        .await?;
    Ok(gone > 0)
}

async fn add(tx: &mut Tx, party: PartyId, tag: &str) -> Result<()> {
    sql!("insert into party_tags (party, tag, at) values ($1, $2, $3) on conflict do nothing")
        .bind(party)
        .bind(tag)
        .bind(tx.now())
        .execute(tx)
        .await?;
    Ok(())
}

async fn remove(tx: &mut Tx, party: PartyId, tag: &str) -> Result<()> {
    sql!(concat!("delete from party_tags where tag = $2 and party in ", members!("$1")))
        .bind(party)
        .bind(tag)
        .execute(tx)
        .await?;
    Ok(())
}

async fn tell(tx: &mut Tx, party: PartyId, added: bool, removed: bool) -> Result<()> {
    for (kind, happened) in [("tag.added", added), ("tag.removed", removed)] {
        if happened {
            let name: Id<kinds::Run> = tx.id();
            let entry = Entry::live(tx, kind, party.number()).about(party);
            log::append(tx, entry.named(format!("{kind}:{}", name.number()))).await?;
        }
    }
    Ok(())
}

/// The tags of those who stand for themselves, and of all who were merged into them, by name.
pub async fn of(tx: &mut Tx, roots: &[PartyId]) -> Result<BTreeMap<PartyId, Vec<String>>> {
    let mut query = sql_rows!(
        1,
        "with asked (party) as (values {rows}) \
         select a.party, x.tag from asked a join party_tags x on x.party = a.party \
         union select m.root, x.tag from asked a join party_root m on m.root = a.party \
         join party_tags x on x.party = m.party order by 1, 2"
    );
    roots.iter().for_each(|root| query.push_row([(*root).into()]));
    let mut found: BTreeMap<PartyId, Vec<String>> = BTreeMap::new();
    for (party, tag) in query.fetch_of_set::<(PartyId, String)>(tx).await? {
        found.entry(party).or_default().push(tag);
    }
    Ok(found)
}

/// The names in use that `asked`, names separated by commas, mean.
pub async fn meant(tx: &mut Tx, asked: &str) -> Result<Vec<String>> {
    let mut query = sql_rows!(1, "select name from tags where fold in (values {rows})");
    let folds: BTreeSet<String> = asked.split(',').map(|name| search::fold(name.trim())).collect();
    folds.iter().take(EACH).for_each(|fold| query.push_row([fold.into()]));
    let rows: Vec<(String,)> = query.fetch_of_set(tx).await?;
    let names: BTreeSet<String> = rows.into_iter().map(|(name,)| name).collect();
    Ok(names.into_iter().collect())
}
