//! Trains a sentiment model and writes its file:
//!
//! ```text
//! train_sentiment korean TRAIN.tsv[.gz] OUT.bin [TEST.tsv[.gz]]
//! train_sentiment english POSITIVE.txt[.gz] NEGATIVE.txt[.gz] OUT.bin
//! ```
//!
//! The Korean file has a header and the columns id, document, label (1 praises). The English files have one text a line; a
//! ten-fold cross-validation is printed before the model is trained on all of them.

use flate2::read::MultiGzDecoder;
use science::sentiment::{Labelled, Model, Training, calibration, train};
use std::error::Error;
use std::io::Read;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["korean", from, to] => korean(from, to, None),
        ["korean", from, to, test] => korean(from, to, Some(test)),
        ["english", praise, complaints, to] => english(praise, complaints, to),
        _ => Err("Give a language, the texts and the file to write: see the head of this example.".into()),
    }
}

fn korean(from: &str, to: &str, test: Option<&str>) -> Result<(), Box<dyn Error>> {
    let text = read(from)?;
    let model = train(&rows(&text), &Training::korean())?;
    write(&model, to)?;
    if let Some(test) = test {
        let text = read(test)?;
        report("test", &judged(&model, &rows(&text)));
    }
    Ok(())
}

fn english(praise: &str, complaints: &str, to: &str) -> Result<(), Box<dyn Error>> {
    let (praise, complaints) = (read(praise)?, read(complaints)?);
    let kinds = [(&praise, true), (&complaints, false)];
    let all: Vec<(usize, Labelled<'_>)> = kinds
        .into_iter()
        .flat_map(|(texts, praise)| {
            texts.lines().enumerate().map(move |(i, text)| (i, Labelled { text, praise }))
        })
        .collect();
    let mut folded = Vec::new();
    for fold in 0..10 {
        let (test, rest): (Vec<_>, Vec<_>) = all.iter().copied().partition(|(i, _)| i % 10 == fold);
        let model = train(&rest.into_iter().map(|r| r.1).collect::<Vec<_>>(), &Training::english())?;
        folded.extend(judged(&model, &test.into_iter().map(|r| r.1).collect::<Vec<_>>()));
    }
    report("10-fold", &folded);
    write(&train(&all.into_iter().map(|r| r.1).collect::<Vec<_>>(), &Training::english())?, to)
}

/// (probability of praise, praise) of each text, also of those the model would rather not judge.
fn judged(model: &Model, rows: &[Labelled<'_>]) -> Vec<(f64, bool)> {
    rows.iter().map(|row| (model.probability(row.text), row.praise)).collect()
}

fn report(what: &str, judged: &[(f64, bool)]) {
    if let Some(all) = calibration(judged) {
        let (n, accuracy) = (all.n, all.accuracy);
        println!(
            "{what}: n {n}, accuracy {accuracy:.4}, Brier {:.4}, ECE {:.4}",
            all.brier, all.expected_calibration_error
        );
    }
}

/// The rows of a table with the columns id, document, label.
fn rows(text: &str) -> Vec<Labelled<'_>> {
    let row = |line| {
        let mut cells = str::split(line, '\t').skip(1);
        Some(Labelled { text: cells.next()?, praise: cells.next()?.trim() == "1" })
    };
    text.lines().skip(1).filter_map(row).collect()
}

fn read(path: &str) -> Result<String, Box<dyn Error>> {
    let bytes = std::fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    let mut unpacked = Vec::new();
    if path.ends_with(".gz") {
        MultiGzDecoder::new(&bytes[..]).read_to_end(&mut unpacked)?;
    } else {
        unpacked = bytes;
    }
    Ok(String::from_utf8_lossy(&unpacked).into_owned())
}

fn write(model: &Model, to: &str) -> Result<(), Box<dyn Error>> {
    let bytes = model.to_bytes();
    std::fs::write(to, &bytes).map_err(|e| format!("{to}: {e}"))?;
    println!("{to}: {} bytes, {} texts", bytes.len(), model.texts());
    Ok(())
}
