//! The most common passwords that are long enough to be chosen.

use std::collections::HashSet;
use std::sync::LazyLock;

/// One password a line, lower case; see the head of the file for where it comes from.
static LIST: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("common_passwords.txt").lines();
    lines.filter(|line| !line.starts_with("# ") && !line.is_empty()).collect()
});

/// Whether `password` is on the list, in any case.
pub(super) fn is_common(password: &str) -> bool {
    LIST.contains(password.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::LIST;

    #[test]
    fn the_list_holds_the_three_thousand_that_asvs_asks_for() {
        assert!(LIST.len() >= 3_000, "{}", LIST.len());
        assert!(LIST.iter().all(|password| password.chars().count() >= 8));
    }
}
