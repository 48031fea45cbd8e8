//! Through which server letters leave, and whose name they bear.
//!
//! Invariant: the password is in no table: it comes from the environment or from a file that only its owner may read.

use super::letter::is_one_line;
use crate::Problem;
use kernel::{contact, limits};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The name of the setting.
pub(super) const SETTING: &str = "mail";
/// The environment variable that may hold the password.
pub const PASSWORD: &str = "DANGOL_SMTP_PASSWORD";
/// The file in the data folder that holds it otherwise.
pub const PASSWORD_FILE: &str = "smtp.password";
/// Domains whose owners tell receivers to refuse letters that others send in their name (DMARC).
const NOT_OURS: [&str; 6] =
    ["gmail.com", "googlemail.com", "naver.com", "daum.net", "hanmail.net", "kakao.com"];

/// How the connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = MailSecurity)]
pub enum Security {
    /// Encrypted after a greeting (STARTTLS), usually port 587.
    #[default]
    Starttls,
    /// Encrypted from the first byte, usually port 465.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// Through which server letters leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct MailSettings {
    /// The server's name; empty where none is set up.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from others.
    pub security: Security,
    /// The name to sign in with; empty where the server asks for none.
    pub user: String,
    /// The name letters bear.
    pub from_name: String,
    /// The address they come from.
    pub from_address: String,
    /// Where people reach the public pages, such as `https://shop.example.com`; empty where letters name no page.
    pub public_address: String,
}

impl Default for MailSettings {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 587,
            security: Security::default(),
            user: String::new(),
            from_name: String::new(),
            from_address: String::new(),
            public_address: String::new(),
        }
    }
}

impl MailSettings {
    /// Whether letters can leave.
    pub fn is_ready(&self) -> bool {
        !self.host.is_empty() && !self.from_address.is_empty()
    }

    /// What is wrong, field by field. Nothing at all is no fault: then nothing leaves.
    pub(super) fn check(&self) -> Result<(), Problem> {
        let mut problem = Problem::invalid("invalid");
        let texts = [
            ("host", &self.host),
            ("user", &self.user),
            ("from_name", &self.from_name),
            ("from_address", &self.from_address),
            ("public_address", &self.public_address),
        ];
        for (field, text) in texts {
            if !is_one_line(text) {
                problem = problem.field(field, "line_break");
            }
            if text.chars().count() > limits::NAME_CHARS {
                problem = problem.field(field, "too_long");
            }
        }
        let is_address = self.public_address.starts_with("https://")
            || self.public_address.starts_with("http://localhost");
        if !self.public_address.is_empty()
            && (!is_address || self.public_address.contains(['<', '>', ' ', '?', '#']))
        {
            problem = problem.field("public_address", "mail_address");
        }
        if self.port == 0 {
            problem = problem.field("port", "mail_port");
        }
        if self.host.chars().any(|letter| letter.is_whitespace() || "/@:".contains(letter)) {
            problem = problem.field("host", "mail_host");
        }
        if self.security == Security::None && !is_here(&self.host) && !self.host.is_empty() {
            problem = problem.field("security", "mail_in_the_open");
        }
        if !self.host.is_empty() {
            match contact::normal_email(&self.from_address) {
                None => problem = problem.field("from_address", "not_an_email"),
                Some(email) => {
                    let domain = email.identity_norm.split('@').next_back().unwrap_or_default().to_owned();
                    if NOT_OURS.contains(&domain.as_str()) {
                        problem = problem.field("from_address", "mail_not_ours");
                    }
                }
            }
        }
        if problem.has_fields() { Err(problem) } else { Ok(()) }
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Where the password is kept.
#[derive(Debug, Clone)]
pub(crate) struct Secrets {
    file: PathBuf,
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PasswordFrom {
    /// The environment.
    Environment,
    /// The file in the data folder.
    File,
    /// Nowhere.
    Nowhere,
}

impl Secrets {
    pub fn new(folder: &Path) -> Self {
        Self { file: folder.join(PASSWORD_FILE) }
    }

    /// The password, and where it comes from.
    pub fn password(&self) -> (PasswordFrom, Option<String>) {
        if let Ok(password) = std::env::var(PASSWORD) {
            return (PasswordFrom::Environment, Some(password));
        }
        match fs::read_to_string(&self.file) {
            Ok(password) => (PasswordFrom::File, Some(password.trim_end_matches(['\r', '\n']).to_owned())),
            Err(_) => (PasswordFrom::Nowhere, None),
        }
    }

    /// Keeps a password in the file, which only its owner may read; an empty one takes the file away.
    pub fn keep(&self, password: &str) -> io::Result<()> {
        // A file that others may read would keep its rights: a new one takes its place.
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        if password.is_empty() {
            return Ok(());
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.file)?;
        file.write_all(password.as_bytes())?;
        file.sync_all()
    }
}
