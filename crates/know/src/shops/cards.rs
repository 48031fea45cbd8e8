//! What Today tells of shops that do not answer.

use super::fetch;
use super::model::ShopKind;
use ::store::{Result, Tx};
use async_trait::async_trait;
use kernel::Day;
use serde_json::json;
use web::{Card, Cards, Company, Permission, Sight};

/// What comes in late is a broken promise to those who look at the figures, after faults of the program itself.
const RANK: i64 = 5;

/// `shop_failing`.
pub struct ShopCards;

#[async_trait]
impl Cards for ShopCards {
    async fn cards(&self, tx: &mut Tx, _: &Company, _: Day, sight: Sight) -> Result<Vec<Card>> {
        if !sight.may(Permission::KeysManage) {
            return Ok(Vec::new());
        }
        let failing = fetch::failing(tx).await?;
        let Some(first) = failing.first() else { return Ok(Vec::new()) };
        // The orders of Cafe24 come as deliveries; asked is only which of them were lost.
        let compared = failing.iter().all(|shop| shop.kind == ShopKind::Cafe24.text());
        let count = i64::try_from(failing.len()).unwrap_or(i64::MAX);
        Ok(vec![Card {
            id: "shop_failing",
            params: json!({ "count": count, "name": first.name, "compared": i64::from(compared) }),
            count,
            people: Vec::new(),
            href: "/settings/shops".into(),
            value: None,
            due: None,
            rank: RANK,
        }])
    }
}
