//! "내 가게로 시작하기": from the demo to an own, empty company.

use crate::open::Data;
use async_trait::async_trait;
use futures::FutureExt;
use kernel::Currency;
use std::path::PathBuf;
use store::{Db, Environment, Lane};
use tokio::sync::watch;
use web::{Actor, Answer, Company, Problem, StartCompany, session};

/// What is served next.
#[derive(Clone)]
pub struct Next {
    /// Where it lies.
    pub data: Data,
    /// The open database.
    pub db: Db,
}

/// Opens the own company and asks the server to go on with it.
pub struct OwnCompany {
    folder: PathBuf,
    demo: Db,
    environment: Environment,
    switch: watch::Sender<Option<Next>>,
}

impl OwnCompany {
    /// A starter for a company in `folder`.
    pub fn new(
        folder: PathBuf,
        demo: Db,
        environment: Environment,
        switch: watch::Sender<Option<Next>>,
    ) -> Self {
        Self { folder, demo, environment, switch }
    }
}

#[async_trait]
impl StartCompany for OwnCompany {
    async fn start(&self, name: String, zone: String, currency: Currency, actor: Actor) -> Answer<()> {
        let data = Data::named(Some(self.folder.clone()), None);
        let db = data
            .open(self.environment.clone())
            .await
            .map_err(|error| Problem::internal(format!("{error:#}")))?;
        let locale = actor.locale;
        let settled = db.write(Lane::Interactive, move |tx| {
            async move {
                if web::user::any(tx).await? {
                    return Err(Problem::conflict("company_exists"));
                }
                let mut company = Company::load(tx).await?;
                company.name = name;
                company.zone = zone;
                company.currency = currency;
                company.locale = locale;
                company.set_up = true;
                Ok::<_, Problem>(company.save(tx).await?)
            }
            .boxed()
        });
        settled.await?;
        session::carry_over(&self.demo, &db, actor.user).await?;
        self.switch.send_replace(Some(Next { data, db }));
        Ok(())
    }
}
