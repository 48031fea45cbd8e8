//! Links to somebody's page: for whom, until when, and how it reached them.

use super::{PartyId, Visitor};
use crate::parties::store;
use ::store::{Result, Tx};
use kernel::{Id, Instant, kinds};
use web::public::{Visit, signed};
use web::{Company, Sight};

/// What is signed.
const PURPOSE: &str = "member";
/// How long a link works that staff hand over.
pub(super) const BY_STAFF: i64 = 7 * Instant::DAY;
/// How long somebody is in who proved a mailbox.
pub(super) const BY_CODE: i64 = Instant::HOUR;

/// How a link reaches somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handed {
    /// A member of staff made it and hands it over.
    ByStaff(Id<kinds::User>),
    /// It stands in a letter to a mailbox of theirs, which may have been passed on since.
    InALetter,
    /// They have just proved that they read a mailbox of theirs.
    AfterACode,
    /// They have just proved that they read a mailbox of which nobody knows for sure whose it is.
    AfterAnUnvouchedCode,
}

impl Handed {
    /// The numbers of a link: who made it, and whether a mailbox was proved.
    fn numbers(self) -> [i64; 2] {
        match self {
            Self::ByStaff(user) => [user.number(), 0],
            Self::InALetter | Self::AfterAnUnvouchedCode => [0, 0],
            Self::AfterACode => [0, 1],
        }
    }
}

/// The path of `party`'s page.
pub(super) async fn path(tx: &mut Tx, party: PartyId, lasts: i64, handed: Handed) -> Result<String> {
    let ends = tx.now().plus(lasts).micros();
    let [by, proved] = handed.numbers();
    let parts = [party.number(), ends, by, proved];
    let payload: Vec<u8> = parts.iter().flat_map(|part| part.to_le_bytes()).collect();
    Ok(format!("/m/{}", signed::sign(tx, PURPOSE, &payload).await?))
}

/// Who a link is for, if it works: whoever stands for them by now.
pub(super) async fn open(tx: &mut Tx, link: &str, visit: &Visit) -> Result<Option<Visitor>> {
    let Some(payload) = signed::open(tx, PURPOSE, link).await? else { return Ok(None) };
    let parts: Vec<i64> =
        payload.chunks_exact(8).filter_map(|part| part.try_into().ok()).map(i64::from_le_bytes).collect();
    // Letters of an earlier program hold links of three numbers.
    let (party, ends, by, proved) = match parts[..] {
        [party, ends, by] => (party, ends, by, 0),
        [party, ends, by, proved] => (party, ends, by, proved),
        _ => return Ok(None),
    };
    if ends <= tx.now().micros() {
        return Ok(None);
    }
    let Some(found) = store::find(tx, Id::from_number(party), Sight::WHOLE).await? else { return Ok(None) };
    Ok(Some(Visitor {
        party: found.root.unwrap_or(found.id),
        locale: visit.locale,
        address: visit.address.clone(),
        path: format!("/m/{link}"),
        by: (by != 0).then(|| Id::from_number(by)),
        proved: proved == 1,
        company: Company::load(tx).await?,
    }))
}
