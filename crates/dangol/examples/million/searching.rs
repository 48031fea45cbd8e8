//! Searching by what people type, on the engine the company was filled on and, moved there by a backup, on PostgreSQL.

use super::asking::{Client, encoded, print, timed};
use super::moving::Moved;
use crate::owner;
use crate::shared::dangol_at;
use anyhow::{Context, Result};
use futures::FutureExt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;
use store::{Db, Environment, Lane, Location};

/// Every so many customers one is asked for.
const EVERY: usize = 997;
/// Questions of each kind before any is counted: what is asked for is in memory then, as in a shop that is open.
const FIRST: usize = 20;

/// What is asked for, by kind.
type Asked = [(&'static str, Vec<String>); 4];

/// Searches the company in `data`, which an owner with `cookie` is signed in to; then the same one on PostgreSQL.
pub async fn search(folder: &Path, data: &Path, cookie: &str, customers: u32) -> Result<()> {
    let asked = questions(customers);
    let place = ["--data", data.to_str().context("the path is text")?];
    serve(&place, cookie, &asked, "SQLite")?;
    let Some(moved) = Moved::from(folder, data).await? else { return Ok(()) };
    let db = Db::open(&Location::Postgres(moved.url.clone()), Environment::real()).await?;
    let cookie = db.write(Lane::Interactive, |tx| async move { owner::again(tx).await }.boxed()).await?;
    db.close().await?;
    let measured = serve(&["--database", &moved.url], &cookie, &asked, "PostgreSQL");
    moved.end().await?;
    measured
}

/// What people type: part of a name, the end of a phone number, an e-mail address, the beginning of one.
fn questions(customers: u32) -> Asked {
    let people: Vec<_> = simulate::large::customers(1, customers).step_by(EVERY).collect();
    let given = |name: &str| name.chars().skip(1).collect::<String>();
    let tail = |phone: &str| phone.chars().skip(phone.chars().count().saturating_sub(4)).collect::<String>();
    let head = |email: &str| email.split('@').next().unwrap_or_default().to_owned();
    let all = |of: &dyn Fn(&simulate::CustomerSeed) -> Option<String>| people.iter().filter_map(of).collect();
    [
        ("part of a Korean name", all(&|person| person.name.as_deref().map(given))),
        ("end of a phone number", all(&|person| person.phone.as_deref().map(tail))),
        ("e-mail address", all(&|person| person.email.clone())),
        ("Latin letters before the @", all(&|person| person.email.as_deref().map(head))),
    ]
}

fn serve(place: &[&str], cookie: &str, asked: &Asked, engine: &str) -> Result<()> {
    let mut serve = dangol_at(place, &["serve", "--listen", "127.0.0.1:0"])?;
    let mut server = serve.stdout(Stdio::piped()).spawn()?;
    let measured = answers(&mut server, cookie, asked, engine);
    server.kill()?;
    server.wait()?;
    measured
}

fn answers(server: &mut Child, cookie: &str, asked: &Asked, engine: &str) -> Result<()> {
    let mut line = String::new();
    BufReader::new(server.stdout.take().context("its output is piped")?).read_line(&mut line)?;
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    ask(address.context("it says where it is")?, cookie, asked, engine)
}

fn ask(address: &str, cookie: &str, asked: &Asked, engine: &str) -> Result<()> {
    let mut client = Client::connect(address, cookie)?;
    for (kind, texts) in asked {
        let mut times: Vec<Duration> = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let took = timed(&mut client, &format!("/search?q={}", encoded(text)))?;
            if at >= FIRST {
                times.push(took);
            }
        }
        print(&format!("{engine}, {kind}"), &mut times);
    }
    Ok(())
}
