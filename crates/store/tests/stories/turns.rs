//! Two programs write to one company at once.

use crate::place::{Place, on_both};
use futures::FutureExt;
use std::cell::Cell;
use std::time::Duration;
use store::{Db, Lane, Result, setting};

/// What a slice of a job keeps the database for.
const SLICE: Duration = Duration::from_millis(20);
/// Writes of the other program.
const WRITES: u32 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn another_program_gets_its_turns() {
    on_both(async |place| {
        let slices = slices_before_writes(place).await.unwrap();
        // A write waits for the slice that runs, and perhaps for one that began before it came; by luck alone it would
        // wait for dozens.
        assert!(slices <= 4 * WRITES, "{slices} slices went before {WRITES} writes");
    })
    .await;
}

/// How many slices a busy program wrote while another wrote what a person waits for.
async fn slices_before_writes(place: &Place) -> Result<u32> {
    let (busy, other) = (place.open().await, place.open().await);
    let (slices, is_done) = (Cell::new(0), Cell::new(false));
    let job = async {
        while !is_done.get() {
            slice(&busy).await?;
            slices.set(slices.get() + 1);
        }
        Ok::<(), store::Error>(())
    };
    let person = async {
        slice(&other).await?;
        let before = slices.get();
        for write in 0..WRITES {
            other
                .write(Lane::Interactive, move |tx| {
                    async move { setting::put(tx, "other", &write).await }.boxed()
                })
                .await?;
        }
        is_done.set(true);
        Ok::<u32, store::Error>(slices.get() - before)
    };
    Ok(tokio::try_join!(job, person)?.1)
}

async fn slice(db: &Db) -> Result<()> {
    db.write(Lane::Import, |tx| {
        async move {
            setting::put(tx, "busy", &1).await?;
            tokio::time::sleep(SLICE).await;
            Ok(())
        }
        .boxed()
    })
    .await
}
