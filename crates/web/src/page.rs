//! Pages of lists.

use kernel::limits;
use serde::{Deserialize, Serialize};

/// A page of a list and the cursor of the next one, absent at the end.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where the page begins: `next` of the page before.
    pub cursor: Option<String>,
    /// Rows of the page.
    pub limit: Option<i64>,
}

impl PageQuery {
    /// Rows of the page, between 1 and [`limits::PAGE_ROWS_MAX`].
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(limits::PAGE_ROWS).clamp(1, limits::PAGE_ROWS_MAX)
    }
}
