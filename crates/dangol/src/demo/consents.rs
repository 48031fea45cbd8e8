//! What the demo's customers allowed: words, topics, and a ledger in which every answer occurs.

use kernel::{Id, Instant, Locale, kinds};
use know::consent::{
    self, Basis, Channel, Evidence, Purpose, Source, State, Statement, Statements, Topic, Words, topics,
};
use store::{Result, Tx};

/// Days in which the answers were given: none is due for confirmation yet.
const DAYS: i64 = 500;

/// Publishes the words and the topics, and lets `parties` answer.
pub async fn fill(tx: &mut Tx, parties: &[Id<kinds::Party>]) -> Result<()> {
    let words = consent::publish_words(tx, None, Purpose::Ad, words()).await?;
    for (place, (code, korean, english)) in
        (0..).zip([("new_menu", "새 메뉴", "New on the menu"), ("classes", "커피 교실", "Coffee classes")])
    {
        let (name_ko, name_en) = (korean.into(), english.into());
        topics::keep(tx, &Topic { code: code.into(), name_ko, name_en, place, active: true }).await?;
    }
    let now = tx.now();
    let said: Vec<(Id<kinds::Party>, Statement)> = (0..)
        .zip(parties)
        .flat_map(|(place, party)| answers(place).into_iter().map(move |answer| (place, *party, answer)))
        .map(|(place, party, (channel, state))| {
            let given = state == State::Given;
            let statement = Statement {
                channel,
                purpose: Purpose::Ad,
                topic: String::new(),
                state,
                at: now.plus(-(1 + place * 37 % DAYS) * Instant::DAY),
                source: if state == State::Unverified { Source::Import } else { Source::Form },
                basis: given.then_some(Basis::Consent),
                wording: given.then_some(words.id),
                locale: Locale::Ko,
                evidence: Evidence { note: Some("회원 신청서".into()), ..Evidence::default() },
                import: None,
            };
            (party, statement)
        })
        .collect();
    let about: Vec<_> = said.iter().map(|(party, said)| (*party, said)).collect();
    consent::append_all(tx, &about, None).await?;
    consent::refresh(tx, parties).await
}

/// Of ten people six say yes to text messages, one said yes and takes it back, one refuses, one stands in a file only,
/// and one was never asked.
fn answers(place: i64) -> Vec<(Channel, State)> {
    match place % 10 {
        0..=3 => vec![(Channel::Sms, State::Given)],
        4 | 5 => vec![(Channel::Sms, State::Given), (Channel::Email, State::Given)],
        6 => vec![(Channel::Sms, State::Withdrawn)],
        7 => vec![(Channel::Sms, State::Refused)],
        8 => vec![(Channel::Sms, State::Unverified)],
        _ => Vec::new(),
    }
}

fn words() -> Words {
    let ko = Statements {
        aim: "새 소식, 행사, 혜택 안내".into(),
        items: "이름, 고르신 매체의 연락처".into(),
        period: "동의를 거두실 때까지".into(),
        right: "동의하지 않으셔도 돼요. 동의한 뒤에도 언제든 거둘 수 있어요.".into(),
        disadvantage: "안내를 받지 못하실 뿐, 이용에는 아무 차이가 없어요.".into(),
        recipient: String::new(),
    };
    let en = Statements {
        aim: "News, events and offers".into(),
        items: "Your name and the contact of each medium you choose".into(),
        period: "Until you take your consent back".into(),
        right: "You may refuse, and take your consent back at any time.".into(),
        disadvantage: "You will not get these messages. Nothing else changes.".into(),
        recipient: String::new(),
    };
    Words { ko, en }
}
