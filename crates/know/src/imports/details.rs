//! What a file of customers says of somebody beside name and contacts: birthday, address, tags, own
//! fields.
//!
//! Invariants:
//! - What somebody gave by hand, or another source, stands; what an earlier file of the same source gave is replaced by
//!   what it says now.
//! - What was changed is kept with the row, so that exactly that can be taken back.

use crate::births::{self, Birth, Calendar};
use crate::fields::{self, CustomField};
use crate::{addresses, tags};
use ::store::{Result, Tx};
use kernel::{Day, Id, kinds};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

type PartyId = Id<kinds::Party>;

/// What a row says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    pub(super) birthday: Option<Birth>,
    pub(super) address: Option<addresses::Parts>,
    pub(super) tags: Vec<String>,
    pub(super) own: fields::Values,
}

impl Details {
    /// What was said before and not now, beside tags, stays said.
    pub(super) fn recall(&mut self, before: Self) {
        self.birthday = self.birthday.take().or(before.birthday);
        self.address = self.address.take().or(before.address);
        for (field, value) in before.own {
            self.own.entry(field).or_insert(value);
        }
    }
}

/// What a row changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Changed {
    birthday: Option<births::Written>,
    address: Option<addresses::Written>,
    tags: tags::Written,
    own: BTreeMap<String, fields::Written>,
}

/// What could not be kept, to be told.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeftOut {
    /// Birthdays that are no day, or are still to come.
    pub birthdays: i64,
    /// Tags beyond what a customer or the company may have.
    pub tags: i64,
    /// Rows of people who were erased.
    pub erased: i64,
}

impl From<reading::Birthday> for Birth {
    fn from(day: reading::Birthday) -> Self {
        let calendar = if day.lunar { Calendar::Lunar } else { Calendar::Solar };
        Self { calendar, year: day.year, month: day.month, day: day.day, leap: false }
    }
}

/// What the rows of a file are read with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'r> {
    pub fields: &'r [CustomField],
    pub today: Day,
}

/// Keeps what a row says of `party`; `before` is what its source said last.
pub(super) async fn learn(
    tx: &mut Tx,
    party: PartyId,
    said: &Details,
    before: &Details,
    Reading { fields, today }: Reading<'_>,
    left_out: &mut LeftOut,
) -> Result<Changed> {
    let mut changed = Changed::default();
    if let Some(birth) = &said.birthday {
        if birth.fault(today).is_some() {
            left_out.birthdays += 1;
        } else {
            changed.birthday = births::learn(tx, party, birth, before.birthday.as_ref(), today).await?;
        }
    }
    if let Some(parts) = &said.address {
        changed.address = addresses::learn(tx, party, parts, before.address.as_ref()).await?;
    }
    if !said.tags.is_empty() || !before.tags.is_empty() {
        let (written, too_many) = tags::learn(tx, party, &said.tags, &before.tags).await?;
        changed.tags = written;
        left_out.tags += too_many;
    }
    changed.own = fields::learn(tx, party, fields, &said.own, &before.own).await?;
    Ok(changed)
}

/// Takes back what a row changed.
pub(super) async fn unlearn(
    tx: &mut Tx,
    party: PartyId,
    changed: &Changed,
    Reading { fields, today }: Reading<'_>,
) -> Result<()> {
    if let Some(written) = &changed.birthday {
        births::unlearn(tx, party, written, today).await?;
    }
    if let Some(written) = &changed.address {
        addresses::unlearn(tx, written).await?;
    }
    fields::unlearn(tx, party, fields, &changed.own).await?;
    tags::unlearn(tx, party, &changed.tags).await
}
