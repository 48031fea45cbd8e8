//! What can be wrong with a file (nothing is read) and with a row (it is set aside, the rest goes on).
//!
//! A code is stable and is what other programs and translations key on; the parameters fill its sentence.

use std::fmt;

/// A reason why a whole file is refused, before anything of it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileFaultCode {
    /// No rows at all.
    Empty,
    /// The disk or the stream failed; parameter `error`.
    Unreadable,
    /// The first lines cannot be read in the chosen encoding; parameter `encoding`.
    Encoding,
    /// Two columns carry the same name; parameter `columns`.
    DuplicateHeader,
    /// Unpacked it would be far larger than its size promises; parameter `limit_mib`.
    Bomb,
    /// More columns, cells or texts than can be read; parameters `what`, `limit`.
    TooLarge,
    /// The workbook is locked and no password was given.
    PasswordNeeded,
    /// The password does not open the workbook.
    PasswordWrong,
    /// The old binary Excel format (`.xls`).
    OldExcel,
    /// An HTML page that is named as if it were a workbook.
    Html,
    /// Neither text nor a workbook.
    Unsupported,
    /// A workbook that is damaged; parameter `error`.
    Damaged,
    /// The plan does not fit the file; parameters `field`, `problem`.
    Plan,
}

impl FileFaultCode {
    /// The stable snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::Encoding => "encoding",
            Self::DuplicateHeader => "duplicate_header",
            Self::Bomb => "bomb",
            Self::TooLarge => "too_large",
            Self::PasswordNeeded => "password_needed",
            Self::PasswordWrong => "password_wrong",
            Self::OldExcel => "old_excel",
            Self::Html => "html",
            Self::Unsupported => "unsupported",
            Self::Damaged => "damaged",
            Self::Plan => "plan",
        }
    }
}

/// Why a file was refused: the code, the line it applies to, and the parameters of its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The reason.
    pub code: FileFaultCode,
    /// The line (1-based; the row in a workbook), where the reason has one.
    pub line: Option<u64>,
    /// Named parameters of the sentence.
    pub params: Vec<(&'static str, String)>,
}

impl FileFault {
    pub(crate) fn new(code: FileFaultCode) -> Self {
        Self { code, line: None, params: Vec::new() }
    }

    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    fn sentence(&self) -> String {
        use FileFaultCode as Code;
        match self.code {
            Code::Empty => "the file is empty: export it again".into(),
            Code::Unreadable => format!("the file could not be read ({}): try again", self.param("error")),
            Code::Encoding => {
                format!("the text is not {}: choose another encoding", self.param("encoding"))
            }
            Code::DuplicateHeader => {
                format!("several columns are named {}: rename all but one", self.param("columns"))
            }
            Code::Bomb => format!(
                "the file unpacks to more than {} MiB: split it or save it as CSV",
                self.param("limit_mib")
            ),
            Code::TooLarge => format!(
                "the file has more than {} {}: split it or save it as CSV",
                self.param("limit"),
                self.param("what")
            ),
            Code::PasswordNeeded => "the workbook is locked: give its password".into(),
            Code::PasswordWrong => "the password does not open the workbook: check it and try again".into(),
            Code::OldExcel => "this is an old Excel file (.xls): save it as .xlsx or CSV".into(),
            Code::Html => {
                "this is a web page named like a workbook: open it in Excel and save it as .xlsx".into()
            }
            Code::Unsupported => {
                "this is neither a text table nor an Excel workbook: export CSV or .xlsx".into()
            }
            Code::Damaged => {
                format!("the workbook is damaged ({}): save it again in Excel", self.param("error"))
            }
            Code::Plan => format!("{}: {}", self.param("field"), self.param("problem")),
        }
    }
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.sentence())
    }
}

impl std::error::Error for FileFault {}

impl From<std::io::Error> for FileFault {
    fn from(error: std::io::Error) -> Self {
        // Our own faults travel through `std::io` where a reader sits between; they come out as they went in.
        match error.downcast::<Self>() {
            Ok(fault) => fault,
            Err(error) => Self::new(FileFaultCode::Unreadable).with("error", error),
        }
    }
}

impl From<FileFault> for std::io::Error {
    fn from(fault: FileFault) -> Self {
        Self::other(fault)
    }
}

/// A reason why one row is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowFaultCode {
    /// More or fewer cells than the header; parameters `expected`, `found`.
    Ragged,
    /// A NUL byte in the row.
    NulByte,
    /// Longer than a record may be; parameter `limit_kib`.
    TooLong,
    /// A quotation mark that is opened and never closed.
    UnclosedQuote,
    /// Bytes that the encoding does not have; parameter `encoding`.
    BadText,
    /// No date.
    DateMissing,
    /// A date that cannot be read; parameter `value`.
    DateUnreadable,
    /// A date that could be day-month or month-day; parameter `value`.
    DateAmbiguous,
    /// A date outside 1970 to 2100; parameter `value`.
    DateOutOfRange,
    /// No amount, and no quantity and price to work it out from.
    AmountMissing,
    /// An amount that cannot be read; parameters `field`, `value`.
    AmountUnreadable,
    /// An amount too large to count with; parameter `value`.
    AmountOutOfRange,
    /// An amount with the sign of another currency; parameters `value`, `currency`.
    AmountInOtherCurrency,
    /// The row stands away from the first row of its order, which says what it leaves out; parameter `order`.
    OrderTornApart,
    /// A quantity that cannot be read; parameter `value`.
    QuantityUnreadable,
    /// A currency that is not three letters; parameter `value`.
    CurrencyUnreadable,
    /// The status says that it never became an order (unpaid, failed); parameter `status`.
    NotAnOrder,
    /// Neither a customer id nor an e-mail address nor a phone number: nothing by which somebody is known.
    NobodyNamed,
}

impl RowFaultCode {
    /// The stable snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ragged => "ragged",
            Self::NulByte => "nul_byte",
            Self::TooLong => "too_long",
            Self::UnclosedQuote => "unclosed_quote",
            Self::BadText => "bad_text",
            Self::DateMissing => "date_missing",
            Self::DateUnreadable => "date_unreadable",
            Self::DateAmbiguous => "date_ambiguous",
            Self::DateOutOfRange => "date_out_of_range",
            Self::AmountMissing => "amount_missing",
            Self::AmountUnreadable => "amount_unreadable",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::AmountInOtherCurrency => "amount_in_other_currency",
            Self::OrderTornApart => "order_torn_apart",
            Self::QuantityUnreadable => "quantity_unreadable",
            Self::CurrencyUnreadable => "currency_unreadable",
            Self::NotAnOrder => "not_an_order",
            Self::NobodyNamed => "nobody_named",
        }
    }
}

/// A row that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The line where the row begins (1-based; the row number in a workbook).
    pub line: u64,
    /// The reason.
    pub code: RowFaultCode,
    /// Named parameters of the reason's sentence.
    pub params: Vec<(&'static str, String)>,
    /// The row as it stood, cut to [`RAW_SHOWN`] characters, without forbidden numbers.
    pub raw: String,
}

/// How many characters of a faulty row are kept, in characters.
pub const RAW_SHOWN: usize = 500;

impl RowFault {
    pub(crate) fn new(line: u64, code: RowFaultCode) -> Self {
        Self { line, code, params: Vec::new(), raw: String::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    pub(crate) fn raw(mut self, text: &str) -> Self {
        self.raw = kernel::resident::without(text).chars().take(RAW_SHOWN).collect();
        self
    }
}

/// Something the owner should know that stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The line it is about.
    pub line: u64,
    /// What happened.
    pub code: NoticeCode,
    /// The columns it happened in.
    pub columns: Vec<String>,
}

/// What a [`Notice`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// A column that may not be kept (주민등록번호, 개인통관고유부호) was dropped.
    ForbiddenColumn,
    /// A resident registration number was taken out of a cell.
    ResidentNumber,
    /// A birthday that is no day; the rest of the row is kept.
    BirthdayUnreadable,
    /// A phone number that exists in no plan; the rest of the row is kept.
    PhoneUnreadable,
    /// A phone number that a spreadsheet had taken the first zero from, put back.
    PhoneRepaired,
    /// A relay number (안심번호), which is nobody's contact.
    RelayNumber,
    /// A memo with something that may not be kept, left out.
    SensitiveNote,
    /// A tag with something that may not be kept, left out.
    SensitiveTag,
    /// A tag that is too long or is no word, left out.
    TagUnfit,
    /// An address that is none or too long, left out.
    AddressUnfit,
    /// A cell that the own field of the company cannot hold, left out.
    FieldUnfit,
    /// A cell for an own field that says what may not be kept, left out.
    SensitiveField,
}

impl NoticeCode {
    /// The stable snake_case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForbiddenColumn => "forbidden_column",
            Self::ResidentNumber => "resident_number",
            Self::BirthdayUnreadable => "birthday_unreadable",
            Self::PhoneUnreadable => "phone_unreadable",
            Self::PhoneRepaired => "phone_repaired",
            Self::RelayNumber => "relay_number",
            Self::SensitiveNote => "sensitive_note",
            Self::SensitiveTag => "sensitive_tag",
            Self::TagUnfit => "tag_unfit",
            Self::AddressUnfit => "address_unfit",
            Self::FieldUnfit => "field_unfit",
            Self::SensitiveField => "sensitive_field",
        }
    }
}
