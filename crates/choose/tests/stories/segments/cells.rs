//! Segments about what a refresh writes: cells.

use super::saved::saved;
use crate::*;
use testkit::both_engines;

both_engines! {
    registry();

    async fn what_a_refresh_moves_after_an_import_is_the_imports_doing(app) {
        let often = saved(&app, "three", "orders >= 3").await;
        let celled = saved(&app, "cells", "r is known").await;
        // As many as it takes for cells.
        let (mut orders, day) = (Vec::new(), today(&app));
        for number in 0..25 {
            let party: Id<kinds::Party> = someone(&app, "somebody").await.parse().unwrap();
            orders.extend([30, 20, 10].map(|ago| (party, day.plus(-ago), format!("i{number}-{ago}"))));
        }
        imported(&app, orders).await;
        app.settle().await;
        for _ in 0..12 {
            app.later(Instant::SECOND).await;
        }
        refresh(&app).await;
        assert_eq!(people(&app, &format!("segment={often}")).await, 25);
        assert_eq!(people(&app, "r=1,2,3,4,5").await, 25);
        assert_eq!(people(&app, &format!("segment={celled}")).await, 25);
        let mut tx = app.db().read().await.unwrap();
        let origins: Vec<(String, i64)> =
            sql!("select origin, count(*) from interactions where kind = 'segment.entered' group by origin")
                .fetch_all(&mut tx)
                .await
                .unwrap();
        assert_eq!(origins, [("import".to_owned(), 50)], "effects do not hear of it");
    }
}
