//! The plan: what a person settles about a file, and what the first rows become under it.

use super::listed::Listed;
use super::model::{Import, Probe, State};
use super::{own, store, words};
use crate::fields::{self, CustomField};
use crate::parties::Contact;
use ::store::Tx;
use kernel::{Currency, Locale, Money};
use reading::{Field, Item, Plan, Record, Records};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use utoipa::ToSchema;
use web::{Answer, Company, Problem};

/// Rows of a preview.
const PREVIEW_ROWS: usize = 20;

/// A plan as a person settled it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewPlan {
    /// How the file is read. With an empty mapping the source's own one is taken.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub plan: Plan,
    /// Opens a locked workbook.
    pub password: Option<String>,
}

/// What a first look found, for good.
pub struct Looked {
    /// What was found.
    pub probe: Probe,
    /// A plan to start from.
    pub plan: Plan,
}

/// Looks at a file on a thread of its own; with `asked` the way a person chose.
pub async fn look(
    path: PathBuf,
    company: Company,
    password: Option<String>,
    asked: Option<Plan>,
    fields: Vec<CustomField>,
    locale: Locale,
) -> Answer<Looked> {
    let looking = move || {
        let found = match &asked {
            Some(plan) => {
                reading::probe_as(&path, password.as_deref(), Some(plan.encoding), Some(plan.delimiter))
            }
            None => reading::probe(&path, password.as_deref()),
        };
        let found = found.map_err(|fault| words::problem(&fault, locale))?;
        let own = |source| {
            let plan = found.plan_for(source, company.currency.code(), &company.zone);
            own::fitted(plan, &found.columns, &fields)
        };
        let plan = match asked {
            Some(plan) if plan.mapping.is_empty() && !found.needs_password => {
                let source = if plan.header { plan.source } else { reading::Source::Generic };
                Plan { account: plan.account, header: plan.header, ..own(source) }
            }
            Some(plan) => plan,
            None => {
                let plan = found.plan(company.currency.code(), &company.zone);
                own::fitted(plan, &found.columns, &fields)
            }
        };
        let probe = Probe::from(&found);
        let date_order = plan.date_order.or_else(|| probe.date_order(&plan));
        Ok(Looked { plan: Plan { date_order, ..plan }, probe })
    };
    tokio::task::spawn_blocking(looking).await.map_err(Problem::internal)?
}

/// What one column showed about the order of day and month says nothing of another: a plan with another date column
/// and the old order has none.
pub fn dated_anew(plan: Plan, before: &Plan) -> Plan {
    let moved = plan.mapping.get(&Field::Date) != before.mapping.get(&Field::Date);
    let date_order = plan.date_order.filter(|_| !moved || plan.date_order != before.date_order);
    Plan { date_order, ..plan }
}

/// A name for columns in their order: a plan names them by their places.
pub fn columns_hash(columns: &[String]) -> String {
    let mut hash = Sha256::new();
    for name in columns.iter().map(|column| reading::folded(column)) {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
    }
    hash.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The plan a person settled on for the same columns, fitted to this file.
pub async fn remembered(tx: &mut Tx, probe: &Probe) -> ::store::Result<Option<Plan>> {
    if probe.needs_password || probe.header_line.is_none() {
        return Ok(None);
    }
    let found = store::remembered(tx, &columns_hash(&probe.columns)).await?;
    let Some((plan, settled_at)) = found else { return Ok(None) };
    // What this file shows counts for more than what a former one did, and what was said more than what is usual.
    let date_order = probe.date_look(&plan).settled().or(plan.date_order).or_else(|| probe.date_order(&plan));
    let plan = Plan { encoding: probe.encoding, delimiter: probe.delimiter, date_order, ..plan };
    let plan = own::standing(plan, &fields::all(tx).await?);
    // A column that somebody chose not to read stays so; of a field that came later nobody has said anything.
    Ok(Some(own::fitted(plan, &probe.columns, &fields::since(tx, settled_at).await?)))
}

/// Whether the plan can run.
pub fn state(plan: &Plan, probe: &Probe) -> State {
    let complete = !probe.needs_password && faults(plan, probe).is_empty();
    if complete { State::Ready } else { State::Uploaded }
}

/// What stands in the way of running the plan over this file.
pub fn faults(plan: &Plan, probe: &Probe) -> Vec<reading::PlanProblem> {
    let mut faults = plan.problems(probe.columns.len());
    faults.extend(plan.date_problem(&probe.dates));
    faults
}

/// What is wrong with a part of the plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanProblem {
    /// The part: a field's name, `date_order`, `currency` or `zone`.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
    /// What to do.
    pub detail: String,
}

/// What stands in the way of running the plan.
pub fn problems(import: &Import, locale: Locale) -> Vec<PlanProblem> {
    let said = |problem: reading::PlanProblem| PlanProblem {
        detail: words::plan_problem(&problem.field, problem.code, locale),
        field: problem.field,
        code: problem.code,
    };
    faults(&import.plan, &import.probe).into_iter().map(said).collect()
}

/// A row as the plan reads it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewRow {
    /// The line of the file.
    line: u64,
    /// Who, as the source knows them.
    customer: Option<String>,
    /// Their name.
    name: Option<String>,
    /// When.
    at: Option<String>,
    /// What was bought.
    product: Option<String>,
    /// How many.
    quantity: Option<f64>,
    /// For how much.
    amount: Option<Money>,
    /// Of a customer: their e-mail address.
    email: Option<String>,
    /// Of a customer: their phone number.
    phone: Option<String>,
    /// Of a customer: what else is read, as it will be kept.
    more: Vec<String>,
    /// `sale`, `refund`, `customer` or `invalid`.
    kind: &'static str,
    /// Why the row would be set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// The first rows as the plan reads them.
pub async fn preview(
    import: &Import,
    fields: Vec<CustomField>,
    password: Option<String>,
    locale: Locale,
) -> Answer<Vec<PreviewRow>> {
    let (path, plan) = (import.path.clone(), import.plan.0.clone());
    let reading = move || -> Answer<Vec<PreviewRow>> {
        let open = Records::open(Path::new(&path), &plan, password.as_deref());
        let records = open.map_err(|fault| words::problem(&fault, locale))?;
        let rows = records.filter_map(|item| match item {
            Ok(Item::Record(record)) => Some(Ok(shown(*record))),
            Ok(Item::Fault(fault)) => Some(Ok(set_aside(&fault, locale))),
            Ok(Item::Customer(customer)) => Some(Ok(match Listed::of(*customer, &fields, &mut Vec::new()) {
                Ok(listed) => shown_customer(listed, &fields),
                Err(fault) => set_aside(&fault, locale),
            })),
            Ok(Item::Notice(_)) => None,
            Err(fault) => Some(Err(words::problem(&fault, locale))),
        });
        let mut rows = rows.take(PREVIEW_ROWS).collect::<Answer<Vec<_>>>()?;
        // The lines of an order come together once it has ended; on screen the file's own order counts.
        rows.sort_by_key(|row| row.line);
        Ok(rows)
    };
    tokio::task::spawn_blocking(reading).await.map_err(Problem::internal)?
}

/// A row with nothing but its line.
fn blank(line: u64, kind: &'static str) -> PreviewRow {
    PreviewRow {
        line,
        customer: None,
        name: None,
        at: None,
        product: None,
        quantity: None,
        amount: None,
        email: None,
        phone: None,
        more: Vec::new(),
        kind,
        problem: None,
    }
}

fn shown_customer(listed: Listed, fields: &[CustomField]) -> PreviewRow {
    let Listed { customer, identity, more, details } = listed;
    let address =
        customer.address.iter().flat_map(|address| [&address.postal_code, &address.line, &address.detail]);
    let day = customer.birthday.map(|day| format!("{}/{}", day.month, day.day));
    let said = more.into_iter().map(|contact| contact.shown).chain(day).chain(address.flatten().cloned());
    PreviewRow {
        customer: identity.source_id,
        name: identity.name,
        phone: identity.phone.as_deref().and_then(Contact::phone).map(|phone| phone.shown),
        email: identity.email,
        more: said
            .chain(customer.tags)
            .chain(customer.note)
            .chain(own::shown(fields, &details.own))
            .collect(),
        ..blank(customer.line, "customer")
    }
}

fn shown(record: Record) -> PreviewRow {
    let currency = record.currency.as_str().parse().unwrap_or(Currency::KRW);
    PreviewRow {
        customer: record.customer.or(record.email).or(record.phone),
        name: record.name,
        at: Some(kernel::Instant::from_micros(record.at.as_microsecond()).to_string()),
        product: record.product,
        quantity: record.quantity_milli.map(|milli| milli as f64 / 1000.0),
        amount: Some(Money::new(currency, record.amount_minor)),
        ..blank(record.line, if record.amount_minor < 0 { "refund" } else { "sale" })
    }
}

fn set_aside(fault: &reading::RowFault, locale: Locale) -> PreviewRow {
    let params = fault.params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    PreviewRow {
        problem: Some(words::reason(fault.code.as_str(), &params, locale)),
        ..blank(fault.line, "invalid")
    }
}
