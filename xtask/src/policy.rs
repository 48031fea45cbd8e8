//! What may be in the dependency tree: the bans, version floors, licences and sources of `deny.toml`.
//!
//! The floors stand as bans (`crate@<version`), so that cargo-deny knows them too. They are checked apart from the
//! advisories, because a clean audit is only as new as its database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    cargo::cargo,
    deny::{Ban, Rules, Version},
    licence,
    shell::{output, root},
};

/// One crate of the tree.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
}

/// Fails and names every crate that breaks a rule.
pub fn check() -> Result<()> {
    let read =
        |file: &str| fs::read_to_string(root().join(file)).with_context(|| format!("cannot read {file}"));
    let rules = Rules::parse(&read("deny.toml")?);
    let packages = packages()?;
    ensure!(
        !packages.is_empty() && !rules.licences.is_empty(),
        "`cargo tree` or deny.toml could not be read"
    );
    let mut faults = sources(&read("Cargo.lock")?, &rules);
    for package in &packages {
        faults.extend(package.licence_fault(&rules));
        for (ban, fault) in package.breaches(&rules) {
            if is_wanted_by_others(package, &ban.wrappers)? {
                faults.push(fault);
            }
        }
    }
    if !faults.is_empty() {
        bail!("deny.toml forbids:\n  {}", faults.join("\n  "));
    }
    println!("    {} crates keep to {} bans and floors", packages.len(), rules.bans.len());
    Ok(())
}

/// Every crate of the tree, of all targets and kinds of dependency.
fn packages() -> Result<BTreeSet<Package>> {
    tree(&[])?.lines().filter(|line| !line.is_empty()).map(Package::parse).collect()
}

/// Whether crates that are no exception depend on this version of a crate directly.
fn is_wanted_by_others(package: &Package, wrappers: &[String]) -> Result<bool> {
    if wrappers.is_empty() {
        return Ok(true);
    }
    let spec = format!("{}@{}", package.name, package.version);
    let tree = tree(&["--invert", &spec, "--depth", "1"])?;
    let mut dependants = tree.lines().skip(1).filter(|line| line.contains('\t')).map(Package::parse);
    dependants.try_fold(false, |others, dependant| Ok(others | !wrappers.contains(&dependant?.name)))
}

fn tree(more: &[&str]) -> Result<String> {
    let args = ["tree", "--locked", "--workspace", "--edges", "normal,build,dev", "--target", "all"];
    output(cargo(&args).args(["--prefix", "none", "--format", "{p}\t{l}"]).args(more))
}

impl Package {
    /// Reads `name v1.2.3 (path or proc-macro)<tab>licence (*)`.
    fn parse(line: &str) -> Result<Package> {
        let (package, licence) =
            line.split_once('\t').with_context(|| format!("`cargo tree` printed {line:?}"))?;
        let mut words = package.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        Ok(Package {
            name: name.to_owned(),
            version: version.trim_start_matches('v').to_owned(),
            licence: licence.trim_end_matches(" (*)").to_owned(),
        })
    }

    /// The bans that this crate falls under, and how it is told.
    fn breaches<'a>(&self, rules: &'a Rules) -> Vec<(&'a Ban, String)> {
        let Package { name, version, .. } = self;
        let breach = |ban: &'a Ban| match ban.below {
            None => Some((ban, format!("{name} {version}: {}", ban.reason))),
            Some(floor) if Version::parse(version).is_some_and(|version| version >= floor) => None,
            Some(floor) => Some((ban, format!("{name} {version}, needs {floor} or newer: {}", ban.reason))),
        };
        rules.bans.iter().filter(|ban| ban.name == *name).filter_map(breach).collect()
    }

    fn licence_fault(&self, rules: &Rules) -> Option<String> {
        let Package { name, version, licence } = self;
        (!licence::is_met(licence, &rules.licences))
            .then(|| format!("{name} {version}: licence {licence:?} is not on the list"))
    }
}

/// Crates of the lock file that come from elsewhere than the default registry or an allowed one; our own have no
/// source.
fn sources(lock: &str, rules: &Rules) -> Vec<String> {
    let usual = default_registry(lock);
    let allowed = |source: &&str| {
        let url = source.strip_prefix("registry+");
        url.is_some_and(|url| Some(url) == usual || rules.registries.iter().any(|named| named == url))
    };
    let foreign = locked_sources(lock).filter(|source| !allowed(source));
    foreign.map(|source| format!("source {source}")).collect()
}

fn locked_sources(lock: &str) -> impl Iterator<Item = &str> {
    lock.lines().filter_map(|line| line.strip_prefix("source = \"")?.strip_suffix('"'))
}

/// The registry that most crates of the lock file come from: cargo writes its default one for all that name none.
fn default_registry(lock: &str) -> Option<&str> {
    let mut crates = BTreeMap::<&str, usize>::new();
    for url in locked_sources(lock).filter_map(|source| source.strip_prefix("registry+")) {
        *crates.entry(url).or_default() += 1;
    }
    crates.into_iter().max_by_key(|(_, count)| *count).map(|(url, _)| url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules::parse(
            "[bans]\ndeny = [\n{ crate = \"dotenv\", reason = \"use dotenvy\" },\n{ crate = \"zip@<2.3\", reason = \"x\" },\n]\n\
             [licenses]\nallow = [\"MIT\"]\n[sources]\nallow-registry = [\"https://here/\"]\n",
        )
    }

    fn faults(line: &str) -> usize {
        let package = Package::parse(line).expect("as `cargo tree` prints it");
        package.breaches(&rules()).len() + usize::from(package.licence_fault(&rules()).is_some())
    }

    #[test]
    fn bans_floors_and_licences_are_found() {
        assert_eq!(faults("serde v1.0.0\tMIT OR Apache-2.0 (*)"), 0);
        assert_eq!(faults("serde_derive v1.0.0 (proc-macro)\tMIT"), 0);
        assert_eq!(faults("dotenv v0.15.0\tMIT"), 1);
        assert_eq!(faults("zip v2.2.9\tMIT"), 1);
        assert_eq!(faults("zip v2.3.0\tMIT"), 0);
        assert_eq!(faults("zip v2.2.9\tGPL-3.0"), 2);
        assert_eq!(faults("nothing v1.0.0\t"), 1, "no licence at all");
    }

    #[test]
    fn other_registries_and_git_are_found() {
        let registry = |name: &str| format!("source = \"registry+https://{name}/\"\n");
        let usual = registry("usual").repeat(3);
        let lock = format!("{usual}{}source = \"git+https://here/x\"\nname = \"source\"\n", registry("here"));
        assert_eq!(sources(&lock, &rules()), ["source git+https://here/x"]);
        let other = format!("{usual}{}", registry("elsewhere"));
        assert_eq!(sources(&other, &rules()), ["source registry+https://elsewhere/"]);
    }
}
