//! An errand: one turn of asking one shop, with its patience. A shop that was asked too often is left alone for a while.

use super::super::model::Shop;
use super::http::{self, Http};
use super::model::{Fault, Fetching};
use ::store::Error;
use ::store::job::Run;
use reqwest::RequestBuilder;
use serde_json::Value;
use std::time::{Duration, Instant as Moment};

/// How often a shop that was asked too often is asked the same again, within a turn.
const AGAIN: usize = 4;
/// How long it is left alone then where it does not say for how long, and at most.
const REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_secs(60);
/// How often it is looked, meanwhile, whether the program stops.
const LOOK: Duration = Duration::from_millis(200);

/// Why a turn ends early.
pub(super) enum Early {
    /// The shop did not answer.
    Shop(Fault),
    /// The shop wants to be left alone for so long.
    Later(Duration),
    /// The database did not, or the program stops.
    Here(Error),
}

impl From<Fault> for Early {
    fn from(fault: Fault) -> Self {
        Self::Shop(fault)
    }
}

impl From<Error> for Early {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// How a turn ends.
pub(super) type Ended = std::result::Result<(), Early>;

/// A turn of a shop.
pub(super) struct Errand<'r> {
    pub run: &'r Run,
    pub http: &'r Http,
    pub shop: Shop,
    pub row: Fetching,
    /// When the turn has to be over.
    pub until: Moment,
}

impl Errand<'_> {
    /// Whether there is time for another question; an error where the program stops.
    pub fn has_time(&self) -> std::result::Result<bool, Early> {
        if self.run.is_stopping() {
            Err(Early::Here(Error::LeaseLost))
        } else {
            Ok(Moment::now() < self.until)
        }
    }

    /// What the shop answers. One that was asked too often is left alone for a while and asked again.
    pub async fn ask(&self, question: RequestBuilder) -> std::result::Result<Value, Early> {
        for _ in 0..AGAIN {
            let Some(copy) = question.try_clone() else { break };
            match http::answer(copy).await {
                Ok(said) => return Ok(said),
                Err(refused) if refused.fault == Fault::Busy => {
                    self.rest(refused.after.unwrap_or(REST)).await?;
                }
                Err(refused) => return Err(refused.fault.into()),
            }
        }
        http::answer(question).await.map_err(|refused| match (refused.fault, refused.after) {
            (Fault::Busy, Some(asked)) => Early::Later(asked),
            (fault, _) => fault.into(),
        })
    }

    async fn rest(&self, asked: Duration) -> std::result::Result<(), Early> {
        if asked > LONGEST_REST || Moment::now() + asked >= self.until {
            return Err(Early::Later(asked));
        }
        let end = Moment::now() + asked;
        while Moment::now() < end {
            self.has_time()?;
            tokio::time::sleep(LOOK.min(end - Moment::now().min(end))).await;
        }
        Ok(())
    }
}
