//! A mail server on this machine that keeps what it was sent, byte for byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A mail server.
pub struct MailSink {
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    letters: Vec<Sent>,
    /// What it answers to `RCPT TO` instead of taking it.
    refusal: Option<&'static str>,
}

/// A letter as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The addresses of its envelope.
    pub to: Vec<String>,
    /// Everything between `DATA` and the final dot, as it was on the wire.
    pub wire: Vec<u8>,
}

impl Sent {
    /// The letter as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.wire).into_owned()
    }

    /// Whether no line ends otherwise than with CRLF and no NUL is in it.
    pub fn is_clean(&self) -> bool {
        let wire = &self.wire;
        (0..wire.len()).all(|at| match wire[at] {
            b'\r' => wire.get(at + 1) == Some(&b'\n'),
            b'\n' => at > 0 && wire[at - 1] == b'\r',
            byte => byte != 0,
        })
    }
}

impl MailSink {
    /// A server on a free port of this machine. It goes with the test's process.
    pub fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let serving = kept.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = serving.clone();
                std::thread::spawn(move || drop(serve(stream, &kept)));
            }
        });
        Self { port, kept }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every letter so far.
    pub fn letters(&self) -> Vec<Sent> {
        self.kept.lock().unwrap().letters.clone()
    }

    /// Refuses every receiver from now on with this answer, or takes them again.
    pub fn refuse(&self, answer: Option<&'static str>) {
        self.kept.lock().unwrap().refusal = answer;
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let mut answers = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    let mut to = Vec::new();
    answers.write_all(b"220 sink ESMTP\r\n")?;
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let refusal = kept.lock().unwrap().refusal;
        let answer = match word.as_str() {
            "EHLO" => "250-sink\r\n250 8BITMIME",
            "RCPT" if refusal.is_some() => refusal.unwrap_or_default(),
            "RCPT" => {
                to.push(line.clone());
                "250 taken"
            }
            "DATA" => {
                answers.write_all(b"354 go on\r\n")?;
                let wire = letter(&mut lines)?;
                kept.lock().unwrap().letters.push(Sent { to: std::mem::take(&mut to), wire });
                "250 kept"
            }
            "QUIT" => {
                answers.write_all(b"221 goodbye\r\n")?;
                return Ok(());
            }
            "MAIL" | "RSET" | "NOOP" => "250 fine",
            _ => "502 not here",
        };
        answers.write_all(answer.as_bytes())?;
        answers.write_all(b"\r\n")?;
    }
}

/// The bytes up to the final dot.
fn letter(lines: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut wire = Vec::new();
    let mut byte = [0];
    while !wire.ends_with(b"\r\n.\r\n") {
        if lines.read(&mut byte)? == 0 {
            break;
        }
        wire.push(byte[0]);
    }
    wire.truncate(wire.len().saturating_sub(3));
    Ok(wire)
}
