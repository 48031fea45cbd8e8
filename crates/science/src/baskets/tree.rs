//! The frequent-pattern tree in one flat array, and its growth (Han, Pei & Yin 2000, section 3).
//!
//! Invariants: items of a tree are numbered 0.. in descending global frequency, every path ascends, and every item of
//! a tree is frequent in it. Trees are kept and used again for each depth, so growing allocates next to nothing.

use super::growth::Found;

const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Node {
    item: u32,
    count: u32,
    parent: u32,
    first_child: u32,
    sibling: u32,
    /// The next node of the same item.
    next: u32,
}

/// One item of a tree.
#[derive(Debug, Clone, Copy)]
struct Header {
    /// The item's rank among all frequent items.
    rank: u32,
    count: u32,
    /// The first of its nodes.
    first: u32,
    /// Its node directly below the root.
    below_root: u32,
}

/// A conditional tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    headers: Vec<Header>,
}

impl Tree {
    /// Empties the tree and gives it its items: (rank, count) in ascending rank.
    pub fn begin(&mut self, items: impl Iterator<Item = (u32, u32)>) {
        self.nodes.clear();
        self.headers.clear();
        let header = |(rank, count)| Header { rank, count, first: NONE, below_root: NONE };
        self.headers.extend(items.map(header));
    }

    /// Adds a path of ascending items, shared by `count` baskets.
    pub fn insert(&mut self, path: &[u32], count: u32) {
        let mut parent = NONE;
        for &item in path {
            parent = self.child(parent, item);
            self.nodes[parent as usize].count += count;
        }
    }

    /// The child of `parent` that stands for `item`, made when it is not there.
    fn child(&mut self, parent: u32, item: u32) -> u32 {
        let header = self.headers[item as usize];
        let mut at = if parent == NONE { header.below_root } else { self.nodes[parent as usize].first_child };
        while at != NONE && self.nodes[at as usize].item != item {
            at = self.nodes[at as usize].sibling;
        }
        if at != NONE {
            return at;
        }
        let new = self.nodes.len() as u32;
        let sibling = if parent == NONE { NONE } else { self.nodes[parent as usize].first_child };
        self.nodes.push(Node { item, count: 0, parent, first_child: NONE, sibling, next: header.first });
        if parent == NONE {
            self.headers[item as usize].below_root = new;
        } else {
            self.nodes[parent as usize].first_child = new;
        }
        self.headers[item as usize].first = new;
        new
    }

    /// Calls `visit` with each node of an item: its count and where its parent is.
    fn nodes_of(&self, item: u32, mut visit: impl FnMut(u32, u32)) {
        let mut at = self.headers[item as usize].first;
        while at != NONE {
            let node = self.nodes[at as usize];
            visit(node.parent, node.count);
            at = node.next;
        }
    }

    /// Calls `visit` with the items from a node to the root, in descending order.
    fn path_to_root(&self, mut at: u32, mut visit: impl FnMut(u32)) {
        while at != NONE {
            let node = &self.nodes[at as usize];
            visit(node.item);
            at = node.parent;
        }
    }
}

/// What a thread needs to grow sets: counters, a path and a tree for each depth.
#[derive(Default)]
pub(super) struct Grower {
    pub trees: Vec<Tree>,
    pub counts: Vec<u32>,
    /// Numbers of the items in the tree under construction; `u32::MAX` for infrequent ones.
    pub numbers: Vec<u32>,
    pub path: Vec<u32>,
}

impl Grower {
    /// The tree kept for a depth, taken out; put it back with [`Grower::keep`].
    pub fn tree(&mut self, depth: usize) -> Tree {
        if self.trees.len() <= depth {
            self.trees.resize_with(depth + 1, Tree::default);
        }
        std::mem::take(&mut self.trees[depth])
    }

    pub fn keep(&mut self, depth: usize, tree: Tree) {
        self.trees[depth] = tree;
    }

    /// Counters for `items` items, at zero.
    pub fn zero_counts(&mut self, items: usize) {
        self.counts.clear();
        self.counts.resize(items, 0);
    }

    /// Numbers the frequent items in order and gives their number.
    pub fn number_frequent(&mut self, min_count: u32) -> usize {
        self.numbers.clear();
        let mut next = 0;
        let number = |&count: &u32| {
            let frequent = count >= min_count;
            next += u32::from(frequent);
            if frequent { next - 1 } else { NONE }
        };
        self.numbers.extend(self.counts.iter().map(number));
        next as usize
    }

    /// Emits every frequent set of the tree's items together with `found`'s suffix. False when it has to stop.
    pub fn grow(&mut self, tree: &Tree, found: &mut Found<'_>) -> bool {
        for item in (0..tree.headers.len() as u32).rev() {
            let header = tree.headers[item as usize];
            found.push(header.rank);
            let goes_on = found.emit(header.count) && self.grow_below(tree, item, found);
            found.pop();
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// Grows the conditional tree of one item of `tree`.
    fn grow_below(&mut self, tree: &Tree, item: u32, found: &mut Found<'_>) -> bool {
        if item == 0 || found.is_full() {
            return true;
        }
        self.zero_counts(item as usize);
        let counts = &mut self.counts;
        tree.nodes_of(item, |above, count| tree.path_to_root(above, |i| counts[i as usize] += count));
        if self.number_frequent(found.min_count()) == 0 {
            return true;
        }
        let depth = found.depth();
        let mut below = self.tree(depth);
        self.condition(tree, item, found.min_count(), &mut below);
        let goes_on = self.grow(&below, found);
        self.keep(depth, below);
        goes_on
    }

    /// Fills `below` with the paths above the nodes of `item`, infrequent items left out.
    fn condition(&mut self, tree: &Tree, item: u32, min_count: u32, below: &mut Tree) {
        let frequent = self.counts.iter().zip(&tree.headers).filter(|(count, _)| **count >= min_count);
        below.begin(frequent.map(|(&count, header)| (header.rank, count)));
        let (path, numbers) = (&mut self.path, &self.numbers);
        tree.nodes_of(item, |above, count| {
            path.clear();
            tree.path_to_root(above, |i| path.extend(Some(numbers[i as usize]).filter(|n| *n != NONE)));
            path.reverse();
            below.insert(path, count);
        });
    }
}
