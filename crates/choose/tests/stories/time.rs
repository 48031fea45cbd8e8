//! Time changes states without anyone doing anything.

use crate::*;
use testkit::both_engines;

both_engines! {
    registry();

    async fn who_stays_away_becomes_dormant_then_lost(app) {
        let jiho = customer(&app, "Jiho", &[20, 10, 0]).await;
        tick(&app).await;
        let before = told(&app).await;
        app.later(15 * Instant::DAY).await;
        assert_eq!(state(&app, &jiho).await, "regular", "exactly one and a half intervals");
        app.later(Instant::DAY).await;
        assert_eq!(state(&app, &jiho).await, "dormant");
        assert_eq!(told(&app).await, before + 1);
        app.later(15 * Instant::DAY).await;
        assert_eq!(state(&app, &jiho).await, "lost");
        let last = last_change(&app, &jiho).await;
        assert_eq!(last["from"], "dormant");
        assert_eq!(last["to"], "lost");
        let midnight = today(&app).start_in(&Company::default().zone());
        assert_eq!(last["at"], midnight.to_string(), "the day it happened");

        order(&app, &jiho, 0, 5_000).await;
        app.settle().await;
        assert_eq!(state(&app, &jiho).await, "returned");
    }

    async fn who_was_overlooked_while_the_program_stood_still_is_caught_up(app) {
        let jiho = customer(&app, "Jiho", &[20, 10, 0]).await;
        app.clock().set(app.clock().now().plus(40 * Instant::DAY));
        tick(&app).await;
        assert_eq!(state(&app, &jiho).await, "lost");
        let last = last_change(&app, &jiho).await;
        let lost = today(&app).plus(-9).start_in(&Company::default().zone());
        assert_eq!(last["at"], lost.to_string());
    }

    async fn the_interval_of_the_company_moves_those_who_have_none_of_their_own(app) {
        let once = customer(&app, "once", &[30]).await;
        customer(&app, "often", &[60, 20]).await;
        tick(&app).await;
        assert_eq!(state(&app, &once).await, "new", "30 days of the company's 40");
        customer(&app, "daily", &[5, 4, 3, 2, 1]).await;
        assert_eq!(state(&app, &once).await, "new", "nobody touched them yet");
        tick(&app).await;
        assert_eq!(state(&app, &once).await, "lost", "30 days of the company's 3");
    }

    async fn a_tick_sets_the_next_one_just_after_midnight_at_the_latest(app) {
        // Noon in Seoul: eleven ticks on the hour, then the day's.
        tick(&app).await;
        app.clock().set(app.clock().now().plus(11 * Instant::HOUR + Instant::HOUR / 2));
        app.settle().await;
        let mut tx = app.db().read().await.unwrap();
        let (due,): (Instant,) =
            sql!("select due from timers where kind = 'choose.tick' and key = 'hourly'").fetch_one(&mut tx).await.unwrap();
        let midnight = today(&app).plus(1).start_in(&Company::default().zone());
        assert_eq!(due, midnight.plus(Instant::SECOND));
    }
}
