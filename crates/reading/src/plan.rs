//! How a file is to be read: encoding, delimiter, source, and which column holds which field.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::fault::{FileFault, FileFaultCode};
use crate::values::when::DateLook;
pub use crate::values::when::DateOrder;

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Field {
    Customer,
    Email,
    Phone,
    Name,
    Order,
    Line,
    Date,
    Time,
    Product,
    Category,
    Quantity,
    UnitPrice,
    Amount,
    Refund,
    Currency,
    Status,
    Store,
    Staff,
    Channel,
    OtherPhone,
    GivenName,
    FamilyName,
    Birthday,
    PostalCode,
    Region,
    City,
    Address,
    AddressDetail,
    Tags,
    Grade,
    Note,
    Consent,
    ConsentEmail,
    ConsentSms,
}

impl Field {
    /// Every field, in the order in which forms show them.
    pub const ALL: [Self; 34] = [
        Self::Customer,
        Self::Email,
        Self::Phone,
        Self::Name,
        Self::Order,
        Self::Line,
        Self::Date,
        Self::Time,
        Self::Product,
        Self::Category,
        Self::Quantity,
        Self::UnitPrice,
        Self::Amount,
        Self::Refund,
        Self::Currency,
        Self::Status,
        Self::Store,
        Self::Staff,
        Self::Channel,
        Self::OtherPhone,
        Self::GivenName,
        Self::FamilyName,
        Self::Birthday,
        Self::PostalCode,
        Self::Region,
        Self::City,
        Self::Address,
        Self::AddressDetail,
        Self::Tags,
        Self::Grade,
        Self::Note,
        Self::Consent,
        Self::ConsentEmail,
        Self::ConsentSms,
    ];

    /// The name used in plans and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Name => "name",
            Self::Order => "order",
            Self::Line => "line",
            Self::Date => "date",
            Self::Time => "time",
            Self::Product => "product",
            Self::Category => "category",
            Self::Quantity => "quantity",
            Self::UnitPrice => "unit_price",
            Self::Amount => "amount",
            Self::Refund => "refund",
            Self::Currency => "currency",
            Self::Status => "status",
            Self::Store => "store",
            Self::Staff => "staff",
            Self::Channel => "channel",
            Self::OtherPhone => "other_phone",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Birthday => "birthday",
            Self::PostalCode => "postal_code",
            Self::Region => "region",
            Self::City => "city",
            Self::Address => "address",
            Self::AddressDetail => "address_detail",
            Self::Tags => "tags",
            Self::Grade => "grade",
            Self::Note => "note",
            Self::Consent => "consent",
            Self::ConsentEmail => "consent_email",
            Self::ConsentSms => "consent_sms",
        }
    }

    /// The field of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// Who wrote the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Source {
    Cafe24,
    #[serde(rename = "smartstore")]
    SmartStore,
    Shopify,
    #[serde(rename = "woocommerce")]
    WooCommerce,
    Square,
    Stripe,
    Cdnow,
    OnlineRetail,
    Generic,
    Cafe24Customers,
    ShopifyCustomers,
    #[serde(rename = "woocommerce_customers")]
    WooCommerceCustomers,
    SquareCustomers,
    StripeCustomers,
    Customers,
}

impl Source {
    /// The name used in plans and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cafe24 => "cafe24",
            Self::SmartStore => "smartstore",
            Self::Shopify => "shopify",
            Self::WooCommerce => "woocommerce",
            Self::Square => "square",
            Self::Stripe => "stripe",
            Self::Cdnow => "cdnow",
            Self::OnlineRetail => "online_retail",
            Self::Generic => "generic",
            Self::Cafe24Customers => "cafe24_customers",
            Self::ShopifyCustomers => "shopify_customers",
            Self::WooCommerceCustomers => "woocommerce_customers",
            Self::SquareCustomers => "square_customers",
            Self::StripeCustomers => "stripe_customers",
            Self::Customers => "customers",
        }
    }

    /// Whether its rows are customers, not lines of orders.
    pub fn is_of_customers(self) -> bool {
        self.shop() != self || self == Self::Customers
    }

    /// The source of the orders of the same shop, which knows customers by the same ids.
    pub fn shop(self) -> Self {
        match self {
            Self::Cafe24Customers => Self::Cafe24,
            Self::ShopifyCustomers => Self::Shopify,
            Self::WooCommerceCustomers => Self::WooCommerce,
            Self::SquareCustomers => Self::Square,
            Self::StripeCustomers => Self::Stripe,
            Self::Customers => Self::Generic,
            orders => orders,
        }
    }

    /// The list of customers of the same shop; any list where the shop's own is not known.
    pub fn customers_of(self) -> Self {
        let all = crate::sources::ALL.iter().map(|preset| preset.source);
        let own = all.filter(|source| source.is_of_customers()).find(|source| source.shop() == self.shop());
        own.unwrap_or(Self::Customers)
    }

    /// The source of that name.
    pub fn named(name: &str) -> Option<Self> {
        crate::sources::ALL.iter().map(|preset| preset.source).find(|source| source.as_str() == name)
    }
}

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "cp949")]
    Cp949,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
    #[serde(rename = "windows-1252")]
    Windows1252,
}

impl Encoding {
    /// What people may choose from.
    pub const ALL: [Self; 5] = [Self::Utf8, Self::Cp949, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];

    /// The name used in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Cp949 => "cp949",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1252 => "windows-1252",
        }
    }
}

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// `,`
    #[serde(rename = ",")]
    Comma,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// `;`
    #[serde(rename = ";")]
    Semicolon,
    /// `|`
    #[serde(rename = "|")]
    Pipe,
    /// One or more blanks, as in logs; a quotation mark has no meaning there.
    #[serde(rename = "blank")]
    Blank,
}

impl Delimiter {
    /// What people may choose from.
    pub const ALL: [Self; 5] = [Self::Comma, Self::Tab, Self::Semicolon, Self::Pipe, Self::Blank];

    /// The name used in plans.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::Tab => "\t",
            Self::Semicolon => ";",
            Self::Pipe => "|",
            Self::Blank => "blank",
        }
    }

    pub(crate) fn byte(self) -> Option<u8> {
        (self != Self::Blank).then(|| self.as_str().as_bytes()[0])
    }
}

/// Field to column, 0-based.
pub type Mapping = BTreeMap<Field, usize>;

/// Everything that decides how rows become records. Stored beside an import, so that it can be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How bytes become text; a workbook ignores it.
    pub encoding: Encoding,
    /// What stands between cells; a workbook ignores it.
    pub delimiter: Delimiter,
    /// Whose rules apply.
    pub source: Source,
    /// Which shop of that source (two Cafe24 malls are two accounts); may be empty.
    #[serde(default)]
    pub account: String,
    /// Does a line of column names come before the rows?
    pub header: bool,
    /// Which column holds which field.
    pub mapping: Mapping,
    /// Columns of a list of customers that are read as they stand, by the names that the caller has for them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own: BTreeMap<String, usize>,
    /// The currency of rows that name none, ISO 4217.
    pub currency: String,
    /// The zone of times without an offset, as an IANA name.
    pub zone: String,
    /// What `12/1/2010` means; `None` only where no row leaves it open.
    #[serde(default)]
    pub date_order: Option<DateOrder>,
}

/// What must be changed in a plan before it can run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanProblem {
    /// The part of the plan: a field's name, `currency` or `zone`.
    pub field: String,
    /// Stable code.
    pub code: &'static str,
    /// What to do, in one sentence.
    pub detail: String,
}

impl Plan {
    /// What stands in the way of running this plan over a file with `columns` columns; empty when nothing does.
    pub fn problems(&self, columns: usize) -> Vec<PlanProblem> {
        let mut found = Vec::new();
        let mut add = |field: &str, code, detail: &str| {
            found.push(PlanProblem { field: field.into(), code, detail: detail.into() });
        };
        for (field, column) in &self.mapping {
            if *column >= columns {
                add(field.as_str(), "no_such_column", "the file has no such column: choose another");
            }
        }
        if self.own.values().any(|column| *column >= columns) {
            add("own", "no_such_column", "the file has no such column: choose another");
        }
        let has = |field| self.mapping.contains_key(&field);
        if self.source.is_of_customers() {
            if ![Field::Customer, Field::Email, Field::Phone].into_iter().any(has) {
                add(
                    "phone",
                    "who_required",
                    "choose the column with the phone, the e-mail or the customer number",
                );
            }
            return found;
        }
        if !has(Field::Date) {
            add("date", "required", "choose the column with the order date");
        }
        if !has(Field::Amount) && !has(Field::UnitPrice) {
            add("amount", "required", "choose the column with the amount, or with the unit price");
        }
        if !crate::record::Currency::is_code(&self.currency) {
            add("currency", "invalid", "give a currency of three letters, such as KRW");
        }
        if TimeZone::get(&self.zone).is_err() {
            add("zone", "invalid", "give a time zone such as Asia/Seoul");
        }
        found
    }

    /// What must be chosen because the column of the date does not settle it; `dates` are the looks of a
    /// [`crate::Probe`].
    pub fn date_problem(&self, dates: &[DateLook]) -> Option<PlanProblem> {
        let look = dates.get(*self.mapping.get(&Field::Date)?)?;
        (self.date_order.is_none() && look.needs_choice()).then(|| PlanProblem {
            field: "date_order".into(),
            code: "required",
            detail: "choose the order of day and month: dmy, mdy or ymd".into(),
        })
    }

    pub(crate) fn checked(&self, columns: usize) -> Result<TimeZone, FileFault> {
        if let Some(problem) = self.problems(columns).into_iter().next() {
            let fault = FileFault::new(FileFaultCode::Plan).with("field", problem.field);
            return Err(fault.with("code", problem.code).with("problem", problem.detail));
        }
        TimeZone::get(&self.zone).map_err(|_| {
            FileFault::new(FileFaultCode::Plan).with("field", "zone").with("problem", "unknown zone")
        })
    }
}

/// Why a `--map` text was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAMapping {
    /// Not `field=column`.
    #[error("`{0}` is not FIELD=COLUMN: write for example date=2")]
    Form(String),
    /// No field of that name.
    #[error(
        "`{0}` is not a field: use one of the fields that the documentation lists, such as customer, email, phone, name, date or amount"
    )]
    Field(String),
    /// No column of that number or name.
    #[error("the file has no column `{0}`: give its name in the header, or its number from 1")]
    Column(String),
}

/// Reads `customer=1,date=2,amount=Total`: columns by number from 1, or by their header.
pub fn parse_mapping(text: &str, columns: &[String]) -> Result<Mapping, NotAMapping> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(|pair| parse_pair(pair, columns)).collect()
}

fn parse_pair(pair: &str, columns: &[String]) -> Result<(Field, usize), NotAMapping> {
    let (field, column) = pair.split_once('=').ok_or_else(|| NotAMapping::Form(pair.into()))?;
    let field = Field::named(field.trim()).ok_or_else(|| NotAMapping::Field(field.trim().into()))?;
    let wanted = crate::header::folded(column);
    let by_name = columns.iter().position(|name| crate::header::folded(name) == wanted);
    let by_number = column.trim().parse::<usize>().ok().filter(|n| (1..=columns.len()).contains(n));
    let index = by_name.or(by_number.map(|number| number - 1));
    Ok((field, index.ok_or_else(|| NotAMapping::Column(column.trim().into()))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["고객", "주문 일시", "Total"].map(String::from).to_vec()
    }

    #[test]
    fn a_mapping_names_columns_by_number_or_header() {
        let mapping = parse_mapping("customer=1, date=주문일시,amount=total", &columns());
        let mapping = mapping
            .or_else(|_| parse_mapping("customer=1, date=주문 일시,amount=total", &columns()))
            .unwrap();
        assert_eq!(mapping.into_values().collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn a_wrong_mapping_says_what_to_do() {
        assert_eq!(parse_mapping("date", &columns()), Err(NotAMapping::Form("date".into())));
        assert_eq!(parse_mapping("when=1", &columns()), Err(NotAMapping::Field("when".into())));
        assert_eq!(parse_mapping("date=4", &columns()), Err(NotAMapping::Column("4".into())));
        assert_eq!(parse_mapping("date=0", &columns()), Err(NotAMapping::Column("0".into())));
    }

    #[test]
    fn names_are_the_same_in_json_and_on_the_command_line() {
        for field in Field::ALL {
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
        }
        for encoding in Encoding::ALL {
            assert_eq!(serde_json::to_value(encoding).unwrap(), encoding.as_str());
        }
        for delimiter in Delimiter::ALL {
            assert_eq!(serde_json::to_value(delimiter).unwrap(), delimiter.as_str());
        }
        for preset in crate::sources::ALL {
            assert_eq!(serde_json::to_value(preset.source).unwrap(), preset.source.as_str());
            assert_eq!(Source::named(preset.source.as_str()), Some(preset.source));
        }
    }

    #[test]
    fn a_plan_lists_what_is_missing() {
        let plan = Plan {
            encoding: Encoding::Utf8,
            delimiter: Delimiter::Comma,
            source: Source::Generic,
            account: String::new(),
            header: true,
            mapping: Mapping::from([(Field::Customer, 7)]),
            own: BTreeMap::new(),
            currency: "won".into(),
            zone: "Seoul".into(),
            date_order: None,
        };
        let fields: Vec<_> = plan.problems(3).into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["customer", "date", "amount", "currency", "zone"]);
    }
}
