//! Stories of keeping the house, through the front door, on both engines.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backups;
mod retention;

testkit::both_engines! {
    registry();

    async fn every_statement_prepares(app) {
        assert!(app.every_statement_prepares().await > 50);
    }
}

/// The front door and what keeps the house.
fn registry() -> web::Registry {
    let mut registry = web::Registry::new();
    operate::register(&mut registry);
    registry
}
