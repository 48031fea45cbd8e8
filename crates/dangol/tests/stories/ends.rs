//! How the real program ends while people work: told to stop, or killed. What was answered is there.

use crate::place::Place;
use crate::rows;
use crate::serving::{Serving, ask};
use crate::shop_file::Dice;
use std::collections::BTreeSet;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const SERVE: [&str; 3] = ["serve", "--listen", "127.0.0.1:0"];
const PASSWORD: &str = "감나무 아래에서 만나요";
/// People at work at once.
const PEOPLE: usize = 4;
/// What they got done at least before an end comes.
const ANSWERED: usize = 4;
/// Times that it is killed, and told to stop, on each engine.
const KILLS: u64 = 6;

/// The names that were answered while `end` ended the program.
fn work(serving: Serving, cookie: &str, round: u64, end: impl FnOnce(Serving)) -> BTreeSet<String> {
    let (answered, over) = (Mutex::new(BTreeSet::new()), AtomicBool::new(false));
    let address = serving.address().to_owned();
    thread::scope(|scope| {
        for person in 0..PEOPLE {
            let (answered, over, address) = (&answered, &over, &address);
            scope.spawn(move || {
                for number in 0.. {
                    let name = format!("{round}-{person}-{number}");
                    let body = serde_json::json!({ "name": name }).to_string();
                    let socket = TcpStream::connect(address).ok();
                    match socket.and_then(|socket| ask(socket, ["POST", "/api/v1/parties", cookie, &body])) {
                        Some(answer) if answer.status == 201 => drop(answered.lock().unwrap().insert(name)),
                        _ if over.load(Ordering::Relaxed) => return,
                        _ => {}
                    }
                }
            });
        }
        // However slow the machine is: something is under way when the end comes.
        let patience = Instant::now() + Duration::from_secs(30);
        while answered.lock().unwrap().len() < ANSWERED && Instant::now() < patience {
            thread::sleep(Duration::from_millis(10));
        }
        end(serving);
        over.store(true, Ordering::Relaxed);
    });
    answered.into_inner().unwrap()
}

#[test]
fn what_was_answered_is_there_however_it_ends() {
    for place in Place::all() {
        let mut dice = Dice(7);
        let mut answered = BTreeSet::new();
        let serving = Serving::start(&place, &SERVE);
        let cookie = serving.claim(PASSWORD);
        let mut next = Some(serving);
        for round in 0..KILLS + 2 {
            let serving = next.take().unwrap_or_else(|| Serving::start(&place, &SERVE));
            let wait = Duration::from_millis(dice.below(500));
            answered.extend(work(serving, &cookie, round, |serving| {
                thread::sleep(wait);
                if round < KILLS {
                    return serving.kill();
                }
                let (status, took) = serving.stop();
                assert_eq!(status.code(), Some(0), "SIGTERM is a good end");
                assert!(took < Duration::from_secs(30), "it took {took:?}");
            }));
        }
        assert!(answered.len() >= 8 * ANSWERED, "people got something done: {}", answered.len());
        let there: BTreeSet<String> =
            rows::ask(&place, "select name from parties where name is not null").into_iter().collect();
        let lost: Vec<_> = answered.difference(&there).collect();
        assert!(lost.is_empty(), "answered and not there: {lost:?}");
        let told = place.json(&["doctor", "--json"]);
        assert_eq!(told["parked"], serde_json::json!([]), "{told}");
    }
}

#[test]
fn a_migration_that_is_killed_goes_on_where_it_was() {
    for (place, fresh) in Place::all().into_iter().zip(Place::all()) {
        let started = Instant::now();
        fresh.text(&["migrate"]);
        let lasts = u64::try_from(started.elapsed().as_micros()).unwrap();
        let mut dice = Dice(3);
        let mut killed = 0;
        for round in 1..=12 {
            let mut child = place.dangol(["migrate"]).stdout(std::process::Stdio::null()).spawn().unwrap();
            // Early ends first: once it got through there is nothing left to cut off.
            thread::sleep(Duration::from_micros(dice.below(lasts * round / 12)));
            child.kill().unwrap();
            let ended = child.wait().unwrap();
            assert!(ended.success() || ended.code().is_none(), "it failed by itself: {ended}");
            killed += u32::from(ended.code().is_none());
        }
        place.text(&["migrate"]);
        assert!(killed > 0, "it was never killed");
        let steps = "select cast(version as text) || ' ' || name from schema_steps order by version";
        assert_eq!(rows::ask(&place, steps), rows::ask(&fresh, steps));
        let serving = Serving::start(&place, &SERVE);
        assert_eq!(serving.get("/health/ready"), 200);
    }
}
