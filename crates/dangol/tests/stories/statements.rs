//! What all verbs together must keep: statements that prepare, rules for every route, works for every job.

use std::collections::BTreeSet;
use testkit::both_engines;

both_engines! {
    dangol::registry();

    async fn every_statement_of_the_program_prepares(app) {
        assert!(app.every_statement_prepares().await > 150);
    }

    async fn background_work_comes_to_rest(app) {
        app.settle().await;
    }
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    assert_eq!(dangol::registry().unruled(), (vec![], vec![]));
}

#[test]
fn every_name_is_given_once_and_every_job_that_follows_has_its_work() {
    let registry = dangol::registry();
    let once = |names: Vec<&'static str>| {
        let set: BTreeSet<_> = names.iter().copied().collect();
        assert_eq!(set.len(), names.len(), "a name is given twice: {names:?}");
        set
    };
    let reactions = once(registry.reactions().iter().map(|reaction| reaction.name()).collect());
    once(registry.timers().iter().map(|timer| timer.kind()).collect());
    let works = once(registry.works().iter().map(|work| work.kind()).collect());
    assert!(
        works.contains(choose::REFRESH) && works.contains(measure::REFIT) && works.contains(measure::LEAK),
        "{works:?}"
    );
    for leader in registry.reactions().iter().filter_map(|reaction| reaction.after()) {
        assert!(reactions.contains(leader), "{leader} leads a reaction and is none itself");
    }
}
