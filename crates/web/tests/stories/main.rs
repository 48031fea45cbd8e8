//! Stories through the front door, on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authenticator;
mod company;
mod door;
mod exports;
mod factor;
mod health;
mod keys;
mod live;
mod mail;
mod passkey;
mod rules;
mod sealed;
mod session;
mod sso;
mod staff;
mod texts;
mod today;
mod webhooks;

use serde_json::{Value, json};
use testkit::{Client, Reply, TestApp};
use web::links::{self, Kind};

testkit::both_engines! {
    web::Registry::new();

    async fn every_statement_prepares(app) {
        assert!(app.every_statement_prepares().await > 50);
    }
}

/// A password that is neither short nor common.
const PASSWORD: &str = "paper lantern at noon";

/// A one-time link of a kind for the user with an e-mail address.
async fn link(app: &TestApp, kind: Kind, email: Option<&'static str>) -> String {
    use futures::FutureExt;
    let issued = app.db().write(store::Lane::Interactive, move |tx| {
        async move {
            let user = match email {
                Some(email) => web::user::by_email(tx, email).await?.map(|user| user.id),
                None => None,
            };
            links::issue(tx, kind, user).await
        }
        .boxed()
    });
    issued.await.unwrap().reveal().to_owned()
}

/// Gives the owner a password through a reset link, in a browser of its own.
async fn owner_with_password(app: &TestApp) -> Client {
    let token = link(app, Kind::Reset, Some("owner0@example.com")).await;
    let browser = app.anonymous();
    browser.post("/session/claim", json!({ "token": token, "password": PASSWORD })).await.expect(200);
    browser
}

async fn sign_in(browser: &Client, email: &str, password: &str) -> Reply {
    browser.post("/session", json!({ "email": email, "password": password })).await
}

/// The address of the user who is signed in.
async fn user_path(browser: &Client) -> String {
    let session = browser.get("/session").await.expect(200).json;
    format!("/users/{}", session["user"]["id"].as_str().unwrap())
}

fn owner(password: &str) -> Value {
    json!({ "email": "owner0@example.com", "password": password })
}
