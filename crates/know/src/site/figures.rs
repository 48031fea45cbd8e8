//! `/site/figures`: how often the company's website was visited.

use super::store::{self, SiteCount, SiteDay};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Answer, App, Company};

/// Days that are looked at, today among them.
const DAYS: i64 = 30;
/// Rows of each list.
const ROWS: i64 = 20;

/// Visits of the last 30 days, of visitors who agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteFigures {
    /// By day; days without any are left out.
    days: Vec<SiteDay>,
    /// By page.
    pages: Vec<SiteCount>,
    /// By where visitors came from.
    sources: Vec<SiteCount>,
    /// By campaign.
    campaigns: Vec<SiteCount>,
    /// Visits of customers who are known.
    known: i64,
}

/// Visits of the company's website in the last 30 days, as far as visitors agreed.
#[utoipa::path(get, path = "/site/figures", tag = "know", responses((status = 200, body = SiteFigures)))]
pub(super) async fn read(State(app): State<App>) -> Answer<Json<SiteFigures>> {
    let mut tx = app.db().read().await?;
    let from = Company::load(&mut tx).await?.today(app.clock()).plus(1 - DAYS);
    Ok(Json(SiteFigures {
        days: store::days(&mut tx, from).await?,
        pages: store::paths(&mut tx, from, ROWS).await?,
        sources: store::sources(&mut tx, from, ROWS).await?,
        campaigns: store::campaigns(&mut tx, from, ROWS).await?,
        known: store::known(&mut tx, from).await?,
    }))
}
