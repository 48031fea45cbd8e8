//! What verbs plug into: routes with their rules, reactions, jobs, timers, carriers, cards.

use crate::health::Gauges;
use crate::today::{Cards, SetUp, Share};
use crate::webhooks::Reach;
use crate::{
    App, Permission, audit, company, jobs, keys, live, mail, public, sending, session, staff, today,
};
use async_trait::async_trait;
use axum::http::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::job::Work;
use store::outbox::Outgoing;
use store::reaction::Reaction;
use store::timer::OnTimer;
use store::{Result, Tx};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, PathItem};
use utoipa_axum::router::OpenApiRouter;

/// Everything the verbs bring. [`Registry::new`] holds what the front door itself brings.
#[derive(Clone)]
pub struct Registry {
    pub(crate) router: OpenApiRouter<App>,
    /// What people see who do not sign in.
    pub(crate) pages: axum::Router<App>,
    /// By path, then by method.
    pub(crate) rules: BTreeMap<&'static str, BTreeMap<&'static str, Permission>>,
    /// Methods and paths that look themselves at what the door lets no text say.
    pub(crate) looks: BTreeSet<(&'static str, &'static str)>,
    pub(crate) reactions: Vec<Arc<dyn Reaction>>,
    pub(crate) works: Vec<Arc<dyn Work>>,
    pub(crate) timers: Vec<Arc<dyn OnTimer>>,
    pub(crate) carriers: Vec<Arc<dyn Outgoing>>,
    pub(crate) cards: Vec<Arc<dyn Cards>>,
    pub(crate) set_up: Vec<Arc<dyn SetUp>>,
    pub(crate) share: Option<Arc<dyn Share>>,
    pub(crate) starters: Vec<Arc<dyn Starter>>,
    gauges: Vec<Arc<dyn Gauges>>,
    /// How far webhooks go.
    pub(crate) reach: Reach,
}

/// Something to do once at each start, such as setting the first timer.
#[async_trait]
pub trait Starter: Send + Sync {
    /// Does it; it must do no harm when repeated.
    async fn start(&self, tx: &mut Tx) -> Result<()>;
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

impl Registry {
    /// A registry with the front door's own routes.
    pub fn new() -> Self {
        let mut registry = Self {
            router: OpenApiRouter::new(),
            pages: axum::Router::new(),
            rules: BTreeMap::new(),
            looks: BTreeSet::new(),
            reactions: Vec::new(),
            works: Vec::new(),
            timers: Vec::new(),
            carriers: Vec::new(),
            cards: Vec::new(),
            set_up: Vec::new(),
            share: None,
            starters: Vec::new(),
            gauges: Vec::new(),
            reach: Reach::Public,
        };
        session::register(&mut registry);
        staff::register(&mut registry);
        keys::register(&mut registry);
        company::register(&mut registry);
        today::register(&mut registry);
        jobs::register(&mut registry);
        live::register(&mut registry);
        audit::register(&mut registry);
        sending::register(&mut registry);
        mail::register(&mut registry);
        public::register(&mut registry);
        registry
    }

    /// Adds routes, their paths without the prefix `/api/v1`.
    pub fn routes(&mut self, routes: OpenApiRouter<App>) {
        self.router = std::mem::take(&mut self.router).merge(routes);
    }

    /// Adds public pages, below one of [`crate::public::ROOTS`].
    pub fn pages(&mut self, pages: axum::Router<App>) {
        self.pages = std::mem::take(&mut self.pages).merge(pages);
    }

    /// Says who may call `method` on `path`. A route without a rule is refused.
    pub fn allow(&mut self, method: &'static str, path: &'static str, permission: Permission) {
        let before = self.rules.entry(path).or_default().insert(method, permission);
        debug_assert!(before.is_none(), "{method} {path} has two rules");
    }

    /// Says that `method` on `path` looks itself at what the law forbids keeping: because it keeps nothing, or because
    /// what is wrong with one thing told must not cost the others.
    pub fn looks_itself(&mut self, method: &'static str, path: &'static str) {
        self.looks.insert((method, path));
    }

    /// Adds a reaction.
    pub fn reaction(&mut self, reaction: impl Reaction + 'static) {
        self.reactions.push(Arc::new(reaction));
    }

    /// Adds a kind of job.
    pub fn work(&mut self, work: impl Work + 'static) {
        self.works.push(Arc::new(work));
    }

    /// Adds a kind of timer.
    pub fn timer(&mut self, timer: impl OnTimer + 'static) {
        self.timers.push(Arc::new(timer));
    }

    /// Adds a carrier of the outbox.
    pub fn carrier(&mut self, carrier: impl Outgoing + 'static) {
        self.carriers.push(Arc::new(carrier));
    }

    /// Adds cards to Today.
    pub fn cards(&mut self, cards: impl Cards + 'static) {
        self.cards.push(Arc::new(cards));
    }

    /// Adds steps to the list of what a new company does first.
    pub fn set_up(&mut self, steps: impl SetUp + 'static) {
        self.set_up.push(Arc::new(steps));
    }

    /// Says who tells the share of regulars' spending on Today; the last one counts.
    pub fn share(&mut self, share: impl Share + 'static) {
        self.share = Some(Arc::new(share));
    }

    /// Adds something to do at each start.
    pub fn starter(&mut self, starter: impl Starter + 'static) {
        self.starters.push(Arc::new(starter));
    }

    /// Adds figures for monitoring.
    pub fn gauge(&mut self, gauges: impl Gauges + 'static) {
        self.gauges.push(Arc::new(gauges));
    }

    /// The figures for monitoring.
    pub fn gauges(&self) -> &[Arc<dyn Gauges>] {
        &self.gauges
    }

    /// How far the program goes on the word of somebody in the company: webhooks, shops that are asked.
    pub fn reach(&self) -> Reach {
        self.reach
    }

    /// The kinds of jobs, for those who run them without a server.
    pub fn works(&self) -> &[Arc<dyn Work>] {
        &self.works
    }

    /// The reactions.
    pub fn reactions(&self) -> &[Arc<dyn Reaction>] {
        &self.reactions
    }

    /// The kinds of timers.
    pub fn timers(&self) -> &[Arc<dyn OnTimer>] {
        &self.timers
    }

    /// The carriers of the outbox.
    pub fn carriers(&self) -> &[Arc<dyn Outgoing>] {
        &self.carriers
    }

    /// What the rule of an operation asks for, if it has one. `path` is without the prefix.
    pub(crate) fn rule(&self, method: &Method, path: &str) -> Option<Permission> {
        // Whoever may read something may ask for its headers.
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        self.rules.get(path)?.get(method).copied()
    }

    /// Whether `path` answers `method`. `path` is without the prefix.
    pub(crate) fn has_operation(&self, method: &Method, path: &str) -> bool {
        operations(self.router.get_openapi()).contains(&format!("{method} {path}"))
    }

    /// Routes without a rule and rules without a route, as `GET /path`: both lists are empty in a sound program.
    pub fn unruled(&self) -> (Vec<String>, Vec<String>) {
        let routes: BTreeSet<String> = operations(self.router.get_openapi()).into_iter().collect();
        let rules: BTreeSet<String> = self
            .rules
            .iter()
            .flat_map(|(path, by)| by.keys().map(move |method| format!("{method} {path}")))
            .collect();
        (routes.difference(&rules).cloned().collect(), rules.difference(&routes).cloned().collect())
    }
}

/// Every operation of a document as `GET /path`.
fn operations(document: &OpenApi) -> Vec<String> {
    let methods = |item: &PathItem| {
        let by_method = [
            ("GET", item.get.is_some()),
            ("PUT", item.put.is_some()),
            ("POST", item.post.is_some()),
            ("DELETE", item.delete.is_some()),
            ("PATCH", item.patch.is_some()),
        ];
        by_method.into_iter().filter_map(|(method, there)| there.then_some(method)).collect::<Vec<_>>()
    };
    let paths = document.paths.paths.iter();
    paths
        .flat_map(|(path, item)| methods(item).into_iter().map(move |method| format!("{method} {path}")))
        .collect()
}

/// The OpenAPI document of all routes, with the prefix `/api/v1`.
pub fn openapi(registry: &Registry) -> OpenApi {
    let info = InfoBuilder::new()
        .title("Dangol")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Dates are local days, instants UTC, money integer minor units, errors RFC 9457."));
    let empty = OpenApiBuilder::new().info(info).build();
    let nested = OpenApiRouter::<App>::with_openapi(empty).nest("/api/v1", registry.router.clone());
    nested.into_openapi()
}
