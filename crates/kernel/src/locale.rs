//! The two languages the product speaks.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Korean, the first language.
    #[default]
    Ko,
    /// English.
    En,
}

impl Locale {
    /// The language tag: `ko` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header that the product speaks (RFC 9110 §12.5.4, weights
    /// ignored: browsers send their languages in order).
    pub fn accepted(header: &str) -> Option<Self> {
        header.split(',').find_map(|range| range.split(';').next()?.trim().parse().ok())
    }
}

impl FromStr for Locale {
    type Err = ();

    fn from_str(tag: &str) -> Result<Self, ()> {
        match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "ko" => Ok(Self::Ko),
            "en" => Ok(Self::En),
            _ => Err(()),
        }
    }
}
