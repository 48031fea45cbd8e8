//! The front door of Dangol: one axum application under `/api/v1` and the staff app beside it.
//!
//! Verbs plug their routes, reactions, jobs, timers and cards into a [`Registry`]; [`App`] carries the database
//! and the registry to every handler; [`serve()`] runs the server and the background work until told to stop.
//!
//! Invariants:
//! - A route without a rule in the registry is refused, and a test names it ([`Registry::unruled`]).
//! - Every failure leaves as `application/problem+json` with a stable code and a text in the reader's language.
//! - Every response carries the security headers; no unsafe method answers a foreign origin.

mod app;
pub mod audit;
pub mod company;
mod connections;
pub mod cursor;
mod door;
mod etag;
pub mod export;
pub mod guess;
mod health;
mod holdings;
mod jobs;
mod keys;
mod live;
pub mod mail;
mod page;
mod permission;
mod problem;
pub mod public;
mod registry;
mod sending;
mod serve;
pub mod session;
mod sight;
mod staff;
mod staff_app;
pub mod text;
pub mod today;
pub mod user;
pub mod webhooks;

pub use app::{App, Config, Door, StartCompany};
pub use company::Company;
pub use door::router;
pub use etag::{IfMatch, etag};
pub use health::{Gauge, Gauges};
pub use keys::KeyScope;
pub use page::{Page, PageQuery};
pub use permission::{Permission, Role};
pub use problem::{Answer, FieldProblem, Problem, ProblemBody};
pub use registry::{Registry, Starter, openapi};
pub use serve::{listen, serve};
pub use session::{AccessSettings, Actor, links};
pub use sight::{Scope, Sight, Within};
pub use staff::Colleague;
pub use today::{Card, Cards, Person, SetUp, Share, SharePoint, Step};
