//! Exactly once, across crashes: the real program is killed (`kill -9`) at random points of imports and reactions
//! until the whole file is in, and then nothing may tell that it ever died.
//!
//! The rows are compared with those of a company whose import was never disturbed, with a recount of the file, and
//! with what `doctor --rebuild` makes of the log. `DANGOL_KILLS` says how many processes are killed in all.

use crate::ledger::{Days, Ledger, Line};
use crate::place::Place;
use crate::rows::{self, Rows};
use crate::shop_file::{self, Dice, SoldLine};
use futures::FutureExt;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use store::reactor::Reactor;
use store::{Db, Environment, Lane, job};

/// Processes killed in all, unless `DANGOL_KILLS` says otherwise: three fifths on SQLite, two on PostgreSQL.
const KILLS: u64 = 210;
/// The same for those who have time.
const SOAK_KILLS: u64 = 2_000;

fn kills() -> u64 {
    let usual = if std::env::var_os("DANGOL_SOAK").is_some() { SOAK_KILLS } else { KILLS };
    std::env::var("DANGOL_KILLS").map_or(usual, |text| text.parse().expect("DANGOL_KILLS is a number"))
}

#[test]
fn an_import_takes_effect_once_however_often_it_dies_on_sqlite() {
    story(|| Some(Place::sqlite()), kills() * 3 / 5, 11);
}

#[test]
fn an_import_takes_effect_once_however_often_it_dies_on_postgres() {
    story(Place::postgres, kills() * 2 / 5, 12);
}

fn story(place: fn() -> Option<Place>, kills: u64, seed: u64) {
    let Some(undisturbed) = place() else { return };
    let lines = shop_file::lines(seed, 300, 2_400);
    let file = undisturbed.folder().join("orders.csv");
    std::fs::write(&file, shop_file::csv(&lines)).unwrap();
    let lasts = time(|| undisturbed.text(&["import", file.to_str().unwrap()]));
    settle(&undisturbed);
    let expected = Rows::of(&undisturbed);
    recounted(&lines, &expected);
    let mut killer = Killer { dice: Dice(seed), lasts, file, killed: 0, serving: 0 };
    let (mut companies, mut resumed) = (0, 0);
    while killer.killed < kills {
        let place = place().unwrap();
        killer.torment(&place, kills);
        settle(&place);
        same(&expected, &Rows::of(&place), "after being killed");
        sound(&place);
        companies += 1;
        resumed += resumptions(&place);
    }
    let Killer { killed, serving, .. } = killer;
    println!(
        "{killed} killed, {serving} of them serving, over {companies} companies; {resumed} jobs went on elsewhere"
    );
    assert!(resumed * 10 > killed, "they died at the wrong time: {resumed} of {killed} had a job under way");
}

/// Kills processes and counts them.
struct Killer {
    dice: Dice,
    /// How long an undisturbed import lasts.
    lasts: Duration,
    file: PathBuf,
    killed: u64,
    serving: u64,
}

impl Killer {
    /// Starts one import after the other, and serves in between, until an import comes to its end.
    fn torment(&mut self, place: &Place, kills: u64) {
        loop {
            match self.dice.below(4) {
                _ if self.killed >= kills => {
                    leases_end(place);
                    break drop(place.text(&["import", self.file.to_str().unwrap()]));
                }
                0 if self.killed > 0 => self.serve(place),
                _ if self.import(place) => break,
                _ => {}
            }
            if self.dice.below(2) == 0 {
                // Half a minute goes by: whoever comes next takes the dead one's work over.
                leases_end(place);
            }
        }
    }

    /// Whether the import came to its end before it could be killed.
    fn import(&mut self, place: &Place) -> bool {
        let importing = place.dangol([Path::new("import"), &self.file]);
        let survived = self.dies(importing);
        self.killed += u64::from(!survived);
        survived
    }

    /// The server runs the jobs and reactions that the dead left behind, and dies as well.
    fn serve(&mut self, place: &Place) {
        leases_end(place);
        assert!(!self.dies(place.dangol(["serve", "--listen", "127.0.0.1:0"])), "the server ended by itself");
        self.killed += 1;
        self.serving += 1;
    }

    /// Runs the program for a random part of the time that an import lasts; whether it ended by itself, and well.
    fn dies(&mut self, mut program: Command) -> bool {
        let micros = u64::try_from(self.lasts.as_micros()).unwrap();
        let wait = Duration::from_micros(self.dice.below(micros));
        let mut child = program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(wait);
        child.kill().unwrap();
        let ended = child.wait_with_output().unwrap();
        let (status, said) = (ended.status, String::from_utf8_lossy(&ended.stderr));
        assert!(status.success() || status.code().is_none(), "it failed by itself: {status}: {said}");
        status.success()
    }
}

fn leases_end(place: &Place) {
    rows::tamper(place, "update jobs set leased_until = 0 where state = 'running'");
}

/// How often a job was taken over from a process that had died.
fn resumptions(place: &Place) -> u64 {
    rows::ask(place, "select cast(coalesce(sum(fence - 1), 0) as text) from jobs")[0].parse().unwrap()
}

fn time(work: impl FnOnce() -> String) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Does all that is left to do: reactions, jobs of the dead, and everyone judged once more.
fn settle(place: &Place) {
    leases_end(place);
    rows::block_on(async {
        let db = Db::open(&place.location(), Environment::real()).await.unwrap();
        let registry = dangol::registry();
        let reactor = Reactor::new(db.clone(), registry.reactions().to_vec());
        while job::run_next(&db, registry.works(), None).await.unwrap() {}
        reactor.drain().await.unwrap();
        let started: store::Result<_> = db
            .write(Lane::Reaction, |tx| job::start(tx, choose::REFRESH, serde_json::Value::Null).boxed())
            .await;
        started.unwrap();
        while job::run_next(&db, registry.works(), None).await.unwrap() {}
        db.close().await.unwrap();
    });
}

/// Nothing is parked or behind, and the log read again from its start gives the same facts.
fn sound(place: &Place) {
    let before = Rows::of(place);
    let told = place.json(&["doctor", "--json"]);
    assert_eq!(told["parked"], serde_json::json!([]), "{told}");
    assert!(told["reactions"].as_array().unwrap().iter().all(|lag| lag["behind"] == 0), "{told}");
    place.text(&["doctor", "--rebuild"]);
    same(&before, &Rows::of(place), "after a rebuild");
}

#[track_caller]
fn same(expected: &Rows, found: &Rows, when: &str) {
    for (what, expected, found) in [
        ("lines", &expected.lines, &found.lines),
        ("interactions", &expected.told, &found.told),
        ("facts", &expected.facts, &found.facts),
        ("money", &expected.money, &found.money),
        ("gaps", &expected.gaps, &found.gaps),
    ] {
        let (left, right): (BTreeSet<_>, BTreeSet<_>) = (expected.iter().collect(), found.iter().collect());
        let missing: Vec<_> = left.difference(&right).take(5).collect();
        let added: Vec<_> = right.difference(&left).take(5).collect();
        assert!(expected == found, "{what} {when}: missing {missing:#?}, instead {added:#?}");
    }
}

/// The rows of the undisturbed company against the file itself.
fn recounted(lines: &[SoldLine], rows: &Rows) {
    let customers: BTreeSet<u64> =
        lines.iter().map(|line| line.customer).filter(|customer| *customer > 0).collect();
    assert_eq!(rows.lines.len(), lines.len());
    let told =
        [format!("order.added|import|{}", lines.len()), format!("party.added|import|{}", customers.len())];
    assert!(told.iter().all(|told| rows.told.contains(told)), "{:?}", rows.told);
    assert_eq!(rows.money, money(lines));
    let days = order_days(lines);
    let facts: BTreeMap<&str, &str> = rows.facts.iter().filter_map(|row| row.split_once('|')).collect();
    assert_eq!(facts.len(), customers.len());
    for (customer, days) in days {
        let counted: Vec<&str> = facts[customer.as_str()].split('|').collect();
        assert_eq!(counted[1], days.len().to_string(), "order days of {customer}");
    }
}

/// What everyone spent, as the rows of `party_money` tell it.
fn money(lines: &[SoldLine]) -> Vec<String> {
    let mut sums: BTreeMap<(u64, &str), (BTreeSet<&str>, i64, i64)> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.customer > 0) {
        let (orders, net, refunds) = sums.entry((line.customer, line.currency)).or_default();
        *net += line.amount;
        *refunds -= line.amount.min(0);
        if line.amount >= 0 {
            orders.insert(&line.order);
        }
    }
    let row = |((customer, currency), (orders, net, refunds)): ((u64, &str), (BTreeSet<&str>, i64, i64))| {
        format!("C{customer}|{currency}|{}|{net}|{refunds}", orders.len())
    };
    let mut rows: Vec<String> = sums.into_iter().map(row).collect();
    rows.sort_unstable();
    rows
}

/// The order days of everyone: a day that counts in any currency counts.
fn order_days(lines: &[SoldLine]) -> Days {
    let mut all = Days::new();
    for currency in ["KRW", "USD"] {
        let own =
            lines.iter().filter(|line| line.currency == currency && line.customer > 0).map(|line| Line {
                customer: Some(format!("C{}", line.customer)),
                order: line.order.clone(),
                day: i64::try_from(line.day).unwrap(),
                amount: line.amount,
            });
        for (customer, days) in (Ledger { currency, lines: own.collect() }).order_days() {
            let kept = all.entry(customer).or_default();
            kept.extend(days);
            kept.sort_unstable();
            kept.dedup();
        }
    }
    all
}
