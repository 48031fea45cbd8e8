//! Sends a finished file as a download, in pieces.

use super::disk;
use crate::{Answer, Problem};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, header};
use futures::stream;
use std::fs::File;
use std::io::Seek;
use tokio::io::AsyncReadExt;

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

pub(super) fn send(mut file: File, name: &str, kind: &'static str) -> Answer<Response<Body>> {
    let length = file.metadata().map_err(disk)?.len();
    file.rewind().map_err(disk)?;
    let pieces = stream::try_unfold(tokio::fs::File::from_std(file), async |mut file| {
        let mut piece = Vec::with_capacity(PIECE);
        let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece).await?;
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let mut response = Response::new(Body::from_stream(pieces));
    let disposition = format!("attachment; filename=\"{name}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(Problem::internal)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CONTENT_LENGTH, length.into());
    Ok(response)
}
