//! The owner of a bench's company.

use kernel::Locale;
use store::{Result, Tx};
use web::user::{self, NewUser};
use web::{Role, Scope, session};

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
