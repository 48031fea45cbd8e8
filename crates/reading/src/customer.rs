//! A customer: one row of a list of customers, in Dangol's own terms. Nothing is worked out here that the file does not
//! say: a name stays as it is written, a word on consent that is neither yes nor no is no word.

use crate::fault::{Notice, NoticeCode, RowFault, RowFaultCode};
use crate::plan::{Field, Mapping, Plan};
use crate::row::Row;
use crate::values::birthday::{self, Birthday};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// One row of a list of customers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// The line of the file, from 1; the row number in a workbook.
    pub line: u64,
    /// The customer's id in the source, without a trailing `.0`.
    pub customer: Option<String>,
    /// E-mail addresses, as written, the first the main one.
    pub emails: Vec<String>,
    /// Phone numbers, as written, the first the main one.
    pub phones: Vec<String>,
    /// The name, family name first where that is the custom.
    pub name: Option<String>,
    /// The birthday.
    pub birthday: Option<Birthday>,
    /// The postal address.
    pub address: Option<Address>,
    /// Words the shop has put on them.
    pub tags: Vec<String>,
    /// What the shop has written about them.
    pub note: Option<String>,
    /// What the file says of consent; nothing of it is proven.
    pub consents: Vec<Said>,
    /// Cells of further columns, as written, by the names that the plan has for them.
    pub own: BTreeMap<String, String>,
    /// The row as it stood, without forbidden columns and numbers.
    pub raw: String,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The postal code.
    pub postal_code: Option<String>,
    /// Everything but the postal code, in the order in which the file has it.
    pub line: Option<String>,
    /// Flat, floor, building.
    pub detail: Option<String>,
}

/// A word on consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// About which way of writing to somebody.
    pub channel: Channel,
    /// Whether it is yes.
    pub yes: bool,
    /// The word, as it is written.
    pub word: String,
}

/// By what someone may be written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Channel {
    Email,
    Sms,
}

impl Channel {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

impl Customer {
    /// A hash of everything that the file says of them: the same row again changes nothing.
    pub fn content_hash(&self) -> String {
        let mut said = format!(
            "{:?}",
            (
                &self.customer,
                &self.emails,
                &self.phones,
                &self.name,
                &self.birthday,
                &self.address,
                &self.tags,
                &self.note,
                &self.consents,
            )
        );
        // Rows that were read before there were such columns keep their hash.
        if !self.own.is_empty() {
            said += &format!("{:?}", self.own);
        }
        Sha256::digest(said)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Cells to customers, by the columns of a plan.
pub(crate) struct CustomerReader {
    mapping: Mapping,
    own: Vec<(String, usize)>,
    columns: Vec<String>,
}

impl CustomerReader {
    pub fn new(plan: &Plan, columns: &[String]) -> Self {
        let own = plan.own.iter().map(|(name, column)| (name.clone(), *column)).collect();
        Self { mapping: plan.mapping.clone(), own, columns: columns.to_vec() }
    }

    /// The customer of a row, with what is to be told of it.
    pub fn read(&self, row: &Row) -> Result<(Customer, Vec<Notice>), RowFault> {
        let (customer, emails, phones) = (
            self.text(row, Field::Customer).map(crate::interpret::without_point_zero),
            self.texts(row, &[Field::Email]),
            self.texts(row, &[Field::Phone, Field::OtherPhone]),
        );
        if customer.is_none() && emails.is_empty() && phones.is_empty() {
            return Err(RowFault::new(row.line, RowFaultCode::NobodyNamed).raw(&self.raw(row)));
        }
        let mut notices = Vec::new();
        let written = self.text(row, Field::Birthday);
        let birthday = written.as_deref().and_then(birthday::read);
        if written.is_some() && birthday.is_none() {
            notices.push(self.notice(row, NoticeCode::BirthdayUnreadable, Field::Birthday));
        }
        let read = Customer {
            line: row.line,
            customer,
            emails,
            phones,
            name: self.name(row),
            birthday,
            address: self.address(row),
            tags: self.tags(row),
            note: self.text(row, Field::Note),
            consents: self.consents(row),
            own: self.own(row),
            raw: self.raw(row),
        };
        Ok((read, notices))
    }

    fn notice(&self, row: &Row, code: NoticeCode, field: Field) -> Notice {
        let column = self.mapping.get(&field).and_then(|at| self.columns.get(*at)).cloned();
        Notice { line: row.line, code, columns: column.into_iter().collect() }
    }

    fn raw(&self, row: &Row) -> String {
        if row.raw.is_empty() { row.as_csv() } else { row.raw.clone() }
    }

    fn text(&self, row: &Row, field: Field) -> Option<String> {
        let cell = row.cell(*self.mapping.get(&field)?);
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    /// The cells of several fields; a cell may hold several, with commas, semicolons or lines between them.
    fn texts(&self, row: &Row, fields: &[Field]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for cell in fields.iter().filter_map(|field| self.text(row, *field)) {
            for part in cell.split([',', ';', '\n', '/']).map(str::trim).filter(|part| !part.is_empty()) {
                if found.len() < PARTS && !found.iter().any(|other| other == part) {
                    found.push(part.to_owned());
                }
            }
        }
        found
    }

    /// The name as it is written, else made of its two parts by the custom of its letters.
    fn name(&self, row: &Row) -> Option<String> {
        let (given, family) = (self.text(row, Field::GivenName), self.text(row, Field::FamilyName));
        let whole = self.text(row, Field::Name);
        whole.or_else(|| match (given, family) {
            (Some(given), Some(family)) if is_hangul(&given) && is_hangul(&family) => Some(family + &given),
            (Some(given), Some(family)) => Some(format!("{given} {family}")),
            (given, family) => given.or(family),
        })
    }

    fn address(&self, row: &Row) -> Option<Address> {
        let parts = [Field::Region, Field::City, Field::Address];
        let parts: Vec<String> = parts.into_iter().filter_map(|field| self.text(row, field)).collect();
        let address = Address {
            postal_code: self.text(row, Field::PostalCode).map(crate::interpret::without_point_zero),
            line: (!parts.is_empty()).then(|| parts.join(" ")),
            detail: self.text(row, Field::AddressDetail),
        };
        (address != Address::default()).then_some(address)
    }

    fn tags(&self, row: &Row) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for cell in [Field::Tags, Field::Grade].into_iter().filter_map(|field| self.text(row, field)) {
            for tag in cell.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty()) {
                if tags.len() < TAGS && !tags.iter().any(|other| other == tag) {
                    tags.push(tag.to_owned());
                }
            }
        }
        tags
    }

    fn own(&self, row: &Row) -> BTreeMap<String, String> {
        let cells = self.own.iter().map(|(name, column)| (name.clone(), row.cell(*column).trim().to_owned()));
        cells.filter(|(_, cell)| !cell.is_empty()).collect()
    }

    fn consents(&self, row: &Row) -> Vec<Said> {
        let said = |field| {
            let word = self.text(row, field)?;
            answer(&word).map(|yes| (yes, word))
        };
        let general = said(Field::Consent);
        let of = |field, channel| {
            let (yes, word) = said(field).or_else(|| general.clone())?;
            Some(Said { channel, yes, word })
        };
        let both = [of(Field::ConsentEmail, Channel::Email), of(Field::ConsentSms, Channel::Sms)];
        both.into_iter().flatten().collect()
    }
}

/// Contacts of one kind in a row.
const PARTS: usize = 5;
/// Tags of a row.
const TAGS: usize = 20;

fn is_hangul(text: &str) -> bool {
    text.chars().all(|letter| ('가'..='힣').contains(&letter) || letter.is_whitespace())
}

/// Yes or no, in the words of shops; nothing where it is neither.
pub fn answer(text: &str) -> Option<bool> {
    let word: String = text.to_lowercase().chars().filter(|letter| !letter.is_whitespace()).collect();
    let yes = [
        "y",
        "yes",
        "true",
        "t",
        "1",
        "o",
        "예",
        "네",
        "동의",
        "동의함",
        "수신",
        "수신함",
        "수신동의",
        "허용",
        "subscribed",
        "opted_in",
    ];
    let no = [
        "n",
        "no",
        "false",
        "f",
        "0",
        "x",
        "아니오",
        "아니요",
        "거부",
        "미동의",
        "동의안함",
        "수신거부",
        "수신안함",
        "비허용",
        "unsubscribed",
        "opted_out",
        "notsubscribed",
    ];
    if yes.contains(&word.as_str()) { Some(true) } else { no.contains(&word.as_str()).then_some(false) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(columns: &[(Field, &str)]) -> Result<(Customer, Vec<Notice>), RowFault> {
        let names: Vec<String> = columns.iter().map(|(field, _)| field.as_str().to_owned()).collect();
        let reader = CustomerReader {
            mapping: columns.iter().enumerate().map(|(at, (field, _))| (*field, at)).collect(),
            own: vec![("7".to_owned(), columns.len())],
            columns: names,
        };
        let mut row = Row::default();
        row.start(2);
        columns.iter().for_each(|(_, cell)| row.push(cell));
        reader.read(&row)
    }

    #[test]
    fn a_name_in_two_parts_follows_the_custom_of_its_letters() {
        let named = |given, family| {
            let cells = [(Field::Customer, "1"), (Field::GivenName, given), (Field::FamilyName, family)];
            read(&cells).unwrap().0.name
        };
        assert_eq!(named("길동", "홍").as_deref(), Some("홍길동"));
        assert_eq!(named("Anna", "Lee").as_deref(), Some("Anna Lee"));
        assert_eq!(named("", "Lee").as_deref(), Some("Lee"));
    }

    #[test]
    fn somebody_without_any_contact_is_set_aside_with_the_row() {
        let fault = read(&[(Field::Name, "홍길동"), (Field::Phone, "")]).unwrap_err();
        assert_eq!((fault.line, fault.code, fault.raw.as_str()), (2, RowFaultCode::NobodyNamed, "홍길동,"));
    }

    #[test]
    fn words_on_consent_are_yes_no_or_nothing() {
        let said = |general, sms| {
            read(&[(Field::Customer, "1"), (Field::Consent, general), (Field::ConsentSms, sms)])
                .unwrap()
                .0
                .consents
                .into_iter()
                .map(|said| (said.channel, said.yes))
                .collect::<Vec<_>>()
        };
        assert_eq!(said("Y", ""), [(Channel::Email, true), (Channel::Sms, true)]);
        assert_eq!(said("동의", "수신 거부"), [(Channel::Email, true), (Channel::Sms, false)]);
        assert_eq!(said("maybe", "1"), [(Channel::Sms, true)]);
    }

    #[test]
    fn a_cell_may_hold_several_contacts_and_tags() {
        let (read, _) = read(&[
            (Field::Email, "a@example.com; b@example.com"),
            (Field::Phone, "010-1111-2222"),
            (Field::OtherPhone, "02-555-1234"),
            (Field::Tags, "vip, 도매"),
        ])
        .unwrap();
        assert_eq!(read.emails, ["a@example.com", "b@example.com"]);
        assert_eq!(read.phones, ["010-1111-2222", "02-555-1234"]);
        assert_eq!(read.tags, ["vip", "도매"]);
    }

    #[test]
    fn a_birthday_that_cannot_be_read_is_told() {
        let (read, notices) = read(&[(Field::Customer, "1"), (Field::Birthday, "작년")]).unwrap();
        assert_eq!((read.birthday, notices[0].code), (None, NoticeCode::BirthdayUnreadable));
    }
}
