//! `dangol segment`.

use crate::cli::Segment as Asked;
use crate::open::Data;
use crate::terminal;
use anyhow::Result;
use choose::segment::rule::{Book, Fault, Place, Rule, parse};
use choose::segment::{self, Frame, Question};
use kernel::Locale;
use know::parties::list::PartyRow;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use store::reactor::Reactor;
use store::timer::{self, OnTimer};
use store::{Db, Environment};
use web::Sight;

/// A rule that cannot be read is wrong use.
const WRONG_USE: u8 = 2;

/// Prints how many a rule means, and some of them.
pub async fn run(asked: &Asked, data: &Data) -> Result<ExitCode> {
    let db = data.open_existing(Environment::real()).await?;
    let book = segment::book(&mut db.read().await?).await?;
    let code = match parse(&asked.rule, &book) {
        Ok(rule) => answer(asked, &db, &rule, &book).await?,
        Err(fault) => refuse(&asked.rule, &fault),
    };
    db.close().await?;
    Ok(code)
}

/// Says what is wrong, and marks the place below the rule.
fn refuse(rule: &str, fault: &Fault) -> ExitCode {
    eprintln!("dangol: {}", fault.told(terminal::locale()));
    if let Place::Text(range) = &fault.place {
        let line: String =
            rule.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let width =
            |from: usize, to: usize| line.chars().skip(from).take(to - from).map(columns).sum::<usize>();
        let marks = width(range.start, range.end).max(1);
        eprintln!("  {line}\n  {}{}", " ".repeat(width(0, range.start)), "^".repeat(marks));
    }
    ExitCode::from(WRONG_USE)
}

/// Columns a letter takes in a terminal: Hangul and the other letters of East Asia take two.
fn columns(letter: char) -> usize {
    if matches!(letter, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}')
    {
        2
    } else {
        1
    }
}

/// What a rule means.
struct Meant {
    count: i64,
    sample: Vec<PartyRow>,
    not_historical: Vec<String>,
}

async fn answer(asked: &Asked, db: &Db, rule: &Rule, book: &Book) -> Result<ExitCode> {
    catch_up(db).await?;
    let today = Frame::load(&mut db.read().await?).await?;
    let meant = match asked.as_of {
        Some(day) => as_of(db, rule, &Frame { today: day, ..today }).await?,
        None => match Question::of(rule, &today) {
            Ok(question) => Meant {
                count: segment::count(&mut db.read().await?, &question).await?,
                sample: segment::sample(db, &question, &today, Sight::WHOLE).await?,
                not_historical: Vec::new(),
            },
            Err(fault) => return Ok(refuse(&asked.rule, &fault)),
        },
    };
    let locale = asked.lang.unwrap_or_else(terminal::locale);
    let text = if asked.json { json(asked, &meant, rule, book) } else { table(&meant, rule, book, locale) };
    terminal::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Brings up what a question reads: the log is taken in, and where no server runs, the states that time has moved since
/// are moved. Members of segments and scores are as the last server left them.
async fn catch_up(db: &Db) -> Result<()> {
    let registry = crate::registry();
    let reactor = Reactor::new(db.clone(), registry.reactions().to_vec());
    reactor.drain().await?;
    let states = |timer: &&Arc<dyn OnTimer>| timer.kind() == choose::lifecycle::TICK;
    let timers: Vec<Arc<dyn OnTimer>> = registry.timers().iter().filter(states).cloned().collect();
    if timer::tick(db, &timers).await? > 0 {
        reactor.drain().await?;
    }
    Ok(())
}

async fn as_of(db: &Db, rule: &Rule, frame: &Frame) -> Result<Meant> {
    let some = usize::try_from(segment::SAMPLE).unwrap_or(0);
    let meant = segment::as_of(db, rule, frame, some).await?;
    let sample = segment::shown(&mut db.read().await?, &meant.sample, frame, Sight::WHOLE).await?;
    Ok(Meant { count: meant.count, sample, not_historical: meant.not_historical.into_iter().collect() })
}

fn called(row: &PartyRow) -> &str {
    row.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&row.handle)
}

fn json(asked: &Asked, meant: &Meant, rule: &Rule, book: &Book) -> String {
    let sample: Vec<_> =
        meant.sample.iter().map(|row| json!({ "id": row.id, "name": called(row) })).collect();
    let mut told = json!({
        "count": meant.count,
        "sample": sample,
        "rule": choose::segment::rule::to_json(rule),
        "text": choose::segment::rule::print(rule, book),
        "sentence": { "ko": book.sentence(rule, Locale::Ko), "en": book.sentence(rule, Locale::En) },
    });
    if let Some(day) = asked.as_of {
        told["as_of"] = json!(day);
        told["not_historical"] = json!(meant.not_historical);
    }
    format!("{told:#}\n")
}

fn table(meant: &Meant, rule: &Rule, book: &Book, locale: Locale) -> String {
    let say = |key: &str, params: &[(&str, &str)]| web::text::say(locale, key, params);
    let mut text = format!("{}\n", book.sentence(rule, locale));
    text += &format!("{}\n", say("segment.count", &[("count", &meant.count.to_string())]));
    for row in &meant.sample {
        text += &format!("  {}  {}\n", row.id, called(row));
    }
    if !meant.not_historical.is_empty() {
        let names = meant.not_historical.join(", ");
        text += &format!("{}\n", say("segment.not_historical", &[("names", &names)]));
    }
    text
}
