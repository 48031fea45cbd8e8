//! A customer of a file in Dangol's own terms: who they are by their contacts, and what else the file says.

use super::details::Details;
use crate::fields::{self, CustomField, Values};
use crate::parties::{Contact, Identity};
use crate::{addresses, cues, tags};
use kernel::contact;
use reading::{Customer, Notice, NoticeCode, RAW_SHOWN, RowFault, RowFaultCode};

/// A customer of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What the file says.
    pub customer: Customer,
    /// By what they are found.
    pub identity: Identity,
    /// Contacts beyond those.
    pub more: Vec<Contact>,
    /// What else is kept of them.
    pub details: Details,
}

impl Listed {
    /// Reads the contacts of a row and tells of those that are none.
    ///
    /// # Errors
    /// The row is set aside when nothing is left by which somebody is known: a name finds nobody.
    pub fn of(
        mut customer: Customer,
        fields: &[CustomField],
        notices: &mut Vec<Notice>,
    ) -> Result<Self, RowFault> {
        let line = customer.line;
        let own = own(&mut customer, fields, notices);
        let mut tell = |code| notices.push(Notice { line, code, columns: Vec::new() });
        let emails: Vec<Contact> = customer.emails.iter().filter_map(|email| Contact::email(email)).collect();
        let mut phones = Vec::new();
        for written in &customer.phones {
            match contact::normal_phone(written, "KR") {
                None => tell(NoticeCode::PhoneUnreadable),
                Some(phone) if phone.is_relay() => tell(NoticeCode::RelayNumber),
                Some(phone) => {
                    if phone.repaired {
                        tell(NoticeCode::PhoneRepaired);
                    }
                    phones.extend(Contact::phone(written));
                }
            }
        }
        if customer.note.as_deref().is_some_and(|note| cues::sensitive(note).is_some()) {
            tell(NoticeCode::SensitiveNote);
            customer.note = None;
            // The row as it stood says it as well.
            customer.raw.clear();
        }
        let details = Details { own, ..details(&mut customer, &mut tell) };
        let first = |contacts: &[Contact]| contacts.first().map(|contact| contact.value.clone());
        let identity = Identity {
            source_id: customer.customer.clone(),
            email: first(&emails),
            phone: first(&phones),
            name: customer.name.clone(),
        };
        if identity.contacts("").is_empty() {
            let raw = customer.raw.chars().take(RAW_SHOWN).collect();
            let code = RowFaultCode::NobodyNamed;
            return Err(RowFault { line: customer.line, code, params: Vec::new(), raw });
        }
        let more = emails.into_iter().skip(1).chain(phones.into_iter().skip(1)).collect();
        Ok(Self { customer, identity, more, details })
    }

    /// Everything by which somebody is known, the strongest first.
    pub fn contacts(&self, source: &str) -> Vec<Contact> {
        self.identity.contacts(source).into_iter().chain(self.more.iter().cloned()).collect()
    }

    /// The name of the row among those of `source`: the strongest contact.
    pub fn key(&self, source: &str) -> String {
        let contacts = self.identity.contacts(source);
        let strongest = contacts.first().expect("whoever has no contact was set aside");
        format!("{}:{}", strongest.kind, strongest.value)
    }
}

/// What is kept beside name and contacts; tells of what is none of it.
fn details(customer: &mut Customer, tell: &mut impl FnMut(NoticeCode)) -> Details {
    let mut kept: Vec<String> = Vec::new();
    for tag in &customer.tags {
        let tag = kernel::composed(tag).into_owned();
        if cues::sensitive(&tag).is_some() {
            tell(NoticeCode::SensitiveTag);
            // The row as it stood says it as well.
            customer.raw.clear();
        } else if tags::is_fit(&tag) {
            kept.push(tag);
        } else {
            tell(NoticeCode::TagUnfit);
        }
    }
    customer.tags.clone_from(&kept);
    let address = customer.address.as_ref().and_then(|address| {
        let parts = [&address.postal_code, &address.line, &address.detail].map(Option::as_deref);
        addresses::of_file(parts[0], parts[1], parts[2])
    });
    if customer.address.is_some() && address.is_none() {
        tell(NoticeCode::AddressUnfit);
    }
    Details { birthday: customer.birthday.map(Into::into), address, tags: kept, ..Details::default() }
}

/// The values of own fields; tells in which fields a cell is none.
fn own(customer: &mut Customer, fields: &[CustomField], notices: &mut Vec<Notice>) -> Values {
    let mut values = Values::new();
    for (id, cell) in &customer.own {
        let Some(field) = fields.iter().find(|field| field.id.to_string() == *id) else { continue };
        let told = format!("{} {cell}", field.name);
        let code = if cues::sensitive_heading(&field.name).or_else(|| cues::sensitive(&told)).is_some() {
            // The row as it stood says it as well.
            customer.raw.clear();
            NoticeCode::SensitiveField
        } else if let Some(value) = fields::of_cell(field, cell) {
            values.insert(id.clone(), value);
            continue;
        } else {
            NoticeCode::FieldUnfit
        };
        notices.push(Notice { line: customer.line, code, columns: vec![field.name.clone()] });
    }
    customer.own.retain(|id, _| values.contains_key(id));
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(phones: &[&str], note: Option<&str>) -> (Result<Listed, RowFault>, Vec<NoticeCode>) {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        let note = note.map(str::to_owned);
        let raw = note.clone().unwrap_or_default();
        let customer = Customer { line: 3, phones, note, raw, ..Customer::default() };
        let mut notices = Vec::new();
        let listed = Listed::of(customer, &[], &mut notices);
        (listed, notices.into_iter().map(|notice| notice.code).collect())
    }

    #[test]
    fn a_relay_number_is_nobodys_and_a_lost_zero_is_put_back_and_told() {
        let (row, told) = listed(&["0504-1234-5678", "1012345678", "02-555-1234"], None);
        let row = row.unwrap();
        assert_eq!(row.identity.phone.as_deref(), Some("+821012345678"));
        assert_eq!(row.more[0].value, "+8225551234");
        assert_eq!(told, [NoticeCode::RelayNumber, NoticeCode::PhoneRepaired]);
        let (alone, told) = listed(&["0504-1234-5678"], None);
        assert_eq!(alone.unwrap_err().code, RowFaultCode::NobodyNamed);
        assert_eq!(told, [NoticeCode::RelayNumber]);
    }

    #[test]
    fn what_may_not_be_kept_of_a_person_goes_from_the_row_as_well() {
        let (row, told) = listed(&["010-1234-5678"], Some("당뇨가 있음"));
        let row = row.unwrap();
        assert_eq!((row.customer.note, row.customer.raw.as_str()), (None, ""));
        assert_eq!(told, [NoticeCode::SensitiveNote]);
    }
}
