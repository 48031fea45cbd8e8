//! What the tests need from the system: a browser, PostgreSQL, and a font with Hangul for the pictures.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{
    browser, postgres,
    shell::{is_installed, output, run, step},
};

/// One package of Debian and how to tell that what it brings is there, whoever installed it.
struct Need {
    package: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: [Need; 3] = [
    Need { package: "postgresql", is_there: postgres::is_there },
    Need { package: "chromium", is_there: || browser::executable().is_ok() },
    Need { package: "fonts-noto-cjk", is_there: has_hangul },
];

/// Installs what is missing, or names it when that takes rights this process has not.
pub fn ensure() -> Result<()> {
    let missing: Vec<&str> =
        NEEDS.iter().filter(|need| !(need.is_there)()).map(|need| need.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if !is_installed("apt-get") {
        bail!(
            "the tests need PostgreSQL, Chromium and a font with Hangul; install what Debian calls: {names}"
        );
    }
    if !postgres::is_root() {
        bail!("the tests need more: run `sudo apt-get install {names}`, then the same command again");
    }
    step(&format!("install {names}"), || {
        run(apt().args(["-qq", "update"]))?;
        run(apt().args(["-qq", "install", "--yes", "--no-install-recommends"]).args(&missing))
    })
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

fn has_hangul() -> bool {
    let listed =
        || output(Command::new("fc-list").args([":lang=ko", "family"])).is_ok_and(|fonts| !fonts.is_empty());
    Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || is_installed("fc-list") && listed()
}
