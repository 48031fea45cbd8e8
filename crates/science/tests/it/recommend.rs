//! Recommendation on MovieLens latest-small, against the definition on small data, and at the edges.
#![allow(clippy::unwrap_used, reason = "a test helper may panic")]

use proptest::prelude::*;
use science::recommend::{
    Als, AlsOptions, Ease, EaseOptions, Evaluation, Interactions, ItemItem, ItemItemOptions, Popularity,
    RecommendError, Recommender, RepeatPurchase, Seen, Split, evaluate, ndcg_at, recall_at,
};
use std::collections::BTreeMap;

/// Ratings of 4 and more as taken; films that five people or more took.
fn films() -> Option<Interactions> {
    let text = crate::real::text("recommend/ml_latest_small_ratings.csv.gz")?;
    let liked: Vec<(u32, u32)> = text.lines().skip(1).filter_map(liked).collect();
    let mut people: BTreeMap<u32, u32> = BTreeMap::new();
    for (_, film) in &liked {
        *people.entry(*film).or_default() += 1;
    }
    people.retain(|_, people| *people >= 5);
    let numbers: BTreeMap<u32, u32> = people.into_keys().zip(0..).collect();
    let rows = liked.iter().filter_map(|(user, film)| Some((*user, *numbers.get(film)?, 1.0)));
    Some(Interactions::new(rows).unwrap())
}

fn liked(line: &str) -> Option<(u32, u32)> {
    let fields: Vec<&str> = line.split(',').collect();
    let rating: f64 = fields[2].parse().unwrap();
    (rating >= 4.0).then(|| (fields[0].parse().unwrap(), fields[1].parse().unwrap()))
}

fn of(model: &impl Recommender, split: &Split) -> Evaluation {
    evaluate(model, split, 20, Seen::LeaveOut).unwrap()
}

/// No published split exists for this file: the order of the models is what Steck (2019, table 1) reports, the numbers
/// are ours (20 % of each person's films held out by seed 1), held to ±.02, about two standard errors.
#[test]
fn models_beat_popularity_on_films() {
    let Some(films) = films() else { return };
    let split = Split::leave_out(&films, 0.2, 5, 1);
    let popular = of(&Popularity::fit(&split.train).unwrap(), &split);
    let near = of(&ItemItem::fit(&split.train, &ItemItemOptions::default()).unwrap(), &split);
    let als = AlsOptions { alpha: 4.0, regularisation: 10.0, ..AlsOptions::default() };
    let als = of(&Als::fit(&split.train, &als).unwrap(), &split);
    let ease = of(&Ease::fit(&split.train, &EaseOptions::default()).unwrap(), &split);
    let recalls = [popular, near, als, ease].map(|e| e.recall.value);
    let ndcgs = [popular, near, als, ease].map(|e| e.ndcg.value);
    assert_eq!((films.len(), films.items(), ease.customers), (44_452, 2_080, 659));
    for (got, want) in
        recalls.iter().chain(&ndcgs).zip([0.166, 0.250, 0.290, 0.307, 0.143, 0.218, 0.242, 0.276])
    {
        assert!((got - want).abs() < 0.02, "recall {recalls:?} ndcg {ndcgs:?}");
    }
    for model in [near, als, ease] {
        assert!(model.recall.low > popular.recall.high, "{model:?} {popular:?}");
        assert!(model.ndcg.low > popular.ndcg.high, "{model:?} {popular:?}");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let Some(films) = films() else { return };
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| {
            let options = AlsOptions { iterations: 3, ..AlsOptions::default() };
            let ease = Ease::fit(&films, &EaseOptions::default()).unwrap();
            let near = ItemItem::fit(&films, &ItemItemOptions::default()).unwrap();
            (ease, near, Als::fit(&films, &options).unwrap())
        })
    };
    let one = with_threads(1);
    assert!(one == with_threads(2) && one == with_threads(3));
}

/// Steck (2019), equation 8, by Gauss-Jordan in double precision.
#[test]
fn ease_as_defined() {
    let rows = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 1), (3, 3), (4, 0), (4, 1)];
    let interactions = Interactions::new(rows.map(|(user, item)| (user, item, 1.0))).unwrap();
    let mut p = [[0.0_f64; 4]; 4];
    for user in 0..5 {
        for (i, x) in interactions.user(user).iter() {
            interactions.user(user).iter().for_each(|(j, y)| p[i as usize][j as usize] += f64::from(x * y));
        }
    }
    (0..4).for_each(|i| p[i][i] += 2.0);
    invert(&mut p);
    let model = Ease::fit(&interactions, &EaseOptions { lambda: 2.0, ..EaseOptions::default() }).unwrap();
    for i in 0..4_u32 {
        let weights = model.similarities(i);
        for j in 0..4_usize {
            let want = if i as usize == j { 0.0 } else { -p[i as usize][j] / p[j][j] };
            assert!((f64::from(weights[j]) - want).abs() < 1e-6, "({i}, {j})");
        }
    }
}

fn invert(m: &mut [[f64; 4]; 4]) {
    for k in 0..4 {
        let pivot = m[k][k];
        m[k][k] = 1.0;
        m[k].iter_mut().for_each(|v| *v /= pivot);
        let pivot_row = m[k];
        for (_, row) in m.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = std::mem::take(&mut row[k]);
            row.iter_mut().zip(pivot_row).for_each(|(v, p)| *v -= factor * p);
        }
    }
}

/// Hu, Koren & Volinsky (2008), equations 3 and 7: the cost falls with every iteration, and the reasons add up.
#[test]
fn als_lowers_its_cost_and_explains_itself() {
    let rows = (0..60_u32).flat_map(|u| {
        (0..12).filter(move |i| (u * 7 + i * 5) % 11 < 3 || i % 4 == u % 4).map(move |i| (u, i, 1.0))
    });
    let interactions = Interactions::new(rows).unwrap();
    let options = |iterations| AlsOptions {
        factors: 4,
        iterations,
        regularisation: 0.1,
        alpha: 4.0,
        steps: 4,
        seed: 5,
    };
    let cost = |model: &Als| -> f64 {
        let of_user = |user: u32| {
            let (history, scores) = (interactions.user(user), model.scores(interactions.user(user)));
            let of_item = |(item, score): (usize, &f32)| {
                let taken = history.has(item as u32);
                let miss = f64::from(u8::from(taken)) - f64::from(*score);
                miss * miss * if taken { 5.0 } else { 1.0 }
            };
            scores.iter().enumerate().map(of_item).sum::<f64>()
        };
        (0..60).map(of_user).sum()
    };
    let costs = [1, 3, 20].map(|n| cost(&Als::fit(&interactions, &options(n)).unwrap()));
    assert!(costs[0] > costs[2] && costs[1] > 0.99 * costs[2], "{costs:?}");
    let model = Als::fit(&interactions, &options(20)).unwrap();
    let history = interactions.user(3);
    let (scores, parts) = (model.scores(history), model.contributions(history, &[0, 5, 9]));
    for (item, parts) in [0, 5, 9].into_iter().zip(parts) {
        let total: f32 = parts.iter().sum();
        assert!((total - scores[item]).abs() < 1e-4, "{total} is not {}", scores[item]);
    }
}

#[test]
fn metrics_by_hand() {
    let held_out = Interactions::new([(0, 2, 1.0), (0, 5, 1.0), (0, 9, 1.0)]).unwrap();
    let held_out = held_out.user(0);
    let ranked = [5, 1, 2, 7];
    assert!((recall_at(2, &ranked, held_out) - 0.5).abs() < 1e-15);
    assert!((recall_at(4, &ranked, held_out) - 2.0 / 3.0).abs() < 1e-15);
    let best = 1.0 + 1.0 / 3_f64.log2() + 0.5;
    assert!((ndcg_at(4, &ranked, held_out) - 1.5 / best).abs() < 1e-15);
}

#[test]
fn repeats_are_kept_when_asked() {
    let interactions =
        Interactions::new([(0, 0, 5.0), (0, 1, 2.0), (1, 2, 1.0), (2, 2, 1.0), (2, 1, 1.0)]).unwrap();
    let model = RepeatPurchase::fit(&interactions).unwrap();
    let items =
        |seen| model.recommend(interactions.user(0), 3, seen).iter().map(|s| s.item).collect::<Vec<_>>();
    assert_eq!(items(Seen::Keep), [0, 1, 2]);
    assert_eq!(items(Seen::LeaveOut), [2]);
    assert_eq!(model.recommend(interactions.user(0), 1, Seen::Keep)[0].because[0].item, 0);
}

#[test]
fn what_cannot_be_done_is_said() {
    let two = Interactions::new([(0, 0, 1.0), (0, 60_000, 1.0)]).unwrap();
    let refused = Ease::fit(&two, &EaseOptions::default()).unwrap_err();
    assert!(matches!(refused, RecommendError::Memory { items: 60_001, .. }));
    assert!(refused.to_string().contains("20.2 GiB, more than the 2.0 GiB allowed"), "{refused}");
    assert_eq!(
        Interactions::new([(0, 1, 1.0), (4, 2, 0.0)]).unwrap_err(),
        RecommendError::Value { row: 1, value: 0.0 }
    );
    assert!(
        Interactions::new([(0, u32::MAX, 1.0)]).is_err() && Interactions::new([(0, 0, f32::NAN)]).is_err()
    );
    let none = Interactions::new([]).unwrap();
    assert_eq!(Popularity::fit(&none).unwrap_err(), RecommendError::TooFewItems { have: 0, need: 1 });
    let option = Als::fit(&two, &AlsOptions { alpha: 0.0, ..AlsOptions::default() }).unwrap_err();
    assert_eq!(option.to_string(), "The option alpha cannot be 0; take a positive number.");
    assert!(Ease::fit(&two, &EaseOptions { lambda: f32::NAN, ..EaseOptions::default() }).is_err());
}

fn check(model: &impl Recommender, interactions: &Interactions) {
    for user in 0..=interactions.users() as u32 {
        let history = interactions.user(user);
        assert!(model.scores(history).iter().all(|score| score.is_finite()));
        let suggested = model.recommend(history, 3, Seen::LeaveOut);
        assert!(suggested.len() <= 3 && suggested.iter().all(|s| !history.has(s.item)));
        assert!(suggested.iter().flat_map(|s| &s.because).all(|r| r.share > 0.0 && r.share <= 1.0 + 1e-6));
    }
    assert!(model.similar(0, 9).iter().all(|s| s.item != 0 && s.score.is_finite()));
    assert!(model.similar(u32::MAX, 9).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_table_is_fitted_or_refused(
        rows in prop::collection::vec((0..9_u32, 0..12_u32, prop_oneof![Just(1e-9_f32), Just(1.0), 0.1..50.0_f32, Just(1e9)]), 0..80),
    ) {
        let interactions = Interactions::new(rows).unwrap();
        let als = AlsOptions { factors: 5, iterations: 3, ..AlsOptions::default() };
        if let Ok(model) = Als::fit(&interactions, &als) { check(&model, &interactions); }
        if let Ok(model) = Ease::fit(&interactions, &EaseOptions::default()) { check(&model, &interactions); }
        if let Ok(model) = ItemItem::fit(&interactions, &ItemItemOptions::default()) { check(&model, &interactions); }
        if let Ok(model) = Popularity::fit(&interactions) { check(&model, &interactions); }
        if let Ok(model) = RepeatPurchase::fit(&interactions) { check(&model, &interactions); }
        let split = Split::leave_out(&interactions, 0.3, 2, 1);
        prop_assert_eq!(split.train.len() + split.held_out.len(), interactions.len());
        if let (Ok(model), true) = (Popularity::fit(&split.train), !split.held_out.is_empty()) {
            let e = evaluate(&model, &split, 3, Seen::LeaveOut).unwrap();
            prop_assert!((0.0..=1.0).contains(&e.recall.value) && (0.0..=1.0).contains(&e.ndcg.value));
        }
    }
}
