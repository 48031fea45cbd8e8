//! An import as the interface shows it.

use super::model::{Counts, Import, State};
use super::plan::{PlanProblem, PreviewRow};
use super::words;
use ::store::job::{self, JobState};
use ::store::{Result, Tx};
use kernel::{Id, Instant, Locale, kinds};
use reading::{Delimiter, Encoding, Plan};
use serde::Serialize;
use utoipa::ToSchema;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct ImportView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Id<kinds::Import>,
    /// The file's name.
    file: String,
    /// Its size in bytes.
    size: i64,
    /// Where it stands.
    pub state: State,
    /// When it was brought.
    #[schema(value_type = String)]
    created_at: Instant,
    /// Who brought it.
    by: String,
    /// How the file is read.
    #[schema(value_type = Object)]
    plan: Plan,
    /// What a first look found.
    probe: ProbeView,
    /// What was counted, once something was.
    counts: Option<Counts>,
    /// Its last job.
    pub job: Option<JobState>,
    /// Why it failed.
    problem: Option<TroubleView>,
    /// Whether the plan is one a person settled on before.
    remembered: bool,
    /// What was dropped from rows and never kept, a sentence each.
    notices: Vec<String>,
}

/// What a first look found.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Probe)]
pub struct ProbeView {
    /// `csv` or `xlsx`.
    kind: String,
    /// The encoding.
    #[schema(value_type = String)]
    encoding: Encoding,
    /// Encodings to choose from.
    encodings: Vec<&'static str>,
    /// The delimiter.
    #[schema(value_type = String)]
    delimiter: Delimiter,
    /// Delimiters to choose from.
    delimiters: Vec<&'static str>,
    /// Where the column names stand, if anywhere.
    header_line: Option<u64>,
    /// The columns' names.
    columns: Vec<String>,
    /// Which sources the file looks like, the likeliest first.
    guesses: Vec<GuessView>,
    /// The first rows; left out of lists.
    sample: Vec<Vec<String>>,
    /// Whether a password is wanted before anything else can be said.
    needs_password: bool,
}

/// How well a source fits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceGuess)]
pub struct GuessView {
    /// The source.
    source: &'static str,
    /// Its name on screen.
    label: String,
    /// The share of its columns that the file has, 0 to 1.
    score: f64,
}

/// Why an import failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportTrouble)]
pub struct TroubleView {
    /// `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The HTTP status a request would have got.
    status: u16,
    /// The stable code.
    code: String,
    /// What happened, in a few words.
    title: String,
    /// What happened and what to do.
    detail: String,
}

/// An import with a plan that was just settled.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedImport {
    /// The import.
    #[serde(flatten)]
    pub import: ImportView,
    /// The first rows as the plan reads them.
    pub preview: Vec<PreviewRow>,
    /// What stands in the way of running it.
    pub plan_problems: Vec<PlanProblem>,
}

impl ImportView {
    /// The import with its job.
    pub async fn of(tx: &mut Tx, import: Import, locale: Locale) -> Result<Self> {
        let job = match import.job {
            Some(job) => job::state(tx, job).await?,
            None => None,
        };
        let counts = shown_counts(&import, job.as_ref());
        let problem = import.problem.as_ref().map(|trouble| TroubleView {
            kind: "about:blank",
            status: 422,
            code: trouble.code.clone(),
            title: words::trouble(trouble, "title", locale),
            detail: words::trouble(trouble, "detail", locale),
        });
        Ok(Self {
            id: import.id,
            state: state(&import, job.as_ref()),
            size: import.size,
            created_at: import.created_at,
            by: import.created_by_name,
            probe: ProbeView::of(import.probe.0, locale),
            counts,
            problem,
            remembered: import.remembered,
            notices: words::notices(&import.notices, locale),
            file: import.file,
            plan: import.plan.0,
            job,
        })
    }

    /// The same without the first rows, for lists.
    #[must_use]
    pub fn short(mut self) -> Self {
        self.probe.sample = Vec::new();
        self
    }
}

/// A job that ended without its import knowing (a panic, a program that does not know the job) has failed it.
pub fn state(import: &Import, job: Option<&JobState>) -> State {
    let busy = matches!(import.state, State::Running | State::Undoing);
    if busy && job.is_none_or(|job| job.state == "failed") { State::Failed } else { import.state }
}

/// Before the first run there are counts only when a dry run has ended.
fn shown_counts(import: &Import, job: Option<&JobState>) -> Option<Counts> {
    let waiting = matches!(import.state, State::Uploaded | State::Ready);
    let checked = job.is_some_and(|job| job.state == "done") && import.counts.read > 0;
    (!waiting || checked).then_some(import.counts)
}

impl ProbeView {
    fn of(probe: super::model::Probe, locale: Locale) -> Self {
        let guess = |guess: &super::model::Guess| GuessView {
            source: guess.source.as_str(),
            label: guess.label(locale).to_owned(),
            score: guess.score,
        };
        Self {
            guesses: probe.guesses.iter().map(guess).collect(),
            kind: probe.kind,
            encoding: probe.encoding,
            encodings: Encoding::ALL.map(Encoding::as_str).to_vec(),
            delimiter: probe.delimiter,
            delimiters: Delimiter::ALL.map(Delimiter::as_str).to_vec(),
            header_line: probe.header_line,
            columns: probe.columns,
            sample: probe.sample,
            needs_password: probe.needs_password,
        }
    }
}
