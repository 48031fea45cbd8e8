//! What somebody bought, the newest first.

use super::consents::day;
use super::{Outcome, Section, Shown, Visitor};
use crate::timeline::{self, Asked, TimelineItem};
use ::store::Tx;
use askama::Template;
use async_trait::async_trait;
use web::public::Form;
use web::{Answer, Problem, Sight, text};

/// Orders shown: the page is a letter, not an archive.
const SHOWN: i64 = 20;

/// The orders.
pub(super) struct Orders;

#[derive(Template)]
#[template(path = "member_orders.html")]
struct View<'v> {
    visitor: &'v Visitor,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    what: String,
    day: String,
    amount: String,
}

#[async_trait]
impl Section for Orders {
    fn name(&self) -> &'static str {
        "orders"
    }

    async fn show(&self, tx: &mut Tx, visitor: &Visitor, _: &str) -> Answer<Option<Shown>> {
        let asked = Asked { kinds: ["order", "refund"].map(str::to_owned).into(), channel: None };
        let (items, next) = timeline::page(tx, visitor.party, &asked, None, SHOWN, Sight::WHOLE).await?;
        let rows = items.into_iter().map(|item| row(visitor, &item)).collect();
        let view = View { visitor, rows, more: next.is_some() };
        let html = view.render().map_err(Problem::internal)?;
        Ok(Some(Shown { title: visitor.say("member.orders.title"), html }))
    }

    async fn act(&self, _: &mut Tx, _: &Visitor, _: &Form) -> Answer<Outcome> {
        Err(Problem::not_found())
    }
}

fn row(visitor: &Visitor, item: &TimelineItem) -> Row {
    let first = item.lines.iter().find_map(|line| line.product.clone());
    let more = item.lines.len().saturating_sub(1);
    let what = match (first, more) {
        (None, _) if item.kind == "refund" => visitor.say("member.orders.refund"),
        (None, _) => visitor.say("member.orders.order"),
        (Some(first), 0) => first,
        (Some(first), more) => {
            text::say(visitor.locale, "member.orders.more", &[("first", &first), ("more", &more.to_string())])
        }
    };
    let amount = item.amount.map(|amount| amount.to_string()).unwrap_or_default();
    Row { what, day: day(item.at, &visitor.company), amount }
}
