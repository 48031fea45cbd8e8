//! Failures on the wire: `application/problem+json` (RFC 9457) with a stable code.
//!
//! A problem carries its code and parameters; the text is written when it leaves, in the reader's language
//! (`door::localise`). Texts stand under `<code>.title`, `<code>.detail` and `field.<code>`.

use crate::text;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use kernel::Locale;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt::Display;

/// What a handler gives.
pub type Answer<T> = Result<T, Problem>;

/// Seconds after which a request that met a busy database may be tried again.
const BUSY_SECONDS: i64 = 2;

/// A failure that a person or a program reads.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    params: Vec<(&'static str, String)>,
    fields: Vec<(Cow<'static, str>, &'static str)>,
    extra: Map<String, Value>,
    retry_after: Option<i64>,
}

/// A problem as it stands in the response.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What happened, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// What happened and what to do.
    pub detail: String,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
    /// Further members of this code.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// The field's name in the request.
    #[schema(value_type = String)]
    pub field: Cow<'static, str>,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub detail: String,
}

impl Problem {
    /// A problem with any status.
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        let (params, fields, extra) = (Vec::new(), Vec::new(), Map::new());
        Self(Box::new(Parts { status, code, params, fields, extra, retry_after: None }))
    }

    /// 404: there is no such thing, or none the caller may see.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// 422: the request was understood and cannot be done as it is.
    pub fn invalid(code: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code)
    }

    /// 422: `field` holds a resident registration number, which the law forbids keeping and the answer does not repeat.
    pub fn resident_number(field: impl Into<Cow<'static, str>>) -> Self {
        let mut problem = Self::invalid("sensitive_resident").member("category", "resident");
        problem.0.fields.push((field.into(), "resident_number"));
        problem
    }

    /// 409: it does not go together with what is there.
    pub fn conflict(code: &'static str) -> Self {
        Self::new(StatusCode::CONFLICT, code)
    }

    /// 412: somebody else changed it first.
    pub fn precondition_failed() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "changed_meanwhile")
    }

    /// 403: the caller may not.
    pub fn forbidden(code: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code)
    }

    /// 401: nobody is signed in.
    pub fn sign_in_required() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in_required")
    }

    /// 429: too often; may be tried again after `seconds`.
    pub fn too_many(code: &'static str, seconds: i64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code).retry_after(seconds)
    }

    /// 500: a fault of the program; `cause` goes to the log, never to the caller.
    pub fn internal(cause: impl Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }

    /// The same with a parameter for its texts.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.0.params.push((name, value.to_string()));
        self
    }

    /// The same with a fault of one field.
    #[must_use]
    pub fn field(mut self, field: &'static str, code: &'static str) -> Self {
        self.0.fields.push((field.into(), code));
        self
    }

    /// The same with a fault of a field whose name only the request knows, such as `lines.2.product`.
    #[must_use]
    pub fn field_at(mut self, field: String, code: &'static str) -> Self {
        self.0.fields.push((field.into(), code));
        self
    }

    /// The same with another member in the document.
    #[must_use]
    pub fn member(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.into(), value.into());
        self
    }

    /// The same with `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: i64) -> Self {
        self.0.retry_after = Some(seconds.max(1));
        self.with("seconds", seconds.max(1)).with("minutes", (seconds.max(1) + 59) / 60)
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Whether any field is wrong: `if problem.has_fields() { return Err(problem) }`.
    pub fn has_fields(&self) -> bool {
        !self.0.fields.is_empty()
    }

    /// The document in `locale`.
    pub fn body(&self, locale: Locale) -> ProblemBody {
        let Parts { status, code, params, fields, extra, .. } = &*self.0;
        let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let say = |key: String| text::say(locale, &key, &params);
        let fields = fields
            .iter()
            .map(|(field, code)| FieldProblem {
                field: field.clone(),
                code,
                detail: say(format!("field.{code}")),
            })
            .collect();
        ProblemBody {
            kind: "about:blank",
            title: say(format!("{code}.title")),
            status: status.as_u16(),
            code,
            detail: say(format!("{code}.detail")),
            fields,
            extra: extra.clone(),
        }
    }

    /// The response in `locale`.
    pub(crate) fn response(self, locale: Locale) -> Response<Body> {
        let body = serde_json::to_vec(&self.body(locale)).expect("a problem is plain data");
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.0.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Problem {
    /// In Korean; the outermost layer writes it again for readers of English.
    fn into_response(self) -> Response<Body> {
        self.response(Locale::default())
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound => Self::not_found(),
            store::Error::Constraint { unique: true, .. } => Self::conflict("already_there"),
            store::Error::Full => Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            store::Error::Unavailable(_) | store::Error::LeaseLost => {
                tracing::warn!(%error, "the database did not answer");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy").retry_after(BUSY_SECONDS)
            }
            other => Self::internal(other),
        }
    }
}
