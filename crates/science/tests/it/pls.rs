//! PLS path models: the published figures of the ECSI mobile phone data (250 answers, 24 items), and the edges.
//!
//! Sources: seminr 2.3.1 and plspm 0.5.7, which agree to four decimals; the centroid column also is Table 5 of
//! Monecke & Leisch (Journal of Statistical Software 48, 2012) to three.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::real;
use proptest::prelude::*;
use science::satisfaction::pls::{BootstrapStatus, PlsFit, PlsModel, Scheme, Status};
use science::satisfaction::{Answers, ModelError};

const PATHS: [(&str, &str); 12] = [
    ("Image", "Expectation"),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Image", "Satisfaction"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Image", "Loyalty"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
];

const CONSTRUCTS: [(&str, &str, usize); 7] = [
    ("Image", "IMAG", 5),
    ("Expectation", "CUEX", 3),
    ("Quality", "PERQ", 7),
    ("Value", "PERV", 2),
    ("Satisfaction", "CUSA", 3),
    ("Complaints", "CUSCO", 1),
    ("Loyalty", "CUSL", 3),
];

/// The columns of a comma-separated file that hold numbers.
pub fn numbers(text: &str) -> Answers {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').map(|name| name.trim_matches('"')).collect();
    let rows: Vec<Vec<Option<f64>>> =
        lines.map(|line| line.split(',').map(|field| field.parse().ok()).collect()).collect();
    let column = |at: usize| rows.iter().map(|row| row[at]).collect::<Option<Vec<f64>>>();
    Answers::new(names.iter().enumerate().filter_map(|(at, name)| Some((*name, column(at)?)))).unwrap()
}

fn mobi() -> Option<Answers> {
    real::text("sem/mobi.csv").map(|text| numbers(&text))
}

fn ecsi() -> PlsModel {
    let add = |model: PlsModel, (name, stem, items): &(&str, &str, usize)| match items {
        1 => model.reflective(name, [*stem]),
        _ => model.reflective(name, (1..=*items).map(|i| format!("{stem}{i}"))),
    };
    let measured = CONSTRUCTS.iter().fold(PlsModel::new(), add);
    PATHS.iter().fold(measured, |model, (from, to)| model.paths([*from], [*to]))
}

fn assert_paths(fit: &PlsFit, want: [f64; 12], tolerance: f64) {
    for ((from, to), want) in PATHS.iter().zip(want) {
        let got = fit.path(from, to).unwrap();
        assert!((got - want).abs() < tolerance, "{from} -> {to}: {got}, not {want}");
    }
}

fn assert_figures(what: &str, got: impl IntoIterator<Item = f64>, want: &[f64], tolerance: f64) {
    let got: Vec<f64> = got.into_iter().collect();
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() < tolerance, "{what}: {got}, not {want}");
    }
}

#[test]
fn ecsi_paths_of_three_schemes_to_four_decimals() {
    let Some(answers) = mobi() else { return };
    let path =
        [0.5049, 0.5567, 0.0500, 0.5583, 0.1787, 0.0625, 0.5120, 0.1948, 0.5281, 0.1958, 0.4855, 0.0669];
    let centroid =
        [0.5047, 0.5572, 0.0508, 0.5572, 0.1788, 0.0644, 0.5125, 0.1918, 0.5261, 0.1954, 0.4835, 0.0712];
    let factorial =
        [0.5049, 0.5568, 0.0502, 0.5578, 0.1786, 0.0649, 0.5130, 0.1914, 0.5259, 0.1958, 0.4831, 0.0703];
    for (scheme, want) in [(Scheme::Path, path), (Scheme::Centroid, centroid), (Scheme::Factorial, factorial)]
    {
        let fit = ecsi().scheme(scheme).fit(&answers).unwrap();
        assert_eq!((&fit.status, fit.n), (&Status::Converged, 250));
        assert_paths(&fit, want, 6e-5);
    }
}

#[test]
fn ecsi_paths_of_monecke_and_leisch_2012() {
    let Some(answers) = mobi() else { return };
    let want = [0.505, 0.557, 0.051, 0.557, 0.179, 0.064, 0.513, 0.192, 0.526, 0.195, 0.483, 0.071];
    assert_paths(&ecsi().scheme(Scheme::Centroid).fit(&answers).unwrap(), want, 6e-4);
}

#[test]
#[allow(clippy::approx_constant, reason = "an AVE happens to look like ln 2")]
fn ecsi_quality_of_measurement_and_fit() {
    let Some(answers) = mobi() else { return };
    let fit = ecsi().fit(&answers).unwrap();
    let explained = fit.constructs.iter().filter_map(|c| c.r_squared);
    assert_figures("R²", explained, &[0.2549, 0.3100, 0.3453, 0.6811, 0.2789, 0.4569], 6e-5);
    let reliability = || fit.constructs.iter().map(|c| c.reliability);
    let ave = [0.4784, 0.4804, 0.5767, 0.8484, 0.6931, 1.0, 0.5173];
    assert_figures("AVE", reliability().map(|r| r.ave), &ave, 6e-5);
    let alpha = [0.723, 0.452, 0.877, 0.824, 0.779, 1.0, 0.472];
    assert_figures("alpha", reliability().filter_map(|r| r.alpha), &alpha, 6e-4);
    let rho_a = [0.740, 0.462, 0.884, 0.855, 0.789, 1.0, 0.746];
    assert_figures("rho_A", reliability().filter_map(|r| r.rho_a), &rho_a, 6e-4);
    assert_figures("GoF", [fit.goodness_of_fit], &[0.47175], 6e-6);
    assert_figures("HTMT", fit.htmt_of("Quality", "Satisfaction"), &[0.954], 6e-4);
}

#[test]
fn ecsi_consistent_paths_of_seminr() {
    let Some(answers) = mobi() else { return };
    let fit = ecsi().consistent(true).fit(&answers).unwrap();
    let want =
        [0.8633, 0.8710, -0.0542, 0.7213, 0.1499, 0.0267, 0.6693, 0.1783, 0.5945, -0.0910, 0.9615, -0.0392];
    assert_paths(&fit, want, 6e-5);
}

#[test]
fn bootstrap_has_the_same_bits_on_any_number_of_threads() {
    let answers = small_survey();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| two_constructs().bootstrap(&answers, 50, 4).unwrap())
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(3));
}

/// One respondent differs in `rare`: many draws leave it without spread.
fn small_survey() -> Answers {
    let wave = |step: f64| (0..20).map(|i| (f64::from(i) * step).sin()).collect::<Vec<f64>>();
    let mut rare = vec![1.0; 20];
    rare[3] = 2.0;
    Answers::new([("a", wave(1.0)), ("b", wave(1.1)), ("rare", rare), ("d", wave(1.3))]).unwrap()
}

fn two_constructs() -> PlsModel {
    PlsModel::new().reflective("X", ["a", "b"]).formative("Y", ["rare", "d"]).paths(["X"], ["Y"])
}

#[test]
fn draws_without_spread_are_left_out_and_counted() {
    let result = two_constructs().bootstrap(&small_survey(), 400, 5).unwrap();
    // One of twenty stands for the whole spread: (19/20)^20 = 36 % of draws miss it.
    let lost = f64::from(result.left_out.zero_variance) / 400.0;
    assert!((0.28..0.44).contains(&lost), "{lost}");
    assert_eq!(result.used + result.left_out.zero_variance, 400);
    assert_eq!(result.status, BootstrapStatus::ManyLeftOut);
    assert!(result.path("X", "Y").is_some_and(|i| i.low.is_finite() && i.low <= i.high));
}

#[test]
fn effects_add_up_along_all_routes() {
    let Some(answers) = mobi() else { return };
    let fit = ecsi().fit(&answers).unwrap();
    let path = |from: &str, to: &str| fit.path(from, to).unwrap();
    let effect = fit.effect("Expectation", "Value").unwrap();
    let by_quality = path("Expectation", "Quality") * path("Quality", "Value");
    assert!((effect.indirect - by_quality).abs() < 1e-12);
    assert!((effect.total - by_quality - path("Expectation", "Value")).abs() < 1e-12);
    assert_eq!(fit.effect("Image", "Complaints").unwrap().direct, None);
    assert_eq!(fit.effect("Loyalty", "Image"), None);
}

#[test]
fn scores_correlate_as_the_fit_says_and_dominant_loadings_are_positive() {
    let Some(answers) = mobi() else { return };
    let fit = ecsi().fit(&answers).unwrap();
    let scores = fit.scores(&answers).unwrap();
    let product: f64 = scores[0].iter().zip(&scores[4]).map(|(a, b)| a * b).sum();
    assert!((product / 250.0 - fit.correlations[0][4]).abs() < 1e-10);
    for construct in &fit.constructs {
        let strongest = construct.items.iter().map(|i| i.loading).max_by(|a, b| a.abs().total_cmp(&b.abs()));
        assert!(strongest.unwrap() > 0.0);
    }
}

#[test]
fn turning_an_item_round_turns_its_weight_alone() {
    let Some(answers) = mobi() else { return };
    let turn = |name: &String| {
        let sign = if name == "CUEX3" { -1.0 } else { 1.0 };
        (name.clone(), answers.column(name).unwrap().iter().map(|v| sign * v).collect::<Vec<f64>>())
    };
    let turned = Answers::new(answers.items().iter().map(turn)).unwrap();
    let (a, b) = (ecsi().fit(&answers).unwrap(), ecsi().fit(&turned).unwrap());
    for (x, y) in a.effects.iter().zip(&b.effects) {
        assert!((x.total - y.total).abs() < 1e-7, "{x:?} {y:?}");
    }
    assert!((a.constructs[1].items[2].weight + b.constructs[1].items[2].weight).abs() < 1e-7);
}

/// With Mode B throughout, two constructs give the first canonical correlation (Wold 1982); of a single item against
/// several it is the multiple correlation.
#[test]
fn mode_b_gives_the_multiple_correlation() {
    let Some(answers) = mobi() else { return };
    let quality: Vec<String> = (1..=7).map(|i| format!("PERQ{i}")).collect();
    let model = PlsModel::new()
        .formative("Quality", quality.clone())
        .reflective("Satisfaction", ["CUSA1"])
        .paths(["Quality"], ["Satisfaction"]);
    let names: Vec<&str> = quality.iter().map(String::as_str).collect();
    let explained = science::survey::relative_weights(&answers, "CUSA1", &names, 200, 0).unwrap().r_squared;
    let fit = model.fit(&answers).unwrap();
    assert!((fit.constructs[1].r_squared.unwrap() - explained).abs() < 1e-8);
    assert_eq!(fit.constructs[0].reliability.alpha, None);
}

#[test]
fn an_impossible_consistent_solution_says_where() {
    // b mirrors a but for noise: rho_A of such a pair is far below zero or undefined.
    let (a, d) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 1.0, 4.0, 3.0, 6.0, 5.0]);
    let b = [3.0, 1.0, 2.0, 6.0, 1.0, 1.0];
    let answers = Answers::new([("a", a.to_vec()), ("b", b.to_vec()), ("d", d.to_vec())]).unwrap();
    let model = PlsModel::new().reflective("X", ["a", "b"]).reflective("Y", ["d"]).paths(["X"], ["Y"]);
    let status = model.consistent(true).fit(&answers).unwrap().status;
    assert!(matches!(status, Status::Inadmissible { ref reasons } if !reasons.is_empty()), "{status:?}");
}

#[test]
fn faults_of_a_model_are_named() {
    let answers = small_survey();
    let base = || PlsModel::new().reflective("X", ["a"]).reflective("Y", ["d"]);
    let fault = |model: PlsModel| model.fit(&answers).unwrap_err();
    assert_eq!(fault(base()), ModelError::Unconnected { construct: "X".into() });
    assert_eq!(fault(base().paths(["X"], ["Z"])), ModelError::Unknown { name: "Z".into() });
    let circle = base().paths(["X"], ["Y"]).paths(["Y"], ["X"]);
    assert_eq!(fault(circle), ModelError::Circle { construct: "X".into() });
    let strange = base().reflective("W", ["nowhere"]).paths(["X", "W"], ["Y"]);
    assert_eq!(fault(strange), ModelError::UnknownItem { item: "nowhere".into() });
    let twice = base().reflective("W", ["a"]).paths(["X", "W"], ["Y"]);
    assert_eq!(fault(twice), ModelError::ItemTwice { item: "a".into() });
    let empty = Answers::new([("a", vec![]), ("d", vec![])]).unwrap();
    let none = base().paths(["X"], ["Y"]).fit(&empty);
    assert_eq!(none, Err(ModelError::NotEnoughAnswers { have: 0, need: 3 }));
}

fn answer() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), 1.0..7.0_f64, (1..8).prop_map(f64::from), Just(1e9), Just(-1e-9), Just(1e200)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_survey_panics_or_gives_nan(
        columns in (0..9_usize).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(answer(), n), 5)),
        consistent: bool,
        formative: bool,
    ) {
        let names = ["a", "b", "c", "d", "e"];
        let answers = Answers::new(names.into_iter().zip(columns)).unwrap();
        let base = PlsModel::new().reflective("X", ["a", "b"]).reflective("Z", ["e"]).consistent(consistent);
        let model = if formative { base.formative("Y", ["c", "d"]) } else { base.reflective("Y", ["c", "d"]) };
        let model = model.paths(["X", "Z"], ["Y"]);
        if let Ok(fit) = model.fit(&answers) {
            prop_assert!(fit.effects.iter().all(|e| e.total.is_finite()), "{fit:?}");
            prop_assert!(fit.goodness_of_fit.is_finite());
            prop_assert!(fit.constructs.iter().flat_map(|c| &c.items).all(|i| i.loading.is_finite()));
            prop_assert!(fit.correlations.iter().flatten().all(|r| r.is_finite()));
            let draws = model.bootstrap(&answers, 5, 1).unwrap();
            prop_assert!(draws.intervals.iter().all(|(_, i)| i.low <= i.high && i.standard_error.is_finite()));
        }
    }
}

/// Constructs on the items' own scale lie within it, go with the standardised scores, and a wave in which everyone answers
/// one point more scores one point more.
#[test]
fn indices_compare_waves() {
    let answers = small_survey();
    let fit = two_constructs().fit(&answers).unwrap();
    let (indices, scores) = (fit.indices(&answers, &answers).unwrap(), fit.scores(&answers).unwrap());
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    for (index, score) in indices.iter().zip(&scores) {
        let centre = mean(index);
        let factor = (index[0] - centre) / score[0];
        assert!(
            index.iter().zip(score).all(|(i, s)| ((i - centre) - factor * s).abs() < 1e-9) && factor > 0.0
        );
    }
    let later = Answers::new(answers.items().iter().map(|item| {
        (item.clone(), answers.column(item).unwrap().iter().map(|v| v + 1.0).collect::<Vec<f64>>())
    }))
    .unwrap();
    let after = fit.indices(&answers, &later).unwrap();
    for (before, after) in indices.iter().zip(&after) {
        assert!((mean(after) - mean(before) - 1.0).abs() < 1e-9);
    }
}
