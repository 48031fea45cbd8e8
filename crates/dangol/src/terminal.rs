//! What the program says on the terminal: its log, and failures in one line.

use crate::cli::Cli;
use std::io::Write;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Writes the log to standard error; `DANGOL_LOG` says how much (`info`, `dangol_store=debug`, …).
pub fn start(cli: &Cli) {
    let usual = if cli.command.is_service() { "info" } else { "warn" };
    let asked = cli.log.as_deref().and_then(|level| EnvFilter::try_new(level).ok());
    let filter = asked.unwrap_or_else(|| EnvFilter::new(usual));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

/// An error with its causes, in one line.
pub fn one_line(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string().replace('\n', " ");
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

/// A problem as the terminal tells it: its detail in the terminal's language.
pub fn told(problem: web::Problem) -> anyhow::Error {
    anyhow::anyhow!("{}", problem.body(crate::terminal::locale()).detail)
}

/// Prints to standard output. Whoever reads may stop before the end (`dangol openapi | head`): that is no failure.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).or_else(unless_closed)
}

/// Lets pass that nobody reads any more.
pub fn unless_closed(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(error) }
}

/// The terminal's language, English unless it is Korean.
pub fn locale() -> kernel::Locale {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|name| std::env::var(name).ok());
    if said.is_some_and(|tag| tag.starts_with("ko")) { kernel::Locale::Ko } else { kernel::Locale::En }
}

/// Help and the version go to standard output; wrong use is one line on standard error, and ends with 2.
pub fn wrong_use(wrong: &clap::Error) -> ExitCode {
    if !wrong.use_stderr() {
        let printed = print(&wrong.to_string());
        return if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let what = in_one_line(&wrong.to_string());
    eprintln!("dangol: {what}; see dangol --help");
    ExitCode::from(2)
}

/// What was wrong, with the values that would have been right; without the usage, which help shows better.
fn in_one_line(told: &str) -> String {
    let ends = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more information");
    let lines: Vec<&str> =
        told.lines().take_while(ends).map(str::trim).filter(|line| !line.is_empty()).collect();
    let what = lines.join(" ");
    if what.starts_with("Dangol") {
        "say what to do".to_owned()
    } else {
        what.trim_start_matches("error: ").to_owned()
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;
    use clap::Parser;

    fn told(words: &[&str]) -> String {
        super::in_one_line(
            &Cli::try_parse_from(words).err().map(|wrong| wrong.to_string()).unwrap_or_default(),
        )
    }

    #[test]
    fn wrong_use_names_what_is_missing_and_what_there_is() {
        assert_eq!(
            told(&["dangol", "import"]),
            "the following required arguments were not provided: <FILE>..."
        );
        assert!(told(&["dangol", "export", "parties"]).contains("[possible values: "));
        assert_eq!(told(&["dangol"]), "say what to do");
    }
}
