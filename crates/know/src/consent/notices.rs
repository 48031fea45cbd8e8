//! Notices that the law asks for: within 14 days that a consent, a refusal or a withdrawal was taken in (K10), and every
//! two years that a consent stands and how to end it (K11).
//!
//! Invariants:
//! - What is owed is written in the transaction of the statement. It goes out at once by e-mail where there is an address
//!   and a mail server, else somebody does it by hand; until it is done it is on the list, and from the alarm day on Today.
//! - It holds no word of promotion ([`crate::rules::Lint`]): such a notice would be an advertisement.
//! - Saying nothing to a notice of the second kind leaves the consent standing.

use super::ledger;
use super::model::{ConsentId, NoticeId, PartyId, Purpose, State, Statement};
use crate::member;
use crate::parties::store as parties;
use crate::rules::{self, Lint, Parameters};
use ::store::timer::{self, OnTimer};
use ::store::{FromRow, Result, Tx, setting, sql};
use async_trait::async_trait;
use kernel::{Day, Id, Instant, Locale, kinds};
use std::collections::BTreeMap;
use web::mail::{self, Letter, MailSettings};
use web::{Card, Cards, Company, Sight, Starter, text};

/// The kind of the timers.
const TIMER: &str = "know.notices";
/// The key of the one that comes each day.
const DAILY: &str = "daily";
/// The key of the one that looks whether letters have left.
const LEFT: &str = "left";
/// How soon after a letter was put into the outbox that is looked at, and again while any is there.
const SOON: i64 = 20 * Instant::SECOND;
/// Consents confirmed in one look; the rest has its turn in the next minute.
const BATCH: i64 = 200;
/// Where it stands among the cards: a fine hangs on it.
const RANK: i64 = 60;

/// Writes what is owed for statements that were just made, and sends it where that can be done.
pub(super) async fn owe(tx: &mut Tx, party: PartyId, said: &[(ConsentId, &Statement)]) -> Result<()> {
    let asks = |state: State| matches!(state, State::Given | State::Refused | State::Withdrawn);
    let owed: Vec<_> = said.iter().filter(|(_, said)| said.topic.is_empty() && asks(said.state)).collect();
    if owed.is_empty() {
        return Ok(());
    }
    let (rule, zone) = (rules::in_force::<rules::Notice>(tx).await?, Company::load(tx).await?.zone());
    let mut items = Vec::new();
    for (consent, said) in owed {
        let day = said.at.day_in(&zone);
        let item = Item {
            consent: *consent,
            channel: said.channel.text().to_owned(),
            purpose: said.purpose.text().to_owned(),
            state: said.state.text().to_owned(),
            said_at: said.at,
            due_on: day.plus(rule.days),
            alarm_on: day.plus(rule.alarm_day),
        };
        items.push(item);
    }
    let locale = said.first().map_or_else(Locale::default, |(_, said)| said.locale);
    tell(tx, party, "result", &items, locale).await
}

/// What a notice tells of.
#[derive(Debug, Clone)]
struct Item {
    consent: ConsentId,
    channel: String,
    purpose: String,
    state: String,
    said_at: Instant,
    due_on: Day,
    alarm_on: Day,
}

async fn tell(tx: &mut Tx, party: PartyId, kind: &'static str, items: &[Item], locale: Locale) -> Result<()> {
    let outgoing = post(tx, party, kind, items, locale).await?;
    for item in items {
        let id: NoticeId = tx.id();
        sql!(
            "insert into consent_notices (id, party, kind, consent, channel, purpose, state, said_at, due_on, alarm_on, \
             outgoing, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
             on conflict (consent, kind, due_on) do nothing"
        )
        .bind(id)
        .bind(party)
        .bind(kind)
        .bind(item.consent)
        .bind(&item.channel)
        .bind(&item.purpose)
        .bind(&item.state)
        .bind(item.said_at)
        .bind(item.due_on)
        .bind(item.alarm_on)
        .bind(outgoing)
        .bind(tx.now())
        .execute(tx)
        .await?;
    }
    if outgoing.is_some() {
        let due = tx.now().plus(SOON);
        timer::set(tx, TIMER, LEFT, due).await?;
    }
    Ok(())
}

/// Puts the letter into the outbox, where there is an address, a server and no word of promotion in it.
async fn post(
    tx: &mut Tx,
    party: PartyId,
    kind: &str,
    items: &[Item],
    locale: Locale,
) -> Result<Option<Id<kinds::Outgoing>>> {
    let contacts = parties::contacts(tx, party, Sight::WHOLE).await?;
    let address = contacts.into_iter().find(|contact| contact.kind == "email").map(|contact| contact.value);
    let settings: MailSettings = setting::get(tx, "mail").await?.value;
    let (Some(to), true) = (address, settings.is_ready()) else { return Ok(None) };
    let company = Company::load(tx).await?;
    let page = match settings.public_address.trim_end_matches('/') {
        "" => String::new(),
        base => format!("{base}{}", member::page_path(tx, party).await?),
    };
    let lines: Vec<String> = items.iter().map(|item| line(locale, item, &company)).collect();
    let params = [("company", company.name.as_str()), ("items", &lines.join("\n")), ("page", &page)];
    let ending = if page.is_empty() { "no_page" } else { "page" };
    let text = [format!("notice.{kind}.text"), format!("notice.{ending}")]
        .map(|key| text::say(locale, &key, &params).replace("\\n", "\n"))
        .join("\n\n");
    let subject = text::say(locale, &format!("notice.{kind}.subject"), &params);
    let banned = rules::in_force::<Lint>(tx).await?;
    // The company's own name may hold such a word; what the notice says may not.
    let said = format!("{subject} {text}").replace(&company.name, "");
    if promotes(&said, &banned).is_some() {
        tracing::error!(rule = Lint::RULE, "a notice holds a word of promotion and is not sent");
        return Ok(None);
    }
    mail::put(tx, &Letter { to, subject, text, unsubscribe: None }).await.map(Some)
}

/// The first word of promotion in a text (K10-3).
pub fn promotes<'l>(text: &str, banned: &'l Lint) -> Option<&'l str> {
    banned.words.iter().map(String::as_str).find(|word| text.contains(word))
}

/// `이메일, 소식과 혜택 안내: 동의 (2026-11-22 12:00 Asia/Seoul)`.
fn line(locale: Locale, item: &Item, company: &Company) -> String {
    let say = |key: String| text::say(locale, &key, &[]);
    format!(
        "- {}, {}: {} ({})",
        say(format!("consent.channel.{}", item.channel)),
        say(format!("consent.for.{}", item.purpose)),
        say(format!("consent.state.{}", item.state)),
        ledger::clock_text(item.said_at, company)
    )
}

/// Sends what is due of the second kind; gives whether more waits.
async fn reconfirm(tx: &mut Tx) -> Result<bool> {
    let clock = tx.environment().clock.clone();
    let today = Company::load(tx).await?.today(&*clock);
    let rule = rules::in_force::<rules::Reconfirm>(tx).await?;
    let due: Vec<Standing> = sql!(
        "select party, channel, purpose, state, since as said_at, consent, reconfirm_on as due_on \
         from consent_states where reconfirm_on <= $1 order by reconfirm_on, party limit $2"
    )
    .bind(today.plus(rule.lead_days))
    .bind(BATCH)
    .fetch_all(tx)
    .await?;
    let more = i64::try_from(due.len()).unwrap_or(i64::MAX) == BATCH;
    let mut by_party: BTreeMap<i64, Vec<Item>> = BTreeMap::new();
    for stands in due {
        let item = Item {
            consent: stands.consent,
            channel: stands.channel,
            purpose: stands.purpose,
            state: stands.state,
            said_at: stands.said_at,
            due_on: stands.due_on,
            alarm_on: stands.due_on.plus(-7),
        };
        by_party.entry(stands.party.number()).or_default().push(item);
    }
    let locale = Company::load(tx).await?.locale;
    for (party, items) in by_party {
        let party = Id::from_number(party);
        tell(tx, party, "reconfirm", &items, locale).await?;
        // The next day to confirm is counted from the notices.
        ledger::refresh(tx, &[party]).await?;
    }
    Ok(more)
}

#[derive(FromRow)]
struct Standing {
    party: PartyId,
    channel: String,
    purpose: String,
    state: String,
    said_at: Instant,
    consent: ConsentId,
    due_on: Day,
}

/// Notes which letters have left; those that were given up are to be done by hand. Gives whether any is on its way.
async fn left(tx: &mut Tx) -> Result<bool> {
    sql!(
        "update consent_notices set told_at = (select o.sent_at from outbox o where o.id = consent_notices.outgoing) \
         where told_at is null and outgoing in (select o.id from outbox o where o.sent_at is not null)"
    )
    .execute(tx)
    .await?;
    sql!(
        "update consent_notices set outgoing = null where told_at is null and outgoing is not null \
         and not exists (select 1 from outbox o where o.id = consent_notices.outgoing and o.given_up_at is null)"
    )
    .execute(tx)
    .await?;
    let (waiting,): (i64,) =
        sql!("select count(*) from consent_notices where told_at is null and outgoing is not null")
            .fetch_one(tx)
            .await?;
    Ok(waiting > 0)
}

/// Confirms consents again when their time has come, and looks after letters.
pub(super) struct Notices;

#[async_trait]
impl OnTimer for Notices {
    fn kind(&self) -> &'static str {
        TIMER
    }

    async fn due(&self, tx: &mut Tx, key: &str) -> Result<Option<Instant>> {
        if key == LEFT {
            let again = tx.now().plus(60 * Instant::SECOND);
            return Ok(left(tx).await?.then_some(again));
        }
        let more = reconfirm(tx).await?;
        let wait = if more { 60 * Instant::SECOND } else { 6 * Instant::HOUR };
        Ok(Some(tx.now().plus(wait)))
    }
}

#[async_trait]
impl Starter for Notices {
    async fn start(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        timer::set(tx, TIMER, DAILY, now).await
    }
}

/// `consent_notices`: notices that are owed and were not given when their alarm day came.
#[async_trait]
impl Cards for Notices {
    async fn cards(&self, tx: &mut Tx, _: &Company, today: Day, sight: Sight) -> Result<Vec<Card>> {
        if sight.within().is_some() {
            return Ok(Vec::new());
        }
        let (count,): (i64,) =
            sql!("select count(*) from consent_notices where told_at is null and alarm_on <= $1")
                .bind(today)
                .fetch_one(tx)
                .await?;
        let card = Card {
            id: "consent_notices",
            params: serde_json::json!({}),
            count,
            people: Vec::new(),
            href: "/know/notices".into(),
            value: None,
            due: None,
            rank: RANK,
        };
        Ok((count > 0).then_some(card).into_iter().collect())
    }
}

/// How often each consent of `root` was confirmed: by medium, purpose and since when it stands.
pub(super) async fn confirmed(
    tx: &mut Tx,
    root: PartyId,
) -> Result<BTreeMap<(String, String, Instant), i64>> {
    let rows: Vec<(String, String, Instant, i64)> = sql!(
        "select channel, purpose, said_at, count(*) from consent_notices where party = $1 and kind = 'reconfirm' \
         group by channel, purpose, said_at"
    )
    .bind(root)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|(channel, purpose, since, count)| ((channel, purpose, since), count)).collect())
}

/// Whether the purpose is one that is confirmed again.
pub(super) const fn is_confirmed(purpose: Purpose) -> bool {
    !matches!(purpose, Purpose::ThirdParty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_notice_holds_a_word_of_promotion() {
        let lint = Lint::default();
        for locale in [Locale::Ko, Locale::En] {
            for (key, said) in text::all(locale).iter().filter(|(key, _)| key.starts_with("notice.")) {
                assert_eq!(promotes(said, &lint), None, "{key}");
            }
            for (key, said) in text::all(locale).iter().filter(|(key, _)| key.starts_with("consent.for.")) {
                assert_eq!(promotes(said, &lint), None, "{key}");
            }
        }
        assert_eq!(promotes("다음 구매 10% 할인", &lint), Some("할인"));
        assert_eq!(promotes("쿠폰을 드려요", &lint), Some("쿠폰"));
    }
}
