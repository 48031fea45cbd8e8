//! `dangol doctor --rebuild`: facts computed anew say what they said, down to who was called.

use crate::place::Place;
use crate::rows::Rows;
use crate::shop_file;
use serde_json::json;
use store::Location;
use testkit::TestApp;

#[test]
fn a_rebuild_keeps_states_cells_and_who_was_called() {
    testkit::run(async {
        let app = TestApp::sqlite(dangol::registry()).await;
        let file = shop_file::csv(&shop_file::lines(9, 60, 400)).into_bytes();
        let id = app.upload("/imports?name=orders.csv", file).await.expect(201).json["id"].clone();
        app.post(&format!("/imports/{}/run", id.as_str().unwrap()), json!({})).await.expect(202);
        app.settle().await;
        let someone = app.get("/parties?sort=-spend").await.expect(200).json["items"][0]["id"].clone();
        let note = json!({ "text": "She comes on Friday.", "contact": "called" });
        app.post(&format!("/parties/{}/notes", someone.as_str().unwrap()), note).await.expect(201);
        let before = called(&app).await;
        assert_eq!(before, [someone]);
        let Location::Folder(folder) = app.location() else { unreachable!("it was opened in a folder") };
        let place = Place::at(folder);
        std::thread::spawn(move || {
            // The program judges by the real day, so it is asked twice.
            place.text(&["doctor", "--rebuild"]);
            let once = Rows::of(&place);
            assert!(once.facts.len() > 50, "{:?}", once.facts);
            place.text(&["doctor", "--rebuild"]);
            assert!(once == Rows::of(&place), "a second rebuild says something else");
        })
        .join()
        .unwrap();
        assert_eq!(called(&app).await, before);
    });
}

/// Who was contacted since their last order.
async fn called(app: &TestApp) -> Vec<serde_json::Value> {
    let items = app.get("/parties?contacted=true").await.expect(200).json["items"].clone();
    items.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}
