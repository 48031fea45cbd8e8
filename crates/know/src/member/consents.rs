//! What somebody allows, medium by medium: a press for yes, a press for no, and the words in between.

use super::{Outcome, Section, Shown, Visitor};
use crate::consent::{
    self, Basis, Channel, Evidence, Key, Present, Purpose, Source, State, Statement, Topic, Wording, topics,
};
use crate::parties::store;
use ::store::Tx;
use askama::Template;
use async_trait::async_trait;
use kernel::Locale;
use std::collections::BTreeMap;
use web::public::Form;
use web::{Answer, Company, Problem, Sight, text};

/// Consents and topics.
pub(super) struct Consents;

#[derive(Template)]
#[template(path = "member_consents.html")]
struct View<'v> {
    visitor: &'v Visitor,
    action: String,
    form: &'v str,
    groups: Vec<Group>,
    topics: Vec<TopicRow>,
    any: bool,
}

/// A purpose with its words and the media it is asked for.
struct Group {
    title: String,
    purpose: &'static str,
    words: String,
    wording: String,
    rows: Vec<Row>,
}

struct Row {
    channel: &'static str,
    name: String,
    said: String,
    given: bool,
    since: String,
}

struct TopicRow {
    code: String,
    name: String,
    wanted: bool,
}

#[async_trait]
impl Section for Consents {
    fn name(&self) -> &'static str {
        "consents"
    }

    async fn show(&self, tx: &mut Tx, visitor: &Visitor, form: &str) -> Answer<Option<Shown>> {
        let present = consent::present(tx, visitor.party).await?;
        let words = consent::in_use(tx).await?;
        let media = media(tx, visitor, &present).await?;
        let purposes = [Purpose::Ad, Purpose::NightAd, Purpose::ThirdParty];
        let groups: Vec<Group> = purposes
            .into_iter()
            .filter_map(|purpose| group(visitor, purpose, &words, &media, &present))
            .collect();
        let any = present.values().any(Present::allows);
        let topics = if any { topic_rows(visitor, &topics::all(tx).await?, &present) } else { Vec::new() };
        if groups.is_empty() {
            return Ok(None);
        }
        let view = View { visitor, action: visitor.action(self.name()), form, groups, topics, any };
        let html = view.render().map_err(Problem::internal)?;
        Ok(Some(Shown { title: visitor.say("member.consents.title"), html }))
    }

    async fn act(&self, tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
        let present = consent::present(tx, visitor.party).await?;
        let (said, done) = match form.get("do") {
            "give" => (vec![given(tx, visitor, form).await?], "member.done.given"),
            "end" => (vec![ended(tx, visitor, asked(form)?)], "member.done.withdrawn"),
            "end_all" => (all_ended(tx, visitor, &present), "member.done.withdrawn"),
            "keep" => (kept(tx, visitor, &present), "member.done.reconfirmed"),
            "topic" => (topic(tx, visitor, form, &present), "member.done.topic"),
            _ => return Err(Problem::not_found()),
        };
        if !said.is_empty() {
            consent::record(tx, visitor.party, said, None).await?;
        }
        Ok(Outcome::Done(done))
    }
}

/// Media by which they can be reached, or about which they said something.
async fn media(tx: &mut Tx, visitor: &Visitor, present: &BTreeMap<Key, Present>) -> Answer<Vec<Channel>> {
    let contacts = store::contacts(tx, visitor.party, Sight::WHOLE).await?;
    let has = |kind: &str| contacts.iter().any(|contact| contact.kind == kind);
    let reached = |channel: &Channel| match channel {
        Channel::Email => has("email"),
        Channel::Sms | Channel::Kakao | Channel::Call => has("phone"),
        Channel::Push | Channel::Post => false,
    };
    let spoken = |channel: &Channel| present.keys().any(|(spoken, ..)| spoken == channel);
    Ok(Channel::ALL.iter().copied().filter(|channel| reached(channel) || spoken(channel)).collect())
}

/// A purpose, where there are words for it or something stands: without words nobody can agree, but everybody can end.
fn group(
    visitor: &Visitor,
    purpose: Purpose,
    words: &[Wording],
    media: &[Channel],
    present: &BTreeMap<Key, Present>,
) -> Option<Group> {
    let wording = words.iter().find(|wording| wording.purpose == purpose.text());
    let row = |channel: Channel| {
        let stands = present.get(&(channel, purpose, String::new()));
        let given = stands.is_some_and(Present::allows);
        if (wording.is_none() && !given) || (purpose == Purpose::NightAd && !channel.has_night()) {
            return None;
        }
        let said = match stands.map(|stands| stands.state) {
            Some(State::Given | State::Reconfirmed) => "member.consents.yes",
            Some(State::Refused | State::Withdrawn | State::Expired) => "member.consents.no",
            Some(State::Unverified) | None => "member.consents.never",
        };
        let since = stands.map(|stands| stands.since.day_in(&visitor.company.zone()).to_string());
        Some(Row {
            channel: channel.text(),
            name: visitor.say(&format!("consent.channel.{}", channel.text())),
            said: visitor.say(said),
            given,
            since: since.filter(|_| given).unwrap_or_default(),
        })
    };
    let rows: Vec<Row> = media.iter().copied().filter_map(row).collect();
    (!rows.is_empty()).then(|| Group {
        title: visitor.say(&format!("consent.purpose.{}", purpose.text())),
        purpose: purpose.text(),
        words: wording.map(|wording| wording.text(visitor.locale).to_owned()).unwrap_or_default(),
        wording: wording.map(|wording| wording.id.to_string()).unwrap_or_default(),
        rows,
    })
}

fn topic_rows(visitor: &Visitor, topics: &[Topic], present: &BTreeMap<Key, Present>) -> Vec<TopicRow> {
    let refused = |code: &str| {
        present
            .iter()
            .any(|((_, purpose, topic), stands)| *purpose == Purpose::Ad && topic == code && !stands.allows())
    };
    let row = |topic: &Topic| TopicRow {
        code: topic.code.clone(),
        name: if visitor.locale == Locale::En { topic.name_en.clone() } else { topic.name_ko.clone() },
        wanted: !refused(&topic.code),
    };
    topics.iter().filter(|topic| topic.active).map(row).collect()
}

/// The medium and the purpose that a form names.
fn asked(form: &Form) -> Answer<(Channel, Purpose)> {
    let named = Channel::of(form.get("channel")).zip(Purpose::of(form.get("purpose")));
    named.ok_or_else(Problem::not_found)
}

/// A statement of theirs, made here and now.
fn statement(tx: &Tx, visitor: &Visitor, (channel, purpose): (Channel, Purpose), state: State) -> Statement {
    let note = visitor.by.map(|by| text::say(Locale::Ko, "member.evidence.by", &[("user", &by.to_string())]));
    Statement {
        channel,
        purpose,
        topic: String::new(),
        state,
        at: tx.now(),
        source: Source::Member,
        basis: (state == State::Given).then_some(Basis::Consent),
        wording: None,
        locale: visitor.locale,
        evidence: Evidence { address: Some(visitor.address.clone()), note, ..Evidence::default() },
        import: None,
    }
}

/// They agree to the words that they were shown: if others are in use by now, they read those first.
async fn given(tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Statement> {
    let named = asked(form)?;
    let words = consent::in_use(tx).await?;
    let wording = words.iter().find(|wording| wording.purpose == named.1.text());
    match wording.filter(|wording| wording.id.to_string() == form.get("wording")) {
        Some(wording) => {
            Ok(Statement { wording: Some(wording.id), ..statement(tx, visitor, named, State::Given) })
        }
        None => Err(Problem::conflict("consent_words_changed")),
    }
}

fn ended(tx: &Tx, visitor: &Visitor, named: (Channel, Purpose)) -> Statement {
    statement(tx, visitor, named, State::Withdrawn)
}

/// Everything that stands ends; the nights end with their days.
fn all_ended(tx: &Tx, visitor: &Visitor, present: &BTreeMap<Key, Present>) -> Vec<Statement> {
    let stands = present.iter().filter(|((_, _, topic), stands)| topic.is_empty() && stands.allows());
    let named: Vec<(Channel, Purpose)> =
        stands.map(|((channel, purpose, _), _)| (*channel, *purpose)).collect();
    let with_day = |(channel, purpose): &(Channel, Purpose)| {
        *purpose == Purpose::NightAd && named.contains(&(*channel, Purpose::Ad))
    };
    named.iter().filter(|one| !with_day(one)).map(|one| ended(tx, visitor, *one)).collect()
}

/// They still agree to what stands.
fn kept(tx: &Tx, visitor: &Visitor, present: &BTreeMap<Key, Present>) -> Vec<Statement> {
    let stands = present.iter().filter(|((_, _, topic), stands)| topic.is_empty() && stands.allows());
    stands
        .map(|((channel, purpose, _), _)| statement(tx, visitor, (*channel, *purpose), State::Reconfirmed))
        .collect()
}

/// A topic they want or do not want, on every medium that they allow.
fn topic(tx: &Tx, visitor: &Visitor, form: &Form, present: &BTreeMap<Key, Present>) -> Vec<Statement> {
    let state = if form.get("want") == "yes" { State::Given } else { State::Refused };
    let media = present.iter().filter(|((_, purpose, topic), stands)| {
        *purpose == Purpose::Ad && topic.is_empty() && stands.allows()
    });
    media
        .map(|((channel, purpose, _), _)| Statement {
            topic: form.get("topic").to_owned(),
            ..statement(tx, visitor, (*channel, *purpose), state)
        })
        .collect()
}

/// The company's day of an instant, as pages write it.
pub(super) fn day(at: kernel::Instant, company: &Company) -> String {
    at.day_in(&company.zone()).to_string()
}
