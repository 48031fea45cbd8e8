//! The board of tiers, and the reason of one person in words.

use super::model::{Measures, PARTS, VipRun};
use super::rules::VipRules;
use super::store::{self, Frame, Grant, Member};
use crate::accounts::{AccountParty, names};
use ::store::{Result, Tx};
use kernel::{Day, Id, Instant, Money, kinds};
use know::parties::list::{self, Filter, View};
use know::privacy::suspension;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Permission, Sight};

type PartyId = Id<kinds::Party>;

/// People who will fall who are named.
const FALLING: i64 = 100;

/// How many have a tier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TierRow {
    /// The code of the tier.
    code: String,
    /// How many.
    count: i64,
    /// The list of them.
    href: String,
    /// The lowest score of the tier; none before the first run.
    line: Option<i64>,
    /// Whether it is given today.
    open: bool,
}

/// Somebody who will fall.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Falling {
    party: AccountParty,
    tier: Option<String>,
    falls_to: Option<String>,
    #[schema(value_type = Option<String>)]
    falls_on: Option<Day>,
    score: Option<i64>,
}

/// A grant as it is shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VipGrant)]
pub struct GrantShown {
    party: AccountParty,
    tier: String,
    reason: String,
    #[schema(value_type = Option<String>)]
    until: Option<Day>,
    by: String,
}

/// A version of the rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipVersion {
    version: i64,
    #[schema(value_type = String)]
    at: Instant,
    by: String,
}

/// The board.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipBoard {
    #[schema(value_type = String)]
    as_of: Day,
    rules: VipRules,
    /// Whether everyone was judged by these rules yet.
    current: bool,
    /// Customers who ordered within the window, when they were last measured.
    customers: Option<usize>,
    /// Whether margins could be estimated; else what people bought stands for them.
    margin_known: bool,
    /// The highest first.
    tiers: Vec<TierRow>,
    /// Whoever will fall, the nearest day first.
    falling: Vec<Falling>,
    falling_href: String,
    grants: Vec<GrantShown>,
    versions: Vec<VipVersion>,
}

/// The board as `sight` reaches it.
pub async fn board(tx: &mut Tx, sight: Sight) -> Result<VipBoard> {
    let frame = Frame::load(tx).await?;
    let rules = store::rules(tx).await?;
    let run = store::last_run(tx).await?;
    let falling = store::falling(tx, FALLING).await?;
    let grants = store::grants(tx, frame.today).await?;
    let view = View { today: frame.today, currency: frame.currency, sight };
    let named = falling.iter().map(|it| it.party).chain(grants.keys().copied()).collect::<Vec<_>>();
    let names = names(tx, named, view).await?;
    let versions = store::versions(tx).await?.into_iter();
    let tiers = tiers(tx, &rules.value, run.as_ref(), view).await?;
    Ok(VipBoard {
        as_of: frame.today,
        current: rules.value.tiers.is_empty()
            || run.as_ref().is_some_and(|run| run.version == rules.revision),
        customers: run.as_ref().map(|run| run.customers),
        margin_known: frame.margin_percent.is_some(),
        tiers,
        falling: falling
            .into_iter()
            .filter_map(|it| {
                Some(Falling {
                    party: names.get(&it.party)?.clone(),
                    tier: it.tier,
                    falls_to: it.falls_to,
                    falls_on: it.falls_on,
                    score: it.score,
                })
            })
            .collect(),
        falling_href: "/know/customers?vip_falls=true&sort=-spend".into(),
        grants: grants
            .into_values()
            .filter_map(|grant| {
                let Grant { party, tier, reason, until, by_name } = grant;
                let reason = sight.text(reason);
                Some(GrantShown { party: names.get(&party)?.clone(), tier, reason, until, by: by_name })
            })
            .collect(),
        versions: versions.map(|it| VipVersion { version: it.version, at: it.at, by: it.by_name }).collect(),
        rules: rules.value,
    })
}

async fn tiers(tx: &mut Tx, rules: &VipRules, run: Option<&VipRun>, view: View) -> Result<Vec<TierRow>> {
    let mut rows = Vec::with_capacity(rules.tiers.len());
    for tier in rules.tiers.iter().rev() {
        let filter = Filter { vip_tier: Some(tier.code.clone()), ..Filter::default() };
        rows.push(TierRow {
            code: tier.code.clone(),
            count: list::count(tx, &filter, view.today, view.sight).await?,
            href: format!("/know/customers?vip_tier={}&sort=-spend", tier.code),
            line: run.and_then(|run| run.lines.get(&tier.code)).copied().filter(|line| *line <= 100),
            open: tier.is_open(view.today),
        });
    }
    Ok(rows)
}

/// A part of somebody's score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipPart {
    /// `recency`, `frequency`, `margin`, `tenure` or `advocacy`.
    part: &'static str,
    /// From 0 to 100.
    points: f64,
    /// Its share of all weights.
    weight: f64,
}

/// A move of the past.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipMove {
    from: Option<String>,
    to: Option<String>,
    #[schema(value_type = String)]
    day: Day,
    /// `score`, `time`, `rules` or `grant`.
    cause: String,
}

/// Somebody's tier and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VipReason {
    /// The code of their tier.
    tier: Option<String>,
    /// Its name, if the tier is in the rules.
    tier_name: Option<String>,
    tier_colour: Option<String>,
    #[schema(value_type = Option<String>)]
    since: Option<Day>,
    /// From 0 to 100.
    score: Option<i64>,
    /// Why there is no score: `hidden` from who reads no figures, `suspended` who asked not to be used, `no_orders`
    /// within the window.
    unscored: Option<&'static str>,
    parts: Vec<VipPart>,
    measures: Option<Measures>,
    /// The margin as money.
    margin: Option<Money>,
    /// Whether margins could be estimated; else what they bought stands for it.
    margin_known: bool,
    falls_to: Option<String>,
    falls_to_name: Option<String>,
    #[schema(value_type = Option<String>)]
    falls_on: Option<Day>,
    /// The next tier and the points that lack.
    next_name: Option<String>,
    next_points: Option<i64>,
    /// Why somebody granted a tier, if they did.
    grant_reason: Option<String>,
    grant_tier: Option<String>,
    #[schema(value_type = Option<String>)]
    grant_until: Option<Day>,
    grant_by: Option<String>,
    history: Vec<VipMove>,
    /// Whether there are tiers at all.
    any: bool,
}

/// The reason of a party that stands for itself, as `sight` reaches it.
pub async fn reason(tx: &mut Tx, party: PartyId, sight: Sight) -> Result<VipReason> {
    let frame = Frame::load(tx).await?;
    let rules = store::rules(tx).await?.value;
    let run = store::last_run(tx).await?;
    let figures = sight.may(Permission::FiguresRead);
    let measures = match figures {
        true => store::measured(tx, &[party], &rules, frame).await?.remove(&party),
        false => None,
    };
    let unscored = match measures {
        Some(_) => None,
        None if suspension::since(tx, party).await?.is_some() => Some("suspended"),
        None => Some(if figures { "no_orders" } else { "hidden" }),
    };
    let member: Option<Member> = store::members(tx, &[party]).await?.remove(&party);
    let grant = store::grants(tx, frame.today).await?.remove(&party);
    let moves = store::moves(tx, party).await?;
    let score = measures.zip(run.as_ref()).map(|(it, run)| it.score(&run.cuts, &rules));
    let tier = member.as_ref().and_then(|member| member.tier.clone());
    let named =
        |code: Option<&str>| code.and_then(|code| rules.tier(code)).map(|(_, tier)| tier.name.clone());
    let rank = rules.rank(tier.as_deref());
    let next = rules.tiers.iter().skip(rank).find(|tier| tier.is_open(frame.today));
    let line = next.and_then(|next| run.as_ref()?.lines.get(&next.code).copied()).filter(|line| *line <= 100);
    let shown =
        |it: store::Move| VipMove { from: it.from_tier, to: it.to_tier, day: it.day, cause: it.cause };
    Ok(VipReason {
        tier_name: named(tier.as_deref()),
        tier_colour: tier.as_deref().and_then(|code| rules.tier(code)).map(|(_, tier)| tier.colour.clone()),
        since: member.as_ref().map(|member| member.since),
        score,
        unscored,
        parts: parts(measures.as_ref(), run.as_ref(), &rules),
        margin: measures.map(|it| Money::new(frame.currency, it.margin)),
        measures,
        margin_known: frame.margin_percent.is_some(),
        falls_to_name: member.as_ref().and_then(|member| named(member.falls_to.as_deref())),
        falls_to: member.as_ref().and_then(|member| member.falls_to.clone()),
        falls_on: member.as_ref().and_then(|member| member.falls_on),
        next_name: line.and(next).map(|next| next.name.clone()),
        next_points: line.zip(score).map(|(line, score)| (line - score).max(0)),
        grant_reason: sight.maybe(grant.as_ref().map(|grant| grant.reason.clone())),
        grant_tier: grant.as_ref().and_then(|grant| named(Some(&grant.tier))),
        grant_until: grant.as_ref().and_then(|grant| grant.until),
        grant_by: grant.map(|grant| grant.by_name),
        history: moves.into_iter().map(shown).collect(),
        any: !rules.tiers.is_empty(),
        tier,
    })
}

fn parts(measures: Option<&Measures>, run: Option<&VipRun>, rules: &VipRules) -> Vec<VipPart> {
    let Some((measures, run)) = measures.zip(run) else { return Vec::new() };
    let weights = rules.weights.all();
    let all: f64 = weights.iter().sum();
    let parts = PARTS.into_iter().zip(measures.points(&run.cuts)).zip(weights);
    parts.map(|((part, points), weight)| VipPart { part, points, weight: weight / all }).collect()
}
