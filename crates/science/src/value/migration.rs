//! Who moved between states from one date to another: bond levels, tiers, stages of the life cycle.

use super::ValueError;
use crate::share::Share;
use serde::{Deserialize, Serialize};

/// Customers by their state at two dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MigrationMatrix {
    /// `counts[from][to]`.
    pub counts: Vec<Vec<u64>>,
    /// Customers who came in between, by their state at the second date.
    pub arrived: Vec<u64>,
    /// Customers who are no longer there, by their state at the first.
    pub gone: Vec<u64>,
}

/// Counts the moves of customers, one row each; `None` where a customer was not there at that date.
///
/// ```
/// use science::value::migration;
///
/// let before = [Some(0), Some(0), Some(1), None];
/// let after = [Some(1), Some(0), None, Some(2)];
/// let moves = migration(4, &before, &after)?;
/// assert_eq!(moves.counts[0][..2], [1, 1]);
/// assert_eq!((moves.gone[1], moves.arrived[2]), (1, 1));
/// assert_eq!(moves.share(0, 1).unwrap().value, 0.5);
/// assert_eq!(moves.directions(), [1, 1, 0]);
/// # Ok::<(), science::value::ValueError>(())
/// ```
///
/// # Errors
/// [`ValueError::Lengths`] when the columns differ, [`ValueError::OutOfRange`] for a state of `states` or more.
pub fn migration(
    states: usize,
    before: &[Option<usize>],
    after: &[Option<usize>],
) -> Result<MigrationMatrix, ValueError> {
    const MOST_STATES: usize = 1_000;
    if before.len() != after.len() {
        return Err(ValueError::Lengths { have: after.len(), need: before.len() });
    }
    let states = states.min(MOST_STATES);
    if before.iter().chain(after).flatten().any(|state| *state >= states) {
        let high = states.saturating_sub(1) as f64;
        return Err(ValueError::OutOfRange { input: "state".into(), low: 0.0, high });
    }
    let mut matrix = MigrationMatrix {
        counts: vec![vec![0; states]; states],
        arrived: vec![0; states],
        gone: vec![0; states],
    };
    for pair in before.iter().zip(after) {
        match pair {
            (Some(from), Some(to)) => matrix.counts[*from][*to] += 1,
            (None, Some(to)) => matrix.arrived[*to] += 1,
            (Some(from), None) => matrix.gone[*from] += 1,
            (None, None) => {}
        }
    }
    Ok(matrix)
}

impl MigrationMatrix {
    /// The share of those who were in `from`, the gone included, that is in `to` now; `None` when nobody was.
    pub fn share(&self, from: usize, to: usize) -> Option<Share> {
        let row = self.counts.get(from)?;
        Share::wilson(*row.get(to)?, row.iter().sum::<u64>() + self.gone[from])
    }

    /// Customers who moved up, stayed and moved down, where a higher state is better.
    pub fn directions(&self) -> [u64; 3] {
        let mut sums = [0; 3];
        for (from, row) in self.counts.iter().enumerate() {
            for (to, count) in row.iter().enumerate() {
                let direction = match to.cmp(&from) {
                    std::cmp::Ordering::Greater => 0,
                    std::cmp::Ordering::Equal => 1,
                    std::cmp::Ordering::Less => 2,
                };
                sums[direction] += count;
            }
        }
        sums
    }
}
