//! Own fields of the company in the plan of a list of customers: which column is which.

use crate::fields::{self, CustomField};
use ::store::{Result, Tx};
use reading::Plan;
use web::{Answer, Problem};

/// The fields that the plan names.
pub async fn named_by(tx: &mut Tx, plan: &Plan) -> Result<Vec<CustomField>> {
    if plan.own.is_empty() {
        return Ok(Vec::new());
    }
    let mut fields = fields::all(tx).await?;
    fields.retain(|field| plan.own.contains_key(&field.id.to_string()));
    Ok(fields)
}

/// The plan without fields that are gone.
pub fn standing(mut plan: Plan, fields: &[CustomField]) -> Plan {
    plan.own.retain(|id, _| fields.iter().any(|field| field.id.to_string() == *id));
    plan
}

/// The plan with each of `fields` that is called like a column which nothing is read from yet.
pub fn fitted(mut plan: Plan, columns: &[String], fields: &[CustomField]) -> Plan {
    if !plan.source.is_of_customers() || !plan.header {
        return plan;
    }
    for field in fields {
        let id = field.id.to_string();
        let name = reading::folded(&field.name);
        let column = columns.iter().position(|column| reading::folded(column) == name);
        let is_taken = |at: &usize| plan.mapping.values().chain(plan.own.values()).any(|used| used == at);
        if let Some(column) = column.filter(|at| !is_taken(at) && !plan.own.contains_key(&id)) {
            plan.own.insert(id, column);
        }
    }
    plan
}

/// The plan that somebody sends in place of `before`. A field that is gone since is left out; of lists of customers alone
/// are there any, and with an empty mapping the source's own one is taken, with the fields that belong to it.
///
/// # Errors
/// When it names a field that there is not.
pub fn checked(mut plan: Plan, before: &Plan, fields: &[CustomField]) -> Answer<Plan> {
    let is_known = |id: &String| fields.iter().any(|field| field.id.to_string() == *id);
    plan.own.retain(|id, _| is_known(id) || !before.own.contains_key(id));
    if plan.mapping.is_empty() || !plan.source.is_of_customers() {
        plan.own.clear();
    }
    match plan.own.keys().find(|id| !is_known(id)) {
        Some(id) => {
            Err(Problem::invalid("invalid").field("own", "field_unknown").member("custom_field", id.as_str()))
        }
        None => Ok(plan),
    }
}

/// How a column of cells would be read: `name: value`, as the first rows show it.
pub fn shown(fields: &[CustomField], values: &fields::Values) -> Vec<String> {
    let said = fields.iter().filter_map(|field| Some((field, values.get(&field.id.to_string())?)));
    said.map(|(field, value)| match value {
        serde_json::Value::String(text) => format!("{}: {text}", field.name),
        other => format!("{}: {other}", field.name),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Kind;
    use reading::{Field, Mapping, Source};

    fn field(number: i64, name: &str) -> CustomField {
        let id = kernel::Id::from_number(number);
        CustomField { id, name: name.into(), kind: Kind::Text, choices: Vec::new(), etag: String::new() }
    }

    fn plan(source: Source) -> Plan {
        Plan {
            encoding: reading::Encoding::Utf8,
            delimiter: reading::Delimiter::Comma,
            source,
            account: String::new(),
            header: true,
            mapping: Mapping::from([(Field::Phone, 0)]),
            own: [("99".to_owned(), 1)].into(),
            currency: "KRW".into(),
            zone: "Asia/Seoul".into(),
            date_order: None,
        }
    }

    #[test]
    fn a_column_named_like_a_field_is_read_into_it_unless_it_is_read_already() {
        let fields = [field(1, "성별"), field(2, "휴대폰"), field(3, "좌석")];
        let columns = ["휴대폰", "성별 ", "메모"].map(str::to_owned);
        let fitted = |source| fitted(standing(plan(source), &fields), &columns, &fields).own;
        assert_eq!(fitted(Source::Customers), [(fields[0].id.to_string(), 1)].into());
        assert!(fitted(Source::Cafe24).is_empty(), "lines of orders have no fields of customers");
    }

    #[test]
    fn a_field_that_is_gone_is_left_out_and_one_that_never_was_is_refused() {
        let (known, before) = (field(1, "성별"), plan(Source::Customers));
        let asked = |source, own: &str| {
            let plan = Plan { own: [(own.to_owned(), 1)].into(), ..plan(source) };
            checked(plan, &before, std::slice::from_ref(&known)).map(|plan| plan.own.len())
        };
        assert_eq!(asked(Source::Customers, "99").unwrap(), 0, "it was removed since");
        assert_eq!(asked(Source::Customers, "98").unwrap_err().code(), "invalid");
        assert_eq!(asked(Source::Customers, &known.id.to_string()).unwrap(), 1);
        assert_eq!(asked(Source::Cafe24, "98").unwrap(), 0, "lines of orders have no fields of customers");
    }
}
