//! What an import is: its state, its counts, what was found in the file.

use ::store::{FromRow, Json};
use kernel::{Id, Instant, Locale, kinds};
use reading::{DateLook, DateOrder, Encoding, Field, Plan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The plan is not complete yet.
    Uploaded,
    /// The plan can run.
    Ready,
    /// It is being written.
    Running,
    /// Everything is written.
    Done,
    /// It stopped; the problem says why.
    Failed,
    /// It is being taken back.
    Undoing,
    /// It was taken back.
    Undone,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Uploaded, Self::Ready, Self::Running, Self::Done, Self::Failed, Self::Undoing, Self::Undone];

    /// The text in the column.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undoing => "undoing",
            Self::Undone => "undone",
        }
    }
}

impl TryFrom<String> for State {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::ALL.into_iter().find(|state| state.text() == text).ok_or(text)
    }
}

/// An import as the database has it.
#[derive(Debug, Clone, FromRow)]
pub struct Import {
    /// Its id.
    pub id: Id<kinds::Import>,
    /// The file's name.
    pub file: String,
    /// Where the file lies.
    pub path: String,
    /// Its size in bytes.
    pub size: i64,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// How the file is read.
    pub plan: Json<Plan>,
    /// What a first look found.
    pub probe: Json<Probe>,
    /// Whether the plan is one a person settled on before.
    pub remembered: bool,
    /// Why it failed.
    pub problem: Option<Json<Trouble>>,
    /// What was dropped and must be told.
    pub notices: Json<Notices>,
    /// The counts.
    #[sqlx(flatten)]
    pub counts: Counts,
    /// Its last job.
    pub job: Option<Id<kinds::Job>>,
    /// Who brought it.
    pub created_by_name: String,
    /// When it was brought.
    pub created_at: Instant,
    /// When its last run ended.
    pub finished_at: Option<Instant>,
}

impl Import {
    /// The source of its order lines: the preset and the account.
    pub fn source(&self) -> String {
        source_of(&self.plan)
    }
}

/// Shop and account: what tells the order numbers and the customers of two shops apart, never the file's name. A list of
/// customers has the source of the orders of the same shop.
pub fn source_of(plan: &Plan) -> String {
    let shop = plan.source.shop().as_str();
    match plan.account.trim() {
        "" => shop.to_owned(),
        account => format!("{shop}:{account}"),
    }
}

/// What an import counted, lines of orders or customers. `read` is the sum of `new`, `changed`, `unchanged` and `invalid`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, FromRow, ToSchema)]
pub struct Counts {
    /// Lines read from the file; a cancelled sale counts twice, as a sale and as its refund.
    #[sqlx(rename = "rows_read")]
    pub read: i64,
    /// New lines.
    #[sqlx(rename = "rows_new")]
    pub new: i64,
    /// Changed lines.
    #[sqlx(rename = "rows_changed")]
    pub changed: i64,
    /// Lines that were there already.
    #[sqlx(rename = "rows_unchanged")]
    pub unchanged: i64,
    /// Rows that were set aside.
    #[sqlx(rename = "rows_invalid")]
    pub invalid: i64,
    /// New customers.
    #[sqlx(rename = "parties_new")]
    pub parties: i64,
}

impl Counts {
    /// With so many more rows that change nothing.
    pub fn with_unchanged(self, rows: i64) -> Self {
        Self { read: self.read + rows, unchanged: self.unchanged + rows, ..self }
    }

    /// Adds what another chunk counted.
    pub fn add(&mut self, more: Self) {
        self.read += more.read;
        self.new += more.new;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.invalid += more.invalid;
        self.parties += more.parties;
    }
}

/// Why an import failed, to be said in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The code of the problem.
    pub code: String,
    /// The line of the file, where there is one.
    pub line: Option<u64>,
    /// What its sentence is made of.
    pub params: BTreeMap<String, String>,
}

/// What was dropped from the rows: by code, how many rows and from which columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices(pub BTreeMap<String, Dropped>);

/// What a notice is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// How many rows.
    pub rows: i64,
    /// Which columns.
    pub columns: BTreeSet<String>,
}

impl Notices {
    /// Counts so many more rows that a notice without columns is about.
    pub fn count(&mut self, code: &str, rows: i64) {
        if rows > 0 {
            self.0.entry(code.to_owned()).or_default().rows += rows;
        }
    }

    /// Counts one more.
    pub fn add(&mut self, notice: &reading::Notice) {
        let dropped = self.0.entry(notice.code.as_str().to_owned()).or_default();
        dropped.rows += 1;
        dropped.columns.extend(notice.columns.iter().cloned());
    }
}

/// What a first look found, as it is kept beside the import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// `csv` or `xlsx`.
    pub kind: String,
    /// The encoding.
    pub encoding: Encoding,
    /// The delimiter.
    pub delimiter: reading::Delimiter,
    /// Where the column names stand, if anywhere.
    pub header_line: Option<u64>,
    /// The columns' names.
    pub columns: Vec<String>,
    /// Which sources the file looks like.
    pub guesses: Vec<Guess>,
    /// The first rows.
    pub sample: Vec<Vec<String>>,
    /// For each column, what its cells say about the order of day and month.
    #[serde(default)]
    pub dates: Vec<DateLook>,
    /// Whether a password is wanted before anything else can be said.
    pub needs_password: bool,
}

impl Probe {
    /// The order of day and month that the date column of `plan`, or its source, settles.
    pub fn date_order(&self, plan: &Plan) -> Option<DateOrder> {
        plan.mapping
            .contains_key(&Field::Date)
            .then(|| reading::date_order(plan.source, self.date_look(plan)))?
    }

    /// What the cells of the date column of `plan` say.
    pub fn date_look(&self, plan: &Plan) -> DateLook {
        let column = plan.mapping.get(&Field::Date);
        column.and_then(|column| self.dates.get(*column)).copied().unwrap_or_default()
    }
}

/// How well a source fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The source.
    pub source: reading::Source,
    /// Its Korean name.
    pub label_ko: String,
    /// Its English name.
    pub label_en: String,
    /// The share of its columns that the file has, 0 to 1.
    pub score: f64,
}

impl Guess {
    /// Its name on screen.
    pub fn label(&self, locale: Locale) -> &str {
        match locale {
            Locale::Ko => &self.label_ko,
            Locale::En => &self.label_en,
        }
    }
}

impl From<&reading::Probe> for Probe {
    fn from(probe: &reading::Probe) -> Self {
        let guess = |guess: &reading::Guess| Guess {
            source: guess.source,
            label_ko: guess.label_ko.to_owned(),
            label_en: guess.label_en.to_owned(),
            score: guess.score,
        };
        Self {
            kind: match probe.kind {
                reading::Kind::Csv => "csv".to_owned(),
                reading::Kind::Xlsx => "xlsx".to_owned(),
            },
            encoding: probe.encoding,
            delimiter: probe.delimiter,
            header_line: probe.header_line,
            columns: probe.columns.clone(),
            guesses: probe.guesses.iter().map(guess).collect(),
            sample: probe.sample.clone(),
            dates: probe.dates.clone(),
            needs_password: probe.needs_password,
        }
    }
}
