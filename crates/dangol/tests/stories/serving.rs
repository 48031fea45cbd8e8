//! The real program while it serves: found by the line it prints, spoken to over a socket, told to stop by a signal.

use crate::place::Place;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A program that serves.
pub struct Serving {
    child: Child,
    /// What it printed: the page to open.
    pub line: String,
}

impl Serving {
    /// Starts it and waits until it says where it is.
    pub fn start(place: &Place, words: &[&str]) -> Self {
        Self::of(place.dangol(words).stderr(Stdio::null()))
    }

    /// Starts a command that becomes the program, and waits until it says where it is.
    pub fn of(program: &mut Command) -> Self {
        let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("http://"), "it says where it is: {line}");
        Self { child, line }
    }

    /// `127.0.0.1:7878`.
    pub fn address(&self) -> &str {
        self.line.split("http://").nth(1).unwrap().split('/').next().unwrap()
    }

    /// A connection to it.
    pub fn connect(&self) -> TcpStream {
        // The line is printed before the doors open.
        let patience = Instant::now() + Duration::from_secs(10);
        loop {
            match TcpStream::connect(self.address()) {
                Ok(socket) => return socket,
                Err(error) => assert!(Instant::now() < patience, "{error}"),
            }
        }
    }

    /// The status of a GET.
    pub fn get(&self, path: &str) -> u16 {
        self.ask("GET", path, "", "").expect("it answers").status
    }

    /// A request as a page of ours makes it; nothing when the connection breaks before the answer is there.
    pub fn ask(&self, method: &str, path: &str, cookie: &str, body: &str) -> Option<Answer> {
        ask(self.connect(), [method, path, cookie, body])
    }

    /// Makes the first owner by the link it printed; gives their cookie.
    pub fn claim(&self, password: &str) -> String {
        let token = self.line.split("token=").nth(1).unwrap().trim();
        let body = serde_json::json!({ "token": token, "name": "O", "email": "o@example.com", "password": password });
        let answer = self.ask("POST", "/api/v1/session/claim", "", &body.to_string()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// KiB of memory it holds.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Kills it at once.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends SIGTERM; how it ended, and how long it took.
    pub fn stop(mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        (self.child.wait().unwrap(), start.elapsed())
    }
}

/// Asks over `socket`: the method, the path, the cookie and the body.
pub fn ask(mut socket: TcpStream, [method, path, cookie, body]: [&str; 4]) -> Option<Answer> {
    let (host, length) = (socket.peer_addr().ok()?, body.len());
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\nsec-fetch-site: same-origin\r\n\
         cookie: {cookie}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    socket.write_all(head.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).ok()?;
    Answer::read(&String::from_utf8_lossy(&bytes))
}

/// What it answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// Nothing when it breaks off.
    fn read(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// A header, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }
}

impl Drop for Serving {
    /// A story that failed leaves no server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
