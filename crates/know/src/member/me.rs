//! Name and ways to reach somebody, as they see and change them.

use super::{Outcome, Section, Shown, Visitor, mailbox};
use crate::parties::store::{self, ContactRow};
use crate::parties::{Contact, contacts};
use ::store::Tx;
use ::store::log::{self, Entry};
use askama::Template;
use async_trait::async_trait;
use kernel::{Id, contact, kinds, limits};
use serde_json::json;
use web::mail::{self, Letter};
use web::public::{Form, codes};
use web::{Answer, Problem, Sight, audit, text};

/// Name and contacts.
pub(super) struct Me;

#[derive(Template)]
#[template(path = "member_me.html")]
struct View<'v> {
    visitor: &'v Visitor,
    action: String,
    form: &'v str,
    name: String,
    contacts: Vec<Row>,
    may_add: bool,
}

struct Row {
    id: String,
    kind: String,
    shown: String,
}

#[derive(Template)]
#[template(path = "member_code.html")]
struct Ask<'v> {
    visitor: &'v Visitor,
    action: String,
    form: String,
    lead: String,
    email: &'v str,
}

#[async_trait]
impl Section for Me {
    fn name(&self) -> &'static str {
        "me"
    }

    async fn show(&self, tx: &mut Tx, visitor: &Visitor, form: &str) -> Answer<Option<Shown>> {
        let party = store::find(tx, visitor.party, Sight::WHOLE).await?.ok_or_else(Problem::not_found)?;
        let rows = own(tx, visitor).await?;
        let contacts = rows
            .iter()
            .map(|row| Row {
                id: row.id.to_string(),
                kind: visitor.say(&format!("member.me.{}", row.kind)),
                shown: masked(row),
            })
            .collect();
        let view = View {
            visitor,
            action: visitor.action(self.name()),
            form,
            name: party.name.unwrap_or_default(),
            contacts,
            may_add: mail::is_ready(tx).await?,
        };
        let html = view.render().map_err(Problem::internal)?;
        Ok(Some(Shown { title: visitor.say("member.me.title"), html }))
    }

    async fn act(&self, tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome> {
        match form.get("do") {
            "name" => rename(tx, visitor, form.get("name")).await,
            "remove" => remove(tx, visitor, form.get("contact")).await,
            "email" => ask_code(tx, visitor, form.get("email")).await,
            "code" => add(tx, visitor, form.get("email"), form.get("code")).await,
            _ => Err(Problem::not_found()),
        }
    }
}

/// The ways to reach them; the id a shop gives them is none.
async fn own(tx: &mut Tx, visitor: &Visitor) -> Answer<Vec<ContactRow>> {
    let mut rows = store::contacts(tx, visitor.party, Sight::WHOLE).await?;
    rows.retain(|row| row.kind != "source_id");
    Ok(rows)
}

fn masked(row: &ContactRow) -> String {
    if row.kind == "email" { contact::mask_email(&row.value) } else { contact::mask_phone(&row.value) }
}

async fn rename(tx: &mut Tx, visitor: &Visitor, name: &str) -> Answer<Outcome> {
    let name = &kernel::one_line(name);
    let mut problem = Problem::invalid("invalid");
    match name.chars().count() {
        0 => problem = problem.field("name", "required"),
        1..=limits::NAME_CHARS => {}
        _ => problem = problem.field("name", "too_long"),
    }
    if problem.has_fields() {
        return Err(problem);
    }
    let party = store::find(tx, visitor.party, Sight::WHOLE).await?.ok_or_else(Problem::not_found)?;
    if !store::rename(tx, party.id, name, party.revision).await? {
        return Err(Problem::precondition_failed());
    }
    tell(tx, visitor, "name").await?;
    Ok(Outcome::Done("member.done.name"))
}

async fn remove(tx: &mut Tx, visitor: &Visitor, id: &str) -> Answer<Outcome> {
    let id: Id<kinds::Contact> = id.parse().map_err(|_| Problem::not_found())?;
    let rows = own(tx, visitor).await?;
    if !rows.iter().any(|row| row.id == id) {
        return Err(Problem::not_found());
    }
    // Without any way to reach them nobody could find this page again.
    if rows.len() == 1 {
        return Err(Problem::conflict("member_last_contact"));
    }
    store::remove_contact(tx, id).await?;
    tell(tx, visitor, "contact_removed").await?;
    Ok(Outcome::Done("member.done.contact_removed"))
}

/// What a code for a new address is made for: the address, and whose it is to be.
fn purpose(visitor: &Visitor, email: &Contact) -> String {
    format!("contact {} {}", visitor.party, email.value)
}

async fn ask_code(tx: &mut Tx, visitor: &Visitor, typed: &str) -> Answer<Outcome> {
    let email = mailbox(typed).ok_or_else(|| Problem::invalid("invalid").field("email", "not_an_email"))?;
    if own(tx, visitor).await?.len() >= contacts::MOST {
        return Err(Problem::invalid("invalid").field("email", "too_many"));
    }
    let code = codes::issue(tx, &purpose(visitor, &email), &visitor.address).await?;
    let params = [("company", visitor.company.name.as_str()), ("code", code.as_str())];
    let letter = Letter {
        to: email.value.clone(),
        subject: text::say(visitor.locale, "member.mail.subject", &params),
        text: letter_text(&text::say(visitor.locale, "member.mail.text", &params)),
        unsubscribe: None,
    };
    mail::put(tx, &letter).await?;
    let ask = Ask {
        visitor,
        action: visitor.action("me"),
        form: Form::token(tx, &visitor.path).await?,
        lead: text::say(visitor.locale, "member.code.sent", &[("email", &email.value)]),
        email: &email.value,
    };
    Ok(Outcome::Ask(ask.render().map_err(Problem::internal)?))
}

/// Texts stand on one line in their files: `\n` there is a line break.
pub(super) fn letter_text(text: &str) -> String {
    text.replace("\\n", "\n")
}

async fn add(tx: &mut Tx, visitor: &Visitor, typed: &str, code: &str) -> Answer<Outcome> {
    let email = mailbox(typed).ok_or_else(|| Problem::invalid("invalid").field("email", "not_an_email"))?;
    if !codes::take(tx, &purpose(visitor, &email), code, &visitor.address).await? {
        let ask = Ask {
            visitor,
            action: visitor.action("me"),
            form: Form::token(tx, &visitor.path).await?,
            lead: visitor.say("member.code.wrong"),
            email: &email.value,
        };
        // Not an error: the count of the try must be kept.
        return Ok(Outcome::Ask(ask.render().map_err(Problem::internal)?));
    }
    match store::owner(tx, &email).await? {
        Some((owner, false)) if owner == visitor.party => {
            return Ok(Outcome::Done("member.done.contact_added"));
        }
        // They read the mailbox of another record: it is theirs too, and staff make one of both.
        Some((_, false)) => return Err(Problem::conflict("member_other_record")),
        Some((gone, true)) => store::take_over(tx, gone, visitor.party).await?,
        None => store::insert_contacts(tx, &[(visitor.party, email.clone())], None).await?,
    }
    if !visitor.proved {
        store::doubt(tx, &email).await?;
    }
    tell(tx, visitor, "contact_added").await?;
    Ok(Outcome::Done("member.done.contact_added"))
}

/// The timeline and the audit log hear of it.
async fn tell(tx: &mut Tx, visitor: &Visitor, what: &'static str) -> Answer<()> {
    let time: Id<kinds::Run> = tx.id();
    let named = format!("party.edited:{}:{}", visitor.party.number(), time.number());
    let body = json!({ "by": "member", "what": what });
    let entry = Entry::live(tx, "party.edited", visitor.party.number()).about(visitor.party);
    log::append(tx, entry.named(named).with(body)).await?;
    let detail = json!({ "what": what, "link_by": visitor.by });
    Ok(audit::write(tx, None, "member.edited", Some(visitor.party.number()), detail).await?)
}
