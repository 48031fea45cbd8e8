//! Every list of customers can become a segment of the same people.

use super::crowd::crowd;
use crate::*;
use testkit::both_engines;

/// Lists that boards open, each on its own and together.
const LISTS: [&str; 27] = [
    "market=customer",
    "market=customer,supplier",
    "market=supplier,influence",
    "state=regular,active",
    "state=lost&market=customer",
    "late=false",
    "r=4,5&f=1,2",
    "m=3",
    "vip=true",
    "reachable=true&named=false",
    "reachable=false",
    "orders_min=2&orders_max=5",
    "days_min=2&days_max=2&state=new,active,returned",
    "first_to=2026-06-01&last_from=2026-03-01",
    "alive_min=0.4&value_max=60000",
    "consent=any",
    "consent=sms",
    "kind=person",
    "tag=vip,%EB%8F%84%EB%A7%A4",
    "tie=works_for",
    "birthday_within=60",
    "key_account=true",
    "key_account=false&true_customer=true",
    "quality_cell=pursue&quality_min=20",
    "vip_tier=gold",
    "vip_falls=false",
    "bond_level=0,2",
];

both_engines! {
    registry();

    async fn a_list_is_the_segment_of_the_same_people(app) {
        crowd(&app, 31, 60).await;
        let mut found = 0;
        for list in LISTS {
            let said = app.get(&format!("/choose/segments/from-list?{list}")).await.expect(200).json;
            assert_eq!(said["left_out"], json!([]), "{list}");
            let asked = app.post("/choose/segments/ask", json!({ "rule": said["rule"] })).await.expect(200).json;
            assert_eq!(asked["text"], said["text"], "{list}");
            assert_eq!(asked["count"], people(&app, list).await, "{list}: {}", said["text"]);
            found += asked["count"].as_i64().unwrap();
        }
        assert!(found > 300, "the lists mean people: {found}");
    }

    async fn a_list_tells_what_it_cannot_say_as_a_rule(app) {
        let sora = customer(&app, "Sora", &[30, 20, 10]).await;
        let list = format!("ids={sora}&contacted=false&state=regular&store=%EC%84%B1%EC%88%98");
        let said = app.get(&format!("/choose/segments/from-list?{list}")).await.expect(200).json;
        assert_eq!(said["left_out"], json!(["contacted", "ids"]));
        assert_eq!(said["text"], "state = regular and ordered store \"성수\"");
        assert_eq!(said["sentence"]["en"].as_str().map(str::is_empty), Some(false));
        let odd = app.get("/choose/segments/from-list?state=asleep").await.expect(422);
        assert_eq!(odd.json["status"], 422, "{}", odd.json);
    }
}
