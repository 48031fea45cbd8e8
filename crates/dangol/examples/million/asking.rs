//! Questions over HTTP, one after another on one connection, and how long their answers took.

use super::filling::Filled;
use crate::http;
use anyhow::{Context, Result, ensure};
use std::time::{Duration, Instant};

/// A signed-in browser on one connection.
pub struct Client {
    http: http::Client,
    head: String,
}

impl Client {
    /// Connects as soon as the server listens.
    pub fn connect(address: &str, cookie: &str) -> Result<Self> {
        let head = format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n");
        Ok(Self { http: http::Client::connect(address)?, head })
    }

    /// The body that `path` below `/api/v1` answers with.
    pub fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let (status, body) = self.http.send("GET", &format!("/api/v1{path}"), &self.head, &[])?;
        ensure!(status == 200, "{path}: {status} {}", String::from_utf8_lossy(&body));
        Ok(body)
    }
}

/// Times of answers by kind.
#[derive(Default)]
pub struct Asked {
    list: Vec<Duration>,
    search: Vec<Duration>,
    card: Vec<Duration>,
    turn: usize,
}

/// Questions of each kind in a round.
const ROUND: usize = 60;
/// The pages people look at: sorted and filtered in the ways the list offers.
const LISTS: [&str; 6] = [
    "/parties?limit=50",
    "/parties?limit=50&sort=-spend",
    "/parties?limit=50&sort=-orders&state=regular",
    "/parties?limit=50&state=dormant&sort=-spend",
    "/parties?limit=50&late=true&sort=late",
    "/parties?limit=50&sort=name",
];

impl Asked {
    /// Asks a round of questions.
    pub fn round(&mut self, client: &mut Client, filled: &Filled) -> Result<()> {
        for _ in 0..ROUND {
            self.turn += 1;
            let list = LISTS[self.turn % LISTS.len()];
            let person = &filled.people[self.turn * 7 % filled.people.len()];
            let asked = [&person.name, &person.phone_tail, &person.order_no][self.turn % 3];
            self.list.push(timed(client, list)?);
            self.search.push(timed(client, &format!("/search?q={}", encoded(asked)))?);
            self.card.push(timed(client, &format!("/parties/{}", person.id))?);
        }
        Ok(())
    }

    /// Prints the middle and the slow end of each.
    pub fn print(&mut self, when: &str) {
        for (what, times) in
            [("list page", &mut self.list), ("search", &mut self.search), ("card", &mut self.card)]
        {
            print(&format!("{what} {when}"), times);
        }
    }
}

/// Prints the middle and the slow end of some times.
pub fn print(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).map_or(0.0, Duration::as_secs_f64);
    let (middle, slow) = (at(0.5) * 1e3, at(0.99) * 1e3);
    println!("{what}: p50 {middle:.1} ms, p99 {slow:.1} ms of {}", times.len());
}

/// How long an answer takes.
pub fn timed(client: &mut Client, path: &str) -> Result<Duration> {
    let start = Instant::now();
    client.get(path).with_context(|| path.to_owned())?;
    Ok(start.elapsed())
}

/// A text as it stands in an address.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
