//! The configuration file, and the one order of precedence: what the command line says, else the environment, else the
//! file, else what is usual.
//!
//! The file's values become the defaults of the command line's arguments, so that clap itself keeps the order and checks
//! what they say. A key that is not known is refused: a setting that silently does nothing is worse than none.

use crate::cli::Cli;
use clap::builder::OsStr;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory, Error, FromArgMatches};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Every key: its name in the file, the command it belongs to, and its argument.
const KEYS: &[(&str, Option<&str>, &str)] = &[
    ("data", None, "data"),
    ("database", None, "database"),
    ("erased_list", None, "erased_list"),
    ("log", None, "log"),
    ("serve.listen", Some("serve"), "listen"),
    ("serve.behind_proxy", Some("serve"), "behind_proxy"),
    ("serve.insecure_lan", Some("serve"), "insecure_lan"),
    ("serve.audit_anchor", Some("serve"), "audit_anchor"),
    ("serve.private_identity_provider", Some("serve"), "private_identity_provider"),
];
/// How alike two names must be for one to be meant by the other (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.7;

/// Reads `words`, with the file that they or the environment name.
///
/// # Errors
/// What is wrong with the words or the file.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, Error> {
    let words: Vec<OsString> = words.into_iter().collect();
    let command = match file(&words) {
        Some(path) => with_file(Cli::command(), &path)?,
        None => Cli::command(),
    };
    Cli::from_arg_matches(&command.try_get_matches_from(words)?)?.consistent()
}

/// The file that is named, before anything else is looked at.
fn file(words: &[OsString]) -> Option<PathBuf> {
    let matches =
        Cli::command().ignore_errors(true).disable_help_flag(true).try_get_matches_from(words).ok()?;
    let nested = matches.subcommand().and_then(|(_, matches)| matches.get_one::<PathBuf>("config").cloned());
    nested.or_else(|| matches.get_one::<PathBuf>("config").cloned())
}

fn with_file(command: Command, path: &Path) -> Result<Command, Error> {
    let wrong = |what: String| Cli::command().error(ErrorKind::InvalidValue, what);
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| wrong(format!("the configuration {shown} cannot be read: {error}")))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
        wrong(format!("the configuration {shown} cannot be read, line {line}: {}", error.message()))
    })?;
    let mut command = command;
    for (key, value) in flat(&table) {
        let Some((_, subcommand, argument)) = KEYS.iter().find(|(known, ..)| *known == key) else {
            return Err(wrong(format!(
                "the configuration {shown} has the unknown key {key}{}",
                nearest(&key)
            )));
        };
        let Some(value) = said(&value) else {
            return Err(wrong(format!(
                "the configuration {shown}: {key} must be a text, a number, true or false"
            )));
        };
        command = match subcommand {
            Some(name) => command.mut_subcommand(*name, |command| with_default(command, argument, value)),
            None => with_default(command, argument, value),
        };
    }
    Ok(command)
}

fn with_default(command: Command, argument: &'static str, value: String) -> Command {
    command.mut_arg(argument, |argument| argument.default_value(OsStr::from(value)))
}

/// The table's values by their whole names, `serve.listen`.
fn flat(table: &Table) -> Vec<(String, Value)> {
    let inner = |(key, value): (&String, &Value)| match value {
        Value::Table(table) => {
            flat(table).into_iter().map(|(inner, value)| (format!("{key}.{inner}"), value)).collect()
        }
        value => vec![(key.clone(), value.clone())],
    };
    table.iter().flat_map(inner).collect()
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(set) => Some(set.to_string()),
        _ => None,
    }
}

/// ` (did you mean …?)`, where a known key is like it.
fn nearest(key: &str) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let alike =
        |known: &str| strsim::jaro_winkler(known, key).max(strsim::jaro_winkler(&last(known), &last(key)));
    let best = KEYS.iter().map(|(known, ..)| (*known, alike(known))).max_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|(_, like)| *like >= ALIKE)
        .map_or(String::new(), |(known, _)| format!("; did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command;

    fn read(file: &str, words: &[&str]) -> Result<Cli, String> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("dangol.toml");
        std::fs::write(&path, file).unwrap();
        let named = ["dangol", "--config", path.to_str().unwrap()];
        parse(named.iter().chain(words).map(OsString::from)).map_err(|error| error.to_string())
    }

    fn listening(cli: &Cli) -> String {
        let Command::Serve(serve) = &cli.command else { panic!("it was not told to serve") };
        serve.listen.to_string()
    }

    #[test]
    fn the_command_line_stands_above_the_file_and_the_file_above_what_is_usual() {
        let file = "data = \"/srv/dangol\"\n[serve]\nlisten = \"127.0.0.1:1234\"\nbehind_proxy = true\n";
        let cli = read(file, &["serve"]).unwrap();
        assert_eq!(cli.data.as_deref(), Some(Path::new("/srv/dangol")));
        assert_eq!(listening(&cli), "127.0.0.1:1234");
        let Command::Serve(serve) = &cli.command else { panic!("it was not told to serve") };
        assert!(serve.behind_proxy && !serve.insecure_lan);
        let cli = read(file, &["--data", "/here", "serve", "--listen", "127.0.0.1:5"]).unwrap();
        assert_eq!((cli.data.as_deref(), listening(&cli)), (Some(Path::new("/here")), "127.0.0.1:5".into()));
        let cli = read(file, &["serve", "--data", "/there"]).unwrap();
        assert_eq!(cli.data.as_deref(), Some(Path::new("/there")));
        assert_eq!(listening(&read("", &["serve"]).unwrap()), "127.0.0.1:7878");
        assert_eq!(read(file, &["doctor"]).unwrap().data.as_deref(), Some(Path::new("/srv/dangol")));
    }

    #[test]
    fn what_the_file_says_is_checked() {
        let refused = |file: &str| read(file, &["serve"]).unwrap_err();
        assert!(refused("[serve]\nlisten_on = 1\n").contains("serve.listen_on; did you mean serve.listen?"));
        assert!(refused("databse = \"x\"\n").contains("did you mean database?"));
        assert!(refused("zzz = 1\n").contains("unknown key zzz\n") || !refused("zzz = 1\n").contains("mean"));
        assert!(refused("[serve]\nlisten = \"here\"\n").contains("here"));
        assert!(refused("data = [1]\n").contains("must be a text"));
        assert!(refused("data = \n").contains("line 1"));
        assert!(parse(["dangol", "--config", "/nowhere.toml", "serve"].map(OsString::from)).is_err());
    }
}
