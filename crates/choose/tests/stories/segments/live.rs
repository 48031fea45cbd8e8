//! Live answers.

use super::crowd::crowd;
use crate::*;
use choose::segment::rule::{Book, parse};
use choose::segment::{Count, Frame, Question, as_of, quick_count, sample};
use testkit::both_engines;

both_engines! {
    registry();

    async fn a_count_and_ten_people(app) {
        crowd(&app, 9, 30).await;
        let frame = Frame::load(&mut app.db().read().await.unwrap()).await.unwrap();
        let all = Question::of(&parse("everyone", &Book::default()).unwrap(), &frame).unwrap();
        assert_eq!(quick_count(app.db(), &all).await.unwrap(), Count { count: 30, more: false });
        assert_eq!(sample(app.db(), &all, &frame, web::Sight::WHOLE).await.unwrap().len(), 10);
    }

    async fn an_earlier_day_sees_what_had_happened_by_then(app) {
        let sora = customer(&app, "Sora", &[100, 90, 80, 3]).await;
        customer(&app, "Minjun", &[5]).await;
        let today = Frame::load(&mut app.db().read().await.unwrap()).await.unwrap();
        let ago = |days: i64| Frame { today: today.today.plus(-days), ..today.clone() };
        let on = async |text: &str, days: i64| {
            let rule = parse(text, &Book::default()).unwrap();
            as_of(app.db(), &rule, &ago(days), 10).await.unwrap()
        };
        let was = on("state = regular", 80).await;
        assert_eq!((was.count, was.sample[0].to_string()), (1, sora));
        assert_eq!(on("orders = 3", 80).await.count, 1);
        assert_eq!(on("orders = 3", 0).await.count, 0);
        assert_eq!(on("state = prospect", 6).await.count, 1, "who had not ordered yet");
        assert_eq!(on("last_order within 1 days", 80).await.count, 1);
        assert_eq!(on("spend >= 15000 and p_alive is known", 80).await.not_historical, ["p_alive".to_owned()].into());
    }
}
