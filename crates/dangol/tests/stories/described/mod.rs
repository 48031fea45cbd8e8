//! The interface as its own description tells it: every operation, drawn at random and checked against what it promises.
//!
//! Nothing here names a route: what is new is tried as soon as it is described.

mod draw;
mod fits;
mod fuzz;
mod pool;

use serde_json::Value;

pub use draw::{Draw, filled};
pub use fits::fits;
pub use pool::{Pool, ids_in};

/// Where the interface lives.
const PREFIX: &str = "/api/v1";
const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// The document of everything the program answers.
pub fn document() -> Value {
    serde_json::from_str(&web::openapi(&dangol::registry()).to_json().unwrap()).unwrap()
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    pub required: bool,
    pub schema: Value,
}

/// What a request's body is.
#[derive(Debug, Clone)]
pub enum Body {
    None,
    Json(Value),
    Bytes,
}

/// An operation of the interface.
#[derive(Debug, Clone)]
pub struct Operation {
    /// `GET`.
    pub method: String,
    /// Without the prefix, as `/parties/{id}`.
    pub path: String,
    pub parameters: Vec<Parameter>,
    pub body: Body,
    /// By status.
    pub responses: Value,
}

impl Operation {
    /// `GET /parties/{id}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn is_safe(&self) -> bool {
        self.method == "GET"
    }

    fn read(path: &str, method: &str, shared: &[Value], told: &Value) -> Self {
        let own = told["parameters"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let parameter = |one: &Value| Parameter {
            name: text(&one["name"]),
            place: text(&one["in"]),
            required: one["required"] == true,
            schema: one["schema"].clone(),
        };
        let content = &told["requestBody"]["content"];
        let body = match content.get("application/json") {
            Some(json) => Body::Json(json["schema"].clone()),
            None if content.is_object() => Body::Bytes,
            None => Body::None,
        };
        Self {
            method: method.to_uppercase(),
            path: path.strip_prefix(PREFIX).unwrap().to_owned(),
            parameters: shared.iter().chain(&own).map(parameter).collect(),
            body,
            responses: told["responses"].clone(),
        }
    }
}

/// Every operation of the document, in the order of their names.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let shared = item["parameters"].as_array().cloned().unwrap_or_default();
        let methods = METHODS.iter().filter_map(|method| Some((method, item.get(method)?)));
        all.extend(methods.map(|(method, told)| Operation::read(path, method, &shared, told)));
    }
    all.sort_by_key(Operation::name);
    all
}

/// What a schema stands for, through its references.
pub fn resolved<'d>(document: &'d Value, mut schema: &'d Value) -> &'d Value {
    while let Some(name) = schema["$ref"].as_str() {
        schema =
            document.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is nowhere"));
    }
    schema
}
