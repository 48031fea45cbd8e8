//! From baskets to frequent item sets.
//!
//! A tree of all baskets would share hardly a node where assortments are wide, so the first conditional trees are
//! counted and built from the baskets themselves, sorted by falling frequency of their items; from the second item on
//! the sets grow in [`super::tree`]. Each item's part is independent, and parts are joined in the order of the items.

use super::tree::Grower;
use super::{BasketError, Baskets};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What counts as frequent, and where to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrowthOptions {
    /// The least share of the baskets that hold a set, above 0 and at most 1.
    pub min_support: f64,
    /// The most items of a set.
    pub max_length: usize,
    /// The most sets; beyond it nothing is returned but [`BasketError::TooManySets`].
    pub max_sets: usize,
}

impl Default for GrowthOptions {
    /// One basket in a hundred, any length, ten million sets.
    fn default() -> Self {
        Self { min_support: 0.01, max_length: usize::MAX, max_sets: 10_000_000 }
    }
}

/// A set of items and how many baskets hold all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemSet<'a> {
    /// In ascending order.
    pub items: &'a [u32],
    /// Baskets with all of them.
    pub count: u64,
}

/// All frequent item sets of some baskets. Their order is fixed by the data alone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ItemSets {
    items: Vec<u32>,
    ends: Vec<u64>,
    counts: Vec<u32>,
    baskets: u64,
    min_count: u32,
}

impl ItemSets {
    /// Sets found.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether no set is frequent.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Baskets searched, n of every support.
    pub fn baskets(&self) -> u64 {
        self.baskets
    }

    /// The fewest baskets that made a set frequent.
    pub fn min_count(&self) -> u64 {
        u64::from(self.min_count)
    }

    /// The sets.
    pub fn iter(&self) -> impl Iterator<Item = ItemSet<'_>> {
        (0..self.len()).map(|index| self.at(index))
    }

    pub(super) fn at(&self, index: usize) -> ItemSet<'_> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let items = &self.items[start as usize..self.ends[index] as usize];
        ItemSet { items, count: u64::from(self.counts[index]) }
    }

    fn append(&mut self, part: Self) {
        let shift = self.items.len() as u64;
        self.items.extend(part.items);
        self.ends.extend(part.ends.into_iter().map(|end| end + shift));
        self.counts.extend(part.counts);
    }
}

/// The sets that at least `min_support` of the baskets hold.
///
/// # Errors
/// [`BasketError::Share`] when the support is not above 0 and at most 1, [`BasketError::TooManySets`] beyond
/// [`GrowthOptions::max_sets`].
pub fn fp_growth(baskets: &Baskets, options: &GrowthOptions) -> Result<ItemSets, BasketError> {
    let share = options.min_support;
    if !(share > 0.0 && share <= 1.0) {
        return Err(BasketError::Share { option: "support", value: share });
    }
    let ranked = Ranked::new(baskets, min_count(share, baskets.len()));
    let sets = AtomicUsize::new(0);
    let limits = Limits { options, min_count: ranked.min_count, items: &ranked.item_of, sets: &sets };
    let grow_one = |grower: &mut Grower, rank: u32| ranked.grow(grower, rank, &limits);
    let ranks = 0..ranked.item_of.len() as u32;
    let parts: Vec<ItemSets> =
        ranks.into_par_iter().with_max_len(1).map_init(Grower::default, grow_one).collect();
    if sets.into_inner() > options.max_sets {
        return Err(BasketError::TooManySets { limit: options.max_sets });
    }
    let empty =
        ItemSets { baskets: baskets.len() as u64, min_count: ranked.min_count, ..ItemSets::default() };
    Ok(parts.into_iter().fold(empty, |mut all, part| {
        all.append(part);
        all
    }))
}

/// The fewest baskets that reach a share; a share of exactly k baskets is k, whatever its last binary digit.
fn min_count(share: f64, baskets: usize) -> u32 {
    ((share * baskets as f64 * (1.0 - 1e-12)).ceil() as u32).max(1)
}

/// The baskets with their frequent items only, as ranks of falling frequency in ascending order.
struct Ranked {
    min_count: u32,
    item_of: Vec<u32>,
    /// The baskets' ranks, one basket after the other.
    ranks: Vec<u32>,
    /// For each rank, where its baskets' entries begin in `places`.
    starts: Vec<usize>,
    /// For each rank and basket, where in `ranks` the basket begins and where the rank stands.
    places: Vec<(u32, u32)>,
}

impl Ranked {
    fn new(baskets: &Baskets, min_count: u32) -> Self {
        let (holders, starts_of) = holders(baskets);
        let count_of = |item: u32| starts_of[item as usize + 1] - starts_of[item as usize];
        let mut item_of: Vec<u32> = (0..baskets.width).filter(|i| count_of(*i) >= min_count).collect();
        item_of.sort_unstable_by_key(|item| (std::cmp::Reverse(count_of(*item)), *item));
        let mut next = baskets.starts.clone();
        let mut ranks = vec![0; baskets.items.len()];
        let (mut starts, mut places) = (vec![0], Vec::with_capacity(baskets.items.len()));
        // Rank by rank, so that every basket's ranks come out sorted without a comparison.
        for (rank, &item) in item_of.iter().enumerate() {
            for &basket in &holders[starts_of[item as usize] as usize..starts_of[item as usize + 1] as usize]
            {
                let at = next[basket as usize];
                ranks[at as usize] = rank as u32;
                places.push((baskets.starts[basket as usize], at));
                next[basket as usize] = at + 1;
            }
            starts.push(places.len());
        }
        Self { min_count, item_of, ranks, starts, places }
    }

    /// For each basket with a rank, the more frequent ranks beside it.
    fn beside(&self, rank: u32) -> impl Iterator<Item = &[u32]> {
        let places = &self.places[self.starts[rank as usize]..self.starts[rank as usize + 1]];
        places.iter().map(|(start, at)| &self.ranks[*start as usize..*at as usize])
    }

    /// All frequent sets whose least frequent item has this rank.
    fn grow(&self, grower: &mut Grower, rank: u32, limits: &Limits<'_>) -> ItemSets {
        let mut found = Found { limits: *limits, suffix: vec![rank], sets: ItemSets::default() };
        let count = self.starts[rank as usize + 1] - self.starts[rank as usize];
        if found.emit(count as u32) && !found.is_full() {
            grower.zero_counts(rank as usize);
            for &other in self.beside(rank).flatten() {
                grower.counts[other as usize] += 1;
            }
            if grower.number_frequent(self.min_count) > 0 {
                self.grow_conditional(grower, rank, &mut found);
            }
        }
        found.sets
    }

    fn grow_conditional(&self, grower: &mut Grower, rank: u32, found: &mut Found<'_>) {
        let mut tree = grower.tree(0);
        let counts = grower.counts.iter().enumerate().filter(|(_, count)| **count >= self.min_count);
        tree.begin(counts.map(|(other, &count)| (other as u32, count)));
        let mut path = std::mem::take(&mut grower.path);
        for basket in self.beside(rank) {
            path.clear();
            path.extend(
                basket.iter().map(|other| grower.numbers[*other as usize]).filter(|n| *n != u32::MAX),
            );
            tree.insert(&path, 1);
        }
        grower.path = path;
        grower.grow(&tree, found);
        grower.keep(0, tree);
    }
}

/// The baskets that hold each item: a counting sort of the table by item, with where each item's part begins.
fn holders(baskets: &Baskets) -> (Vec<u32>, Vec<u32>) {
    let mut starts = vec![0_u32; baskets.width as usize + 1];
    for &item in &baskets.items {
        starts[item as usize + 1] += 1;
    }
    for item in 0..baskets.width as usize {
        starts[item + 1] += starts[item];
    }
    let mut next = starts.clone();
    let mut holders = vec![0; baskets.items.len()];
    for basket in 0..baskets.len() {
        for &item in baskets.basket(basket) {
            holders[next[item as usize] as usize] = basket as u32;
            next[item as usize] += 1;
        }
    }
    (holders, starts)
}

#[derive(Clone, Copy)]
struct Limits<'a> {
    options: &'a GrowthOptions,
    min_count: u32,
    /// The item of each rank.
    items: &'a [u32],
    /// Sets of all threads; once above the limit everything stops, and the result is an error whoever was first.
    sets: &'a AtomicUsize,
}

/// The sets one thread finds, and the ranks it has fixed on the way down.
pub(super) struct Found<'a> {
    limits: Limits<'a>,
    suffix: Vec<u32>,
    sets: ItemSets,
}

impl Found<'_> {
    pub fn min_count(&self) -> u32 {
        self.limits.min_count
    }

    pub fn push(&mut self, rank: u32) {
        self.suffix.push(rank);
    }

    pub fn pop(&mut self) {
        self.suffix.pop();
    }

    /// Whether the set may not get longer.
    pub fn is_full(&self) -> bool {
        self.suffix.len() >= self.limits.options.max_length
    }

    /// Ranks fixed, less the first: which of the kept trees is free.
    pub fn depth(&self) -> usize {
        self.suffix.len() - 1
    }

    /// Writes the set down; false when there are too many.
    pub fn emit(&mut self, count: u32) -> bool {
        if self.limits.options.max_length == 0 {
            return false;
        }
        let start = self.sets.items.len();
        self.sets.items.extend(self.suffix.iter().map(|rank| self.limits.items[*rank as usize]));
        self.sets.items[start..].sort_unstable();
        self.sets.ends.push(self.sets.items.len() as u64);
        self.sets.counts.push(count);
        let limit = self.limits.options.max_sets;
        // Every subset of a frequent set is frequent: a long set alone can be too many, and is not searched for hours.
        let subsets = u32::try_from(self.suffix.len()).ok().and_then(|length| 1_usize.checked_shl(length));
        if subsets.is_none_or(|subsets| subsets - 1 > limit) {
            self.limits.sets.fetch_max(limit.saturating_add(1), Ordering::Relaxed);
            return false;
        }
        self.limits.sets.fetch_add(1, Ordering::Relaxed) < limit
    }
}
