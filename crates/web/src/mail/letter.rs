//! A letter and its bytes on the wire: pure.
//!
//! Invariants:
//! - What stands in a header holds no CR, LF or NUL: such a letter is refused, not mended.
//! - The bytes that leave have CRLF at the end of each line and nowhere else a CR or an LF (RFC 5321, 2.3.8).

use kernel::{Instant, contact};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::{Address, Message};
use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime};

/// A letter of the program to one person, as it waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text, plain.
    pub text: String,
    /// Where one press ends such letters (RFC 8058), where that makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
}

/// Who it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// The name.
    pub name: String,
    /// The address.
    pub address: String,
}

/// Why a letter cannot be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A line break or a NUL in a header.
    Break,
    /// No address.
    Address,
    /// Anything else, in the words of the library.
    Other(String),
}

/// Whether `text` may stand in a header.
pub fn is_one_line(text: &str) -> bool {
    !text.contains(['\r', '\n', '\0'])
}

impl Letter {
    /// The bytes of the letter, with the addresses of its envelope. The same `name` at every try, so that a receiver who
    /// gets it twice can tell.
    ///
    /// # Errors
    /// When a header holds a line break, or an address is none.
    pub fn wire(&self, from: &From, name: &str, now: Instant) -> Result<(Address, Address, Vec<u8>), Fault> {
        let unsubscribe = self.unsubscribe.as_deref().unwrap_or_default();
        if ![&self.to, &self.subject, &from.name, &from.address].into_iter().all(|text| is_one_line(text))
            || !is_one_line(unsubscribe)
            || self.text.contains('\0')
        {
            return Err(Fault::Break);
        }
        let (sender, receiver) = (address(&from.address)?, address(&self.to)?);
        let domain = sender.domain().to_owned();
        let written = Duration::from_micros(u64::try_from(now.micros()).unwrap_or_default());
        let mut builder: MessageBuilder = Message::builder()
            .from(Mailbox::new((!from.name.is_empty()).then(|| from.name.clone()), sender.clone()))
            .to(Mailbox::new(None, receiver.clone()))
            .subject(self.subject.clone())
            .date(SystemTime::UNIX_EPOCH + written)
            .message_id(Some(format!("<{name}@{domain}>")))
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if !unsubscribe.is_empty() {
            builder = builder
                .raw_header(header("List-Unsubscribe", &format!("<{unsubscribe}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        let message = builder
            .header(ContentType::TEXT_PLAIN)
            .body(self.text.clone())
            .map_err(|error| Fault::Other(error.to_string()))?;
        Ok((sender, receiver, lines(&message.formatted())))
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// An address; a domain of other letters in its form for the network (RFC 5891).
fn address(text: &str) -> Result<Address, Fault> {
    contact::normal_email(text).and_then(|email| email.identity_norm.parse().ok()).ok_or(Fault::Address)
}

/// Every end of a line, however it was written, as CRLF.
pub fn lines(bytes: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                rest.next_if_eq(&b'\n');
                wire.extend(b"\r\n");
            }
            b'\n' => wire.extend(b"\r\n"),
            byte => wire.push(byte),
        }
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn from() -> From {
        From { name: "단골 커피".into(), address: "hello@shop.kr".into() }
    }

    fn letter(subject: &str, text: &str) -> Letter {
        Letter { to: "kim@example.com".into(), subject: subject.into(), text: text.into(), unsubscribe: None }
    }

    fn is_clean(wire: &[u8]) -> bool {
        let bare = |at: usize| match wire[at] {
            b'\r' => wire.get(at + 1) != Some(&b'\n'),
            b'\n' => at == 0 || wire[at - 1] != b'\r',
            byte => byte == 0,
        };
        !(0..wire.len()).any(bare)
    }

    #[test]
    fn line_breaks_in_headers_are_refused_and_nothing_is_added() {
        for bad in ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b"] {
            assert_eq!(letter(bad, "x").wire(&from(), "out_1", Instant::default()), Err(Fault::Break));
            let other = From { name: bad.into(), ..from() };
            assert_eq!(letter("s", "x").wire(&other, "out_1", Instant::default()), Err(Fault::Break));
            let other = Letter { to: format!("kim@example.com{bad}"), ..letter("s", "x") };
            assert!(other.wire(&from(), "out_1", Instant::default()).is_err());
        }
    }

    #[test]
    fn the_name_is_the_same_at_every_try_and_one_press_is_on_one_line() {
        let link = format!("https://shop.kr/u/{}", "x".repeat(300));
        let sent = Letter { unsubscribe: Some(link.clone()), ..letter("인증 번호", "123456") };
        let (_, _, wire) = sent.wire(&from(), "out_7", Instant::from_micros(1_795_316_400_000_000)).unwrap();
        let text = String::from_utf8(wire).unwrap();
        assert!(text.contains("Message-ID: <out_7@shop.kr>\r\n"), "{text}");
        assert!(text.contains(&format!("List-Unsubscribe: <{link}>\r\n")), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
    }

    proptest! {
        #[test]
        fn no_bare_line_end_reaches_the_wire(subject in "[^\r\n\0]{0,80}", name in "[^\r\n\0]{0,40}", text in "(?s).{0,400}") {
            let from = From { name, ..from() };
            match letter(&subject, &text).wire(&from, "out_1", Instant::default()) {
                Ok((_, _, wire)) => prop_assert!(is_clean(&wire)),
                Err(fault) => prop_assert!(text.contains('\0'), "{fault:?}"),
            }
        }

        #[test]
        fn any_bytes_get_clean_line_ends(bytes in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), 1..=255_u8], 0..200)) {
            prop_assert!(is_clean(&lines(&bytes)));
        }
    }
}
