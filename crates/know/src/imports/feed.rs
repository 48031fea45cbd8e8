//! The file as a stream of chunks: read on a thread of its own, a few chunks ahead of the writer.
//!
//! Here a row without a line id gets its name: the hash of its mapped fields and its number among rows with the same
//! hash. Reading again from the start gives every row the same name, which is how a killed import goes on.

use super::listed::Listed;
use crate::fields::CustomField;
use crate::orders::LineKey;
use reading::{
    FileFault, FileFaultCode, Item, Notice, ORDER_REFUND, Plan, Record, Records, RowFault, Stands,
};
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

/// Items of a chunk: about 40 ms of writing. Each chunk is flushed to the disk, which takes as long for half of it.
const CHUNK_ITEMS: usize = 1_600;
/// Bytes of raw rows of a chunk at most, so that long rows do not fill the memory.
const CHUNK_BYTES: usize = 1 << 20;
/// Chunks read ahead.
const AHEAD: usize = 2;

/// What is read, and where to begin.
#[derive(Debug, Clone)]
pub struct From {
    /// The file.
    pub path: PathBuf,
    /// How it is read.
    pub plan: Plan,
    /// Opens a locked workbook.
    pub password: Option<String>,
    /// The own fields that the plan names.
    pub fields: Arc<[CustomField]>,
    /// Items that were written before.
    pub skip: u64,
}

/// A record with the name of its line.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record.
    pub record: Box<Record>,
    /// Its order and line.
    pub key: LineKey,
    /// Whether the file itself names the line, so that the same name may come again.
    pub named: bool,
    /// Refunds that an earlier file may have made of this sale, and that this one makes no more.
    pub refunds_gone: Vec<LineKey>,
}

/// A stretch of the file.
#[derive(Debug, Default)]
pub struct Chunk {
    /// Lines of orders.
    pub rows: Vec<Row>,
    /// Customers of a list of customers.
    pub customers: Vec<Listed>,
    /// Rows that were set aside.
    pub faults: Vec<RowFault>,
    /// What was dropped from rows.
    pub notices: Vec<Notice>,
    /// Items of the file up to here.
    pub items: u64,
    /// Share of the file up to here, 0 to 1; 0 where it is not known.
    pub progress: f64,
    bytes: usize,
}

/// The chunks of a file.
pub struct Feed {
    chunks: Receiver<Result<Chunk, FileFault>>,
    reader: Option<JoinHandle<()>>,
}

impl Feed {
    /// Starts to read. What is wrong with the file as a whole comes instead of the first chunk.
    pub fn open(from: From) -> Self {
        let (send, chunks) = channel(AHEAD);
        let reader = tokio::task::spawn_blocking(move || read(from, &send));
        Self { chunks, reader: Some(reader) }
    }

    /// The next chunk; nothing at the end.
    pub async fn next(&mut self) -> Option<Result<Chunk, FileFault>> {
        if let Some(chunk) = self.chunks.recv().await {
            return Some(chunk);
        }
        // A reader that panicked closes the channel as well: that is not the end of the file.
        let error = self.reader.take()?.await.err()?;
        let params = vec![("error", error.to_string())];
        Some(Err(FileFault { code: FileFaultCode::Unreadable, line: None, params }))
    }
}

fn read(from: From, to: &Sender<Result<Chunk, FileFault>>) {
    let records = match Records::open(&from.path, &from.plan, from.password.as_deref()) {
        Ok(records) => records,
        Err(fault) => return drop(to.blocking_send(Err(fault))),
    };
    if let Err(fault) = cut(records, &from, to) {
        drop(to.blocking_send(Err(fault)));
    }
}

/// Cuts the items into chunks until nobody listens any more.
fn cut(mut records: Records, from: &From, to: &Sender<Result<Chunk, FileFault>>) -> Result<(), FileFault> {
    let (mut names, mut chunk, mut items) = (Names::default(), Chunk::default(), 0_u64);
    while let Some(item) = records.next() {
        let item = item?;
        items += 1;
        let row = match item {
            Item::Record(record) => Ok(names.name(record)),
            other => Err(other),
        };
        if items <= from.skip {
            continue;
        }
        chunk.take(row, &from.fields);
        if chunk.is_full() {
            names.refunds_gone(&mut chunk.rows);
            (chunk.items, chunk.progress) = (items, records.progress());
            if to.blocking_send(Ok(std::mem::take(&mut chunk))).is_err() {
                return Ok(());
            }
        }
    }
    names.refunds_gone(&mut chunk.rows);
    (chunk.items, chunk.progress) = (items, 1.0);
    if !chunk.is_empty() {
        drop(to.blocking_send(Ok(chunk)));
    }
    Ok(())
}

impl Chunk {
    fn take(&mut self, row: Result<Row, Item>, fields: &[CustomField]) {
        match row {
            Ok(row) => {
                self.bytes += row.record.raw.len();
                self.rows.push(row);
            }
            Err(Item::Fault(fault)) => {
                self.bytes += fault.raw.len();
                self.faults.push(fault);
            }
            Err(Item::Notice(notice)) => self.notices.push(notice),
            Err(Item::Customer(customer)) => {
                self.bytes += customer.raw.len();
                match Listed::of(*customer, fields, &mut self.notices) {
                    Ok(listed) => self.customers.push(listed),
                    Err(fault) => self.faults.push(fault),
                }
            }
            Err(Item::Record(_)) => unreachable!("records come with their names"),
        }
    }

    fn is_full(&self) -> bool {
        let items = self.rows.len() + self.customers.len() + self.faults.len() + self.notices.len();
        items >= CHUNK_ITEMS || self.bytes >= CHUNK_BYTES
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.customers.is_empty() && self.faults.is_empty() && self.notices.is_empty()
    }
}

/// Names the lines of records that no file holds.
pub fn named(records: Vec<Record>) -> Vec<Row> {
    let mut names = Names::default();
    records.into_iter().map(|record| names.name(Box::new(record))).collect()
}

/// Names lines. Kept for the whole file: 9 bytes a row and a little more for rows that occur again.
#[derive(Default)]
struct Names {
    seen: HashSet<u64, BuildHasherDefault<Taken>>,
    again: HashMap<u64, u32, BuildHasherDefault<Taken>>,
    last: (u64, String),
}

impl Names {
    fn name(&mut self, record: Box<Record>) -> Row {
        let named = record.line_id.is_some();
        let line_id = record.line_id.clone().unwrap_or_else(|| self.numbered(&record));
        let order_no = match &record.order_no {
            Some(order_no) => order_no.clone(),
            // The refund made from a row belongs to the sale of that row, which came just before.
            None if record.is_derived_refund && self.last.0 == record.line => self.last.1.clone(),
            None if named => line_id.clone(),
            None => LineKey::own_number(&line_id),
        };
        if record.order_no.is_none() {
            self.last = (record.line, order_no.clone());
        }
        let refunds_gone = refunds_gone(&record, &order_no);
        Row { record, key: LineKey { order_no, line_id }, named, refunds_gone }
    }

    /// Names the refunds that sales without a line id would have, once the rows of a chunk are known: of rows alike those
    /// numbers follow the refunds that are made.
    fn refunds_gone(&self, rows: &mut [Row]) {
        let mut unmade: HashMap<u64, u32, BuildHasherDefault<Taken>> = HashMap::default();
        let unnamed = |row: &&mut Row| !row.named && row.record.stands != Stands::Unsaid;
        for row in rows.iter_mut().filter(unnamed) {
            let (short, text) = shortened(row.record.refund_hash());
            let again = self.again.get(&short).copied().unwrap_or(1);
            let made = if self.seen.contains(&short) { again } else { 0 };
            let count = unmade.entry(short).or_default();
            *count += 1;
            let line_id = occurrence(text, made + *count);
            row.refunds_gone.push(LineKey { order_no: row.key.order_no.clone(), line_id });
        }
    }

    /// The hash of the mapped fields, and the number of the occurrence from the second one on.
    fn numbered(&mut self, record: &Record) -> String {
        let (short, text) = shortened(record.mapped_hash());
        if self.seen.insert(short) {
            return text;
        }
        let again = self.again.entry(short).or_insert(1);
        *again += 1;
        occurrence(text, *again)
    }
}

/// The refunds whose names are settled by that of the sale.
fn refunds_gone(record: &Record, order_no: &str) -> Vec<LineKey> {
    let stands = record.stands != Stands::Unsaid;
    let of_line = record.line_id.as_deref().filter(|_| stands).map(reading::refund_of);
    let of_order = record.order_stands.then(|| ORDER_REFUND.to_owned());
    let key = |line_id| LineKey { order_no: order_no.to_owned(), line_id };
    of_line.into_iter().chain(of_order).map(key).collect()
}

/// A hash as a number, and as the text that names a line.
fn shortened(hash: [u8; 16]) -> (u64, String) {
    let short = u64::from_le_bytes(std::array::from_fn(|at| hash[at]));
    (short, hash[..12].iter().map(|byte| format!("{byte:02x}")).collect())
}

fn occurrence(text: String, count: u32) -> String {
    if count < 2 { text } else { format!("{text}-{count}") }
}

/// Keys that are hashes already need no further hashing.
#[derive(Default)]
struct Taken(u64);

impl Hasher for Taken {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
