//! The server itself: live changes over a real connection, and a stop that lets work end.

use async_trait::async_trait;
use futures::FutureExt;
use serde_json::json;
use std::time::Duration;
use store::job::{Failure, Run, Work};
use testkit::{TestApp, both_engines};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use web::Registry;

/// A job of one chunk.
struct Count;

#[async_trait]
impl Work for Count {
    fn kind(&self) -> &'static str {
        "test.count"
    }

    async fn run(&self, run: &mut Run) -> Result<Option<String>, Failure> {
        let checkpoint = run.checkpoint();
        let saved = run.db().write(store::Lane::Reaction, move |tx| {
            async move { checkpoint.save(tx, "counting", 3, 3, &json!(3)).await }.boxed()
        });
        saved.await?;
        Ok(Some("counted to three".into()))
    }
}

fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.work(Count);
    registry
}

async fn start_job(app: &TestApp) -> String {
    let started = app.db().write(store::Lane::Interactive, |tx| {
        async move { store::job::start(tx, "test.count", json!({})).await }.boxed()
    });
    started.await.unwrap().to_string()
}

both_engines! {
    registry();

    async fn a_job_is_watched_from_the_queue_to_its_end(app) {
        let id = start_job(&app).await;
        let waiting = app.get(&format!("/jobs/{id}")).await.expect(200).json;
        assert_eq!((&waiting["state"], &waiting["phase"]), (&json!("queued"), &json!("waiting")));
        assert_eq!(app.get("/jobs?active=true").await.json[0]["id"], json!(id));
        app.settle().await;
        let done = app.get(&format!("/jobs/{id}")).await.expect(200).json;
        assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(3)));
        assert_eq!(app.get("/jobs?active=true").await.json, json!([]));
        assert_eq!(app.get("/jobs").await.json[0]["message"], "counted to three");
        app.get("/jobs/job_0000000000001").await.expect(404);
    }

    async fn the_server_tells_of_jobs_as_they_move_and_stops_when_told(app) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = web::serve(listener, app.app().clone(), async move { drop(stopped.await) });
        let watching = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let cookie = app.cookie().unwrap();
            let request = format!("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let heard = read_until(&mut stream, "text/event-stream").await;
            assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
            tokio::time::sleep(Duration::from_millis(700)).await;
            let id = start_job(&app).await;
            let heard = read_until(&mut stream, "counted to three").await;
            assert!(heard.contains("event: job") && heard.contains(&id), "{heard}");
            stop.send(()).unwrap();
        };
        let (served, ()) = tokio::join!(serving, watching);
        served.unwrap();
        assert!(TcpStream::connect(address).await.is_err(), "the server has stopped");
    }
}

#[tokio::test]
async fn a_taken_port_gives_the_next_free_one() {
    let first = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = first.local_addr().unwrap();
    let second = web::listen(taken).await.unwrap().local_addr().unwrap();
    assert!(second.port() > taken.port() && second.ip() == taken.ip());
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut heard = String::new();
    let mut piece = [0; 4096];
    while !heard.contains(wanted) {
        let reading = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut piece));
        let read = reading.await.expect("something within twenty seconds").unwrap();
        assert!(read > 0, "the stream ended after: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    heard
}
