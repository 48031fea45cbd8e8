//! Names that an earlier program kept otherwise are found once the job has gone through everyone.

use crate::*;
use futures::FutureExt;
use know::names;
use store::{Lane, sql};
use testkit::both_engines;

/// 홍길동 in parts, as macOS writes it into files.
const IN_PARTS: &str = "\u{1112}\u{1169}\u{11bc}\u{1100}\u{1175}\u{11af}\u{1103}\u{1169}\u{11bc}";

/// Makes the names look as if an earlier program had written them: in parts where they came so, and in short grams.
async fn age(app: &TestApp) {
    let aging = app.db().write(Lane::Interactive, |tx| {
        async move {
            sql!("update parties set name = $1, name_fold = $1 where name = '홍길동'")
                .bind(IN_PARTS)
                .execute(tx)
                .await?;
            sql!("delete from grams where length(gram) > 2 or subject in (select id from parties where name = $1)")
                .bind(IN_PARTS)
                .execute(tx)
                .await?;
            sql!("delete from settings where name = 'know.names'").execute(tx).await?;
            Ok::<_, store::Error>(())
        }
        .boxed()
    });
    aging.await.unwrap();
}

async fn found(app: &TestApp, text: &str) -> Vec<Value> {
    let path = format!("/search?q={}", text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>());
    let found = app.get(&path).await.expect(200).json;
    found["parties"].as_array().unwrap().iter().map(|row| row["name"].clone()).collect()
}

both_engines! {
    registry();

    async fn names_of_an_earlier_program_are_found_before_and_after_they_are_renewed(app) {
        for name in ["홍길동", "홍길순", "김하늘"] {
            app.post("/parties", json!({ "name": name })).await.expect(201);
        }
        age(&app).await;
        assert_eq!(found(&app, "김하늘").await, ["김하늘"], "short grams are asked for as long as there are no others");
        assert!(found(&app, "길동").await.is_empty(), "the story begins with a name that is not found");
        app.db().write(Lane::Interactive, |tx| names::begin(tx).boxed()).await.unwrap();
        app.settle().await;
        assert_eq!(found(&app, "길동").await, ["홍길동"]);
        assert_eq!(found(&app, "홍길동").await, ["홍길동"]);
        assert_eq!(found(&app, "ㅎㄱㄷ").await, ["홍길동"]);
        assert_eq!(found(&app, "김하늘").await, ["김하늘"]);
        let depth = names::depth(&mut app.db().read().await.unwrap()).await.unwrap();
        assert_eq!(depth, store::search::LONGEST);
    }

    async fn where_nobody_is_there_is_nothing_to_renew(app) {
        app.db().write(Lane::Interactive, |tx| names::begin(tx).boxed()).await.unwrap();
        let depth = names::depth(&mut app.db().read().await.unwrap()).await.unwrap();
        assert_eq!(depth, store::search::LONGEST);
    }
}
