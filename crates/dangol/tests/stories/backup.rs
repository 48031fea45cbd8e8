//! A company out of one engine, into the other and back, through the real program.

use crate::place::{Ended, Place};
use crate::rows::block_on;
use crate::serving::Serving;
use crate::shop_file;
use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use store::Location;

const PASSPHRASE: &str = "다섯 낱말 열쇠 구절 하나";

fn fill(place: &Place) {
    let file = place.folder().join("orders.csv");
    std::fs::write(&file, shop_file::csv(&shop_file::lines(7, 40, 200))).unwrap();
    place.text(&["import", file.to_str().unwrap()]);
}

/// Runs the program with a passphrase.
fn run(place: &Place, passphrase: &str, words: &[&str]) -> Ended {
    Ended::of(place.dangol(words).env("DANGOL_BACKUP_PASSPHRASE", passphrase))
}

#[track_caller]
fn done(ended: &Ended) -> String {
    assert_eq!(ended.code(), 0, "{}{}", ended.out(), ended.err());
    ended.out()
}

#[track_caller]
fn refused(ended: &Ended, words: &[&str]) {
    let said = ended.err();
    assert_eq!(ended.code(), 1, "{said}{}", ended.out());
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    assert!(said.starts_with("dangol: ") && words.iter().all(|word| said.contains(word)), "{said}");
}

fn path(place: &Place, name: &str) -> (PathBuf, String) {
    let path = place.folder().join(name);
    (path.clone(), path.to_str().unwrap().to_owned())
}

/// Every row of every table that a backup holds; JSON as what it says, not as it is written.
fn tables(place: &Place) -> BTreeMap<String, Vec<Vec<String>>> {
    let Location::Folder(folder) = place.location() else { panic!("this place is no folder") };
    block_on(async {
        let mut connection =
            SqliteConnection::connect(&format!("sqlite://{}", folder.join("dangol.db").display()))
                .await
                .unwrap();
        let columns: Vec<(String, String)> = sqlx::query_as(
            "select m.name, group_concat('quote(\"' || c.name || '\")', ',') from sqlite_master m, \
             pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite%' \
             and m.name not in ('schema_steps', 'nodes', 'sessions', 'links', 'sign_in_tries') group by m.name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let mut tables = BTreeMap::new();
        for (table, quoted) in columns {
            let text = AssertSqlSafe(format!("select {quoted} from {table}"));
            let rows = sqlx::query(text).fetch_all(&mut connection).await.unwrap();
            let cells = |row: &sqlx::sqlite::SqliteRow| (0..row.len()).map(|at| told(row.get(at))).collect();
            let mut rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
            rows.sort_unstable();
            tables.insert(table, rows);
        }
        tables
    })
}

fn told(quoted: String) -> String {
    let inner = quoted.trim_matches('\'').replace("''", "'");
    let json = serde_json::from_str::<serde_json::Value>(&inner)
        .ok()
        .filter(|json| json.is_object() || json.is_array());
    json.map_or(quoted, |json| json.to_string())
}

#[test]
fn a_company_goes_to_the_other_engine_and_back_and_is_the_same() {
    let (first, last) = (Place::sqlite(), Place::sqlite());
    fill(&first);
    let report = first.text(&["report", "--json"]);
    let (file, name) = path(&first, "first.backup");
    let said = done(&run(&first, PASSPHRASE, &["backup", "--out", &name]));
    assert!(said.contains("encrypted"), "{said}");
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"age-encryption.org/v1"));
    assert!(!Path::new(&format!("{name}.part")).exists());

    let mut from = (name, PASSPHRASE);
    let between = Place::postgres();
    let between_engines = between.is_some();
    if let Some(between) = between {
        done(&run(&between, from.1, &["restore", &from.0]));
        assert_eq!(between.text(&["report", "--json"]), report, "to the digit");
        from = (path(&first, "second.backup").1, "");
        done(&between.run(&["backup", "--plain", "--out", &from.0]));
    }
    done(&run(&last, from.1, &["restore", &from.0]));
    let mut restored = tables(&last);
    restored.get_mut("settings").unwrap().retain(|row| row[0] != "'sending.frozen'");
    let mut before = tables(&first);
    for (tables, deeds) in [(&mut before, 1), (&mut restored, 2 + 2 * usize::from(between_engines))] {
        let audit = tables.get_mut("audit").unwrap();
        let rows = audit.len();
        audit.retain(|row| !row.iter().any(|cell| cell.starts_with("'backup.")));
        assert_eq!(rows - audit.len(), deeds, "what was done with backups is written down");
        tables.remove("audit_pending");
    }
    assert_eq!(restored, before);
    assert_eq!(last.text(&["report", "--json"]), report, "to the digit");
    assert_eq!(last.run(&["doctor"]).code(), 0);
}

#[test]
fn what_cannot_be_restored_says_why_and_changes_nothing() {
    let (place, other) = (Place::sqlite(), Place::sqlite());
    refused(&place.run(&["backup", "--plain", "--out", &path(&place, "none").1]), &["no company"]);
    fill(&place);
    let (file, name) = path(&place, "company.backup");
    refused(&place.run(&["backup", "--out", &name]), &["DANGOL_BACKUP_PASSPHRASE", "--plain"]);
    refused(&run(&place, "short", &["backup", "--out", &name]), &["too short"]);
    assert!(!file.exists());
    done(&run(&place, PASSPHRASE, &["backup", "--out", &name]));
    refused(&run(&place, PASSPHRASE, &["backup", "--out", &name]), &["there already"]);
    refused(&other.run(&["restore", &name]), &["encrypted", "DANGOL_BACKUP_PASSPHRASE"]);
    refused(&run(&other, "another passphrase", &["restore", &name]), &["does not open"]);
    refused(&run(&place, PASSPHRASE, &["restore", &name]), &["--replace"]);
    refused(&other.run(&["restore", "/nowhere/x.backup"]), &["/nowhere/x.backup"]);

    let whole = std::fs::read(&file).unwrap();
    let (bad, bad_name) = path(&place, "bad.backup");
    std::fs::write(&bad, &whole[..whole.len() - 7]).unwrap();
    refused(&run(&other, PASSPHRASE, &["restore", &bad_name]), &["damaged"]);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 4;
    std::fs::write(&bad, &flipped).unwrap();
    refused(&run(&other, PASSPHRASE, &["restore", &bad_name]), &["damaged"]);
    std::fs::write(&bad, b"not a backup at all").unwrap();
    refused(&other.run(&["restore", &bad_name]), &["no backup"]);
    assert!(!other.folder().join("data").join("dangol.db").exists(), "nothing was made");

    let before = tables(&place);
    let serving = Serving::start(&place, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(serving.get("/health/ready"), 200);
    refused(&run(&place, PASSPHRASE, &["restore", "--replace", &name]), &["being served"]);
    assert!(serving.stop().0.success());
    assert_eq!(tables(&place)["interactions"], before["interactions"]);
    let told = done(&run(&other, PASSPHRASE, &["restore", "--check", &name]));
    assert!(told.contains("is whole"), "{told}");
    done(&run(&place, PASSPHRASE, &["restore", "--replace", &name]));
    assert!(place.folder().join("data/before-restore/dangol.db").exists());
    assert_eq!(tables(&place)["interactions"], before["interactions"]);
}

const NAME: &str = "노을빛";
const FILE: &str = "customer_id,name,email,phone,date,order_no,amount,currency\n\
    P1,노을빛,noeul@example.com,010-3141-5926,2026-10-02,q1,18000,KRW\n\
    P2,차오름,oreum@example.com,010-2718-2818,2026-10-05,q2,12000,KRW\n";

/// Erases whoever has this name, as the job does.
fn erase(place: &Place, name: &str) {
    let list = place.folder().join("data/erased.list");
    block_on(async {
        let db = store::Db::open(&place.location(), store::Environment::real()).await.unwrap();
        let found = store::Query::built("select id from parties where name = $1".into()).bind(name);
        let (root,): (i64,) = found.fetch_one(&mut db.read().await.unwrap()).await.unwrap();
        let by = know::requests::store::By { user: None, name: "한가람".into() };
        let order = know::privacy::erase::Order { root: root.into(), request: None, by, again: None };
        know::privacy::erase::sweep(&db, order.root).await.unwrap();
        let erasing = db.write(store::Lane::Interactive, move |tx| {
            async move { know::privacy::erase::erase(tx, &order).await }.boxed()
        });
        assert!(erasing.await.unwrap().is_some());
        know::privacy::list::sync(&db, &list).await.unwrap();
        db.forget().await.unwrap();
        db.close().await.unwrap();
    });
}

/// How many names are known, and whether the freeze waits for the list of the erased.
fn known(place: &Place) -> (Vec<String>, bool) {
    let tables = tables(place);
    let names = tables["contacts"].iter().map(|row| row.join(" ")).collect();
    let frozen = tables["settings"].iter().find(|row| row[0] == "'sending.frozen'").unwrap();
    (names, frozen[1].contains("\"erasures_owed\":true"))
}

fn has(text: &[String], part: &str) -> bool {
    text.iter().any(|row| row.contains(part))
}

#[test]
fn a_restored_backup_does_not_bring_back_who_was_erased_since() {
    let (place, bare, other) = (Place::sqlite(), Place::sqlite(), Place::sqlite());
    let file = place.folder().join("손님.csv");
    std::fs::write(&file, FILE).unwrap();
    place.text(&["import", file.to_str().unwrap()]);
    let report = place.text(&["report", "--json"]);
    let name = path(&place, "before.backup").1;
    done(&place.run(&["backup", "--plain", "--out", &name]));
    erase(&place, NAME);
    assert_eq!(place.text(&["report", "--json"]), report, "in every sum as before");

    let said = place.run(&["restore", "--replace", &name]);
    done(&said);
    assert!(said.err().contains("1 who were erased"), "{}", said.err());
    let (contacts, owed) = known(&place);
    assert!(!has(&contacts, "noeul") && has(&contacts, "oreum") && !owed, "{contacts:?}");
    let bytes = std::fs::read(place.folder().join("data/dangol.db")).unwrap();
    assert!(!bytes.windows(NAME.len()).any(|part| part == NAME.as_bytes()), "not in the file either");
    assert_eq!(place.text(&["report", "--json"]), report);

    let said = bare.run(&["restore", &name]);
    done(&said);
    assert!(said.err().contains("--erased-list"), "{}", said.err());
    assert!(known(&bare).1, "nothing can be sent before somebody answers for it");
    let list = place.folder().join("data/erased.list");
    refused(&other.run(&["restore", "--erased-list", "/nowhere.list", &name]), &["/nowhere.list"]);
    done(&other.run(&["restore", "--erased-list", list.to_str().unwrap(), &name]));
    assert!(!has(&known(&other).0, "noeul"));
    done(&bare.run(&["restore", "--replace", "--no-erased-list", &name]));
    assert!(has(&known(&bare).0, "noeul") && !known(&bare).1, "on the word of whoever restores");
}
