//! Contacts that people type: which stay, which come, which go.
//!
//! Invariants:
//! - A contact that stays is not touched: its row is the same, whichever record of a merged customer has it.
//! - Whoever sees contacts masked sends them back masked, and changes nothing by it.

use super::model::{Contact, Identity};
use super::{keepers, store};
use crate::parties::store::ContactRow;
use ::store::Tx;
use kernel::{Id, kinds};
use web::{Actor, Answer, Problem, Sight};

type PartyId = Id<kinds::Party>;

/// Contacts of one kind that someone may have.
pub const MOST: usize = 20;

/// The contacts of a kind as someone typed all of them.
pub struct Typed {
    read: fn(&str) -> Option<Contact>,
    /// What goes.
    gone: Vec<Id<kinds::Contact>>,
    /// What comes, as it was typed.
    new: Vec<String>,
}

impl Typed {
    /// What `texts` mean, as all contacts of `kind` (`email` or `phone`) of `party`.
    pub async fn of(tx: &mut Tx, actor: &Actor, party: PartyId, kind: &str, texts: &[&str]) -> Answer<Self> {
        let read = if kind == "email" { Contact::email } else { Contact::phone };
        let mut had = store::contacts(tx, party, Sight::WHOLE).await?;
        had.retain(|row| row.kind == kind);
        let is = |row: &ContactRow, text: &str| {
            let masked = actor.sight.is_masked() && actor.sight.text(row.shown.clone()) == text;
            masked || read(text).is_some_and(|contact| contact.value == row.value)
        };
        let is_new = |text: &&&str| !had.iter().any(|row| is(row, text));
        let new = texts.iter().filter(is_new).map(|text| (*text).to_owned()).collect();
        let gone =
            had.iter().filter(|row| !texts.iter().any(|text| is(row, text))).map(|row| row.id).collect();
        Ok(Self { read, gone, new })
    }

    /// What is new, to be checked.
    pub fn fresh(&self) -> Vec<&str> {
        self.new.iter().map(String::as_str).collect()
    }

    /// Takes away what went and gives what came.
    pub async fn keep(self, tx: &mut Tx, actor: &Actor, party: PartyId) -> Answer<()> {
        for contact in self.gone {
            store::remove_contact(tx, contact).await?;
        }
        for contact in self.new.iter().filter_map(|text| (self.read)(text)) {
            give_contact(tx, actor, party, contact).await?;
        }
        Ok(())
    }
}

/// Who does not see the contacts of customers cannot know whose one is: given by hand, and merged into somebody, it would
/// open that customer's page.
async fn doubt(tx: &mut Tx, actor: &Actor, contact: &Contact) -> Answer<()> {
    if actor.sight.is_masked() { Ok(store::doubt(tx, contact).await?) } else { Ok(()) }
}

/// Gives someone the contacts that an identity has.
pub async fn give_contacts(tx: &mut Tx, actor: &Actor, id: PartyId, identity: &Identity) -> Answer<()> {
    for contact in identity.contacts("") {
        give_contact(tx, actor, id, contact).await?;
    }
    Ok(())
}

/// Refuses a contact that someone else has, naming them to whoever may see them, rather than making a second record of
/// one person. Of someone who is not there any more, because their import was undone, everything goes over.
async fn give_contact(tx: &mut Tx, actor: &Actor, id: PartyId, contact: Contact) -> Answer<()> {
    match store::owner(tx, &contact).await? {
        None => {
            store::insert_contacts(tx, &[(id, contact.clone())], None).await?;
            doubt(tx, actor, &contact).await
        }
        Some((owner, _)) if owner == id => Ok(()),
        Some((owner, true)) => {
            store::take_over(tx, owner, id).await?;
            doubt(tx, actor, &contact).await
        }
        Some((owner, false)) => {
            let taken = Problem::conflict("contact_taken").with("contact", &contact.shown);
            let seen = keepers::is_seen(tx, owner, actor.sight).await?;
            Err(if seen { taken.member("party", owner.to_string()) } else { taken })
        }
    }
}
