//! One line of 100 MB is one bad row, and memory does not notice.

use std::io::Write;

use crate::builders::{Folder, read};

/// The most memory this process ever held, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn a_line_of_100_mb_costs_one_row_and_no_memory() {
    if !std::path::Path::new("/proc/self/status").exists() {
        println!("left out: the memory check needs /proc");
        return;
    }
    let folder = Folder::new();
    let path = folder.file("a.csv", "date,customer,amount\n2026-11-21,1,1000\n");
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    let chunk = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| file.write_all(&chunk).unwrap());
    file.write_all(b"\n2026-11-22,1,2000\n").unwrap();
    let before = peak_mib();
    let (_, read) = read(&path);
    let grown = peak_mib() - before;
    assert_eq!(read.codes(), [(3, "too_long")]);
    assert_eq!(read.amounts(), [1_000, 2_000]);
    assert!(grown < 30, "memory grew by {grown} MiB");
}
