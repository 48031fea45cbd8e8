//! What is wrong with a rule, and where.

use kernel::Locale;
use std::fmt::Display;
use std::ops::Range;
use web::{Problem, text};

/// Where in what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The rule as a whole.
    Whole,
    /// Characters of its text.
    Text(Range<usize>),
    /// A member of its JSON form, as `/all/0/value` (RFC 6901).
    Json(String),
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// What is wrong. Each has texts in both languages.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable code.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }
    };
}

codes! {
    /// There is nothing.
    Empty = "segment_empty";
    /// More bytes than may be.
    TooLarge = "segment_too_large";
    /// Too many groups within groups.
    TooDeep = "segment_too_deep";
    /// Too many conditions.
    TooMany = "segment_too_many";
    /// A list or text is too long.
    TooLong = "segment_too_long";
    /// A name that means nothing here.
    UnknownName = "segment_unknown_name";
    /// A name that means nothing here, but nearly does.
    Misspelt = "segment_misspelt";
    /// No interaction is of that kind.
    UnknownKind = "segment_unknown_kind";
    /// Both forms were given.
    BothForms = "segment_both_forms";
    /// Something else should stand here.
    Expected = "segment_expected";
    /// The rule ends too early.
    Ended = "segment_ended";
    /// A text has no closing quote.
    OpenText = "segment_open_text";
    /// A character that no rule has.
    Character = "segment_character";
    /// The field cannot be asked that.
    Operator = "segment_operator";
    /// The field takes other values.
    Value = "segment_value";
    /// There is no such segment.
    UnknownSegment = "segment_unknown_segment";
    /// The JSON form has another shape.
    Shape = "segment_shape";
    /// The engine cannot answer it.
    TooHeavy = "segment_too_heavy";
    /// The JSON form has a member that means nothing there.
    UnknownMember = "segment_unknown_member";
    /// Segments that ask about each other in a circle.
    Circle = "segment_circle";
    /// More values than one question takes.
    TooManyValues = "segment_too_many_values";
}

/// A fault with its place and what its text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub code: Code,
    /// Where.
    pub place: Place,
    params: Vec<(&'static str, String)>,
}

impl Fault {
    /// A fault at a place.
    pub fn new(code: Code, place: Place) -> Self {
        Self { code, place, params: Vec::new() }
    }

    /// A fault of the rule as a whole.
    pub fn whole(code: Code) -> Self {
        Self::new(code, Place::Whole)
    }

    /// The same with a parameter of its text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// The same at another place.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// What happened and what to do.
    pub fn told(&self, locale: Locale) -> String {
        let params: Vec<(&str, &str)> =
            self.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text::say(locale, &format!("{}.detail", self.code.text()), &params)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let problem = fault
            .params
            .into_iter()
            .fold(Self::invalid(fault.code.text()), |problem, (name, value)| problem.with(name, value));
        match fault.place {
            Place::Whole => problem,
            Place::Text(range) => problem.member("at", range.start).member("end", range.end),
            Place::Json(path) => problem.member("path", path),
        }
    }
}
