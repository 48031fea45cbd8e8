//! The jobs: making an export of one person, and erasing one.

use super::erase::{self, Order};
use super::export;
use super::{list, store};
use crate::imports::forget as imports;
use crate::parties::root;
use crate::requests::model::RequestId;
use crate::requests::store::By;
use ::store::job::{Failure, Run, Work};
use ::store::{Lane, Result};
use async_trait::async_trait;
use futures::FutureExt;
use kernel::{Id, kinds};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

type PartyId = Id<kinds::Party>;

/// The kind of the job that makes an export.
pub const EXPORT: &str = "know.person_export";
/// The kind of the job that erases.
pub const ERASE: &str = "know.erase";
/// Bytes of an export at most: a person with more than that is a company, whose lists the ordinary exports give.
const EXPORT_BYTES: usize = 64 * 1024 * 1024;

/// What a job is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Params {
    /// The request it answers.
    pub request: RequestId,
    /// Whose.
    pub party: PartyId,
    /// The user who asked for it.
    pub user: Option<Id<kinds::User>>,
    /// Their name.
    pub name: String,
    /// Where the list of the erased lies.
    pub list: Option<PathBuf>,
}

impl Params {
    fn of(run: &Run) -> Result<Self, Failure> {
        serde_json::from_value(run.params().clone()).map_err(|error| Failure::Problem(error.to_string()))
    }
}

/// Makes an export of one person.
pub struct MakeExport;

#[async_trait]
impl Work for MakeExport {
    fn kind(&self) -> &'static str {
        EXPORT
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let Params { request, party, .. } = Params::of(run)?;
        let (all, at) = {
            let mut tx = run.db().read().await?;
            let root = root::of(&mut tx, party).await?;
            (export::everything(&mut tx, root).await?, tx.now())
        };
        let parts = all.counts();
        let packing = tokio::task::spawn_blocking(move || export::archive(&all, at));
        let packed = packing.await.map_err(|error| Failure::Problem(error.to_string()))?;
        let file =
            packed.map_err(|problem| Failure::Problem(problem.body(kernel::Locale::default()).detail))?;
        if file.len() > EXPORT_BYTES {
            return Err(Failure::Problem(format!("the export is larger than {} MiB", EXPORT_BYTES >> 20)));
        }
        let hash = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let checkpoint = run.checkpoint();
        run.db()
            .write(Lane::Reaction, move |tx| {
                async move {
                    checkpoint.save(tx, "writing", 1, 1, &Value::Null).await?;
                    store::keep_export(tx, (party, request), &file, hash, &parts).await.map(drop)
                }
                .boxed()
            })
            .await?;
        Ok(None)
    }
}

/// Erases a person.
pub struct EraseParty;

#[async_trait]
impl Work for EraseParty {
    fn kind(&self) -> &'static str {
        ERASE
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let Params { request, party, user, name, list } = Params::of(run)?;
        let refused = |error: ::store::Error| match error {
            ::store::Error::Refused(said) => Failure::Problem(said),
            other => Failure::Store(other),
        };
        if let Some(list) = &list {
            list::ready(list).map_err(refused)?;
        }
        imports::uploads(run.db(), party).await.map_err(refused)?;
        erase::sweep(run.db(), party).await.map_err(refused)?;
        let order = Order { root: party, request: Some(request), by: By { user, name }, again: None };
        let checkpoint = run.checkpoint();
        run.db()
            .write(Lane::Reaction, move |tx| {
                async move {
                    checkpoint.save(tx, "erasing", 1, 2, &json!("erased")).await?;
                    erase::erase(tx, &order).await.map(drop)
                }
                .boxed()
            })
            .await?;
        if let Some(list) = &list {
            list::sync(run.db(), list).await.map_err(refused)?;
        }
        run.db().forget().await?;
        Ok(None)
    }
}
