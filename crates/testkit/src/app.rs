//! The application under test.

use crate::Client;
use crate::postgres::TestDatabase;
use futures::FutureExt;
use kernel::{Clock, FakeClock, Id, Instant, Locale, SeededChance, kinds};
use std::ops::Deref;
use std::sync::Arc;
use store::{Db, Environment, Lane, Location, job, outbox, timer};
use tempfile::TempDir;
use web::session::Token;
use web::user::{self, NewUser, User};
use web::{App, Config, Registry, Role, Scope, session};

/// 2026-11-22T03:00:00Z: noon of a Sunday in Seoul.
const START: Instant = Instant::from_micros(1_795_316_400_000_000);
/// Rounds after which background work that always makes more work is a fault.
const ROUNDS: usize = 1_000;

/// A running application, its files and its database. As a [`Client`] it is the signed-in owner.
pub struct TestApp {
    app: App,
    clock: Arc<FakeClock>,
    owner: Client,
    location: Location,
    // Dropped last, in this order: the application lets go of both.
    _database: Option<TestDatabase>,
    _folder: TempDir,
}

/// What to run: a registry, and how the program is started.
pub struct Setup {
    /// What the verbs registered.
    pub registry: Registry,
    /// How the program is started; the data folder is made by the test.
    pub config: Config,
}

impl From<Registry> for Setup {
    fn from(registry: Registry) -> Self {
        Self { registry, config: Config::default() }
    }
}

impl Deref for TestApp {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.owner
    }
}

impl TestApp {
    /// An application on a new SQLite file.
    pub async fn sqlite(setup: impl Into<Setup>) -> Self {
        let folder = TempDir::new().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        Self::open(location, setup.into(), folder, None).await
    }

    /// An application on a new PostgreSQL database; `None`, and a line that says so, where there is no server.
    pub async fn postgres(setup: impl Into<Setup>) -> Option<Self> {
        let database = TestDatabase::create().await?;
        let location = Location::Postgres(database.url().to_owned());
        let folder = TempDir::new().unwrap();
        Some(Self::open(location, setup.into(), folder, Some(database)).await)
    }

    async fn open(location: Location, setup: Setup, folder: TempDir, database: Option<TestDatabase>) -> Self {
        let clock = Arc::new(FakeClock::at(START));
        let chance = Arc::new(SeededChance::new(7));
        let environment = Environment { clock: clock.clone(), chance, durable: false };
        let db = Db::open(&location, environment).await.unwrap();
        let config = Config { data_folder: folder.path().to_owned(), ..setup.config };
        let app = App::new(db, setup.registry, config);
        let owner = sign_in(&app, Role::Owner, Scope::All, None).await;
        Self { app, clock, owner, location, _database: database, _folder: folder }
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The database.
    pub fn db(&self) -> &Db {
        self.app.db()
    }

    /// Where its database lies.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The clock, to be moved.
    pub fn clock(&self) -> &FakeClock {
        &self.clock
    }

    /// A browser in which nobody is signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.app.clone(), None)
    }

    /// A browser in which a new user with this role is signed in.
    pub async fn signed_in_as(&self, role: Role) -> Client {
        sign_in(&self.app, role, Scope::All, None).await
    }

    /// A browser in which a new user is signed in who sees only some customers: their own, or a team's.
    pub async fn limited(&self, role: Role, team: Option<Id<kinds::Team>>) -> Client {
        let scope = if team.is_some() { Scope::Team } else { Scope::Own };
        sign_in(&self.app, role, scope, team).await
    }

    /// A browser in which a new member of staff is signed in.
    pub async fn staff(&self) -> Client {
        self.signed_in_as(Role::Staff).await
    }

    /// Runs reactions, due timers, jobs and the outbox until nothing is left to do now.
    pub async fn settle(&self) {
        for _ in 0..ROUNDS {
            // On a server that other tests share, what they have open hides what was just written: drain waits.
            self.app.reactor().drain().await.unwrap();
            if self.round().await == 0 {
                return;
            }
        }
        panic!("the background work does not come to an end");
    }

    async fn round(&self) -> usize {
        let registry = self.app.registry();
        let db = self.db();
        let mut done = self.app.reactor().round().await.unwrap();
        done += timer::tick(db, registry.timers()).await.unwrap();
        while job::run_next(db, registry.works(), None).await.unwrap() {
            done += 1;
        }
        done + outbox::deliver_due(db, registry.carriers()).await.unwrap()
    }

    /// Moves the clock on and does what has become due.
    pub async fn later(&self, micros: i64) {
        self.clock.set(self.clock.now().plus(micros));
        self.settle().await;
    }
}

/// A new user with a session of their own; signing in by password has its own stories.
async fn sign_in(app: &App, role: Role, scope: Scope, team: Option<Id<kinds::Team>>) -> Client {
    let opened = app.db().write(Lane::Interactive, move |tx| {
        async move {
            let count = user::all(tx).await?.len();
            let new = NewUser {
                name: format!("{role} {count}"),
                email: format!("{role}{count}@example.com"),
                role,
                locale: Locale::En,
                password: None,
                team,
                scope,
            };
            let user = user::create(tx, new).await?;
            let token = session::open(tx, user.id, "127.0.0.1", "testkit").await?;
            Ok::<(User, Token), web::Problem>((user, token))
        }
        .boxed()
    });
    let (_, token) = opened.await.unwrap();
    Client::new(app.clone(), Some(token.reveal().to_owned()))
}

/// Runs a story to its end.
pub fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(story);
}
