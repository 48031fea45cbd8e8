//! Reads the parts of `deny.toml` that [`crate::policy`] checks.
//!
//! Not a TOML parser: it knows `[section]` headings, comments, and keys whose value is a list over one or more lines.
//! That is all the file uses, and a test reads the real one.

use std::{collections::BTreeMap, fmt};

/// The rules of `deny.toml`.
#[derive(Debug, Default)]
pub struct Rules {
    /// Crates that must not be in the tree, some only below a version.
    pub bans: Vec<Ban>,
    /// Licences that may be.
    pub licences: Vec<String>,
    /// Where crates may come from beside cargo's default registry.
    pub registries: Vec<String>,
}

/// A crate to keep out.
#[derive(Debug, PartialEq, Eq)]
pub struct Ban {
    /// Its name.
    pub name: String,
    /// Keep out only versions below this one.
    pub below: Option<Version>,
    /// Crates that may depend on it all the same: an exception.
    pub wrappers: Vec<String>,
    /// Why, or what to use instead.
    pub reason: String,
}

/// Major, minor, patch; what follows a hyphen or a plus is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u64, pub u64, pub u64);

impl Version {
    /// Reads `1.2.3`, `1.2` or `1`, with or without a suffix.
    pub fn parse(text: &str) -> Option<Version> {
        let core = text.split(['-', '+']).next()?;
        let mut numbers = core.split('.').map(str::parse);
        let mut next = || numbers.next().transpose().ok();
        let (major, minor, patch) = (next()??, next()?.unwrap_or(0), next()?.unwrap_or(0));
        Some(Version(major, minor, patch))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Rules {
    /// Reads the text of `deny.toml`.
    pub fn parse(text: &str) -> Rules {
        let mut lists = lists(text);
        let mut strings = |key: &str| -> Vec<String> {
            lists.remove(key).unwrap_or_default().iter().flat_map(|item| quoted(item)).collect()
        };
        Rules {
            licences: strings("licenses.allow"),
            registries: strings("sources.allow-registry"),
            bans: lists.remove("bans.deny").unwrap_or_default().iter().filter_map(|item| ban(item)).collect(),
        }
    }
}

/// The lines inside each list, by `section.key`.
fn lists(text: &str) -> BTreeMap<String, Vec<String>> {
    let (mut section, mut open, mut lists) = (String::new(), None::<String>, BTreeMap::<_, Vec<_>>::new());
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        if open.is_none() {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name.to_owned();
                continue;
            }
            let Some((key, value)) = line.split_once(" = ").filter(|(_, value)| value.starts_with('['))
            else {
                continue;
            };
            lists.entry(format!("{section}.{key}")).or_default().push(value.to_owned());
            open = Some(format!("{section}.{key}"));
        } else if let Some(key) = &open {
            lists.entry(key.clone()).or_default().push(line.to_owned());
        }
        if line.ends_with(']') {
            open = None;
        }
    }
    lists
}

/// The texts in double quotes of a line.
fn quoted(line: &str) -> Vec<String> {
    line.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Reads `{ crate = "name@<1.2", wrappers = ["other"], reason = "…" }`.
fn ban(line: &str) -> Option<Ban> {
    let value = |key: &str| quoted(line.split_once(&format!("{key} = "))?.1).into_iter().next();
    let spec = value("crate")?;
    let (name, below) = match spec.split_once("@<") {
        Some((name, version)) => (name, Some(Version::parse(version)?)),
        None => (spec.as_str(), None),
    };
    let wrappers = line.split_once("wrappers = [").and_then(|(_, rest)| rest.split_once(']'));
    Some(Ban {
        name: name.to_owned(),
        below,
        wrappers: wrappers.map(|(list, _)| quoted(list)).unwrap_or_default(),
        reason: value("reason").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(Version::parse("0.3.10+9.0.33"), Some(Version(0, 3, 10)));
        assert!(Version::parse("0.11.9") < Version::parse("0.11.24"));
        assert!(Version::parse("0.41") > Version::parse("0.38.4"));
        assert_eq!(Version::parse("x"), None);
    }

    #[test]
    fn lists_over_one_and_more_lines_are_read() {
        let rules = Rules::parse(
            "[licenses]\nallow = [\n  # a comment\n  \"MIT\",\n  \"Zlib\", # another\n]\n[sources]\n\
             unknown-git = \"deny\"\nallow-registry = [\"here\"]\n[bans]\ndeny = [\n\
             { crate = \"atty\", reason = \"old\" },\n{ crate = \"zip@<2.3\", wrappers = [\"a\", \"b\"], reason = \"bombs\" },\n]\n",
        );
        assert_eq!(rules.licences[0], "MIT");
        assert_eq!(rules.licences[1], "Zlib");
        assert_eq!(rules.registries, ["here"]);
        assert_eq!(rules.bans[0].below, None);
        let wrappers = ["a", "b"].map(str::to_owned).to_vec();
        let below = Some(Version(2, 3, 0));
        assert_eq!(
            rules.bans[1],
            Ban { name: "zip".to_owned(), below, wrappers, reason: "bombs".to_owned() }
        );
    }

    #[test]
    fn the_real_file_has_rules_of_every_kind() {
        let rules = Rules::parse(include_str!("../../deny.toml"));
        assert!(rules.bans.iter().any(|ban| ban.name == "dotenv" && ban.below.is_none()));
        assert!(rules.bans.iter().any(|ban| ban.name == "libsqlite3-sys" && ban.below.is_some()));
        assert!(rules.licences.iter().any(|licence| licence == "Apache-2.0"));
        assert!(rules.registries.is_empty(), "cargo's default registry needs no naming");
        assert!(rules.bans.iter().all(|ban| !ban.reason.is_empty()), "every ban says why");
    }
}
