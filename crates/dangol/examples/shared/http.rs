//! HTTP over one connection that stays open: a request, its answer.

use anyhow::{Context, Result, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One connection.
pub struct Client {
    socket: BufReader<TcpStream>,
    address: String,
}

impl Client {
    /// Connects as soon as the server listens.
    pub fn connect(address: &str) -> Result<Self> {
        let patience = Instant::now() + Duration::from_secs(60);
        let socket = loop {
            match TcpStream::connect(address) {
                Ok(socket) => break socket,
                Err(error) => ensure!(Instant::now() < patience, "{error}"),
            }
        };
        socket.set_nodelay(true)?;
        Ok(Self { socket: BufReader::new(socket), address: address.to_owned() })
    }

    /// Sends a request with these further lines of its head; gives the status and the body.
    pub fn send(&mut self, method: &str, path: &str, head: &str, body: &[u8]) -> Result<(u16, Vec<u8>)> {
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n{head}\r\n",
            self.address,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        self.socket.get_mut().write_all(&request)?;
        let (mut status, mut length) = (String::new(), 0);
        self.socket.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            ensure!(self.socket.read_line(&mut line)? > 0, "the server hung up");
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.socket.read_exact(&mut answer)?;
        let status = status.split(' ').nth(1).context("an answer has a status")?.parse()?;
        Ok((status, answer))
    }
}
