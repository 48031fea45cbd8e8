//! A browser: it keeps its cookies and says where its requests come from.

use crate::Reply;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, header};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use tower::ServiceExt;
use web::App;

/// A browser at the application's own pages.
pub struct Client {
    router: Router,
    /// Values by name.
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Client {
    pub(crate) fn new(app: App, token: Option<String>) -> Self {
        let cookies = token.map(|token| ("dangol".to_owned(), token)).into_iter().collect();
        Self { router: web::router(app), cookies: Mutex::new(cookies) }
    }

    /// Asks for `path`, without the prefix `/api/v1`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Self::request(Method::GET, path)).await
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Self::with_json(Method::POST, path, &body)).await
    }

    /// Puts JSON.
    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Self::with_json(Method::PUT, path, &body)).await
    }

    /// Puts JSON over the version with this entity tag.
    pub async fn put_over(&self, path: &str, etag: &str, body: Value) -> Reply {
        let mut request = Self::with_json(Method::PUT, path, &body);
        request.headers_mut().insert(header::IF_MATCH, HeaderValue::from_str(etag).unwrap());
        self.send(request).await
    }

    /// Deletes.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Self::request(Method::DELETE, path)).await
    }

    /// Posts the bytes of a file.
    pub async fn upload(&self, path: &str, bytes: Vec<u8>) -> Reply {
        let mut request = Self::request(Method::POST, path);
        let kind = HeaderValue::from_static("application/octet-stream");
        request.headers_mut().insert(header::CONTENT_TYPE, kind);
        *request.body_mut() = Body::from(bytes);
        self.send(request).await
    }

    /// A request as the application's own pages make it; `path` is without the prefix `/api/v1`.
    pub fn request(method: Method, path: &str) -> Request<Body> {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap()
    }

    /// The same with a JSON body.
    pub fn with_json(method: Method, path: &str, body: &Value) -> Request<Body> {
        let mut request = Self::request(method, path);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Body::from(body.to_string());
        request
    }

    /// Sends any request, with the cookies, from this machine unless it says otherwise.
    pub async fn send(&self, mut request: Request<Body>) -> Reply {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        }
        let headers = request.headers_mut();
        headers.entry(header::HOST).or_insert(HeaderValue::from_static("localhost"));
        if let Some(cookie) = self.cookie() {
            headers.entry(header::COOKIE).or_insert(HeaderValue::from_str(&cookie).unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let reply = Reply::read(response).await;
        self.keep_cookies(&reply);
        reply
    }

    /// The cookies it keeps: `dangol=…`.
    pub fn cookie(&self) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        let pairs: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn keep_cookies(&self, reply: &Reply) {
        let mut cookies = self.cookies.lock().unwrap();
        for set in reply.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap_or_default();
            match pair.split_once('=').unwrap_or((pair, "")) {
                (name, "") => cookies.remove(name),
                (name, value) => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }
}
