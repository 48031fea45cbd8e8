//! A PostgreSQL to measure on: the one the environment names, or a throw-away one.

use crate::Outcome;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const VARIABLE: &str = "DANGOL_TEST_POSTGRES_URL";

/// A running server; ours ends when dropped.
pub struct Cluster {
    url: String,
    server: Option<Child>,
}

impl Cluster {
    /// Takes the server that the environment names, or starts one below `folder`.
    pub fn start(folder: &Path) -> Outcome<Self> {
        if let Ok(url) = std::env::var(VARIABLE) {
            return Ok(Self { url, server: None });
        }
        let (programs, home) = (programs()?, folder.join("postgres"));
        done(Command::new("chmod").arg("755").arg(folder))?;
        done(Command::new("install").args(["-d", "-m", "700", "-o", "postgres"]).arg(&home))?;
        let data = home.join("data");
        let initialise = ["--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "-D"];
        done(as_server(&programs.join("initdb")).args(initialise).arg(&data))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut postgres = as_server(&programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(&home).args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        let server = Some(postgres.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let cluster = Self { url, server };
        wait_until_ready(&programs, port)?;
        Ok(cluster)
    }

    /// The address to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // SIGINT asks for a fast shutdown.
            let _ = Command::new("kill").args(["-INT", &server.id().to_string()]).status();
            let _ = server.wait();
        }
    }
}

fn programs() -> Outcome<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map_err(|_| "PostgreSQL is not installed")?;
    let folders = versions.flatten().map(|version| version.path().join("bin"));
    Ok(folders
        .filter(|folder| folder.join("postgres").is_file())
        .max()
        .ok_or("PostgreSQL is not installed")?)
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--"]);
    command.arg(program).current_dir("/");
    command
}

fn done(command: &mut Command) -> Outcome {
    let output = command.output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

fn wait_until_ready(programs: &Path, port: u16) -> Outcome {
    for _ in 0..300 {
        let mut ready = Command::new(programs.join("pg_isready"));
        if ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]).status()?.success() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("PostgreSQL was not ready after 30 s".into())
}
