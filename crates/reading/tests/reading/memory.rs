//! One line of 100 MB is one bad row, and memory does not notice.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::builders::{Folder, read};

/// Set in the process that does the reading: a peak can only be measured where nothing else runs.
const CHILD: &str = "DANGOL_MEMORY_TEST_FILE";

/// The most memory this process ever held, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn long_line(folder: &Folder) -> std::path::PathBuf {
    let path = folder.file("a.csv", "date,customer,amount\n2026-11-21,1,1000\n");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    let chunk = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&chunk).unwrap());
    file.write_all(b"\n2026-11-22,1,2000\n").unwrap();
    path
}

#[test]
fn a_line_of_100_mb_costs_one_row_and_no_memory() {
    if !Path::new("/proc/self/status").exists() {
        println!("left out: the memory check needs /proc");
        return;
    }
    if let Some(path) = std::env::var_os(CHILD) {
        let (_, read) = read(Path::new(&path));
        assert_eq!(read.codes(), [(3, "too_long")]);
        assert_eq!(read.amounts(), [1_000, 2_000]);
        let peak = peak_mib();
        assert!(peak < 30, "{peak} MiB were held");
        return;
    }
    let folder = Folder::new();
    let path = long_line(&folder);
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "memory::a_line_of_100_mb_costs_one_row_and_no_memory", "--nocapture"]);
    let output = child.env(CHILD, &path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
