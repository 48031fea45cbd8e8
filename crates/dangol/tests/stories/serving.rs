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
        let mut child = place.dangol(words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("http://"), "it says where it is: {line}");
        Self { child, line }
    }

    /// `127.0.0.1:7878`.
    pub fn address(&self) -> &str {
        self.line.split("http://").nth(1).unwrap().split('/').next().unwrap()
    }

    /// The status of a GET.
    pub fn get(&self, path: &str) -> u16 {
        // The line is printed before the doors open.
        let patience = Instant::now() + Duration::from_secs(10);
        let mut socket = loop {
            match TcpStream::connect(self.address()) {
                Ok(socket) => break socket,
                Err(error) => assert!(Instant::now() < patience, "{error}"),
            }
        };
        write!(socket, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address())
            .unwrap();
        let mut answer = String::new();
        BufReader::new(socket).take(64).read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// Sends SIGTERM; how it ended, and how long it took.
    pub fn stop(mut self) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        (self.child.wait().unwrap(), start.elapsed())
    }
}

impl Drop for Serving {
    /// A story that failed leaves no server behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
