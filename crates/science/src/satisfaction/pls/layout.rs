//! A model with numbers for names, and its data in the model's order.

use super::{Mode, PlsModel};
use crate::satisfaction::scores::Scores;
use crate::satisfaction::{Answers, ModelError};
use std::ops::Range;

/// Fewest respondents: two give correlations of ±1 whatever they answer.
const MIN_ANSWERS: usize = 3;

/// One construct: where its items stand, and its neighbours.
#[derive(Debug, Clone)]
pub struct Block {
    pub items: Range<usize>,
    pub mode: Mode,
    /// Its causes, ascending.
    pub causes: Vec<usize>,
    /// Its consequences, ascending.
    pub consequences: Vec<usize>,
}

/// A checked model; items of one construct stand together.
#[derive(Debug, Clone)]
pub struct Layout {
    pub items: Vec<String>,
    pub blocks: Vec<Block>,
    /// (cause, consequence) in the order of the model.
    pub paths: Vec<(usize, usize)>,
    /// Constructs with every cause before its consequences.
    pub order: Vec<usize>,
}

impl Layout {
    pub fn new(model: &PlsModel) -> Result<Self, ModelError> {
        let mut items: Vec<String> = Vec::new();
        let mut blocks: Vec<Block> = Vec::new();
        for (at, construct) in model.constructs.iter().enumerate() {
            let name = || construct.name.clone();
            if construct.items.is_empty() {
                return Err(ModelError::NoItems { construct: name() });
            }
            if model.constructs[..at].iter().any(|other| other.name == construct.name) {
                return Err(ModelError::ConstructTwice { construct: name() });
            }
            let start = items.len();
            for item in &construct.items {
                if items.contains(item) {
                    return Err(ModelError::ItemTwice { item: item.clone() });
                }
                items.push(item.clone());
            }
            let range = start..items.len();
            blocks.push(Block { items: range, mode: construct.mode, causes: vec![], consequences: vec![] });
        }
        let paths = numbered_paths(model)?;
        for &(from, to) in &paths {
            blocks[to].causes.push(from);
            blocks[from].consequences.push(to);
        }
        let named = |at: usize| model.constructs[at].name.clone();
        if let Some(at) = blocks.iter().position(|b| b.causes.is_empty() && b.consequences.is_empty()) {
            return Err(ModelError::Unconnected { construct: named(at) });
        }
        let order = causal_order(&blocks).map_err(|at| ModelError::Circle { construct: named(at) })?;
        Ok(Self { items, blocks, paths, order })
    }

    pub fn data(&self, answers: &Answers) -> Result<Scores, ModelError> {
        if answers.len() < MIN_ANSWERS {
            return Err(ModelError::NotEnoughAnswers { have: answers.len(), need: MIN_ANSWERS });
        }
        Scores::new(answers, &self.items)
    }

    /// Whether a construct stands for its only item.
    pub fn is_single(&self, construct: usize) -> bool {
        self.blocks[construct].items.len() == 1
    }
}

/// The paths by number, each once.
fn numbered_paths(model: &PlsModel) -> Result<Vec<(usize, usize)>, ModelError> {
    let number = |name: &String| {
        let found = model.constructs.iter().position(|c| c.name == *name);
        found.ok_or_else(|| ModelError::Unknown { name: name.clone() })
    };
    let mut paths = Vec::new();
    for (from, to) in &model.paths {
        let path = (number(from)?, number(to)?);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// Causes first; `Err` with a construct on a circle.
fn causal_order(blocks: &[Block]) -> Result<Vec<usize>, usize> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < blocks.len() {
        let ready =
            |at: &usize| !order.contains(at) && blocks[*at].causes.iter().all(|cause| order.contains(cause));
        match (0..blocks.len()).find(ready) {
            Some(at) => order.push(at),
            None => return Err((0..blocks.len()).find(|at| !order.contains(at)).unwrap_or(0)),
        }
    }
    Ok(order)
}
