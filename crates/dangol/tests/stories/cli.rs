//! The command line that others script against: what it prints, what it changes, and how it ends.

use crate::place::{Ended, Place};
use crate::rows::{Rows, ask, tamper};
use crate::serving::Serving;
use crate::shop_file;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// A small shop's export in the place's folder.
fn export(place: &Place) -> String {
    file(place, "orders.csv", shop_file::csv(&shop_file::lines(3, 20, 60)).as_bytes())
}

fn file(place: &Place, name: &str, bytes: &[u8]) -> String {
    let path: PathBuf = place.folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// It failed with this code, in one line that says all of `words`.
#[track_caller]
fn refused(ended: &Ended, code: i32, words: &[&str]) {
    let said = ended.err();
    assert_eq!(ended.code(), code, "{said}{}", ended.out());
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    assert!(said.starts_with("dangol: ") && words.iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn wrong_use_ends_with_2_and_failure_with_1_and_one_line() {
    let place = Place::sqlite();
    for words in
        [&["bake"][..], &["import"], &["report", "--as-of", "yesterday"], &["export", "secrets"], &[]]
    {
        let ended = place.run(words);
        assert_eq!(ended.code(), 2, "{words:?}: {}", ended.err());
        assert_eq!(ended.err().trim_end().lines().count(), 1, "{}", ended.err());
        assert!(ended.err().contains("--help"), "{}", ended.err());
    }
    assert_eq!(place.run(&["--help"]).code(), 0);
    refused(&place.run(&["import", "/nowhere/orders.csv"]), 1, &["/nowhere/orders.csv"]);
    refused(&place.run(&["import", &file(&place, "empty.csv", b"")]), 1, &["empty.csv", "empty"]);
    let twice = file(&place, "twice.csv", b"date,date,amount\n2026-01-01,2026-01-01,5\n");
    refused(&place.run(&["import", &twice]), 1, &["twice.csv", "date"]);
    let orders = export(&place);
    refused(&place.run(&["import", &orders, "--map", "colour=1"]), 2, &["colour", "amount"]);
    refused(&place.run(&["import", &orders, "--map", "date"]), 2, &["date", "FIELD=COLUMN"]);
    refused(&place.run(&["import", &orders, "--map", "amount=99"]), 1, &["99"]);
    assert_eq!(place.run(&["import", &orders, "--date-order", "dym"]).code(), 2);
    refused(&place.run(&["user", "reset", "nobody@example.com"]), 1, &["nobody@example.com"]);
    refused(&place.run(&["serve", "--listen", "0.0.0.0:0"]), 1, &["--behind-proxy", "--insecure-lan"]);
    let nowhere = ["--database", "postgres://nobody@127.0.0.1:1/nothing", "report"];
    refused(&place.run(&nowhere), 1, &["PostgreSQL"]);
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    for place in Place::all() {
        place.text(&["migrate"]);
        let orders = export(&place);
        let told = place.json(&["import", &orders, "--dry-run", "--json"]);
        let would = place.json(&["report", "--json"]);
        assert_eq!((&would["parties"], &would["order_lines"]), (&0.into(), &0.into()));
        let left = "select cast((select count(*) from imports) + (select count(*) from jobs) as text)";
        assert_eq!(ask(&place, left), ["0"], "not even the import");
        let done = place.json(&["import", &orders, "--json"]);
        assert_eq!(told[0]["counts"], done[0]["counts"]);
        assert_eq!((&told[0]["dry_run"], &done[0]["dry_run"]), (&true.into(), &false.into()));
        let again = place.json(&["import", &orders, "--dry-run", "--json"]);
        assert_eq!(again[0]["counts"]["unchanged"], done[0]["counts"]["new"]);
    }
}

#[test]
fn an_import_says_how_it_read_and_what_went_in_before_a_file_failed() {
    let place = Place::sqlite();
    let twice = file(&place, "twice.csv", b"date,date,amount\n2026-01-01,2026-01-01,5\n");
    let ended = place.run(&["import", &export(&place), &twice, "--json"]);
    assert_eq!(ended.code(), 1, "{}", ended.err());
    let told: serde_json::Value = serde_json::from_str(&ended.out()).unwrap();
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!((&told[0]["source"], &told[0]["encoding"]), (&"generic".into(), &"utf-8".into()));
    assert!(told[0]["counts"]["new"].as_i64() > Some(0), "{told}");
    refused(&place.run(&["import", place.folder().to_str().unwrap()]), 1, &["folder"]);
    place.text(&["user", "add", "owner@example.com", "--role", "owner"]);
    place.text(&["export", "customers"]);
    let deeds = ask(&place, "select action || ' ' || detail from audit");
    let actions: Vec<&str> = deeds.iter().filter_map(|deed| deed.split(' ').next()).collect();
    assert_eq!(actions, ["import.run", "parties.exported", "user.invited"]);
    assert!(deeds.iter().all(|deed| deed.contains(r#""way":"command""#)), "{deeds:?}");
}

#[test]
fn a_lost_end_of_the_audit_log_is_bad_news() {
    let place = Place::sqlite();
    place.text(&["import", &export(&place)]);
    assert_eq!(place.run(&["doctor"]).code(), 0);
    ask(&place, "delete from audit_head");
    let ended = place.run(&["doctor"]);
    assert!(ended.code() == 1 && ended.out().contains("signed end"), "{}{}", ended.out(), ended.err());
    let verified = place.run(&["audit", "verify"]);
    assert!(verified.code() == 1 && verified.out().contains("signed end"), "{}", verified.out());
}

#[test]
fn a_dry_run_needs_no_company_and_makes_none() {
    for place in Place::all() {
        let orders = export(&place);
        let told = place.json(&["import", &orders, "--dry-run", "--json"]);
        refused(&place.run(&["report"]), 1, &["no company"]);
        let done = place.json(&["import", &orders, "--json"]);
        assert_eq!(told[0]["counts"], done[0]["counts"]);
        assert!(done[0]["counts"]["new"].as_i64() > Some(0));
    }
}

#[test]
fn a_mistyped_place_makes_no_company() {
    for place in Place::all() {
        let asked: [&[&str]; 6] = [
            &["report"],
            &["doctor"],
            &["export", "customers"],
            &["user", "reset", "a@example.com"],
            &["migrate", "--check"],
            &["doctor", "--rebuild"],
        ];
        for words in asked {
            refused(
                &place.run(words),
                1,
                &["no company", "check --data"][..1 + usize::from(place.is_folder())],
            );
        }
        assert!(!place.folder().join("data").exists(), "nothing was made");
        place.text(&["migrate"]);
        assert_eq!(place.text(&["migrate", "--check"]), "The data is up to date.\n");
    }
}

/// Takes back what the newest program of this story's day brought, as if the data were from before.
pub fn make_older(place: &Place) {
    tamper(place, "drop table merge_proposals");
    tamper(place, "drop index imports_content");
    tamper(place, "alter table imports drop column content_hash");
    tamper(place, "delete from schema_steps where version = 6");
}

#[test]
fn older_data_is_looked_at_without_a_trace_and_copied_before_it_changes() {
    for place in Place::all() {
        place.text(&["import", &export(&place)]);
        let report = place.text(&["report", "--json"]);
        make_older(&place);
        for _ in 0..2 {
            let behind = place.run(&["migrate", "--check"]);
            assert_eq!(behind.code(), 1, "{}", behind.err());
            assert!(behind.out().contains("0006_know_proposals"), "{}", behind.out());
        }
        let brought = place.run(&["report", "--json"]);
        assert_eq!((brought.code(), brought.out()), (0, report));
        let copy = place.folder().join("data/dangol.db.before-0006");
        let copied = if place.is_folder() { "dangol.db.before-0006" } else { "before-0006.backup" };
        assert!(brought.err().contains(copied) && brought.err().contains("0006"), "{}", brought.err());
        assert_eq!(copy.is_file(), place.is_folder());
        assert_eq!(place.run(&["report"]).err(), "", "it is told once");
        if place.is_folder() {
            let size = std::fs::metadata(&copy).unwrap().len();
            assert!(size > 50_000, "the whole company: {size}");
            std::fs::write(&copy, "kept").unwrap();
            make_older(&place);
            place.text(&["migrate"]);
            assert_eq!(std::fs::read(&copy).unwrap(), b"kept", "the first copy stays");
            let further = place.folder().join("data/dangol.db.before-0006-2");
            assert!(std::fs::metadata(&further).unwrap().len() > 50_000, "and is not taken for the backup");
        }
    }
}

#[test]
fn an_import_that_was_cut_off_is_gone_on_with() {
    for place in Place::all() {
        let orders = export(&place);
        place.text(&["import", &orders]);
        let lines = Rows::of(&place).lines;
        tamper(&place, "update imports set state = 'running', finished_at = null");
        tamper(
            &place,
            "update jobs set state = 'running', finished_at = null, leased_until = 0, cursor = 'null' \
             where kind = 'know.import'",
        );
        let again = place.run(&["import", &orders]);
        assert_eq!(again.code(), 0, "{}", again.err());
        assert!(again.err().contains("under way already"), "{}", again.err());
        assert_eq!(ask(&place, "select state from imports"), ["done"], "no second import was begun");
        assert_eq!(lines, Rows::of(&place).lines);
    }
}

#[test]
fn dates_that_fit_both_ways_need_a_word() {
    let place = Place::sqlite();
    let rows = "customer_id,date,order_no,amount,currency\na,03/04/2026,1,500,KRW\na,05/06/2026,2,500,KRW\n";
    let path = file(&place, "dates.csv", rows.as_bytes());
    refused(&place.run(&["import", &path]), 1, &["dates.csv", "--date-order"]);
    place.text(&["import", &path, "--date-order", "mdy"]);
    let customers = place.text(&["export", "customers"]);
    assert!(customers.contains("2026-03-04") && customers.contains("2026-05-06"), "{customers}");
}

#[test]
fn whoever_stops_reading_is_no_failure() {
    let mut child =
        Place::sqlite().dangol(["openapi"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(
        (ended.status.code(), String::from_utf8_lossy(&ended.stderr).into_owned()),
        (Some(0), String::new())
    );
}

#[test]
fn the_same_file_again_changes_nothing() {
    for place in Place::all() {
        let orders = export(&place);
        let first = place.json(&["import", &orders, "--json"]);
        let (rows, report) = (Rows::of(&place), place.text(&["report", "--json"]));
        let second = place.json(&["import", &orders, "--json"]);
        let (first, second) = (&first[0]["counts"], &second[0]["counts"]);
        assert_eq!(
            (&second["new"], &second["changed"], &second["parties"]),
            (&0.into(), &0.into(), &0.into())
        );
        assert_eq!(second["unchanged"], first["new"]);
        assert_eq!(rows.lines, Rows::of(&place).lines);
        assert_eq!(rows.told, Rows::of(&place).told);
        assert_eq!(report, place.text(&["report", "--json"]));
        let renamed = file(&place, "renamed.csv", &std::fs::read(&orders).unwrap());
        assert_eq!(place.json(&["import", &renamed, "--json"])[0]["counts"], *second, "a name is no source");
    }
}

#[test]
fn another_account_is_another_shop() {
    let place = Place::sqlite();
    let orders = export(&place);
    let first = place.json(&["import", &orders, "--source", "seoul", "--json"]);
    let second = place.json(&["import", &orders, "--source", "busan", "--json"]);
    assert_eq!(first[0]["counts"]["new"], second[0]["counts"]["new"]);
    assert_eq!(second[0]["counts"]["parties"], 0, "their e-mail addresses are known");
}

#[test]
fn rows_that_cannot_be_read_are_set_aside_and_strict_says_so() {
    let text = "order_no,customer_id,date,amount,currency\n1,a,2026-01-05,500,KRW\n2,a,someday,500,KRW\n\
        3,b,2026-01-06,free of charge,KRW\n4,b,2026-01-07,700,KRW\n";
    let place = Place::sqlite();
    let path = file(&place, "ragged.csv", text.as_bytes());
    let told = place.json(&["import", &path, "--json"]);
    assert_eq!((&told[0]["counts"]["new"], &told[0]["counts"]["invalid"]), (&2.into(), &2.into()));
    let report = place.json(&["report", "--json"]);
    assert_eq!((&report["order_lines"], &report["invalid_rows"]), (&2.into(), &2.into()));
    assert_eq!(place.run(&["import", &path, "--strict"]).code(), 1);
    assert_eq!(place.run(&["import", &path]).code(), 0);
    let renamed = file(&place, "renamed.csv", text.as_bytes());
    assert_eq!(place.run(&["import", &renamed]).code(), 0);
    assert_eq!(place.json(&["report", "--json"])["invalid_rows"], 2, "the same content counts once");
    let other = file(&place, "ragged.csv", text.replace("someday", "anyday1").as_bytes());
    assert_eq!(place.run(&["import", &other]).code(), 0);
    assert_eq!(
        place.json(&["report", "--json"])["invalid_rows"],
        4,
        "other content of the same name and size does not"
    );
    tamper(&place, "update imports set state = 'failed'");
    assert_eq!(
        place.json(&["report", "--json"])["invalid_rows"],
        2,
        "the one that brought the lines that stand"
    );
}

#[test]
fn a_report_reads_well_in_both_languages() {
    let place = Place::sqlite();
    place.text(&["import", &export(&place)]);
    let (korean, english) =
        (place.text(&["report", "--lang", "ko"]), place.text(&["report", "--lang", "en"]));
    assert_ne!(korean, english);
    assert_eq!(korean.lines().count(), english.lines().count());
    assert!(!korean.contains("report.") && !english.contains("report."), "{korean}{english}");
    let report = place.json(&["report", "--json"]);
    for member in ["models", "leak", "states", "revenue"] {
        assert!(!report[member].is_null(), "{member}");
    }
    assert!(
        report["models"]["bg_nbd"].is_null() && report["models"]["missing"]["bg_nbd"].is_object(),
        "{report}"
    );
}

#[test]
fn a_list_is_exported_as_csv() {
    let place = Place::sqlite();
    let orders = export(&place);
    let told = place.json(&["import", &orders, "--json"]);
    let csv = place.text(&["export", "customers"]);
    let mut rows = csv.trim_start_matches('\u{feff}').lines();
    let columns = rows.next().unwrap().split(',').count();
    assert_eq!(columns, know::parties::export::COLUMNS.len());
    assert!(rows.clone().all(|row| row.split(',').count() == columns), "{csv}");
    assert_eq!(told[0]["counts"]["parties"], rows.count());
}

#[test]
fn migrate_tells_what_is_missing_and_then_does_it() {
    for place in Place::all() {
        let nothing = place.run(&["migrate", "--check"]);
        assert_eq!((nothing.code(), nothing.out()), (1, String::new()), "{}", nothing.err());
        assert!(place.text(&["migrate"]).contains("store_log"));
        assert_eq!(place.text(&["migrate", "--check"]), place.text(&["migrate"]));
        assert_eq!(place.json(&["doctor", "--json"])["missing_steps"], 0);
    }
}

#[test]
fn staff_come_in_by_links() {
    let place = Place::sqlite();
    let serving = Serving::start(&place, &["serve", "--listen", "127.0.0.1:0"]);
    let told = serving.line.trim().split("/start?token=").nth(1).unwrap();
    assert_eq!(serving.get(&format!("/api/v1/session/claim?token={told}")), 200);
    let link = |words: &[&str]| {
        let link = place.text(&[words, &["--at", "https://crm.example.com/"]].concat());
        link.trim().strip_prefix("https://crm.example.com/start?token=").unwrap().to_owned()
    };
    let claim = |token: &str| serving.get(&format!("/api/v1/session/claim?token={token}"));
    let added = link(&["user", "add", "jin@example.com", "--role", "manager"]);
    assert_eq!(claim(&added), 200);
    refused(&place.run(&["user", "add", "jin@example.com"]), 1, &[]);
    let reset = link(&["user", "reset", "jin@example.com", "--second-factor"]);
    assert_eq!((claim(&added), claim(&reset)), (404, 200), "a new link replaces the old one");
    assert_eq!(serving.get("/api/v1/session/claim?token=made-up"), 404);
    assert_eq!(serving.get("/api/v1/parties"), 401);
}

#[test]
fn a_taken_port_gives_the_next_and_sigterm_ends_well() {
    let (one, other) = (Place::sqlite(), Place::sqlite());
    let first = Serving::start(&one, &["serve", "--listen", "127.0.0.1:0"]);
    let taken = first.address().to_owned();
    let second = Serving::start(&other, &["serve", "--listen", &taken]);
    let port = |address: &str| address.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    assert!(port(second.address()) > port(&taken) && port(second.address()) <= port(&taken) + 20);
    assert_eq!((first.get("/api/v1/session"), second.get("/api/v1/session")), (401, 401));
    for serving in [first, second] {
        let (status, took) = serving.stop();
        assert_eq!(status.code(), Some(0));
        assert!(took < Duration::from_secs(5), "it took {took:?}");
    }
}

#[test]
fn the_api_describes_itself() {
    let document = Place::sqlite().json(&["openapi"]);
    assert_eq!(document["openapi"].as_str().map(|version| &version[..2]), Some("3."));
    assert!(document["paths"]["/api/v1/parties"]["get"].is_object());
}

#[test]
fn a_rule_is_asked_and_its_faults_are_marked() {
    let place = Place::sqlite();
    place.text(&["import", &export(&place)]);
    let asked = |rule: &str| place.json(&["segment", rule, "--json"]);
    let count = |rule: &str| asked(rule)["count"].as_i64().unwrap();
    let often = asked("orders >= 2 and last_order before today");
    assert!(often["count"].as_i64().unwrap() > 0, "{often}");
    assert!(
        often["sample"][0]["id"].as_str().unwrap().starts_with("pty_")
            && often["sample"][0]["name"].is_string()
    );
    assert_eq!(count("orders >= 2") + count("not orders >= 2"), count("everyone"));
    assert!(often.get("not_historical").is_none());

    let then =
        place.json(&["segment", "orders >= 1 and not p_alive is known", "--as-of", "2000-01-01", "--json"]);
    assert_eq!((&then["count"], &then["not_historical"]), (&0.into(), &serde_json::json!(["p_alive"])));
    let told = place.text(&["segment", "상태 = 단골", "--lang", "ko"]);
    assert!(told.starts_with("상태가 단골인 고객\n"), "{told}");

    let wrong = place.run(&["segment", "orders >= 3 and ordres > 1"]);
    assert_eq!(wrong.code(), 2);
    let said = wrong.err();
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("dangol: ") && lines[0].contains("Did you mean orders?"), "{said}");
    assert_eq!(lines[1..], ["  orders >= 3 and ordres > 1", "                  ^^^^^^"], "{said}");
    let deep = place.run(&["segment", &"(".repeat(10_000)]);
    assert_eq!((deep.code(), deep.out()), (2, String::new()));
    assert_eq!(place.run(&["segment", "orders >= 3", "--as-of", "soon"]).code(), 2);
    let nowhere = place.folder().join("nothing");
    refused(&Place::at(&nowhere).run(&["segment", "late"]), 1, &["there is no company"]);
}
