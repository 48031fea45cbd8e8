//! The owner of a bench's company.

use kernel::{Id, Locale, kinds};
use store::{Result, Tx, sql};
use web::user::{self, NewUser};
use web::{Role, Scope, session};

/// Another session of the owner that [`make`] made, in a copy of the company.
#[allow(dead_code, reason = "a bench that copies no company needs none")]
pub async fn again(tx: &mut Tx) -> Result<String> {
    let (owner,): (Id<kinds::User>,) =
        sql!("select id from users where email = $1").bind("owner@example.com").fetch_one(tx).await?;
    let token = session::open(tx, owner, "127.0.0.1", "bench").await?;
    Ok(format!("dangol={}", token.reveal()))
}

/// Makes the owner; gives the cookie of a session of theirs.
pub async fn make(tx: &mut Tx) -> Result<String> {
    let new = NewUser {
        name: "Owner".into(),
        email: "owner@example.com".into(),
        role: Role::Owner,
        locale: Locale::En,
        password: None,
        team: None,
        scope: Scope::All,
    };
    let refused = |problem: web::Problem| store::Error::Refused(problem.code().to_owned());
    let owner = user::create(tx, new).await.map_err(refused)?;
    let token = session::open(tx, owner.id, "127.0.0.1", "bench").await?;
    Ok(format!("dangol={}", token.reveal()))
}
