//! Day before month, or month before day: settled by the whole file, or by a person.

use crate::*;
use testkit::both_engines;

fn dated(dates: impl IntoIterator<Item = String>) -> Vec<u8> {
    let row = |(at, date): (usize, String)| format!("a,{date},o{at},1000,KRW\n");
    let rows: String = dates.into_iter().enumerate().map(row).collect();
    format!("customer,date,order,amount,currency\n{rows}").into_bytes()
}

both_engines! {
    registry();

    async fn one_late_row_settles_the_order_of_all(app) {
        let early = (0..300).map(|at| format!("0{}/0{}/2026", 1 + at % 9, 1 + at % 2));
        let brought = upload(&app, dated(early.chain(["25/02/2026".to_owned()]))).await;
        assert_eq!((&brought["state"], &brought["plan"]["date_order"]), (&json!("ready"), &json!("dmy")));
    }

    async fn dates_that_fit_both_ways_wait_for_a_person(app) {
        let brought = upload(&app, dated(["03/04/2026".into(), "05/06/2026".into()])).await;
        assert_eq!((&brought["state"], &brought["plan"]["date_order"]), (&json!("uploaded"), &Value::Null));
        let open = settle(&app, &brought, |_| {}).await.expect(200).json;
        let problem = &open["plan_problems"][0];
        assert_eq!((&problem["field"], &problem["code"]), (&json!("date_order"), &json!("required")), "{open}");
        assert!(problem["detail"].as_str().unwrap().len() > 30, "it says what to do");
        app.post(&format!("{}/run", path_of(&brought)), json!({})).await.expect(409);

        let settled = settle(&app, &brought, |plan| plan["date_order"] = json!("dmy")).await.expect(200).json;
        assert_eq!((&settled["plan_problems"], &settled["state"]), (&json!([]), &json!("ready")));
        deed(&app, &brought, "run").await;
        assert_eq!(people(&app, "").await[0]["first_order"], "2026-04-03");

        let again = upload(&app, dated(["01/02/2026".into()])).await;
        assert_eq!(again["plan"]["date_order"], "dmy", "what was said of the same columns is remembered");
        let other = upload(&app, dated(["01/02/2026".into(), "01/22/2026".into()])).await;
        assert_eq!(other["plan"]["date_order"], "mdy", "what a file shows counts for more");
    }

    async fn what_was_said_counts_for_more_than_what_a_source_usually_writes(app) {
        let sales = |days: &[&str]| {
            let row = |(at, day): (usize, &&str)| {
                format!("{day},09:10:30,Etc/UTC,1000,0,1000,T{at},P{at},Visa,Store,Location,Kim,C1\n")
            };
            let rows: String = days.iter().enumerate().map(row).collect();
            let head = "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Transaction ID,Payment ID,\
                        Card Brand,Device Name,Location,Customer Name,Customer ID\n";
            format!("{head}{rows}").into_bytes()
        };
        let brought = upload(&app, sales(&["03/04/26", "05/06/26"])).await;
        let plan = &brought["plan"];
        assert_eq!((&plan["source"], &plan["date_order"]), (&json!("square"), &json!("mdy")), "what is usual");
        settle(&app, &brought, |plan| plan["date_order"] = json!("dmy")).await.expect(200);
        deed(&app, &brought, "run").await;
        let again = upload(&app, sales(&["01/02/26"])).await;
        assert_eq!((&again["remembered"], &again["plan"]["date_order"]), (&json!(true), &json!("dmy")));
        let other = upload(&app, sales(&["01/22/26", "01/02/26"])).await;
        assert_eq!(other["plan"]["date_order"], "mdy", "what a file shows counts for more");
    }

    async fn rows_that_contradict_each_other_wait_for_a_person(app) {
        let brought = upload(&app, dated(["25/02/2026".into(), "02/25/2026".into(), "03/04/2026".into()])).await;
        assert_eq!(brought["state"], "uploaded");
        let plain = upload(&app, dated(["2026-02-01".into(), "5/5/2026".into()])).await;
        assert_eq!(plain["state"], "ready", "the fifth of May is the fifth of May");
    }
}
