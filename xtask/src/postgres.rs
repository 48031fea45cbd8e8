//! A throw-away PostgreSQL for one run of the tests.
//!
//! It keeps its files in a folder of its own below the temporary one, listens on a free port of the loopback address
//! only, trusts whoever connects there, and does not wait for the disk. It never outlives the run: it is stopped when
//! dropped, the terminal's Ctrl-C reaches it as well, and the kernel stops it should this process be killed.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};

use crate::shell::{find, output, run, step};

/// Where tests look for a server.
pub const VARIABLE: &str = "DANGOL_TEST_POSTGRES_URL";
const HOMES: &str = "dangol-test-postgres-";
const PATIENCE: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);
const SETTINGS: [&str; 5] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=127.0.0.1",
];

/// A server: the one the environment names, or one of our own.
pub enum Postgres {
    /// Somebody else's, left alone.
    Given(String),
    /// Ours, stopped when dropped.
    Own(Server),
}

/// A running server of our own.
pub struct Server {
    process: Child,
    home: PathBuf,
    url: String,
}

impl Postgres {
    /// Takes the server that [`VARIABLE`] names, or starts one.
    pub fn start() -> Result<Postgres> {
        match std::env::var(VARIABLE) {
            Ok(url) => {
                println!("==> use the PostgreSQL that {VARIABLE} names");
                Ok(Postgres::Given(url))
            }
            Err(_) => step("start a throw-away PostgreSQL", || Server::start().map(Postgres::Own)),
        }
    }

    /// The address to connect to, as superuser.
    pub fn url(&self) -> &str {
        match self {
            Postgres::Given(url) => url,
            Postgres::Own(server) => &server.url,
        }
    }
}

impl Server {
    fn start() -> Result<Server> {
        let programs = programs().context("PostgreSQL is not installed: run `apt-get install postgresql`")?;
        sweep();
        let home = std::env::temp_dir().join(format!("{HOMES}{}", std::process::id()));
        make_home(&home)?;
        initialise(&programs, &home)?;
        let port = free_port()?;
        let process = serve(&programs, &home, port)?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut server = Server { process, home, url };
        server.wait_until_ready(&programs, port)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, programs: &Path, port: u16) -> Result<()> {
        for _ in 0..PATIENCE {
            let port = port.to_string();
            let mut ready = Command::new(programs.join("pg_isready"));
            ready.args(["-q", "-h", "127.0.0.1", "-p", &port]);
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                bail!("PostgreSQL ended by itself ({status}): {}", self.log());
            }
            thread::sleep(PAUSE);
        }
        bail!("PostgreSQL was not ready after 30 s: {}", self.log())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGINT asks for a fast shutdown: open connections are cut.
        let ask = format!("kill -INT {}", self.process.id());
        let _ = Command::new("sh").args(["-c", &ask]).stderr(Stdio::null()).status();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// Whether the programs of PostgreSQL are installed.
pub fn is_there() -> bool {
    std::env::var_os(VARIABLE).is_some() || programs().is_some()
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The folder with the newest server; Debian keeps one a version and puts none of them on the path.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .map(|version: u32| (version, PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))))
        .filter(|(_, folder)| folder.join("postgres").is_file())
        .collect();
    versions.sort();
    let newest = versions.pop().map(|(_, folder)| folder);
    newest.or_else(|| find("postgres")?.parent().map(Path::to_path_buf))
}

/// A command of PostgreSQL, which refuses to run as root, as a user that may run it; it ends with its parent.
fn as_server(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--init-groups"]);
    }
    command.arg("--").arg(program).current_dir("/");
    command
}

fn make_home(home: &Path) -> Result<()> {
    let mut install = Command::new("install");
    install.args(["-d", "-m", "700"]);
    if is_root() {
        install.args(["-o", "postgres", "-g", "postgres"]);
    }
    run(install.arg(home))
}

fn initialise(programs: &Path, home: &Path) -> Result<()> {
    let mut initdb = as_server(&programs.join("initdb"));
    initdb.args(["--username=postgres", "--auth=trust", "--locale=C", "--encoding=UTF8", "--no-sync", "-D"]);
    output(initdb.arg(home.join("data"))).map(drop)
}

fn serve(programs: &Path, home: &Path, port: u16) -> Result<Child> {
    let log = fs::File::create(home.join("log")).context("cannot write PostgreSQL's log")?;
    let mut postgres = as_server(&programs.join("postgres"));
    postgres.arg("-D").arg(home.join("data")).arg("-k").arg(home).args(["-p", &port.to_string()]);
    for setting in SETTINGS {
        postgres.args(["-c", setting]);
    }
    postgres.stdout(log.try_clone()?).stderr(log);
    postgres.spawn().context("cannot start PostgreSQL through setpriv")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Removes what runs that were killed left behind.
fn sweep() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner =
            name.to_str().and_then(|name| name.strip_prefix(HOMES)).and_then(|pid| pid.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
