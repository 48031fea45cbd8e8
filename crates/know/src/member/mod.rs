//! The member page (고객 페이지): people see and change what the company keeps of them, without an account.
//!
//! They come by a link that was signed for them, or by a code sent to a mailbox of theirs. The page is a list of
//! [`Section`]s; a noun or a later verb adds its own with `inventory::submit!`.
//!
//! Invariants:
//! - Contacts are shown in part alone: a link that somebody else opens gives away no address and no number. A new address
//!   counts once a code proves who reads it.
//! - What is done here is done by the person: it lies on the timeline and in the ledger, with the address it came from
//!   and, where a member of staff made the link, with who made it.
//! - The page says the same to everybody who asks for a code, whether it knows the address or not.
//! - What somebody asks about their own data here counts as theirs only after a code; by a link that was handed over, staff
//!   make sure first. Nothing but a code gives a file of data out.

mod api;
mod asks;
mod consents;
mod door;
mod link;
mod me;
mod orders;
mod page;
mod unsubscribe;

pub use unsubscribe::{Ending, unsubscribe_path};

use crate::parties::Contact;
use ::store::Tx;
use async_trait::async_trait;
use axum::routing::{get, post};
use kernel::{Id, Instant, Locale, kinds};
use web::public::Form;
use web::{Answer, App, Company, Registry, text};

type PartyId = Id<kinds::Party>;

/// Somebody on their own page.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who; they stand for themselves.
    pub party: PartyId,
    /// In which language they read.
    pub locale: Locale,
    /// The address of the network they come from.
    pub address: String,
    /// The page's path, with the link in it.
    pub path: String,
    /// Who made the link, when it was a member of staff.
    pub by: Option<Id<kinds::User>>,
    /// Whether they proved by a code, within the hour, that they read a mailbox of theirs.
    pub proved: bool,
    /// The company.
    pub company: Company,
}

impl Visitor {
    /// A text of the pages in their language.
    pub fn say(&self, key: &str) -> String {
        text::say(self.locale, key, &[])
    }

    /// Where a form of the section `name` is sent.
    pub fn action(&self, name: &str) -> String {
        format!("{}/{name}?lang={}", self.path, self.locale.tag())
    }
}

/// A part of the page.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Its heading.
    pub title: String,
    /// What stands in it: HTML that a template made.
    pub html: String,
}

/// What became of a form.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is done; the text with this key says so.
    Done(&'static str),
    /// Something more is asked first: HTML that a template made.
    Ask(String),
    /// A file to keep.
    File(Handout),
}

/// A file that somebody takes with them.
#[derive(Debug, Clone)]
pub struct Handout {
    /// Its name.
    pub name: String,
    /// What it is, as a media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A part of the page that can be asked for and acted on.
#[async_trait]
pub trait Section: Send + Sync {
    /// Its name in addresses.
    fn name(&self) -> &'static str;

    /// The part, if there is anything to show; `form` is the token of its forms.
    async fn show(&self, tx: &mut Tx, visitor: &Visitor, form: &str) -> Answer<Option<Shown>>;

    /// Does what a form says. The token was checked.
    async fn act(&self, tx: &mut Tx, visitor: &Visitor, form: &Form) -> Answer<Outcome>;
}

/// A section with its place on the page.
pub struct Placed(pub u16, pub &'static dyn Section);

inventory::collect!(Placed);

inventory::submit! { Placed(10, &me::Me) }
inventory::submit! { Placed(20, &consents::Consents) }
inventory::submit! { Placed(30, &orders::Orders) }
inventory::submit! { Placed(90, &asks::Asks) }

/// The sections, from top to bottom.
fn sections() -> Vec<&'static dyn Section> {
    let mut placed: Vec<&Placed> = inventory::iter::<Placed>.into_iter().collect();
    placed.sort_by_key(|placed| (placed.0, placed.1.name()));
    placed.into_iter().map(|placed| placed.1).collect()
}

/// The address that somebody typed, in its normal form.
fn mailbox(typed: &str) -> Option<Contact> {
    Contact::email(typed)
}

/// How long a link works that stands in a letter to the person's own mailbox.
const BY_LETTER: i64 = 30 * Instant::DAY;

/// The path of somebody's page, for a letter to their own mailbox.
///
/// # Errors
/// When the database fails.
pub async fn page_path(tx: &mut Tx, party: PartyId) -> ::store::Result<String> {
    link::path(tx, party, BY_LETTER, link::Handed::InALetter).await
}

/// Plugs the pages in.
pub(crate) fn register(registry: &mut Registry) {
    api::register(registry);
    let pages = axum::Router::<App>::new()
        .route("/m", get(door::ask))
        .route("/m/code", post(door::send))
        .route("/m/enter", post(door::enter))
        .route("/m/{link}", get(page::show))
        .route("/m/{link}/{section}", post(page::act))
        .route("/u/{link}", get(unsubscribe::ask).post(unsubscribe::end));
    registry.pages(pages);
}
