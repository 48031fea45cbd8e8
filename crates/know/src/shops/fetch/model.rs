//! How a shop is asked, and how that went last.

use super::super::model::{ShopId, ShopKind};
use ::store::FromRow;
use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

/// Where a shop is asked, and how often; every part is a setting because their owners change them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The address of the interface.
    pub base: String,
    /// Where a token is had.
    pub token_path: String,
    /// Where it says what changed, or which orders there are.
    pub list_path: String,
    /// Where it says more of what changed; empty where one question is enough.
    pub detail_path: String,
    /// Orders of one answer at most.
    pub page_limit: i64,
    /// Minutes between two turns; 0 for each night.
    pub every_minutes: i64,
    /// Days that are looked back: at first, or each night.
    pub back_days: i64,
}

impl Way {
    /// How a shop of this kind is asked unless somebody says otherwise; nothing for kinds that are not asked.
    pub fn of(kind: ShopKind) -> Option<Self> {
        match kind {
            ShopKind::SmartStore => Some(Self {
                base: "https://api.commerce.naver.com".into(),
                token_path: "/external/v1/oauth2/token".into(),
                list_path: "/external/v1/pay-order/seller/product-orders/last-changed-statuses".into(),
                detail_path: "/external/v1/pay-order/seller/product-orders/query".into(),
                page_limit: 300,
                every_minutes: 10,
                back_days: 7,
            }),
            // The owner's mall is part of the address.
            ShopKind::Cafe24 => Some(Self {
                base: String::new(),
                token_path: "/api/v2/oauth/token".into(),
                list_path: "/api/v2/admin/orders".into(),
                detail_path: String::new(),
                page_limit: 100,
                every_minutes: 0,
                back_days: 7,
            }),
            _ => None,
        }
    }
}

/// How a shop is asked, as its row stands.
#[derive(Debug, Clone, FromRow)]
pub struct Fetching {
    /// The shop.
    pub shop: ShopId,
    /// `on` or `off`.
    pub state: String,
    /// See [`Way`].
    pub base: String,
    /// See [`Way`].
    pub token_path: String,
    /// See [`Way`].
    pub list_path: String,
    /// See [`Way`].
    pub detail_path: String,
    /// See [`Way`].
    pub page_limit: i64,
    /// See [`Way`].
    pub every_minutes: i64,
    /// See [`Way`].
    pub back_days: i64,
    /// How the shop knows this program.
    pub client_id: String,
    /// By which this program proves it.
    pub client_secret: Option<Vec<u8>>,
    /// By which the next token is had, where it is renewed by itself (Cafe24).
    pub refresh_token: Option<Vec<u8>>,
    /// Until when everything that changed has been fetched.
    pub cursor: Option<Instant>,
    /// When it was asked last.
    pub tried_at: Option<Instant>,
    /// When it answered last.
    pub fetched_at: Option<Instant>,
    /// Why it did not, as a code; nothing where it did.
    pub fault: Option<String>,
    /// Turns in a row that failed.
    pub failures: i64,
    /// Missed deliveries that were found so far.
    pub missed: i64,
    /// Those of the last turn.
    pub missed_last: i64,
}

impl Fetching {
    /// Whether it is asked.
    pub fn is_on(&self) -> bool {
        self.state == "on"
    }

    /// The address of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The secret as text.
    pub fn secret(&self) -> String {
        String::from_utf8_lossy(self.client_secret.as_deref().unwrap_or_default()).into_owned()
    }

    /// The token for the next one, as text.
    pub fn refresh(&self) -> String {
        String::from_utf8_lossy(self.refresh_token.as_deref().unwrap_or_default()).into_owned()
    }
}

/// Why a shop did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It does not know the id or the secret, or does not let this machine in.
    Credentials,
    /// What lets this program in does not let it see orders.
    Forbidden,
    /// It was asked too often.
    Busy,
    /// It was not reached.
    Unreached,
    /// It said that something is wrong on its side.
    Failing,
    /// It answered so slowly that a turn did not end.
    Slow,
    /// It does not take the question.
    Declined,
    /// It said something else than expected: the paths may have changed.
    Unreadable,
    /// The address may not be connected to.
    Address,
}

impl Fault {
    /// The code; the words stand in the interface.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Forbidden => "forbidden",
            Self::Busy => "busy",
            Self::Unreached => "unreached",
            Self::Failing => "failing",
            Self::Slow => "slow",
            Self::Declined | Self::Unreadable => "unreadable",
            Self::Address => "address",
        }
    }
}

/// How a shop is asked and how that went, without its secrets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ShopFetch {
    /// Whether it is asked.
    on: bool,
    /// The address of the shop's interface.
    base: String,
    /// Where a token is had.
    token_path: String,
    /// Where it says what changed.
    list_path: String,
    /// Where it says more of it; empty where one question is enough.
    detail_path: String,
    /// Orders of one answer at most.
    page_limit: i64,
    /// Minutes between two turns; 0 for each night.
    every_minutes: i64,
    /// Days that are looked back.
    back_days: i64,
    /// How the shop knows this program.
    client_id: String,
    /// Whether a secret is kept.
    has_secret: bool,
    /// Whether a token for the next token is kept.
    has_refresh_token: bool,
    /// When it was asked last.
    #[schema(value_type = Option<String>)]
    tried_at: Option<Instant>,
    /// When it answered last.
    #[schema(value_type = Option<String>)]
    fetched_at: Option<Instant>,
    /// Why it did not answer the last time, as a code.
    fault: Option<String>,
    /// Missed deliveries that were found so far.
    missed: i64,
    /// Those of the last turn.
    missed_last: i64,
}

impl From<Fetching> for ShopFetch {
    fn from(row: Fetching) -> Self {
        Self {
            on: row.is_on(),
            has_secret: row.client_secret.is_some(),
            has_refresh_token: row.refresh_token.is_some(),
            base: row.base,
            token_path: row.token_path,
            list_path: row.list_path,
            detail_path: row.detail_path,
            page_limit: row.page_limit,
            every_minutes: row.every_minutes,
            back_days: row.back_days,
            client_id: row.client_id,
            tried_at: row.tried_at,
            fetched_at: row.fetched_at,
            fault: row.fault,
            missed: row.missed,
            missed_last: row.missed_last,
        }
    }
}

impl From<Way> for ShopFetch {
    /// Of a shop for which nothing was entered yet.
    fn from(way: Way) -> Self {
        Self {
            on: false,
            has_secret: false,
            has_refresh_token: false,
            base: way.base,
            token_path: way.token_path,
            list_path: way.list_path,
            detail_path: way.detail_path,
            page_limit: way.page_limit,
            every_minutes: way.every_minutes,
            back_days: way.back_days,
            client_id: String::new(),
            tried_at: None,
            fetched_at: None,
            fault: None,
            missed: 0,
            missed_last: 0,
        }
    }
}
