//! Those left out who do better than expected: the card of Today and the board tell of the same.

use super::watch::{self, Course};
use crate::worth::AccountSettings;
use ::store::{Result, Tx};
use kernel::Day;

/// Those left out whose actual business reaches the threshold, the furthest above first.
pub(crate) async fn candidates(tx: &mut Tx, today: Day) -> Result<Vec<Course>> {
    let threshold = AccountSettings::load(tx).await?.threshold;
    let courses = watch::courses(tx, today).await?;
    Ok(courses.into_iter().filter(|course| is_candidate(course, threshold)).collect())
}

/// Whether a course reaches the threshold.
pub(super) fn is_candidate(course: &Course, threshold: f64) -> bool {
    course.ratio.is_some_and(|ratio| ratio >= threshold)
}
