//! What the card says of somebody beside their contacts and orders.

use super::list::View;
use super::store;
use crate::addresses::{self, Address};
use crate::births;
use crate::markets::{self, Held};
use crate::ties::{self, Tie};
use ::store::{Result, Tx};
use kernel::{Id, kinds};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a party.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct About {
    /// The registration number of an organisation, as it is shown.
    pub registration: Option<String>,
    /// `corporation` or `individual`, where the number says so.
    #[schema(value_type = Option<String>)]
    pub form: Option<kernel::Form>,
    /// The markets it is said to belong to, and as what.
    pub markets: Vec<Held>,
    /// Postal addresses.
    pub addresses: Vec<Address>,
    /// The birthday of a person.
    pub birthday: Option<births::Known>,
    /// To whom it is tied.
    pub ties: Vec<Tie>,
}

/// What is known of `party`.
pub async fn of(tx: &mut Tx, party: Id<kinds::Party>, view: View) -> Result<About> {
    let registration = store::registration(tx, party).await?;
    Ok(About {
        form: registration.as_ref().and_then(kernel::Registration::form),
        registration: registration.map(|number| number.shown()),
        addresses: addresses::of(tx, party, view.sight).await?,
        birthday: births::of(tx, party, view.today).await?,
        ties: ties::of(tx, party, view.today, view.sight).await?,
        markets: markets::of(tx, &[party]).await?.remove(&party).unwrap_or_default(),
    })
}
