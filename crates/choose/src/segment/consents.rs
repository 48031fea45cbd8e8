//! What a rule can ask about consent: whether somebody agreed to messages, by medium.
//!
//! Today's answer stands in `consent_states`; an earlier day's follows from the statements made until then.

use super::frame::Frame;
use super::people::fields;
use super::person::Person;
use super::rule::catalogue::{Field, Kind, Source};
use super::rule::{Rule, Scalar};
use ::store::{Result, Tx};
use know::consent::{self, Channel, Key, Present, Purpose};
use std::collections::BTreeMap;

/// Agreed to advertising on one medium, or on any.
const fn agreed(name: &'static str, aliases: &'static [&'static str], only: &'static str) -> Field {
    // Whether the row is there is the answer: its only column says yes.
    let source =
        Source::Rows { from: "consent_states x", party: "x.party", only, column: "true", many: false };
    Field { name, aliases, kind: Kind::Flag, source, folded: None, historical: true }
}

macro_rules! given {
    ($and:literal) => {
        concat!("x.purpose = 'ad' and x.topic = '' and x.state = 'given'", $and)
    };
}

inventory::submit! { agreed(ANY, &["메시지동의", "수신동의"], given!("")) }
inventory::submit! { agreed("consent.email", &["이메일동의"], given!(" and x.channel = 'email'")) }
inventory::submit! { agreed("consent.sms", &["문자동의"], given!(" and x.channel = 'sms'")) }
inventory::submit! { agreed("consent.kakao", &["카카오동의", "카톡동의"], given!(" and x.channel = 'kakao'")) }
inventory::submit! { agreed("consent.call", &["전화동의"], given!(" and x.channel = 'call'")) }
inventory::submit! { agreed("consent.push", &["푸시동의"], given!(" and x.channel = 'push'")) }
inventory::submit! { agreed("consent.post", &["우편동의"], given!(" and x.channel = 'post'")) }

/// Agreed to messages on some medium.
const ANY: &str = "consent";

/// Replaces what stands today by what stood on the frame's day.
pub(super) async fn put_back(tx: &mut Tx, rule: &Rule, person: &mut Person, frame: &Frame) -> Result<()> {
    let asked: Vec<&'static str> = fields(rule).into_keys().filter(|name| is_about(name)).collect();
    if asked.is_empty() {
        return Ok(());
    }
    let stood = consent::present_at(tx, person.party, frame.end()).await?;
    for name in asked {
        // A row that is not there says nothing, as in the table of today.
        let said = agrees(name, &stood).then_some(Scalar::Int(1));
        person.values.insert(name, said.into_iter().collect());
    }
    Ok(())
}

fn is_about(name: &str) -> bool {
    name == ANY || name.starts_with("consent.")
}

fn agrees(name: &str, stood: &BTreeMap<Key, Present>) -> bool {
    let given =
        |channel: Channel| stood.get(&(channel, Purpose::Ad, String::new())).is_some_and(Present::allows);
    match name.strip_prefix("consent.").and_then(Channel::of) {
        Some(channel) => given(channel),
        None => Channel::ALL.iter().copied().any(given),
    }
}
