//! What a rule is asked with: the day, its zone and the company's currency.

use ::store::{Result, Tx};
use jiff::tz::TimeZone;
use kernel::{Currency, Day, Instant};
use web::Company;

/// The day a rule is asked of.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The day.
    pub today: Day,
    /// The company's zone.
    pub zone: TimeZone,
    /// The currency of amounts.
    pub currency: Currency,
}

impl Frame {
    /// Today, at the company.
    pub async fn load(tx: &mut Tx) -> Result<Self> {
        let clock = tx.environment().clock.clone();
        let company = Company::load(tx).await?;
        Ok(Self { today: company.today(&*clock), zone: company.zone(), currency: company.currency })
    }

    /// The first instant of a day.
    pub fn start(&self, day: Day) -> Instant {
        day.start_in(&self.zone)
    }

    /// The first instant after the day.
    pub fn end(&self) -> Instant {
        self.start(self.today.plus(1))
    }
}
