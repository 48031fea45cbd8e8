//! What every handler gets: the database, the registry, and how the program is reached.

use crate::health::Answers;
use crate::keys::Rates;
use crate::live::Live;
use crate::user::Hasher;
use crate::webhooks::Reach;
use crate::{Actor, Answer, Registry, mail};
use async_trait::async_trait;
use kernel::{Chance, Clock, Currency};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Db;
use store::reactor::Reactor;

/// How people reach the program, and so what its cookies and addresses can be trusted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Door {
    /// Plain http from this machine alone.
    #[default]
    Loopback,
    /// A proxy in front speaks https and adds `X-Forwarded-For`.
    Proxy,
    /// Plain http from anywhere: the operator insists.
    InsecureLan,
}

/// What the program was started with.
#[derive(Clone, Default)]
pub struct Config {
    /// The folder of the company's files; uploads lie in `uploads` below it.
    pub data_folder: PathBuf,
    /// How people reach the program.
    pub door: Door,
    /// The list of those who were erased; `erased.list` in the data folder when left out.
    pub erased_list: Option<PathBuf>,
    /// The file to which the signed head of the audit log is appended.
    pub audit_anchor: Option<PathBuf>,
    /// What a program from elsewhere must know to read the figures of `/metrics`.
    pub metrics_token: Option<String>,
    /// How far the program goes to ask an identity provider.
    pub sso_reach: Reach,
    /// Opens an own company from the demo, where the program can.
    pub on_start_company: Option<Arc<dyn StartCompany>>,
}

/// Opens an own, empty company while the demo runs.
#[async_trait]
pub trait StartCompany: Send + Sync {
    /// Opens the company; the caller's session must stay valid in it.
    async fn start(&self, name: String, zone: String, currency: Currency, actor: Actor) -> Answer<()>;
}

/// The application: axum's state in every handler. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    reactor: Reactor,
    registry: Registry,
    config: Config,
    hasher: Hasher,
    live: Live,
    rates: Rates,
    answers: Answers,
}

impl App {
    /// An application over an open database with what the verbs registered.
    pub fn new(db: Db, mut registry: Registry, config: Config) -> Self {
        let secrets = mail::Secrets::new(&config.data_folder);
        registry.carrier(mail::Carrier { db: db.clone(), secrets });
        let reactor = Reactor::new(db.clone(), registry.reactions.clone());
        let hasher = Hasher::new(db.environment().chance.clone());
        Self(Arc::new(Inner {
            db,
            reactor,
            registry,
            config,
            hasher,
            live: Live::default(),
            rates: Rates::default(),
            answers: Answers::default(),
        }))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The reactions.
    pub fn reactor(&self) -> &Reactor {
        &self.0.reactor
    }

    /// What the verbs registered.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The folder of the company's files; uploads lie in `uploads` below it.
    pub fn data_folder(&self) -> &Path {
        &self.0.config.data_folder
    }

    /// The list of those who were erased.
    pub fn erased_list(&self) -> PathBuf {
        let list = self.config().erased_list.clone();
        let list = list.unwrap_or_else(|| self.data_folder().join("erased.list"));
        // A job may run where another folder is the current one.
        std::path::absolute(&list).unwrap_or(list)
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        self.0.db.clock()
    }

    /// The source of secrets.
    pub(crate) fn chance(&self) -> &dyn Chance {
        &*self.0.db.environment().chance
    }

    /// How the program was started.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Hashes passwords, two at a time.
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// How often each key called.
    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    /// Counts answers.
    pub(crate) fn answers(&self) -> &Answers {
        &self.0.answers
    }

    /// Sends changes to the pages that listen.
    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }
}
