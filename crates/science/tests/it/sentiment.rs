//! Sentiment: the file that ships on NSMC's test part, English by the same code, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::real;
use proptest::prelude::*;
use rayon::prelude::*;
use science::sentiment::*;
use std::borrow::Cow;

const SHIPPED: &[u8] = include_bytes!("../../src/sentiment/ko.bin");

fn nsmc(text: &str) -> Vec<Labelled<'_>> {
    let row = |line| {
        let mut cells = str::split(line, '\t').skip(1);
        Some(Labelled { text: cells.next()?, praise: cells.next()? == "1" })
    };
    text.lines().skip(1).filter_map(row).collect()
}

/// Issue: at least .870 on NSMC's test part by the quantised file that ships, under 4 MB; texts the model would rather not
/// judge count with the side they lean to. A full tf-idf model of 1- to 4-grams reaches .8725 (spec 1.5).
#[test]
fn the_shipped_file_judges_nsmc() {
    assert!(SHIPPED.len() < 4_000_000);
    let Some(text) = real::text("reviews_ko/nsmc_test.tsv.gz") else { return };
    let rows = nsmc(&text);
    assert_eq!(rows.len(), 49_929);
    let judged: Vec<(f64, bool)> =
        rows.par_iter().map(|row| (korean().probability(row.text), row.praise)).collect();
    let all = calibration(&judged).unwrap();
    println!("{all:?}");
    assert!(all.accuracy >= 0.876, "{all:?}");
    assert!(all.brier < 0.09 && all.expected_calibration_error < 0.015, "{all:?}");
    let refused = rows.par_iter().filter(|row| korean().judge(row.text).is_err()).count();
    println!("{refused} refused");
    assert!(refused < rows.len() / 50, "{refused}");
}

/// Issue: at least .78 by ten folds on rt-polarity (Pang & Lee 2005); two of the folds here, all ten (.8037) by the
/// training command. NBSVM on word pairs reaches .794 (Wang & Manning 2012, table 2).
#[test]
fn english_is_learned_by_the_same_code() {
    let Some(praise) = real::text("reviews_en/rt-polarity.pos.gz") else { return };
    let complaints = real::text("reviews_en/rt-polarity.neg.gz").unwrap();
    let of = |text, praise| str::lines(text).enumerate().map(move |(i, text)| (i, Labelled { text, praise }));
    let all: Vec<(usize, Labelled<'_>)> = of(&praise, true).chain(of(&complaints, false)).collect();
    assert_eq!(all.len(), 10_662);
    let fold = |fold: usize| -> Vec<(f64, bool)> {
        let (test, rest): (Vec<_>, Vec<_>) = all.iter().copied().partition(|(i, _)| i % 10 == fold);
        let model = train(&rest.into_iter().map(|r| r.1).collect::<Vec<_>>(), &Training::english()).unwrap();
        test.iter().map(|(_, row)| (model.probability(row.text), row.praise)).collect()
    };
    let judged: Vec<(f64, bool)> = [0, 5].into_par_iter().flat_map_iter(fold).collect();
    let two = calibration(&judged).unwrap();
    assert!(two.accuracy >= 0.78 && two.expected_calibration_error < 0.05, "{two:?}");
}

#[test]
fn training_has_the_same_bits_on_any_threads() {
    let words = ["좋다", "최고", "감동", "별로", "실망", "지루"];
    let texts: Vec<String> = (0..600)
        .map(|i| format!("영화 {} {} {i}", words[i % 6], words[(i / 6 + i % 6 / 3 * 3) % 3 + i % 6 / 3 * 3]))
        .collect();
    let rows: Vec<Labelled<'_>> =
        texts.iter().enumerate().map(|(i, text)| Labelled { text, praise: i % 6 < 3 }).collect();
    let features = Features { bits: 14, ..Training::korean().features };
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(&rows, &Training { features, ..Training::korean() }).unwrap().to_bytes())
    };
    let one = run(1);
    assert!(one == run(2) && one == run(3));
    let model = Model::from_bytes(Cow::Owned(one.clone())).unwrap();
    assert_eq!(model.to_bytes(), one);
    assert_eq!(model.judge("정말 최고 감동").unwrap().tone, Tone::Praise);
    assert_eq!((model.texts(), model.language()), (600, Language::Korean));
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let judge = |text: &str| korean().judge(text).map(|j| j.tone);
    assert_eq!(judge(" \n\t "), Err(CannotTell::Empty));
    assert_eq!(judge("..... !! 10"), Err(CannotTell::TooShort));
    assert_eq!(judge("굿"), Err(CannotTell::TooShort));
    assert_eq!(judge("This film was a waste of time."), Err(CannotTell::OtherLanguage));
    assert_eq!(judge("とても面白い映画でした"), Err(CannotTell::OtherLanguage));
    assert_eq!(judge("너무 재밌어요! 강력 추천합니다"), Ok(Tone::Praise));
    assert_eq!(judge("돈이 아까운 쓰레기 영화"), Ok(Tone::Complaint));
}

#[test]
fn a_damaged_file_is_refused() {
    let read = |bytes: &[u8]| Model::from_bytes(Cow::Owned(bytes.to_vec())).map(|m| m.texts());
    assert_eq!(read(SHIPPED), Ok(150_071));
    assert_eq!(read(&SHIPPED[..40]), Err(FileError::NotAModel));
    let need = SHIPPED.len();
    assert_eq!(read(&SHIPPED[..need - 1]), Err(FileError::Length { have: need - 1, need }));
    for at in [13, 20, 45, 60, 64, need - 1] {
        let mut damaged = SHIPPED.to_vec();
        damaged[at] ^= 4;
        assert_eq!(read(&damaged), Err(FileError::Damaged), "byte {at}");
    }
    let mut newer = SHIPPED.to_vec();
    newer[7] = 2;
    assert_eq!(read(&newer), Err(FileError::Version(2)));
}

#[test]
fn too_few_texts_are_refused() {
    let rows = vec![Labelled { text: "좋아요", praise: true }; 300];
    let error = train(&rows, &Training::korean()).unwrap_err();
    assert_eq!(error, TrainError::TooFew { praise: false, have: 0, need: 100 });
}

/// 8 of 10 said .8, none of 2 said .1: accuracy, Brier and calibration error by hand.
#[test]
fn calibration_by_hand() {
    let mut judged = vec![(0.85, true); 8];
    judged.extend([(0.85, false); 2]);
    judged.extend([(0.1, false); 2]);
    let got = calibration(&judged).unwrap();
    assert!((got.accuracy - 10.0 / 12.0).abs() < 1e-12);
    assert!((got.brier - (8.0 * 0.0225 + 2.0 * 0.7225 + 2.0 * 0.01) / 12.0).abs() < 1e-12);
    assert!((got.expected_calibration_error - (0.5 + 0.2) / 12.0).abs() < 1e-12);
    assert_eq!(calibration(&[]), None);
}

proptest! {
    #[test]
    fn any_text_is_judged_or_refused(text in "(.|[가-힣]|ㅋ| |좋|별로|최고|지루){0,60}") {
        prop_assert!((0.0..=1.0).contains(&korean().probability(&text)));
        if let Ok(why) = korean().explain(&text) {
            let sum: f64 = why.words.iter().map(|w| w.log_odds).sum::<f64>() + why.base;
            let log_odds = (why.judgement.praise / (1.0 - why.judgement.praise)).ln();
            prop_assert!((sum - log_odds).abs() < 1e-6 * (1.0 + log_odds.abs()), "{} {}", sum, log_odds);
            for push in why.words.iter().chain(&why.grams) {
                prop_assert!(text.get(push.place.clone()).is_some(), "{:?}", push);
            }
        }
    }
}
