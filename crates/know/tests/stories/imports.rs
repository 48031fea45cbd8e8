//! Bringing a file, from the first look to the undo and back.

use crate::files::{Order, cafe24, cp949, order, small_shop};
use crate::*;
use futures::FutureExt;
use kernel::{Clock, Instant};
use store::{Lane, Tx, job, sql};
use testkit::both_engines;

/// The kind of the job that follows an import here; this program does not know it, so it fails at once.
const FOLLOW_UP: &str = "test.follow_up";

/// Know with a job that follows imports.
fn with_follow_up() -> Registry {
    let mut registry = Registry::new();
    know::register(&mut registry, &[FOLLOW_UP]);
    registry
}

/// How many jobs followed.
async fn followed(app: &TestApp) -> i64 {
    let mut tx = app.db().read().await.unwrap();
    let query = sql!("select count(*) from jobs where kind = $1").bind(FOLLOW_UP);
    query.fetch_one::<(i64,)>(&mut tx).await.unwrap().0
}

async fn start_another(tx: &mut Tx) -> store::Result<()> {
    job::start(tx, FOLLOW_UP, json!({})).await.map(drop)
}

both_engines! {
    with_follow_up();

    async fn what_follows_an_import_sees_its_last_line(app) {
        let brought = upload(&app, cp949(&cafe24(&small_shop()))).await;
        app.post(&format!("{}/run", path_of(&brought)), json!({})).await.expect(202);
        app.db().write(Lane::Interactive, |tx| start_another(tx).boxed()).await.unwrap();
        app.settle().await;
        assert_eq!(followed(&app).await, 1, "the one that waits will see it");

        let until = app.clock().now().plus(Instant::DAY);
        let running = app.db().write(Lane::Interactive, move |tx| {
            async move {
                start_another(tx).await?;
                sql!("update jobs set state = 'running', fence = 1, leased_until = $1 where state = 'queued'")
                    .bind(until).execute(tx).await
            }.boxed()
        });
        assert_eq!(running.await.unwrap(), 1);
        deed(&app, &brought, "undo").await;
        assert_eq!(followed(&app).await, 3, "one that runs may have passed it");
    }
}

both_engines! {
    registry();

    async fn a_cafe24_export_in_cp949_comes_in_and_goes_and_comes_again(app) {
        let mut orders = small_shop();
        orders.push(order("20261112-0000004", "bad", "박가상", "=1+1", "2026-11-12 09:00:00"));
        let brought = upload(&app, cp949(&cafe24(&orders))).await;
        assert_eq!((&brought["state"], &brought["probe"]["encoding"]), (&json!("ready"), &json!("cp949")));
        assert_eq!(brought["plan"]["source"], "cafe24");
        assert_eq!(brought["probe"]["columns"][0], "주문번호");
        assert_eq!(look(&app, &brought).await["probe"], brought["probe"]);

        let planned = settle(&app, &brought, |_| {}).await.expect(200).json;
        assert_eq!(planned["plan_problems"], json!([]));
        let preview = planned["preview"].as_array().unwrap();
        assert_eq!(preview.len(), 4);
        assert_eq!((&preview[0]["name"], &preview[0]["amount"]["amount_minor"]), (&json!("김가상"), &json!(12_000)));
        assert_eq!((&preview[3]["kind"], &preview[3]["line"]), (&json!("invalid"), &json!(5)));

        let checked = deed(&app, &brought, "dry-run").await;
        assert_eq!((&checked["state"], counts(&checked)), (&json!("ready"), [4, 3, 0, 0, 1, 2]));
        assert_eq!(people(&app, "").await, Vec::<Value>::new(), "a dry run writes nothing");

        let done = deed(&app, &brought, "run").await;
        assert_eq!((&done["state"], counts(&done)), (&json!("done"), [4, 3, 0, 0, 1, 2]));
        let before = everyone(&app).await;
        assert_eq!(before.len(), 2);
        assert_eq!(people(&app, "sort=-spend").await[0]["spend"], json!({ "currency": "KRW", "amount_minor": 27_000 }));

        let faults = app.get(&format!("{}/faults", path_of(&brought))).await.expect(200).json;
        assert_eq!((&faults["items"][0]["line"], &faults["items"][0]["code"]), (&json!(5), &json!("amount_unreadable")));
        assert_eq!((faults["items"].as_array().unwrap().len(), &faults["next"]), (1, &Value::Null));

        let undone = deed(&app, &brought, "undo").await;
        assert_eq!(undone["state"], "undone");
        assert_eq!(people(&app, "").await, Vec::<Value>::new());
        let again = deed(&app, &brought, "run").await;
        assert_eq!((&again["state"], counts(&again)), (&json!("done"), [4, 3, 0, 0, 1, 2]));
        assert_eq!(everyone(&app).await, before);
    }

    async fn the_same_file_twice_then_one_changed_status(app) {
        let first = import(&app, cp949(&cafe24(&small_shop()))).await;
        assert_eq!(counts(&first), [3, 3, 0, 0, 0, 2]);
        let before = everyone(&app).await;
        let second = import(&app, cp949(&cafe24(&small_shop()))).await;
        assert_eq!(counts(&second), [3, 0, 0, 3, 0, 0]);
        assert_eq!(everyone(&app).await, before);

        let mut orders = small_shop();
        orders[2] = Order { status: "취소완료", ..orders[2] };
        let third = import(&app, cp949(&cafe24(&orders))).await;
        assert_eq!(counts(&third), [4, 1, 0, 3, 0, 0], "the sale stays and its refund comes beside it");
        assert_eq!(people(&app, "sort=-spend").await[0]["spend"]["amount_minor"], 12_000);
        deed(&app, &third, "undo").await;
        assert_eq!(everyone(&app).await, before);
    }

    async fn today_tells_of_imports(app) {
        let step = json!({ "step": "import", "done": false });
        let today = app.get("/today").await.expect(200).json;
        assert!(today["set_up"].as_array().unwrap().contains(&step), "{today}");
        let mut orders = small_shop();
        orders.push(order("20261112-0000004", "bad", "박가상", "=1+1", "2026-11-12 09:00:00"));
        let done = import(&app, cp949(&cafe24(&orders))).await;
        let today = app.get("/today").await.json;
        let card = |kind: &str| today["cards"].as_array().unwrap().iter().find(|card| card["kind"] == kind).cloned().unwrap();
        let (attention, finished) = (card("import_attention"), card("import_finished"));
        assert_eq!((&attention["params"]["import"], &attention["params"]["invalid"]), (&done["id"], &json!(1)));
        assert_eq!((&finished["params"]["file"], &finished["params"]["new"]), (&json!("orders.csv"), &json!(3)));
        assert!(today["set_up"].as_array().unwrap().iter().all(|step| step["step"] != "import" || step["done"] == true));
    }

    async fn a_dry_run_counts_what_a_file_says_twice(app) {
        let mut orders = small_shop();
        orders.push(Order { price: "100", ..orders[0] });
        orders.push(orders[1]);
        let brought = upload(&app, cp949(&cafe24(&orders))).await;
        let checked = counts(&deed(&app, &brought, "dry-run").await);
        assert_eq!(counts(&deed(&app, &brought, "run").await), checked);
        assert_eq!(checked[0], 5);
    }
}
