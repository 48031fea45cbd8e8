//! What somebody asks about their own data: to see it, to have it put right or erased, that it is not used any more. And
//! where what they asked stands, with the answer.
//!
//! Invariants:
//! - Somebody waits for one answer of a kind at a time.
//! - Who came by a code is known by it; by any other link the request waits until staff have made sure who asks.
//! - Answers are shown in part to whoever has a link, whole after a code; the files of an answer are given out after a
//!   code alone.

use super::consents::day;
use super::{Handout, Outcome, Section, Shown, Visitor};
use crate::privacy;
use crate::requests::api::{self, Asked};
use crate::requests::model::{Identity, Kind, Reason, Request, RequestId, State, Way};
use crate::requests::store::{self, By};
use ::store::Tx;
use askama::Template;
use async_trait::async_trait;
use kernel::limits;
use serde_json::json;
use web::public::Form;
use web::{Answer, Problem, Sight, audit, mail, text};

/// What can be asked, as it stands on the page.
const CHOICES: [Kind; 6] =
    [Kind::Access, Kind::Correction, Kind::Erasure, Kind::Suspension, Kind::Source, Kind::Explanation];
/// Requests shown, the newest first.
const SHOWN: i64 = 20;

/// The requests.
pub(super) struct Asks;

#[derive(Template)]
#[template(path = "member_asks.html")]
struct View<'v> {
    visitor: &'v Visitor,
    action: String,
    form: &'v str,
    choices: Vec<Choice>,
    rows: Vec<Row>,
    /// Where a code is asked for, if letters leave and none was given.
    door: String,
}

struct Choice {
    kind: &'static str,
    title: String,
    hint: String,
}

struct Row {
    id: String,
    what: String,
    stands: String,
    waits: bool,
    answered: bool,
    when: String,
    words: String,
    answer: String,
    /// Whether the files of its answer can be had here.
    file: bool,
    /// Whether they could be had after a code.
    locked: bool,
}

#[async_trait]
impl Section for Asks {
    fn name(&self) -> &'static str {
        "requests"
    }

    async fn show(&self, tx: &mut Tx, visitor: &Visitor, form: &str) -> Answer<Option<Shown>> {
        let asked = store::of_party(tx, visitor.party, SHOWN).await?;
        let waiting = |kind: Kind| asked.iter().any(|one| one.kind == kind && one.state.waits());
        let choices = CHOICES.into_iter().filter(|kind| !waiting(*kind)).map(|kind| choice(visitor, kind));
        let choices: Vec<Choice> = choices.collect();
        let mut rows = Vec::with_capacity(asked.len());
        for request in asked {
            rows.push(row(tx, visitor, request).await?);
        }
        let door = if visitor.proved || !mail::is_ready(tx).await? {
            String::new()
        } else {
            format!("/m?lang={}", visitor.locale.tag())
        };
        let view = View { visitor, action: visitor.action(self.name()), form, choices, rows, door };
        let html = view.render().map_err(Problem::internal)?;
        Ok(Some(Shown { title: visitor.say("member.asks.title"), html }))
    }

    async fn act(&self, tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
        match form.get("do") {
            "ask" => ask(tx, visitor, form).await,
            "take_back" => take_back(tx, visitor, form).await,
            "fetch" => fetch(tx, visitor, form).await,
            _ => Err(Problem::not_found()),
        }
    }
}

fn choice(visitor: &Visitor, kind: Kind) -> Choice {
    let say = |part: &str| visitor.say(&format!("member.asks.{part}.{}", kind.text()));
    Choice { kind: kind.text(), title: say("kind"), hint: say("hint") }
}

async fn row(tx: &mut Tx, visitor: &Visitor, request: Request) -> Answer<Row> {
    let sight = if visitor.proved { Sight::WHOLE } else { Sight::IN_PART };
    let has_file =
        request.state == State::Answered && privacy::store::export_of(tx, request.id).await?.is_some();
    let waits = request.state.waits();
    let stands = match (request.state, request.reason.as_deref()) {
        (State::Refused, Some(reason)) if reason == Reason::TakenBack.text() => "taken_back",
        (state, _) => state.text(),
    };
    let asked = day(request.received_at, &visitor.company);
    let when = match request.closed_at {
        Some(at) => text::say(
            visitor.locale,
            "member.asks.closed",
            &[("asked", &asked), ("closed", &day(at, &visitor.company))],
        ),
        None => text::say(
            visitor.locale,
            "member.asks.due",
            &[("asked", &asked), ("due", &request.due_day.to_string())],
        ),
    };
    // What staff wrote down of a call are their words, not the customer's.
    let words = if request.way == Way::MemberPage { sight.text(request.words) } else { String::new() };
    Ok(Row {
        id: request.id.to_string(),
        what: visitor.say(&format!("member.asks.kind.{}", request.kind.text())),
        stands: visitor.say(&format!("member.asks.state.{stands}")),
        waits,
        answered: request.state == State::Answered,
        when,
        words,
        answer: sight.text(request.answer.unwrap_or_default()),
        file: has_file && visitor.proved,
        locked: has_file && !visitor.proved,
    })
}

/// Who writes it down: nobody of the company.
fn themselves() -> By {
    By { user: None, name: String::new() }
}

async fn ask(tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
    let kind = checked(form)?;
    let asked = store::of_party(tx, visitor.party, SHOWN).await?;
    if asked.iter().any(|one| one.kind == kind && one.state.waits()) {
        return Err(Problem::conflict("member_request_waits"));
    }
    let asked =
        Asked { kind, way: Way::MemberPage, words: form.get("words").to_owned(), at: tx.now(), who: None };
    let by = themselves();
    let id = api::receive(tx, Some(visitor.party), asked, None, &by).await?;
    let detail =
        json!({ "kind": kind, "party": visitor.party, "way": Way::MemberPage, "link_by": visitor.by });
    audit::write(tx, None, "request.received", Some(id.number()), detail).await?;
    if visitor.proved && store::identify(tx, id, Identity::MemberPage, &by).await? {
        let detail = json!({ "how": Identity::MemberPage });
        audit::write(tx, None, "request.identified", Some(id.number()), detail).await?;
    }
    Ok(Outcome::Done("member.done.request"))
}

/// What a form asks, if it can be taken.
fn checked(form: &Form) -> Answer<Kind> {
    let mut problem = Problem::invalid("invalid");
    let kind = Kind::try_from(form.get("kind").to_owned()).ok();
    if kind.is_none() {
        problem = problem.field("kind", "request_kind");
    }
    let words = form.get("words");
    if kind == Some(Kind::Correction) && words.is_empty() {
        problem = problem.field("words", "request_words");
    }
    if words.chars().count() > limits::NOTE_CHARS {
        problem = problem.field("words", "too_long");
    }
    match kind {
        Some(kind) if !problem.has_fields() => Ok(kind),
        _ => Err(problem),
    }
}

/// The request that a form names, if it is theirs.
async fn theirs(tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Request> {
    let id: RequestId = form.get("request").parse().map_err(|_| Problem::not_found())?;
    let found = store::find(tx, id).await?.filter(|request| request.root == Some(visitor.party));
    found.ok_or_else(Problem::not_found)
}

async fn take_back(tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
    let request = theirs(tx, visitor, form).await?;
    let (id, reason) = (request.id, Reason::TakenBack);
    let waits = request.state.waits();
    if !waits || !store::close(tx, id, request.state, Some(reason), "", &themselves()).await? {
        return Err(Problem::conflict("request_closed"));
    }
    api::tell(tx, "request.refused", id, request.party, request.kind).await?;
    let detail = json!({ "kind": request.kind, "reason": reason, "link_by": visitor.by });
    audit::write(tx, None, "request.refused", Some(id.number()), detail).await?;
    Ok(Outcome::Done("member.done.taken_back"))
}

/// The files of an answer.
async fn fetch(tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
    if !visitor.proved {
        return Err(Problem::forbidden("member_code_first"));
    }
    let request = theirs(tx, visitor, form).await?;
    let kept = match request.state {
        State::Answered => privacy::store::export_of(tx, request.id).await?,
        _ => None,
    };
    let kept = kept.ok_or_else(Problem::not_found)?;
    let bytes = privacy::store::bytes(tx, kept.id).await?;
    // Its period is over: the proof of it is all that is left.
    if bytes.is_empty() {
        return Err(Problem::not_found());
    }
    privacy::store::fetched(tx, kept.id).await?;
    let detail = json!({ "hash": kept.hash, "way": Way::MemberPage });
    audit::write(tx, None, "request.export_fetched", Some(request.id.number()), detail).await?;
    let name = format!("{}.zip", request.id);
    Ok(Outcome::File(Handout { name, media: "application/zip", bytes }))
}
