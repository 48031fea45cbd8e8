//! Finding parties by the words someone types.

use crate::names;
use crate::parties::root;
use crate::parties::store::SEARCH_AREA;
use ::store::{Result, Tx, search, sql};
use kernel::{Id, Registration, contact, limits};
use web::Sight;

/// Parties that the words of `text` find: by name part, contact, last digits of a phone or order number. Who sees
/// contacts in part finds them whole or by what the mask shows, and nobody by digits that stand in a name.
pub async fn found(tx: &mut Tx, text: &str, sight: Sight) -> Result<Vec<i64>> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let mut found = Vec::new();
    if digits.len() == 4 && digits.len() == text.len() {
        found.extend(by_phone_tail(tx, &digits).await?);
    }
    found.extend(by_contact(tx, text).await?);
    found.extend(by_order(tx, text).await?);
    if text.chars().any(char::is_alphabetic) {
        let words = if sight.is_masked() {
            text.replace(|c: char| contact::digit(c).is_some(), " ")
        } else {
            text.into()
        };
        let depth = names::depth(tx).await?;
        found.extend(search::find(tx, SEARCH_AREA, &words, limits::PAGE_ROWS_MAX, depth).await?);
    }
    // Whoever was merged away is found as who stands for them.
    let roots = root::groups(tx, found.iter().copied().map(Id::from_number)).await?;
    let mut found: Vec<i64> =
        found.into_iter().map(|party| roots.of(Id::from_number(party)).number()).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

async fn by_phone_tail(tx: &mut Tx, digits: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> =
        sql!("select party from contacts where phone_tail = $1 order by party desc limit 500")
            .bind(digits)
            .fetch_all(tx)
            .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

async fn by_contact(tx: &mut Tx, text: &str) -> Result<Vec<i64>> {
    let email = contact::normal_email(text).map(|email| email.identity_norm);
    let phone = contact::normal_phone(text, "KR").map(|phone| phone.e164);
    // The index begins with the source: one look for each source there is, instead of one at every id.
    let rows: Vec<(i64,)> = sql!(
        "with recursive sources (source) as (select min(source) from contacts where kind = 'source_id' \
         union all select (select min(c.source) from contacts c where c.kind = 'source_id' and c.source > s.source) \
         from sources s where s.source is not null) \
         select party from contacts where kind = 'email' and source = '' and value = $1 \
         union select party from contacts where kind = 'phone' and source = '' and value = $2 \
         union select c.party from sources s join contacts c on c.kind = 'source_id' and c.source = s.source \
         and c.value = $3 \
         union select id from parties where registration = $4"
    )
    .bind(email)
    .bind(phone)
    .bind(text)
    .bind(Registration::parse(text).map(|number| number.value().to_owned()))
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}

async fn by_order(tx: &mut Tx, text: &str) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = sql!(
        "select distinct party from order_lines where order_no = $1 and party is not null \
         and retracted_by is null limit 50"
    )
    .bind(text)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(party,)| party).collect())
}
