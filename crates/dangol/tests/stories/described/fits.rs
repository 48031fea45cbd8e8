//! Whether a value is what a schema promises. As much of JSON Schema as the description uses; what it does not know fails.

use super::resolved;
use serde_json::Value;

/// Words of a schema that say nothing about a value.
const SILENT: [&str; 10] = [
    "$ref",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "format",
    "propertyNames",
    "readOnly",
    "title",
];

/// Says where and why `value` does not fit.
pub fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    check(document, schema, value, "")
}

fn check(document: &Value, schema: &Value, value: &Value, path: &str) -> Result<(), String> {
    let schema = resolved(document, schema);
    let Some(words) = schema.as_object() else { return Ok(()) };
    for (word, said) in words {
        match word.as_str() {
            "type" => is_of_type(said, value)
                .then_some(())
                .ok_or_else(|| format!("{path}: {value} is not of type {said}"))?,
            "enum" => said
                .as_array()
                .unwrap()
                .contains(value)
                .then_some(())
                .ok_or_else(|| format!("{path}: {value} is none of {said}"))?,
            "const" => {
                (said == value).then_some(()).ok_or_else(|| format!("{path}: {value} is not {said}"))?
            }
            "allOf" => {
                said.as_array().unwrap().iter().try_for_each(|one| check(document, one, value, path))?
            }
            "oneOf" | "anyOf" => any(document, said, value, path)?,
            "required" => required(said, value, path)?,
            "properties" => members(document, said, value, path)?,
            "additionalProperties" => others(document, words.get("properties"), said, value, path)?,
            "items" => items(document, said, value, path)?,
            "minimum" | "maximum" => bound(word, said, value, path)?,
            "uniqueItems" => {
                let all = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let twice = all.iter().enumerate().find(|(at, item)| all[..*at].contains(item));
                twice.map_or(Ok(()), |(_, item)| Err(format!("{path}: {item} is there twice")))?;
            }
            word if SILENT.contains(&word) => {}
            other => panic!("the word {other} of a schema is not understood here yet"),
        }
    }
    Ok(())
}

fn is_of_type(said: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    };
    said.as_array().map_or_else(|| is(said), |names| names.iter().any(is))
}

fn any(document: &Value, said: &Value, value: &Value, path: &str) -> Result<(), String> {
    let tried = said.as_array().unwrap().iter().map(|one| check(document, one, value, path));
    let faults: Vec<String> = tried.filter_map(Result::err).collect();
    if faults.len() < said.as_array().unwrap().len() { Ok(()) } else { Err(faults.join("; or ")) }
}

fn required(said: &Value, value: &Value, path: &str) -> Result<(), String> {
    let Some(members) = value.as_object() else { return Ok(()) };
    let missing = said.as_array().unwrap().iter().find(|name| !members.contains_key(name.as_str().unwrap()));
    missing.map_or(Ok(()), |name| Err(format!("{path}: {name} is missing")))
}

fn members(document: &Value, said: &Value, value: &Value, path: &str) -> Result<(), String> {
    let there =
        said.as_object().unwrap().iter().filter_map(|(name, schema)| Some((name, schema, value.get(name)?)));
    for (name, schema, value) in there {
        check(document, schema, value, &format!("{path}/{name}"))?;
    }
    Ok(())
}

fn others(
    document: &Value,
    known: Option<&Value>,
    said: &Value,
    value: &Value,
    path: &str,
) -> Result<(), String> {
    for (name, value) in value.as_object().into_iter().flatten() {
        if known.is_none_or(|known| known.get(name).is_none()) {
            match said {
                Value::Bool(true) => {}
                Value::Bool(false) => return Err(format!("{path}/{name} is not described")),
                schema => check(document, schema, value, &format!("{path}/{name}"))?,
            }
        }
    }
    Ok(())
}

fn items(document: &Value, said: &Value, value: &Value, path: &str) -> Result<(), String> {
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        check(document, said, item, &format!("{path}/{at}"))?;
    }
    Ok(())
}

fn bound(word: &str, said: &Value, value: &Value, path: &str) -> Result<(), String> {
    let (Some(said), Some(number)) = (said.as_f64(), value.as_f64()) else { return Ok(()) };
    let is_within = if word == "minimum" { number >= said } else { number <= said };
    if is_within { Ok(()) } else { Err(format!("{path}: {number} is beyond the {word} {said}")) }
}

#[test]
fn what_does_not_fit_is_said_with_its_place() {
    use serde_json::json;
    let document = json!({ "components": { "schemas": { "Row": { "type": "object", "required": ["id"],
        "properties": { "id": { "type": "string" }, "count": { "type": ["integer", "null"], "minimum": 0 },
            "kind": { "oneOf": [{ "type": "null" }, { "enum": ["a", "b"] }] } } } } } });
    let rows = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Row" } });
    let fault = |value: Value| fits(&document, &rows, &value).err().unwrap_or_default();
    assert_eq!(fault(json!([{ "id": "1", "count": null, "kind": "a" }, { "id": "2", "count": 3 }])), "");
    assert!(fault(json!([{ "id": 1 }])).starts_with("/0/id: 1 is not of type"));
    assert!(fault(json!([{ "id": "1" }, {}])).starts_with("/1: \"id\" is missing"));
    assert!(fault(json!([{ "id": "1", "count": -1 }])).contains("beyond the minimum"));
    assert!(fault(json!([{ "id": "1", "kind": "c" }])).contains("none of"));
}
