//! The name somebody meant.

/// Letters a name may be off by to be offered.
const OFF: usize = 2;

/// The known name nearest to a misspelt one, if one is near.
pub(super) fn nearest<'n>(written: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let letters: Vec<char> = written.chars().take(40).collect();
    let limit = OFF.min(letters.len() / 2);
    known
        .map(|name| (distance(&letters, &name.chars().collect::<Vec<_>>()), name))
        .filter(|(off, _)| *off <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Letters to add, drop, change or swap with their neighbour (optimal string alignment: Damerau 1964).
fn distance(one: &[char], other: &[char]) -> usize {
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for i in 0..=one.len() {
        for j in 0..width {
            let at = |back_i: usize, back_j: usize| table[(i - back_i) * width + j - back_j];
            let best = match (i, j) {
                (0, _) => j,
                (_, 0) => i,
                _ => {
                    let change = at(1, 1) + usize::from(one[i - 1] != other[j - 1]);
                    let best = change.min(at(1, 0) + 1).min(at(0, 1) + 1);
                    let swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
                    if swapped { best.min(at(2, 2) + 1) } else { best }
                }
            };
            table[i * width + j] = best;
        }
    }
    table[one.len() * width + other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_and_nothing_far_away() {
        let known = || ["orders", "ordered", "spend", "r"].into_iter();
        assert_eq!(nearest("ordres", known()), Some("orders"));
        assert_eq!(nearest("spendd", known()), Some("spend"));
        assert_eq!(nearest("zzzzzz", known()), None);
        assert_eq!(nearest("q", known()), None);
    }
}
