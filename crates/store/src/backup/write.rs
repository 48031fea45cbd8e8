//! Writing a backup: one snapshot, through a short queue, into a file on a thread of its own.

use super::cell::{self, Cell};
use super::frame::{Header, Summary, TableHead, Writer};
use super::source;
use super::{WAITING, catalog};
use crate::{Db, Error, Result, Tx};
use futures::StreamExt;
use std::io::Write;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Writes the company to `out`; gives what was written, and `out` to be finished.
///
/// # Errors
/// When the database or `out` fails: then what was written is no backup.
pub async fn write<W: Write + Send + 'static>(db: &Db, out: W) -> Result<(Summary, W)> {
    let (frames, waiting) = channel(WAITING);
    let writing = tokio::task::spawn_blocking(move || drain(out, waiting));
    let mut tx = db.read().await?;
    let read = company(&mut tx, frames).await;
    let written = writing.await.map_err(|error| Error::Panicked(error.to_string()))?;
    // A file that takes no more closes the queue: the reason is the file's.
    let out = written.map_err(|error| Error::Refused(format!("the backup cannot be written: {error}")))?;
    Ok((read?, out))
}

fn drain<W: Write>(mut out: W, mut frames: Receiver<Vec<u8>>) -> std::io::Result<W> {
    while let Some(frame) = frames.blocking_recv() {
        out.write_all(&frame)?;
    }
    out.flush()?;
    Ok(out)
}

async fn company(tx: &mut Tx, frames: Sender<Vec<u8>>) -> Result<Summary> {
    source::unhurried(tx).await?;
    let tables = catalog::tables(tx).await?;
    let header: Header = source::header(tx, &tables).await?;
    let (mut writer, first) = Writer::begin(&header)?;
    send(&frames, first).await?;
    let in_order = source::is_in_order(tx).await?;
    for table in tables {
        send(&frames, writer.table(&TableHead::from(&table))?).await?;
        let (text, kinds) = (source::select(tx, &table, in_order), table.kinds());
        let mut rows = cell::rows(tx, text, &kinds);
        while let Some(row) = rows.next().await {
            let row: Vec<Cell> = row?;
            if let Some(frame) = writer.row(&row)? {
                send(&frames, frame).await?;
            }
        }
        drop(rows);
        send(&frames, writer.end()?).await?;
    }
    let (last, tables) = writer.close()?;
    send(&frames, last).await?;
    Ok(Summary { header, tables })
}

async fn send(frames: &Sender<Vec<u8>>, frame: Vec<u8>) -> Result<()> {
    frames.send(frame).await.map_err(|_| Error::Refused("the backup cannot be written".into()))
}
