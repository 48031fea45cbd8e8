//! Covariance structure models: the published figures of Holzinger & Swineford (1939) and Bollen's (1989) political
//! democracy, as lavaan 0.6.14 and its tutorial give them, and the edges.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use crate::pls::numbers;
use crate::real;
use proptest::prelude::*;
use science::satisfaction::sem::{CbSem, Scaling, SemFit, Status, Term};
use science::satisfaction::{Answers, ModelError};

fn three_abilities() -> CbSem {
    CbSem::new()
        .measured_by("visual", ["x1", "x2", "x3"])
        .measured_by("textual", ["x4", "x5", "x6"])
        .measured_by("speed", ["x7", "x8", "x9"])
}

fn democracy() -> CbSem {
    CbSem::new()
        .measured_by("ind60", ["x1", "x2", "x3"])
        .measured_by("dem60", ["y1", "y2", "y3", "y4"])
        .measured_by("dem65", ["y5", "y6", "y7", "y8"])
        .regress("dem60", ["ind60"])
        .regress("dem65", ["ind60", "dem60"])
        .covary("y1", ["y5"])
        .covary("y2", ["y4", "y6"])
        .covary("y3", ["y7"])
        .covary("y4", ["y8"])
        .covary("y6", ["y8"])
}

fn pupils() -> Option<Answers> {
    real::text("sem/lavaan_HolzingerSwineford1939.csv").map(|text| numbers(&text))
}

fn countries() -> Option<Answers> {
    real::text("sem/lavaan_PoliticalDemocracy.csv").map(|text| numbers(&text))
}

fn assert_figures<const N: usize>(got: [f64; N], want: [f64; N], tolerance: f64) {
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert!((got - want).abs() < tolerance, "figure {at}: {got}, not {want}");
    }
}

/// To the three decimals printed.
#[test]
fn holzinger_swineford_fit_measures() {
    let Some(answers) = pupils() else { return };
    let fit = three_abilities().fit(&answers).unwrap();
    let m = fit.measures;
    assert_eq!((fit.status, fit.n, m.degrees_of_freedom, m.parameters), (Status::Converged, 301, 24, 21));
    let got = [m.chi_squared, m.log_likelihood, m.cfi, m.tli.unwrap(), m.rmsea, m.srmr];
    assert_figures(got, [85.306, -3737.745, 0.931, 0.896, 0.092, 0.065], 6e-4);
    assert_figures([m.rmsea_low, m.rmsea_high], [0.071, 0.114], 6e-4);
    assert_figures([m.baseline_chi_squared, m.aic, m.bic], [918.852, 7517.490, 7595.339], 6e-4);
    assert!(m.p_value.unwrap() < 1e-7);
}

/// Loadings, standard errors, covariances and standardised loadings of the lavaan tutorial, to three decimals.
#[test]
fn holzinger_swineford_estimates() {
    let Some(answers) = pupils() else { return };
    let fit = three_abilities().fit(&answers).unwrap();
    let of = |term: Term| {
        let parameter = fit.parameter(&term).unwrap();
        [parameter.estimate, parameter.standard_error.unwrap(), parameter.standardised.unwrap()]
    };
    assert_figures(of(Term::loading("visual", "x2")), [0.554, 0.100, 0.424], 6e-4);
    assert_figures(of(Term::loading("visual", "x3")), [0.729, 0.109, 0.581], 6e-4);
    assert_figures(of(Term::loading("textual", "x5")), [1.113, 0.065, 0.855], 6e-4);
    assert_figures(of(Term::loading("speed", "x9")), [1.082, 0.151, 0.665], 6e-4);
    assert_figures(of(Term::covariance("visual", "textual")), [0.408, 0.074, 0.459], 6e-4);
    assert_figures(of(Term::covariance("speed", "textual")), [0.173, 0.049, 0.283], 6e-4);
    assert_figures(of(Term::variance("x1")), [0.549, 0.114, 0.404], 6e-4);
}

#[test]
fn both_scalings_tell_the_same() {
    let Some(answers) = pupils() else { return };
    let marker = three_abilities().fit(&answers).unwrap();
    let unit = three_abilities().scaling(Scaling::UnitVariance).fit(&answers).unwrap();
    assert!((marker.measures.chi_squared - unit.measures.chi_squared).abs() < 1e-8);
    for (a, b) in marker.parameters.iter().zip(&unit.parameters) {
        assert!((a.standardised.unwrap() - b.standardised.unwrap()).abs() < 1e-6, "{a:?} {b:?}");
        // The delta method gives standardised figures the same error whatever the unit.
        assert!((a.standardised_error.unwrap() - b.standardised_error.unwrap()).abs() < 1e-5, "{a:?} {b:?}");
    }
}

/// To the three decimals printed.
#[test]
fn political_democracy_of_bollen_1989() {
    let Some(answers) = countries() else { return };
    let fit = democracy().fit(&answers).unwrap();
    let m = fit.measures;
    assert_eq!((&fit.status, fit.n, m.degrees_of_freedom), (&Status::Converged, 75, 35));
    let got = [m.chi_squared, m.log_likelihood, m.cfi, m.rmsea, m.rmsea_low, m.rmsea_high, m.srmr];
    assert_figures(got, [38.125, -1547.791, 0.995, 0.035, 0.0, 0.092, 0.044], 6e-4);
    assert_figures(
        [m.p_value.unwrap(), m.tli.unwrap(), m.aic, m.bic],
        [0.329, 0.993, 3157.582, 3229.424],
        6e-4,
    );
    let of = |outcome: &str, cause: &str| {
        let parameter = fit.regression(outcome, cause).unwrap();
        [parameter.estimate, parameter.standard_error.unwrap(), parameter.standardised.unwrap()]
    };
    assert_figures(of("dem60", "ind60"), [1.483, 0.399, 0.447], 6e-4);
    assert_figures(of("dem65", "ind60"), [0.572, 0.221, 0.182], 6e-4);
    assert_figures(of("dem65", "dem60"), [0.837, 0.098, 0.885], 6e-4);
    let residual = fit.parameter(&Term::covariance("y6", "y2")).unwrap();
    assert_figures([residual.estimate, residual.standard_error.unwrap()], [2.153, 0.734], 6e-4);
    let explained = |name: &str| fit.r_squared.iter().find(|(of, _)| of == name).unwrap().1;
    assert_figures([explained("dem60"), explained("dem65"), explained("x2")], [0.200, 0.961, 0.947], 6e-4);
}

/// Bollen's constrained model: loadings equal over the years, as in lavaan's `semTools` and Bollen (1989, p. 335).
#[test]
fn equal_loadings_cost_as_many_parameters() {
    let Some(answers) = countries() else { return };
    let equal = |model: CbSem, (a, b): (&str, &str)| {
        model.equal([Term::loading("dem60", a), Term::loading("dem65", b)])
    };
    let constrained = [("y2", "y6"), ("y3", "y7"), ("y4", "y8")].into_iter().fold(democracy(), equal);
    let (free, tied) = (democracy().fit(&answers).unwrap(), constrained.fit(&answers).unwrap());
    assert_eq!(tied.measures.degrees_of_freedom, 38);
    assert!(tied.measures.chi_squared > free.measures.chi_squared);
    let loading = |factor: &str, item: &str| tied.parameter(&Term::loading(factor, item)).unwrap().clone();
    assert_eq!(loading("dem60", "y2").estimate, loading("dem65", "y6").estimate);
    // lavaan's user guide, "equality constraints": b1 = 1.191, b2 = 1.175, b3 = 1.251.
    let got = [loading("dem60", "y2"), loading("dem60", "y3"), loading("dem60", "y4")].map(|p| p.estimate);
    assert_figures(got, [1.191, 1.175, 1.251], 6e-4);
}

/// Without latent variables the maximum of the likelihood is ordinary least squares.
#[test]
fn a_regression_of_items_is_least_squares() {
    let Some(answers) = pupils() else { return };
    let fit = CbSem::new().regress("x1", ["x2", "x4"]).fit(&answers).unwrap();
    assert_eq!(fit.measures.degrees_of_freedom, 0);
    let [y, a, b] = ["x1", "x2", "x4"].map(|name| {
        let column = answers.column(name).unwrap();
        let mean = column.iter().sum::<f64>() / column.len() as f64;
        column.iter().map(|v| v - mean).collect::<Vec<f64>>()
    });
    let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| u * v).sum::<f64>();
    let determinant = dot(&a, &a) * dot(&b, &b) - dot(&a, &b).powi(2);
    let slope = (dot(&a, &y) * dot(&b, &b) - dot(&b, &y) * dot(&a, &b)) / determinant;
    assert!((fit.regression("x1", "x2").unwrap().estimate - slope).abs() < 1e-7);
}

/// A fixed marker of another value changes the unit and nothing else; a freed one without another is not identified.
#[test]
fn fixing_and_freeing() {
    let Some(answers) = pupils() else { return };
    let marker = Term::loading("visual", "x1");
    let doubled = three_abilities().fix(marker.clone(), 2.0).fit(&answers).unwrap();
    assert!((doubled.measures.chi_squared - 85.3055).abs() < 1e-3);
    let loading = doubled.parameter(&Term::loading("visual", "x2")).unwrap();
    assert!((loading.estimate - 2.0 * 0.5535).abs() < 1e-3, "{loading:?}");
    let Status::NotIdentified { terms } =
        three_abilities().free(marker.clone()).fit(&answers).unwrap().status
    else {
        panic!("a factor without a unit is not identified");
    };
    assert!(terms.contains(&marker) && terms.contains(&Term::variance("visual")));
    assert!(!terms.contains(&Term::loading("textual", "x5")), "{terms:?}");
    let orthogonal = three_abilities().fix(Term::covariance("visual", "textual"), 0.0).fit(&answers).unwrap();
    assert_eq!(orthogonal.measures.degrees_of_freedom, 25);
}

/// Two items that correlate .9 and .9 with a third and .3 with each other need a loading above 1.
#[test]
fn a_heywood_case_is_named() {
    let wave =
        |step: f64, shift: f64| (0..200).map(|i| (f64::from(i) * step + shift).sin()).collect::<Vec<f64>>();
    let (u, v, w) = (wave(1.0, 0.0), wave(2.3, 1.0), wave(0.7, 2.0));
    let mix = |a: f64, b: f64, c: f64| {
        u.iter().zip(&v).zip(&w).map(|((u, v), w)| a * u + b * v + c * w).collect::<Vec<f64>>()
    };
    let items = [("a", mix(1.0, 0.0, 0.1)), ("b", mix(0.3, 0.95, 0.1)), ("c", mix(0.9, 0.9, 0.2))];
    let answers = Answers::new(items).unwrap();
    let fit = CbSem::new().measured_by("F", ["a", "b", "c"]).fit(&answers).unwrap();
    assert_eq!(fit.status, Status::Heywood { variables: vec!["c".into()] });
    assert!(fit.parameter(&Term::variance("c")).unwrap().estimate < 0.0);
}

#[test]
fn faults_of_a_model_are_named() {
    let items = ["a", "b"].into_iter().zip([vec![1.0, 2.0, 4.0, 3.0], vec![2.0, 1.0, 3.0, 5.0]]);
    let answers = Answers::new(items).unwrap();
    let fault = |model: CbSem| model.fit(&answers).unwrap_err();
    let factor = || CbSem::new().measured_by("F", ["a", "b"]);
    assert_eq!(fault(factor()), ModelError::TooManyParameters { have: 4, most: 3 });
    assert_eq!(
        fault(CbSem::new().measured_by("F", ["a", "z"]).fix(Term::loading("F", "z"), 1.0)),
        ModelError::UnknownItem { item: "z".into() }
    );
    let stray = factor().fix(Term::loading("F", "q"), 1.0);
    assert_eq!(fault(stray), ModelError::Unknown { name: "F =~ q".into() });
    let twice = factor().measured_by("F", ["a"]);
    assert_eq!(fault(twice), ModelError::ConstructTwice { construct: "F".into() });
    let doubled = Answers::new([("a", vec![1.0, 2.0, 4.0]), ("b", vec![2.0, 4.0, 8.0])]).unwrap();
    let tied = factor().fix(Term::loading("F", "b"), 1.0).fit(&doubled);
    assert_eq!(tied, Err(ModelError::SingularData));
    assert_eq!(fault(CbSem::new()), ModelError::NoItems { construct: "The model".into() });
}

fn check(fit: &SemFit) {
    let m = fit.measures;
    let figures =
        [m.chi_squared, m.cfi, m.rmsea, m.rmsea_low, m.rmsea_high, m.srmr, m.log_likelihood, m.aic, m.bic];
    assert!(figures.iter().all(|v| v.is_finite()), "{fit:?}");
    for parameter in &fit.parameters {
        let given =
            [Some(parameter.estimate), parameter.standard_error, parameter.low, parameter.standardised];
        assert!(given.iter().flatten().all(|v| v.is_finite()), "{parameter:?}");
    }
}

fn answer() -> impl Strategy<Value = f64> {
    prop_oneof![1.0..7.0_f64, (1..8).prop_map(f64::from), Just(1e6)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_survey_panics_or_gives_nan(
        columns in (0..14_usize).prop_flat_map(|n| prop::collection::vec(prop::collection::vec(answer(), n), 5)),
        unit: bool,
    ) {
        let answers = Answers::new(["a", "b", "c", "d", "e"].into_iter().zip(columns)).unwrap();
        let model = CbSem::new()
            .measured_by("F", ["a", "b", "c"])
            .measured_by("G", ["d", "e"])
            .regress("G", ["F"])
            .scaling(if unit { Scaling::UnitVariance } else { Scaling::Marker });
        if let Ok(fit) = model.fit(&answers) {
            check(&fit);
        }
    }
}
