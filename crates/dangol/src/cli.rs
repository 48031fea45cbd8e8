//! The command line that others script against.

use clap::builder::FalseyValueParser;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use kernel::{Currency, Day, Locale};
use reading::{DateOrder, Field};
use std::net::SocketAddr;
use std::path::PathBuf;
use web::Role;

/// Dangol (단골): know your customers, choose, plan, say, give, listen, measure.
#[derive(Debug, Parser)]
#[command(name = "dangol", version, propagate_version = true)]
pub struct Cli {
    /// The folder of the company's data.
    #[arg(long, global = true, env = "DANGOL_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL database instead of the folder's own.
    #[arg(long, global = true, env = "DANGOL_DATABASE_URL", value_name = "URL")]
    pub database: Option<String>,
    /// The list of those who were erased; erased.list in the folder of the data when left out. A restore reads it.
    #[arg(long, global = true, env = "DANGOL_ERASED_LIST", value_name = "FILE")]
    pub erased_list: Option<PathBuf>,
    /// A file with settings; what is said here or in the environment stands above it.
    #[arg(long, global = true, env = "DANGOL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How much is logged: info, warn, dangol_store=debug.
    #[arg(long, global = true, env = "DANGOL_LOG", value_name = "LEVEL")]
    pub log: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Refuses options that each make sense, but not together.
    pub fn consistent(self) -> Result<Self, clap::Error> {
        if matches!(self.command, Command::Demo(_)) && self.database.is_some() {
            return Err(Self::command().error(
                clap::error::ErrorKind::ArgumentConflict,
                "the demo lives in a folder of its own: leave out --database and DANGOL_DATABASE_URL",
            ));
        }
        Ok(self)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the pages and the API, and does the work behind them.
    Serve(Serve),
    /// Reads order files into the company.
    Import(Import),
    /// Tells where the relationships stand.
    Report(Report),
    /// Tells whom a rule means: 'orders >= 3 and last_order before 60 days ago'.
    Segment(Segment),
    /// Adds staff, or gives one a new way in.
    #[command(subcommand)]
    User(User),
    /// Writes a list to standard output.
    Export(Export),
    /// Brings the data up to this program's schema.
    Migrate(Migrate),
    /// Writes the whole company into one file.
    Backup(Backup),
    /// Puts a backup in place, on either engine.
    Restore(Restore),
    /// Looks after the log of who did what.
    #[command(subcommand)]
    Audit(Audit),
    /// Looks for what is wrong, and says what to do.
    Doctor(Doctor),
    /// Simulates a coffee shop and serves it.
    Demo(Demo),
    /// Prints the OpenAPI document.
    Openapi,
}

impl Command {
    /// Whether it runs until it is told to stop.
    pub fn is_service(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Demo(_))
    }
}

/// Serving.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on; the next free port is taken if this one is in use.
    #[arg(long, default_value = "127.0.0.1:7878", env = "DANGOL_LISTEN", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// A proxy in front speaks https and sets X-Forwarded-For.
    #[arg(long, env = "DANGOL_BEHIND_PROXY", value_parser = FalseyValueParser::new())]
    pub behind_proxy: bool,
    /// Serve plain http beyond this machine all the same.
    #[arg(long, conflicts_with = "behind_proxy", env = "DANGOL_INSECURE_LAN", value_parser = FalseyValueParser::new())]
    pub insecure_lan: bool,
    /// Append the signed end of the audit log to this file, which should lie on another machine.
    #[arg(long, env = "DANGOL_AUDIT_ANCHOR", value_name = "FILE")]
    pub audit_anchor: Option<PathBuf>,
    /// Let single sign-on ask an identity provider at a private address.
    #[arg(long, env = "DANGOL_PRIVATE_IDENTITY_PROVIDER", value_parser = FalseyValueParser::new())]
    pub private_identity_provider: bool,
}

/// Importing.
#[derive(Debug, Args)]
pub struct Import {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The shop's account: orders of different accounts stay apart.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// What the rows are: orders or customers; recognised by the columns when left out.
    #[arg(long, value_name = "KIND", value_parser = ["orders", "customers"])]
    pub kind: Option<String>,
    /// Which column is which, by number from 1 or by name: customer=1,date=2,amount=4.
    #[arg(long, value_name = "FIELD=COLUMN,…", value_parser = mapping)]
    pub map: Option<String>,
    /// The currency where neither the file nor its kind says.
    #[arg(long)]
    pub currency: Option<Currency>,
    /// What 1/12/2010 means where the file does not settle it: dmy, mdy or ymd.
    #[arg(long, value_name = "ORDER", value_parser = date_order)]
    pub date_order: Option<DateOrder>,
    /// The environment variable with a workbook's password.
    #[arg(long, value_name = "VARIABLE")]
    pub password_env: Option<String>,
    /// Count what would happen, and change nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// End with 1 if any row could not be read.
    #[arg(long)]
    pub strict: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Reporting.
#[derive(Debug, Args)]
pub struct Report {
    /// Answer as if the day were DATE, with what had happened by then.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Day>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The language of the table: ko or en.
    #[arg(long, value_parser = locale)]
    pub lang: Option<Locale>,
}

/// Asking a rule.
#[derive(Debug, Args)]
pub struct Segment {
    /// The rule; docs/guide/segments.md has the language.
    #[arg(value_name = "RULE", allow_hyphen_values = true)]
    pub rule: String,
    /// Answer as if the day were DATE, with the orders up to then.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Day>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// The language of the answer: ko or en.
    #[arg(long, value_parser = locale)]
    pub lang: Option<Locale>,
}

/// Whether the columns are there is seen in the file.
fn mapping(text: &str) -> Result<String, String> {
    let named = |pair: &str| pair.split_once('=').and_then(|(field, _)| Field::named(field.trim()));
    let mut pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    match pairs.find(|pair| named(pair).is_none()) {
        None => Ok(text.to_owned()),
        Some(pair) => {
            let fields = Field::ALL.map(Field::as_str).join(", ");
            Err(format!("{pair:?} is not FIELD=COLUMN with one of the fields {fields}"))
        }
    }
}

fn date_order(text: &str) -> Result<DateOrder, String> {
    DateOrder::named(text).ok_or_else(|| "write dmy, mdy or ymd".to_owned())
}

fn locale(text: &str) -> Result<Locale, String> {
    text.parse().map_err(|()| "write ko or en".to_owned())
}

/// Staff.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Adds someone to the staff and prints the one-time link with which they set their password.
    Add(AddUser),
    /// Prints a one-time link with which someone sets a new password.
    Reset(ResetUser),
}

/// Adding staff.
#[derive(Debug, Args)]
pub struct AddUser {
    /// Their e-mail address, with which they sign in.
    pub email: String,
    /// Their name; what stands before the @ when left out.
    #[arg(long)]
    pub name: Option<String>,
    /// What they may do: owner, manager, staff, clerk or analyst.
    #[arg(long, default_value = "staff")]
    pub role: Role,
    /// The address the server is reached at.
    #[arg(long, default_value = "http://127.0.0.1:7878", value_name = "URL")]
    pub at: String,
}

/// A new way in.
#[derive(Debug, Args)]
pub struct ResetUser {
    /// Whose.
    pub email: String,
    /// Take their second factor away as well: they lost both telephone and recovery codes.
    #[arg(long)]
    pub second_factor: bool,
    /// The address the server is reached at.
    #[arg(long, default_value = "http://127.0.0.1:7878", value_name = "URL")]
    pub at: String,
}

/// Exporting.
#[derive(Debug, Args)]
pub struct Export {
    /// Which list.
    pub list: List,
}

/// A list that can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum List {
    /// Every customer, as CSV.
    Customers,
}

/// Migrating.
#[derive(Debug, Args)]
pub struct Migrate {
    /// Only tell what is missing; ends with 1 if anything is.
    #[arg(long)]
    pub check: bool,
}

/// Backing up.
#[derive(Debug, Args)]
pub struct Backup {
    /// The file; nothing of that name may be there.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Write it readable, without a passphrase.
    #[arg(long)]
    pub plain: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// The log of who did what.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Checks that nothing of it was changed; ends with 1 and names the first place where something was.
    Verify(VerifyAudit),
}

/// Verifying the audit log.
#[derive(Debug, Args)]
pub struct VerifyAudit {
    /// A file to which the server appended the signed end of the log.
    #[arg(long, env = "DANGOL_AUDIT_ANCHOR", value_name = "FILE")]
    pub anchor: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Restoring.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Put it in place of the company that is there.
    #[arg(long)]
    pub replace: bool,
    /// Only read it to its end, and tell what is in it.
    #[arg(long, conflicts_with = "replace")]
    pub check: bool,
    /// Nobody was erased since the backup was made, or there is no list: I answer for that.
    #[arg(long)]
    pub no_erased_list: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Looking for what is wrong.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Try the parked interactions again.
    #[arg(long)]
    pub retry_parked: bool,
    /// Drop the facts and compute them anew from the log.
    #[arg(long)]
    pub rebuild: bool,
}

/// The made-up company.
#[derive(Debug, Args)]
pub struct Demo {
    /// The day the shop believes it is; its data ends the day before.
    #[arg(long, value_name = "DATE")]
    pub today: Option<Day>,
    /// What chance begins with.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The address to listen on; the next free port is taken if this one is in use.
    #[arg(long, default_value = "127.0.0.1:7878", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Only fill the data folder.
    #[arg(long)]
    pub fill_only: bool,
}
