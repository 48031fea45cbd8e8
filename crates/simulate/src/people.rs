//! Names, phone numbers and addresses of people who do not exist.
//!
//! Family names follow their frequency in Korea (census of 2015, rounded to a thousandth); given names are two syllables
//! drawn apart, so any likeness is chance.

use jiff::civil::Date;

use crate::{
    CustomerKey, CustomerSeed,
    draw::{Draw, Purpose},
};

/// (한글, Latin, people in a thousand)
const FAMILY: [(&str, &str, f64); 30] = [
    ("김", "kim", 215.0),
    ("이", "lee", 147.0),
    ("박", "park", 84.0),
    ("최", "choi", 47.0),
    ("정", "jung", 43.0),
    ("강", "kang", 24.0),
    ("조", "cho", 21.0),
    ("윤", "yoon", 21.0),
    ("장", "jang", 20.0),
    ("임", "lim", 17.0),
    ("한", "han", 16.0),
    ("오", "oh", 15.0),
    ("서", "seo", 15.0),
    ("신", "shin", 15.0),
    ("권", "kwon", 14.0),
    ("황", "hwang", 14.0),
    ("안", "ahn", 14.0),
    ("송", "song", 14.0),
    ("전", "jeon", 11.0),
    ("홍", "hong", 11.0),
    ("유", "yoo", 9.0),
    ("고", "ko", 9.0),
    ("문", "moon", 9.0),
    ("양", "yang", 9.0),
    ("손", "son", 9.0),
    ("배", "bae", 8.0),
    ("백", "baek", 8.0),
    ("허", "heo", 7.0),
    ("남", "nam", 6.0),
    ("심", "shim", 5.0),
];
const FIRST: [(&str, &str); 24] = [
    ("지", "ji"),
    ("서", "seo"),
    ("민", "min"),
    ("하", "ha"),
    ("도", "do"),
    ("예", "ye"),
    ("수", "su"),
    ("현", "hyun"),
    ("은", "eun"),
    ("유", "yu"),
    ("주", "ju"),
    ("시", "si"),
    ("채", "chae"),
    ("다", "da"),
    ("승", "seung"),
    ("재", "jae"),
    ("태", "tae"),
    ("가", "ga"),
    ("나", "na"),
    ("소", "so"),
    ("준", "jun"),
    ("영", "young"),
    ("정", "jeong"),
    ("혜", "hye"),
];
const SECOND: [(&str, &str); 24] = [
    ("우", "woo"),
    ("연", "yeon"),
    ("준", "jun"),
    ("윤", "yoon"),
    ("은", "eun"),
    ("아", "a"),
    ("원", "won"),
    ("진", "jin"),
    ("훈", "hoon"),
    ("영", "young"),
    ("호", "ho"),
    ("희", "hee"),
    ("린", "rin"),
    ("빈", "bin"),
    ("경", "kyung"),
    ("미", "mi"),
    ("성", "sung"),
    ("온", "on"),
    ("율", "yul"),
    ("솔", "sol"),
    ("혁", "hyuk"),
    ("슬", "seul"),
    ("람", "ram"),
    ("선", "sun"),
];
/// Reserved for examples by RFC 2606: no mail can ever reach a person.
const DOMAINS: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Share of people who left an address, a number, a name.
const WITH_EMAIL: f64 = 0.66;
const WITH_PHONE: f64 = 0.93;
const WITH_NAME: f64 = 0.96;

/// The entry of one customer in the shop's list.
pub(crate) fn person(seed: u64, key: CustomerKey, joined: Date) -> CustomerSeed {
    let mut draw = Draw::new(seed, Purpose::Person, u64::from(key.0));
    let family = FAMILY[draw.weighted(FAMILY.iter().map(|family| family.2))];
    let (first, second) = (draw.pick(&FIRST), draw.pick(&SECOND));
    let domain = draw.pick(&DOMAINS);
    let name = format!("{}{}{}", family.0, first.0, second.0);
    let email = format!("{}{}.{}{}@{domain}", first.1, second.1, family.1, key.0);
    CustomerSeed {
        key,
        name: draw.chance(WITH_NAME).then_some(name),
        phone: draw.chance(WITH_PHONE).then(|| phone(key)),
        email: draw.chance(WITH_EMAIL).then_some(email),
        joined,
    }
}

/// A number in `010-0…`, well-formed and given out to nobody; different for the first ten million keys.
pub(crate) fn phone(key: CustomerKey) -> String {
    // Within a block of ten thousand 7919 has no factor in common with it, so the tail looks drawn but never repeats.
    let (block, tail) = (key.0 / 10_000 % 1_000, u64::from(key.0 % 10_000) * 7_919 % 10_000);
    format!("010-0{block:03}-{tail:04}")
}
