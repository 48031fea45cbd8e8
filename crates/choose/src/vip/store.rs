//! Tiers in the database: rules with their versions, who stands where, grants, the history, and the run over everyone.

use super::model::{self, Besides, Cuts, Measures, Standing, VipRun, lines, reached};
use super::reaction;
use super::rules::VipRules;
use crate::lifecycle::store::PAGE;
use ::store::log::{self, Entry, Origin};
use ::store::{FromRow, Result, Tx, setting, sql, sql_rows};
use kernel::{Currency, Day, Id, kinds};
use know::assessments::{self, Input};
use know::facts::History;
use know::privacy::suspension;
use know::used;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use web::{Actor, Company};

type PartyId = Id<kinds::Party>;

/// The setting that keeps the rules.
const RULES: &str = "choose.vip";
/// The setting that keeps the run.
const RUN: &str = "choose.vip_run";
/// Parties of one statement.
const SLICE: usize = 500;
/// Days of evidence that a year of judgements holds.
const YEAR: i64 = 365;

/// The rules with their version.
pub async fn rules(tx: &mut Tx) -> Result<setting::Versioned<VipRules>> {
    setting::get(tx, RULES).await
}

/// Writes rules if they are still at `revision`, where one is given, and keeps the version; gives its number.
pub async fn save_rules(
    tx: &mut Tx,
    actor: &Actor,
    rules: &VipRules,
    revision: Option<i64>,
) -> Result<Option<i64>> {
    let Some(version) = setting::put_if(tx, RULES, rules, revision).await? else { return Ok(None) };
    sql!("insert into vip_rules (version, rules, at, by_user, by_name) values ($1, $2, $3, $4, $5)")
        .bind(version)
        .bind(serde_json::to_string(rules)?)
        .bind(tx.now())
        .bind(actor.user)
        .bind(&actor.name)
        .execute(tx)
        .await?;
    Ok(Some(version))
}

/// The last run, if there was one.
pub async fn last_run(tx: &mut Tx) -> Result<Option<VipRun>> {
    Ok(setting::get(tx, RUN).await?.value)
}

/// What a day is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The company's day.
    pub today: Day,
    /// Its currency.
    pub currency: Currency,
    /// Its gross margin in percent.
    pub margin_percent: Option<f64>,
}

impl Frame {
    /// As of now.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let company = Company::load(tx).await?;
        let today = company.today(&*tx.environment().clock.clone());
        Ok(Self { today, currency: company.currency, margin_percent: company.margin_percent })
    }
}

#[derive(FromRow)]
struct Facts {
    party: PartyId,
    history: Vec<u8>,
    currency: Option<Currency>,
}

/// What is measured of `parties`; none of whom nothing was ordered within the window, nor of who asked not to be used.
pub async fn measured(
    tx: &mut Tx,
    parties: &[PartyId],
    rules: &VipRules,
    frame: Frame,
) -> Result<BTreeMap<PartyId, Measures>> {
    let (mut all, unused) = (BTreeMap::new(), suspension::all(tx).await?);
    for slice in parties.chunks(SLICE) {
        let mut query =
            sql_rows!(1, "select party, history, currency from facts where party in (values {rows})");
        let used = slice.iter().filter(|party| !unused.contains(party));
        used.for_each(|party| query.push_row([(*party).into()]));
        if query.is_empty() {
            continue;
        }
        let rows: Vec<Facts> = query.fetch_of_set(tx).await?;
        all.extend(measure(tx, rows, rules, frame).await?);
    }
    Ok(all)
}

async fn measure(
    tx: &mut Tx,
    rows: Vec<Facts>,
    rules: &VipRules,
    frame: Frame,
) -> Result<BTreeMap<PartyId, Measures>> {
    let rows: Vec<Facts> = rows.into_iter().filter(|row| row.currency == Some(frame.currency)).collect();
    let roots: Vec<PartyId> = rows.iter().map(|row| row.party).collect();
    let judged = assessments::of_roots(tx, &roots).await?;
    let since = rules.since(frame.today);
    let of = |row: Facts| {
        let known = judged.get(&row.party);
        let margin = known.and_then(|known| known.get(&Input::Margin));
        let margin =
            margin.filter(|it| it.currency == Some(frame.currency) && frame.today.since(it.day) < YEAR);
        let spoke = [Input::Referral, Input::Review, Input::Recommendation]
            .iter()
            .filter_map(|input| known.and_then(|known| known.get(input)))
            .filter(|it| it.value == 1 && it.day >= since);
        let besides = Besides {
            margin: margin.map(|it| it.value),
            margin_percent: frame.margin_percent,
            advocacy: i64::try_from(spoke.count()).unwrap_or(0),
        };
        let days = History::days_from_bytes(&row.history);
        Some((row.party, Measures::of(&days, rules, frame.today, besides)?))
    };
    Ok(rows.into_iter().filter_map(of).collect())
}

/// The measures of everyone who may be used, read a page at a time.
pub async fn everyone(tx: &mut Tx, rules: &VipRules, frame: Frame) -> Result<Vec<(PartyId, Measures)>> {
    let (mut all, mut after) = (Vec::new(), i64::MIN);
    loop {
        let rows: Vec<Facts> = sql!(concat!(
            "select f.party, f.history, f.currency from facts f where f.party > $1 and f.order_days > 0 and ",
            used!(),
            " order by f.party limit $2"
        ))
        .bind(after)
        .bind(PAGE)
        .fetch_all(tx)
        .await?;
        let Some(last) = rows.last() else { return Ok(all) };
        after = last.party.number();
        all.extend(measure(tx, rows, rules, frame).await?);
    }
}

/// Finds the cut points and the lines of tiers among everyone.
pub fn run_of(everyone: &[(PartyId, Measures)], rules: &VipRules, version: i64, frame: Frame) -> VipRun {
    let measures: Vec<Measures> = everyone.iter().map(|(_, measures)| *measures).collect();
    let cuts = Cuts::of(&measures);
    let mut scores: Vec<i64> = measures.iter().map(|one| one.score(&cuts, rules)).collect();
    VipRun {
        as_of: frame.today,
        version,
        currency: frame.currency,
        customers: measures.len(),
        margin_known: frame.margin_percent.is_some(),
        lines: lines(rules, &mut scores),
        cuts,
    }
}

/// A run over everyone; none when there are no tiers.
pub async fn measure_everyone(tx: &mut Tx) -> Result<Option<VipRun>> {
    let rules = rules(tx).await?;
    if rules.value.tiers.is_empty() {
        return Ok(None);
    }
    let frame = Frame::load(tx).await?;
    let everyone = everyone(tx, &rules.value, frame).await?;
    Ok(Some(run_of(&everyone, &rules.value, rules.revision, frame)))
}

/// Keeps a run; gives whether it is the first by these rules.
pub async fn keep_run(tx: &mut Tx, run: &VipRun) -> Result<bool> {
    let before = last_run(tx).await?;
    setting::put(tx, RUN, &Some(run)).await?;
    Ok(before.is_none_or(|before| before.version != run.version))
}

/// A row of `vip_members`.
#[derive(Debug, Clone, FromRow)]
pub struct Member {
    pub party: PartyId,
    pub tier: Option<String>,
    pub score: Option<i64>,
    pub since: Day,
    pub falls_to: Option<String>,
    pub falls_on: Option<Day>,
}

impl Member {
    fn standing(&self) -> Standing {
        Standing { tier: self.tier.clone(), falls_to: self.falls_to.clone(), falls_on: self.falls_on }
    }
}

/// The rows of `parties`.
pub async fn members(tx: &mut Tx, parties: &[PartyId]) -> Result<BTreeMap<PartyId, Member>> {
    let mut all = BTreeMap::new();
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(
            1,
            "select party, tier, score, since, falls_to, falls_on from vip_members where party in (values {rows})"
        );
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        let rows: Vec<Member> = query.fetch_of_set(tx).await?;
        all.extend(rows.into_iter().map(|row| (row.party, row)));
    }
    Ok(all)
}

/// A grant.
#[derive(Debug, Clone, FromRow)]
pub struct Grant {
    /// Who stands for them now.
    pub party: PartyId,
    pub tier: String,
    pub reason: String,
    pub until: Option<Day>,
    pub by_name: String,
}

/// The grants that hold on `day`, of whoever stands for those they were given to.
pub async fn grants(tx: &mut Tx, day: Day) -> Result<BTreeMap<PartyId, Grant>> {
    let rows: Vec<Grant> = sql!(
        "select coalesce(r.root, g.party) as party, g.tier, g.reason, g.until, g.by_name from vip_grants g \
         left join party_root r on r.party = g.party where g.until is null or g.until >= $1 order by g.at"
    )
    .bind(day)
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.party, row)).collect())
}

/// Why people move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// They did something.
    Score,
    /// A day passed.
    Time,
    /// The rules changed.
    Rules,
    /// Somebody granted it.
    Grant,
}

impl Cause {
    const fn text(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Time => "time",
            Self::Rules => "rules",
            Self::Grant => "grant",
        }
    }
}

/// Judges `parties` by the last run and writes what moved.
pub async fn judge(tx: &mut Tx, parties: &BTreeSet<PartyId>, cause: Cause) -> Result<()> {
    let rules = rules(tx).await?;
    let Some(run) = last_run(tx).await?.filter(|run| run.version == rules.revision) else { return Ok(()) };
    let (rules, frame) = (rules.value, Frame::load(tx).await?);
    let asked: Vec<PartyId> = parties.iter().copied().collect();
    let measures = measured(tx, &asked, &rules, frame).await?;
    let (members, grants) = (members(tx, &asked).await?, grants(tx, frame.today).await?);
    let standing = standing(tx, &asked).await?;
    let unused = suspension::all(tx).await?;
    for party in asked {
        if unused.contains(&party) {
            set_aside(tx, party).await?;
            continue;
        }
        let score = measures.get(&party).map(|one| one.score(&run.cuts, &rules));
        let want = score.and_then(|score| reached(&rules, &run.lines, score, frame.today));
        let granted = grants.get(&party).map(|grant| grant.tier.as_str());
        let now = members.get(&party).map(Member::standing).unwrap_or_default();
        let next = if standing.contains(&party) {
            model::next(&now, want, granted, &rules, frame.today, cause != Cause::Rules)
        } else {
            // Merged away or retracted: whoever stands for them is judged.
            Standing::default()
        };
        let is_same = now == next && members.get(&party).map(|it| it.score) == Some(score);
        let is_nobody = next.tier.is_none() && score.is_none() && !members.contains_key(&party);
        if !is_same && !is_nobody {
            write(tx, party, score, &now, &next, frame.today, cause, run.version).await?;
        }
    }
    Ok(())
}

/// Takes the tier from somebody who asked not to be used. They did nothing and no day passed, so it is no move: the
/// history stays as it was, and says where they stand when they come back ([`take_up`]).
async fn set_aside(tx: &mut Tx, party: PartyId) -> Result<()> {
    sql!("delete from vip_members where party = $1").bind(party).execute(tx).await?;
    Ok(())
}

/// Puts somebody who may be used again where their history left them; then they are judged like everyone.
pub async fn take_up(tx: &mut Tx, party: PartyId) -> Result<()> {
    if rules(tx).await?.value.tiers.is_empty() {
        return Ok(());
    }
    sql!(
        "insert into vip_members (party, tier, since) select m.party, m.to_tier, m.day from vip_moves m \
         where m.id = (select max(id) from vip_moves where party = $1) and m.to_tier is not null \
         on conflict (party) do nothing"
    )
    .bind(party)
    .execute(tx)
    .await?;
    Ok(())
}

/// Those of `parties` who stand for themselves.
async fn standing(tx: &mut Tx, parties: &[PartyId]) -> Result<BTreeSet<PartyId>> {
    let mut all = BTreeSet::new();
    for slice in parties.chunks(SLICE) {
        let mut query = sql_rows!(1, "select party from facts where party in (values {rows})");
        slice.iter().for_each(|party| query.push_row([(*party).into()]));
        all.extend(query.fetch_of_set::<(PartyId,)>(tx).await?.into_iter().map(|(party,)| party));
    }
    Ok(all)
}

#[expect(clippy::too_many_arguments, reason = "a row and what it follows from")]
async fn write(
    tx: &mut Tx,
    party: PartyId,
    score: Option<i64>,
    now: &Standing,
    next: &Standing,
    today: Day,
    cause: Cause,
    version: i64,
) -> Result<()> {
    sql!(
        "insert into vip_members (party, tier, score, since, falls_to, falls_on) values ($1, $2, $3, $4, $5, $6) \
         on conflict (party) do update set tier = excluded.tier, score = excluded.score, falls_to = excluded.falls_to, \
         falls_on = excluded.falls_on, since = case when vip_members.tier is not distinct from excluded.tier \
         then vip_members.since else excluded.since end"
    )
    .bind(party)
    .bind(next.tier.clone())
    .bind(score)
    .bind(today)
    .bind(next.falls_to.clone())
    .bind(next.falls_on)
    .execute(tx)
    .await?;
    if now.tier == next.tier {
        return Ok(());
    }
    let id: Id<kinds::VipMove> = tx.id();
    sql!(
        "insert into vip_moves (id, party, from_tier, to_tier, day, cause, version, at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    )
    .bind(id)
    .bind(party)
    .bind(now.tier.clone())
    .bind(next.tier.clone())
    .bind(today)
    .bind(cause.text())
    .bind(version)
    .bind(tx.now())
    .execute(tx)
    .await?;
    let body = json!({ "from": now.tier, "to": next.tier, "cause": cause.text() });
    let origin = if cause == Cause::Rules { Origin::Backfill } else { Origin::Live };
    let entry = Entry { origin, ..Entry::live(tx, "vip.changed", id.number()).about(party).with(body) };
    log::append(tx, entry).await
}

/// Judges a page of everyone after `after`; gives the last party, if there was any.
pub async fn judge_page(tx: &mut Tx, after: i64, cause: Cause) -> Result<Option<PartyId>> {
    // The reaction shall not judge by what is older than this (PostgreSQL; SQLite has one writer).
    sql!("update reactions set turned_at = turned_at where name = $1")
        .bind(reaction::NAME)
        .execute(tx)
        .await?;
    let page: Vec<(PartyId,)> = sql!(
        "select party from (select party from facts where party > $1 and order_days > 0 union \
         select party from vip_members where party > $1) everyone order by party limit $2"
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(tx)
    .await?;
    let page: BTreeSet<PartyId> = page.into_iter().map(|(party,)| party).collect();
    judge(tx, &page, cause).await?;
    Ok(page.last().copied())
}

/// Takes all tiers away when there are no rules for them any more.
pub async fn forget_all(tx: &mut Tx) -> Result<()> {
    sql!("delete from vip_members").execute(tx).await?;
    setting::put(tx, RUN, &None::<VipRun>).await?;
    Ok(())
}

/// Grants a tier.
pub async fn grant(tx: &mut Tx, actor: &Actor, grant: &Grant) -> Result<()> {
    sql!(
        "insert into vip_grants (party, tier, reason, until, by_user, by_name, at) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (party) do update set tier = excluded.tier, reason = excluded.reason, until = excluded.until, \
         by_user = excluded.by_user, by_name = excluded.by_name, at = excluded.at"
    )
    .bind(grant.party)
    .bind(&grant.tier)
    .bind(&grant.reason)
    .bind(grant.until)
    .bind(actor.user)
    .bind(&actor.name)
    .bind(tx.now())
    .execute(tx)
    .await?;
    judge(tx, &BTreeSet::from([grant.party]), Cause::Grant).await
}

/// Takes a grant back; gives whether there was one.
pub async fn release(tx: &mut Tx, party: PartyId) -> Result<bool> {
    let gone = sql!(
        "delete from vip_grants where party = $1 or party in (select party from party_root where root = $1)"
    )
    .bind(party)
    .execute(tx)
    .await?;
    judge(tx, &BTreeSet::from([party]), Cause::Grant).await?;
    Ok(gone > 0)
}

/// A move of the past.
#[derive(Debug, Clone, FromRow)]
pub struct Move {
    pub from_tier: Option<String>,
    pub to_tier: Option<String>,
    pub day: Day,
    pub cause: String,
}

/// The moves of a party and of whoever was merged into it, the latest first.
pub async fn moves(tx: &mut Tx, root: PartyId) -> Result<Vec<Move>> {
    /// Moves that are shown.
    const SHOWN: i64 = 50;
    sql!(
        "select from_tier, to_tier, day, cause from vip_moves where party = $1 \
         or party in (select party from party_root where root = $1) order by id desc limit $2"
    )
    .bind(root)
    .bind(SHOWN)
    .fetch_all(tx)
    .await
}

/// The tier of everyone who has one.
pub async fn tiers(tx: &mut Tx) -> Result<BTreeMap<PartyId, Option<String>>> {
    let rows: Vec<(PartyId, Option<String>)> =
        sql!("select party, tier from vip_members where tier is not null").fetch_all(tx).await?;
    Ok(rows.into_iter().collect())
}

/// Who will fall, those whose day is nearest first.
pub async fn falling(tx: &mut Tx, limit: i64) -> Result<Vec<Member>> {
    sql!(
        "select party, tier, score, since, falls_to, falls_on from vip_members where falls_on is not null \
         order by falls_on, party limit $1"
    )
    .bind(limit)
    .fetch_all(tx)
    .await
}

/// A version of the rules.
#[derive(Debug, Clone, FromRow)]
pub struct Version {
    pub version: i64,
    pub at: kernel::Instant,
    pub by_name: String,
}

/// The versions of the rules, the latest first.
pub async fn versions(tx: &mut Tx) -> Result<Vec<Version>> {
    /// Versions that are shown.
    const SHOWN: i64 = 50;
    sql!("select version, at, by_name from vip_rules order by version desc limit $1")
        .bind(SHOWN)
        .fetch_all(tx)
        .await
}

/// Who rose within the last days, by live moves: whom Today greets.
pub async fn risen_since(tx: &mut Tx, day: Day, limit: i64) -> Result<Vec<PartyId>> {
    let rows: Vec<(PartyId, String)> = sql!(
        "select coalesce(r.root, m.party), m.to_tier from vip_moves m left join party_root r on r.party = m.party \
         where m.day >= $1 and m.cause = 'score' and m.to_tier is not null order by m.id desc limit $2"
    )
    .bind(day)
    .bind(limit)
    .fetch_all(tx)
    .await?;
    let tiers = tiers(tx).await?;
    let still = rows.into_iter().filter(|(party, tier)| tiers.get(party) == Some(&Some(tier.clone())));
    Ok(still.map(|(party, _)| party).collect())
}
