//! A shop that tells by itself, and what it told.

use ::store::FromRow;
use kernel::{Id, Instant, kinds};
use reading::Source;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The id of a shop.
pub type ShopId = Id<kinds::Shop>;
/// The id of a delivery.
pub type DeliveryId = Id<kinds::ShopDelivery>;

/// Who made the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ShopKind {
    /// Shopify.
    Shopify,
    /// WooCommerce.
    WooCommerce,
    /// Stripe.
    Stripe,
    /// Square.
    Square,
    /// Cafe24 (카페24).
    Cafe24,
    /// Naver SmartStore (네이버 스마트스토어), which is asked: it tells nothing by itself.
    SmartStore,
}

impl ShopKind {
    const ALL: [Self; 6] =
        [Self::Shopify, Self::WooCommerce, Self::Stripe, Self::Square, Self::Cafe24, Self::SmartStore];

    /// The text in the database and on the wire.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Stripe => "stripe",
            Self::Square => "square",
            Self::Cafe24 => "cafe24",
            Self::SmartStore => "smartstore",
        }
    }

    /// Whose files hold the same orders.
    pub const fn source(self) -> Source {
        match self {
            Self::Shopify => Source::Shopify,
            Self::WooCommerce => Source::WooCommerce,
            Self::Stripe => Source::Stripe,
            Self::Square => Source::Square,
            Self::Cafe24 => Source::Cafe24,
            Self::SmartStore => Source::SmartStore,
        }
    }

    /// Whether it delivers anything by itself.
    pub const fn delivers(self) -> bool {
        !matches!(self, Self::SmartStore)
    }

    /// Whether the shop lets people choose the secret, so that we may.
    pub const fn takes_our_secret(self) -> bool {
        matches!(self, Self::WooCommerce)
    }
}

impl TryFrom<String> for ShopKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.text() == text).ok_or(text)
    }
}

/// A shop as its row stands.
#[derive(Debug, Clone, FromRow)]
pub struct Shop {
    /// Its id.
    pub id: ShopId,
    /// Who made it.
    #[sqlx(try_from = "String")]
    pub kind: ShopKind,
    /// What the company calls it.
    pub name: String,
    /// Which of several of one kind, as files name it; often empty.
    pub account: String,
    /// The secret part of the path at which it delivers.
    pub token: String,
    /// By which its deliveries are signed.
    pub secret: Option<Vec<u8>>,
    /// The one before, while both are taken.
    pub former_secret: Option<Vec<u8>>,
    /// Until when.
    pub former_until: Option<Instant>,
    /// When it was added.
    pub created_at: Instant,
}

impl Shop {
    /// The source of its order lines: the one of the shop's files.
    pub fn source(&self) -> String {
        match self.account.as_str() {
            "" => self.kind.source().as_str().to_owned(),
            account => format!("{}:{account}", self.kind.source().as_str()),
        }
    }

    /// Where it delivers.
    pub fn path(&self) -> String {
        format!("/in/{}", self.token)
    }

    /// The secrets that sign now, the newest first.
    pub fn secrets(&self, now: Instant) -> Vec<&[u8]> {
        let former =
            self.former_secret.as_deref().filter(|_| self.former_until.is_some_and(|until| until > now));
        self.secret.as_deref().into_iter().chain(former).collect()
    }
}

/// A delivery that waits to be applied.
#[derive(Debug, Clone, FromRow)]
pub struct Waiting {
    /// Its id.
    pub id: DeliveryId,
    /// What it is about, in the shop's own word.
    pub topic: String,
    /// What was told; gone when it is too old.
    pub body: Option<String>,
    /// When it came.
    pub received_at: Instant,
    /// How often it was tried.
    pub tries: i64,
}

/// How it came to be heard what a shop told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Heard {
    /// The shop delivered it.
    Told,
    /// The shop was asked.
    Fetched,
    /// The shop was asked, and should have delivered it.
    Missed,
}

impl Heard {
    /// The text in the database.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Fetched => "fetched",
            Self::Missed => "missed",
        }
    }
}

impl TryFrom<String> for Heard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        [Self::Told, Self::Fetched, Self::Missed].into_iter().find(|heard| heard.text() == text).ok_or(text)
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is kept, and waits for its turn.
    Waiting,
    /// It was applied.
    Applied,
    /// There was nothing to do.
    Nothing,
    /// It could not be applied; the outcome says why.
    Failed,
}

impl DeliveryState {
    /// The text in the database.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied => "applied",
            Self::Nothing => "nothing",
            Self::Failed => "failed",
        }
    }
}

impl TryFrom<String> for DeliveryState {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let all = [Self::Waiting, Self::Applied, Self::Nothing, Self::Failed];
        all.into_iter().find(|state| state.text() == text).ok_or(text)
    }
}
