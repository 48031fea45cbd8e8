//! Search by parts of a name, the same on both engines.

use crate::place::on_both;
use futures::FutureExt;
use store::{Lane, search};

const NAMES: [&str; 5] = ["홍길동", "김하늘", "Anna Kim", "홍가람", "ANNABEL Çelik"];

#[tokio::test(flavor = "multi_thread")]
async fn names_are_found_by_their_parts() {
    on_both(async |place| {
        let db = place.open().await;
        let write = db.write(Lane::Interactive, |tx| {
            async move {
                for (subject, name) in (1..).zip(NAMES) {
                    search::index(tx, "party", subject, &["to be replaced"]).await?;
                    search::index(tx, "party", subject, &[name]).await?;
                }
                Ok::<_, store::Error>(())
            }
            .boxed()
        });
        write.await.unwrap();
        let expected: [(&str, &[i64]); 10] = [
            ("홍", &[4, 1]),
            ("길동", &[1]),
            ("홍길동", &[1]),
            ("ㅎㄱ", &[4, 1]),
            ("ㄱㅎㄴ", &[2]),
            ("anna", &[5, 3]),
            ("ki ANN", &[3]),
            ("çelik", &[5]),
            ("replaced", &[]),
            ("%", &[]),
        ];
        let mut tx = db.read().await.unwrap();
        for (question, found) in expected {
            for longest in [search::SHORT, search::LONGEST] {
                let answer = search::find(&mut tx, "party", question, 10, longest).await.unwrap();
                assert_eq!(answer, found, "{question} in grams of {longest}");
            }
        }
        assert_eq!(search::find(&mut tx, "party", "홍", 1, search::LONGEST).await.unwrap(), [4]);
        assert_eq!(search::find(&mut tx, "note", "홍", 10, search::LONGEST).await.unwrap(), [0_i64; 0]);
    })
    .await;
}
