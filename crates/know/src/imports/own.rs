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

/// The plan with every field whose name is that of a column nobody has chosen yet, and without fields that are gone.
pub fn fitted(mut plan: Plan, columns: &[String], fields: &[CustomField]) -> Plan {
    plan.own.retain(|id, _| fields.iter().any(|field| field.id.to_string() == *id));
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

/// Refuses a plan that names a field which there is not, or a field of customers for lines of orders.
pub fn check(plan: &Plan, fields: &[CustomField]) -> Answer<()> {
    let is_known = |id: &String| fields.iter().any(|field| field.id.to_string() == *id);
    match plan.own.keys().find(|id| !is_known(id) || !plan.source.is_of_customers()) {
        Some(id) => {
            Err(Problem::invalid("invalid").field("own", "field_unknown").member("custom_field", id.as_str()))
        }
        None => Ok(()),
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
        let fitted = |source| fitted(plan(source), &columns, &fields).own;
        assert_eq!(fitted(Source::Customers), [(fields[0].id.to_string(), 1)].into());
        assert!(fitted(Source::Cafe24).is_empty(), "lines of orders have no fields of customers");
    }

    #[test]
    fn a_plan_with_a_field_that_there_is_not_is_refused() {
        assert!(check(&plan(Source::Customers), &[field(1, "성별")]).is_err());
        let id = field(1, "성별").id.to_string();
        let known = Plan { own: [(id, 1)].into(), ..plan(Source::Customers) };
        assert!(check(&known, &[field(1, "성별")]).is_ok());
    }
}
