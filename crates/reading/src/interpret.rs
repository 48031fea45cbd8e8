//! One row to one draft: cells to values, by the plan's mapping and the source's rules.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fault::{RowFault, RowFaultCode as Code};
use crate::plan::{DateOrder, Field, Mapping, Plan};
use crate::record::{Currency, Record, Stands};
use crate::row::Row;
use crate::sources::{Extra, Preset, Standing};
use crate::values::decimal::Decimal;
use crate::values::money::{self, NotMoney};
use crate::values::when::{self, NotADate, When};

/// A line whose order may still have something to say about it.
#[derive(Debug)]
pub(crate) struct Draft {
    pub sale: Record,
    pub standing: Standing,
    /// What its cell says was paid back; nothing where it is empty.
    pub stated_refund: Option<i64>,
    pub order: OrderCells,
    pub cancelled_at: Option<Timestamp>,
}

/// What a row says of its whole order, in minor units.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct OrderCells {
    pub net: Option<i64>,
    pub paid: Option<i64>,
    pub shipping: Option<i64>,
    pub discount: i64,
}

/// Fields whose cells stand on an order's first row only, in sources that do so.
const ORDER_LEVEL: [Field; 11] = [
    Field::Customer,
    Field::Email,
    Field::Phone,
    Field::Name,
    Field::Date,
    Field::Time,
    Field::Currency,
    Field::Status,
    Field::Store,
    Field::Staff,
    Field::Channel,
];

pub(crate) struct Interpreter {
    preset: &'static Preset,
    mapping: Mapping,
    zone: TimeZone,
    currency: Currency,
    date_order: Option<DateOrder>,
    other_date: Vec<usize>,
    status_detail: Vec<usize>,
    line_discount: Vec<usize>,
    order_net: Vec<usize>,
    order_paid: Vec<usize>,
    order_shipping: Vec<usize>,
    order_discount: Vec<usize>,
    cancelled_at: Vec<usize>,
    carried: Carried,
}

impl Interpreter {
    /// `columns` are the folded header names.
    pub fn new(plan: &Plan, zone: TimeZone, currency: Currency, columns: &[String]) -> Self {
        let preset = crate::sources::preset(plan.source);
        let extra = |extra| preset.extra(extra, columns);
        let mut mapping = plan.mapping.clone();
        mapping
            .retain(|_, column| columns.get(*column).is_none_or(|name| !crate::header::is_forbidden(name)));
        let order_level = ORDER_LEVEL.iter().filter_map(|field| mapping.get(field).copied());
        let carried = Carried::new(order_level.chain(extra(Extra::OtherDate)).collect());
        Self {
            preset,
            zone: if preset.utc { TimeZone::UTC } else { zone },
            currency,
            date_order: plan.date_order,
            other_date: extra(Extra::OtherDate),
            status_detail: extra(Extra::StatusDetail),
            line_discount: extra(Extra::LineDiscount),
            order_net: extra(Extra::OrderNet),
            order_paid: extra(Extra::OrderPaid),
            order_shipping: extra(Extra::OrderShipping),
            order_discount: extra(Extra::OrderDiscount),
            cancelled_at: extra(Extra::CancelledAt),
            carried,
            mapping,
        }
    }

    /// Do the rows of one order have to be seen together?
    pub fn is_grouped(&self) -> bool {
        self.preset.grouped && self.mapping.contains_key(&Field::Order)
    }

    pub fn column(&self, field: Field) -> Option<usize> {
        self.mapping.get(&field).copied()
    }

    pub fn read(&mut self, row: &mut Row) -> Result<Draft, RowFault> {
        if self.is_grouped() {
            let order = self.column(Field::Order).unwrap_or(usize::MAX);
            self.carried.follow(row, order);
        }
        let draft = self.draft(row);
        draft.map_err(|fault| fault.raw(&raw_text(row)))
    }

    fn draft(&self, row: &mut Row) -> Result<Draft, RowFault> {
        let currency = self.currency(row)?;
        let status = self.cell(row, Field::Status);
        let standing = self.preset.status.standing(status, self.first(row, &self.status_detail));
        if standing == Standing::NoOrder {
            return Err(RowFault::new(row.line, Code::NotAnOrder).with("status", status));
        }
        let when = self.when(row)?;
        let quantity = self.quantity(row)?;
        let amount = self.amount(row, quantity, currency)?;
        let amount = if standing == Standing::Refund { -amount.abs() } else { amount };
        let text = |field| Some(self.cell(row, field)).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let sale = Record {
            line: row.line,
            order_no: text(Field::Order).map(without_point_zero),
            line_id: text(Field::Line)
                .map(without_point_zero)
                .or_else(|| self.preset.only_line().map(str::to_owned)),
            customer: text(Field::Customer).map(without_point_zero),
            email: text(Field::Email),
            phone: text(Field::Phone),
            name: text(Field::Name),
            at: when.at,
            day_only: when.day_only,
            product: text(Field::Product),
            category: text(Field::Category),
            quantity_milli: quantity.and_then(|quantity| quantity.rounded(3)),
            amount_minor: amount,
            currency,
            store: text(Field::Store),
            staff: text(Field::Staff),
            channel: text(Field::Channel),
            status: text(Field::Status),
            raw: String::new(),
            is_derived_refund: false,
            stands: Stands::Unsaid,
            order_stands: false,
            identity_minor: amount,
        };
        let stated_refund = self.money(row, self.column(Field::Refund), "refund", currency)?.map(i64::abs);
        let order = self.order_cells(row, currency)?;
        let cancelled_at = self.cancelled_at(row);
        let raw = raw_text(row);
        Ok(Draft { sale: Record { raw, ..sale }, standing, stated_refund, order, cancelled_at })
    }

    fn cell<'a>(&'a self, row: &'a Row, field: Field) -> &'a str {
        self.column(field).map_or("", |column| self.at(row, column))
    }

    fn at<'a>(&'a self, row: &'a Row, column: usize) -> &'a str {
        match row.cell(column) {
            "" => self.carried.cell(column),
            cell => cell,
        }
    }

    fn first<'a>(&'a self, row: &'a Row, columns: &[usize]) -> &'a str {
        columns.iter().map(|column| self.at(row, *column)).find(|cell| !cell.is_empty()).unwrap_or("")
    }

    fn currency(&self, row: &Row) -> Result<Currency, RowFault> {
        match self.cell(row, Field::Currency) {
            // The first row of each order says it, so this one stands away from its order.
            "" if self.is_grouped() && self.column(Field::Currency).is_some() && !self.carried.follows => {
                let order = shown(self.cell(row, Field::Order));
                Err(RowFault::new(row.line, Code::OrderTornApart).with("order", order))
            }
            "" => Ok(self.currency),
            "원" | "₩" => Ok(Currency::parse("KRW").unwrap_or(self.currency)),
            text => Currency::parse(text)
                .ok_or_else(|| RowFault::new(row.line, Code::CurrencyUnreadable).with("value", text)),
        }
    }

    fn when(&self, row: &Row) -> Result<When, RowFault> {
        let text = match self.cell(row, Field::Date) {
            "" => self.first(row, &self.other_date),
            text => text,
        };
        if text.is_empty() {
            return Err(RowFault::new(row.line, Code::DateMissing));
        }
        when::when(text, self.cell(row, Field::Time), self.date_order, &self.zone).map_err(|error| {
            let code = match error {
                NotADate::Unreadable => Code::DateUnreadable,
                NotADate::Ambiguous => Code::DateAmbiguous,
                NotADate::OutOfRange => Code::DateOutOfRange,
            };
            RowFault::new(row.line, code).with("value", shown(text))
        })
    }

    fn quantity(&self, row: &Row) -> Result<Option<Decimal>, RowFault> {
        let text = self.cell(row, Field::Quantity);
        // The unit belongs to the number in Korean: 2개, 3잔.
        let text = text.trim_end_matches(['개', '잔', '건', '병', '매', '권', '회', '명']);
        money::number(text, None)
            .map_err(|_| RowFault::new(row.line, Code::QuantityUnreadable).with("value", shown(text)))
    }

    fn amount(&self, row: &Row, quantity: Option<Decimal>, currency: Currency) -> Result<i64, RowFault> {
        let stated = self.money(row, self.column(Field::Amount), "amount", currency)?;
        let amount = match stated {
            Some(amount) => amount,
            // An order's sum that was mapped as the amount stands on its first row only.
            None if self.carried.follows && self.column(Field::Amount).is_some() => 0,
            None => self.worked_out(row, quantity, currency)?,
        };
        let discount = self.sum(row, &self.line_discount, currency)?;
        Ok(if amount > 0 { (amount - discount).max(0) } else { amount })
    }

    /// Quantity times unit price.
    fn worked_out(&self, row: &Row, quantity: Option<Decimal>, currency: Currency) -> Result<i64, RowFault> {
        let text = self.cell(row, Field::UnitPrice);
        let places = money::places(currency.as_str());
        let price = money::number(text, Some(places)).map_err(|_| unreadable(row, "unit_price", text))?;
        let Some(price) = price else {
            return Err(RowFault::new(row.line, Code::AmountMissing));
        };
        if money::is_of_another(text, currency.as_str()) {
            return Err(other_currency(row, text, currency));
        }
        let product =
            price.times(quantity.unwrap_or(Decimal::ONE)).and_then(|product| product.rounded(places));
        product.ok_or_else(|| RowFault::new(row.line, Code::AmountOutOfRange).with("value", shown(text)))
    }

    fn money(
        &self,
        row: &Row,
        column: Option<usize>,
        field: &'static str,
        currency: Currency,
    ) -> Result<Option<i64>, RowFault> {
        // Never a carried cell: a sum counts once.
        let text = column.map_or("", |column| row.cell(column));
        money::amount(text, currency.as_str()).map_err(|error| match error {
            NotMoney::Unreadable => unreadable(row, field, text),
            NotMoney::OutOfRange => {
                RowFault::new(row.line, Code::AmountOutOfRange).with("value", shown(text))
            }
            NotMoney::OtherCurrency => other_currency(row, text, currency),
        })
    }

    fn sum(&self, row: &Row, columns: &[usize], currency: Currency) -> Result<i64, RowFault> {
        let cells = columns.iter().map(|column| self.money(row, Some(*column), "discount", currency));
        cells.map(|cell| Ok(cell?.map_or(0, i64::abs))).sum()
    }

    fn order_cells(&self, row: &Row, currency: Currency) -> Result<OrderCells, RowFault> {
        let cell = |columns: &[usize]| self.money(row, columns.first().copied(), "total", currency);
        Ok(OrderCells {
            net: cell(&self.order_net)?,
            paid: cell(&self.order_paid)?,
            shipping: cell(&self.order_shipping)?,
            discount: self.sum(row, &self.order_discount, currency)?,
        })
    }

    fn cancelled_at(&self, row: &Row) -> Option<Timestamp> {
        let text = self.first(row, &self.cancelled_at);
        when::when(text, "", self.date_order, &self.zone).ok().map(|when| when.at)
    }
}

fn unreadable(row: &Row, field: &'static str, text: &str) -> RowFault {
    RowFault::new(row.line, Code::AmountUnreadable).with("field", field).with("value", shown(text))
}

fn other_currency(row: &Row, text: &str, currency: Currency) -> RowFault {
    let fault = RowFault::new(row.line, Code::AmountInOtherCurrency);
    fault.with("value", shown(text)).with("currency", currency.as_str())
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The row as it stood; a workbook's row is written as CSV.
fn raw_text(row: &mut Row) -> String {
    if row.raw.is_empty() { row.as_csv() } else { std::mem::take(&mut row.raw) }
}

/// `17850.0` is what spreadsheets make of the number 17850.
pub(crate) fn without_point_zero(mut id: String) -> String {
    let is_number = id.strip_suffix(".0").is_some_and(|whole| whole.bytes().all(|b| b.is_ascii_digit()));
    if is_number {
        id.truncate(id.len() - 2);
    }
    id
}

/// The order-level cells of the order that is being read.
struct Carried {
    columns: Vec<usize>,
    order: String,
    cells: Vec<String>,
    follows: bool,
}

impl Carried {
    fn new(columns: Vec<usize>) -> Self {
        Self { columns, order: String::new(), cells: Vec::new(), follows: false }
    }

    /// Takes the cells of a new order's first row.
    fn follow(&mut self, row: &Row, order_column: usize) {
        let order = row.cell(order_column);
        self.follows = !order.is_empty() && order == self.order;
        if !self.follows {
            order.clone_into(&mut self.order);
            self.cells = self.columns.iter().map(|column| row.cell(*column).to_owned()).collect();
        }
    }

    fn cell(&self, column: usize) -> &str {
        let at = self.columns.iter().position(|carried| *carried == column);
        at.filter(|_| self.follows).and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}
