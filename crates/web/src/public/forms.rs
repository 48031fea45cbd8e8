//! What a form of a public page sends.

use super::signed;
use crate::{Answer, Problem};
use axum::extract::{FromRequest, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{Instant, resident};
use store::{Result, Tx};

/// How long a form may lie open.
const LASTS: i64 = Instant::DAY;
/// Fields of a form at most.
const FIELDS: usize = 200;

/// The fields of a form, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The first field of this name, without blanks around it; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value of this name.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.trim())
    }

    /// A token for the forms of the page at `path`.
    pub async fn token(tx: &mut Tx, path: &str) -> Result<String> {
        let ends = tx.now().plus(LASTS).micros().to_le_bytes();
        signed::sign(tx, &purpose(path), &ends).await
    }

    /// Refuses a form that does not come from the page at `path`, or lay open too long; and one that says what the law
    /// forbids keeping, whatever field it stands in.
    ///
    /// # Errors
    /// 403 with what to do; 422 with the field that holds a resident registration number.
    pub async fn check(&self, tx: &mut Tx, path: &str) -> Answer<()> {
        let opened = signed::open(tx, &purpose(path), self.get("form")).await?;
        let ends = opened.and_then(|ends| ends.try_into().ok()).map(i64::from_le_bytes);
        match ends {
            Some(ends) if ends > tx.now().micros() => self.without_resident_number(),
            _ => Err(Problem::forbidden("form_stale")),
        }
    }

    fn without_resident_number(&self) -> Answer<()> {
        let found = self.0.iter().find(|(_, value)| resident::find(value).is_some());
        found.map_or(Ok(()), |(field, _)| Err(Problem::resident_number(field.clone())))
    }
}

fn purpose(path: &str) -> String {
    format!("form {path}")
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    /// Forms are `application/x-www-form-urlencoded`. Mail programs that end letters may send `multipart/form-data`
    /// (RFC 8058, 3.2): nothing of it is read, because the link alone says it all.
    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if kind.is_some_and(|kind| kind.starts_with("multipart/form-data")) {
            return Ok(Self::default());
        }
        match axum::Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(axum::Form(mut fields)) => {
                fields.truncate(FIELDS);
                Ok(Self(fields))
            }
            Err(refused) => Err(refused.into_response()),
        }
    }
}
