//! A model with numbers for names: which places of A and S hold which parameter.

use super::{CbSem, Constraint, Scaling, Term};
use crate::dense::Dense;
use crate::satisfaction::ModelError;

/// Where a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A(to, from).
    Directed { to: usize, from: usize },
    /// S(a, b) and S(b, a).
    Symmetric { a: usize, b: usize },
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Slot {
    Fixed(f64),
    Free(usize),
}

/// One place, what the modeller calls it, and what it holds.
#[derive(Debug, Clone)]
pub struct Cell {
    pub place: Place,
    pub term: Term,
    pub slot: Slot,
}

/// A checked model: items first among the variables, then factors.
#[derive(Debug, Clone)]
pub struct Structure {
    pub items: Vec<String>,
    pub variables: Vec<String>,
    pub cells: Vec<Cell>,
    /// Free parameters.
    pub free: usize,
}

impl Structure {
    pub fn new(model: &CbSem) -> Result<Self, ModelError> {
        let items = items(model)?;
        let mut variables = items.clone();
        for (factor, own) in &model.factors {
            if own.is_empty() {
                return Err(ModelError::NoItems { construct: factor.clone() });
            }
            if variables.contains(factor) {
                return Err(ModelError::ConstructTwice { construct: factor.clone() });
            }
            variables.push(factor.clone());
        }
        let terms = terms(model, &variables);
        let mut structure = Self { items, variables, cells: Vec::new(), free: 0 };
        let mut groups: Vec<Option<usize>> = vec![None; model.groups + 1];
        for (term, usual) in terms {
            let place = structure.place(&term)?;
            let said = model.constraints.iter().rev().find(|(of, _)| of.is(&term));
            let slot = match said.map_or(&usual, |(_, constraint)| constraint) {
                Constraint::Fixed(value) if value.is_finite() => Slot::Fixed(*value),
                Constraint::Fixed(_) => return Err(ModelError::Unknown { name: format!("{term}") }),
                Constraint::Free => structure.next(),
                Constraint::Equal(group) => match groups[*group] {
                    Some(parameter) => Slot::Free(parameter),
                    None => {
                        groups[*group] = Some(structure.free);
                        structure.next()
                    }
                },
            };
            structure.cells.push(Cell { place, term, slot });
        }
        if let Some((term, _)) = model.constraints.iter().find(|(of, _)| !structure.has(of)) {
            return Err(ModelError::Unknown { name: format!("{term}") });
        }
        let most = structure.items.len() * (structure.items.len() + 1) / 2;
        if structure.free > most {
            return Err(ModelError::TooManyParameters { have: structure.free, most });
        }
        Ok(structure)
    }

    fn next(&mut self) -> Slot {
        self.free += 1;
        Slot::Free(self.free - 1)
    }

    fn has(&self, term: &Term) -> bool {
        self.cells.iter().any(|cell| cell.term.is(term))
    }

    fn number(&self, name: &str) -> Result<usize, ModelError> {
        let found = self.variables.iter().position(|variable| variable == name);
        found.ok_or_else(|| ModelError::Unknown { name: name.to_owned() })
    }

    fn place(&self, term: &Term) -> Result<Place, ModelError> {
        Ok(match term {
            Term::Loading { factor, item } => {
                Place::Directed { to: self.number(item)?, from: self.number(factor)? }
            }
            Term::Regression { outcome, cause } => {
                Place::Directed { to: self.number(outcome)?, from: self.number(cause)? }
            }
            Term::Covariance { a, b } => Place::Symmetric { a: self.number(a)?, b: self.number(b)? },
        })
    }

    /// The values of all cells.
    pub fn values(&self, parameters: &[f64]) -> Vec<f64> {
        let value = |cell: &Cell| match cell.slot {
            Slot::Fixed(value) => value,
            Slot::Free(parameter) => parameters[parameter],
        };
        self.cells.iter().map(value).collect()
    }

    /// A and S.
    pub fn matrices(&self, parameters: &[f64]) -> (Dense, Dense) {
        let v = self.variables.len();
        let (mut directed, mut symmetric) = (Dense::zeros(v, v), Dense::zeros(v, v));
        for (cell, value) in self.cells.iter().zip(self.values(parameters)) {
            match cell.place {
                Place::Directed { to, from } => directed[(to, from)] = value,
                Place::Symmetric { a, b } => {
                    symmetric[(a, b)] = value;
                    symmetric[(b, a)] = value;
                }
            }
        }
        (directed, symmetric)
    }

    /// Where the search begins: loadings by the items' spreads with the sign of their covariance with the factor's first
    /// item, half of every variance unexplained, no effects, no covariances.
    pub fn start(&self, model: &CbSem, covariance: &Dense) -> Vec<f64> {
        let mut start = vec![0.0; self.free];
        let marker = |factor: &str| {
            let own = model.factors.iter().find(|(name, _)| name == factor);
            own.and_then(|(_, items)| self.number(&items[0]).ok())
        };
        for cell in &self.cells {
            let Slot::Free(parameter) = cell.slot else { continue };
            start[parameter] = match (&cell.term, cell.place) {
                (Term::Loading { factor, .. }, Place::Directed { to, .. }) => {
                    let first = marker(factor).unwrap_or(to);
                    let sign = if covariance[(to, first)] < 0.0 { -1.0 } else { 1.0 };
                    let scale = match model.scaling {
                        Scaling::Marker => covariance[(to, to)] / covariance[(first, first)],
                        Scaling::UnitVariance => covariance[(to, to)] / 2.0,
                    };
                    sign * scale.sqrt()
                }
                (_, Place::Symmetric { a, b }) if a == b => {
                    let item = if a < self.items.len() { Some(a) } else { marker(&self.variables[a]) };
                    item.map_or(0.5, |i| covariance[(i, i)] / 2.0)
                }
                _ => 0.0,
            };
        }
        start
    }
}

/// Items of factors in the order of the model, then other variables of regressions and covariances.
fn items(model: &CbSem) -> Result<Vec<String>, ModelError> {
    let is_factor = |name: &String| model.factors.iter().any(|(factor, _)| factor == name);
    let measured = model.factors.iter().flat_map(|(_, own)| own);
    let related = model.regressions.iter().flat_map(|(outcome, cause)| [outcome, cause]);
    let mut items: Vec<String> = Vec::new();
    for name in measured.chain(related) {
        if !is_factor(name) && !items.contains(name) {
            items.push(name.clone());
        }
    }
    match items.is_empty() {
        true => Err(ModelError::NoItems { construct: "The model".to_owned() }),
        false => Ok(items),
    }
}

/// Every place of the model with what it usually holds, each once.
fn terms(model: &CbSem, variables: &[String]) -> Vec<(Term, Constraint)> {
    let unit = model.scaling == Scaling::UnitVariance;
    let mut terms: Vec<(Term, Constraint)> = Vec::new();
    let mut add = |term: Term, usual: Constraint| {
        if !terms.iter().any(|(other, _)| other.is(&term)) {
            terms.push((term, usual));
        }
    };
    for (factor, items) in &model.factors {
        for (at, item) in items.iter().enumerate() {
            let usual = if at == 0 && !unit { Constraint::Fixed(1.0) } else { Constraint::Free };
            add(Term::loading(factor, item), usual);
        }
    }
    for (outcome, cause) in &model.regressions {
        add(Term::regression(outcome, cause), Constraint::Free);
    }
    for (a, b) in &model.covariances {
        add(Term::covariance(a, b), Constraint::Free);
    }
    for name in variables {
        let factor = model.factors.iter().any(|(factor, _)| factor == name);
        add(Term::variance(name), if factor && unit { Constraint::Fixed(1.0) } else { Constraint::Free });
    }
    let caused = |name: &String| {
        let measures = model.factors.iter().any(|(_, items)| items.contains(name));
        measures || model.regressions.iter().any(|(outcome, _)| outcome == name)
    };
    let exogenous: Vec<&String> = variables.iter().filter(|name| !caused(name)).collect();
    for (at, a) in exogenous.iter().enumerate() {
        exogenous[at + 1..].iter().for_each(|b| add(Term::covariance(a, b), Constraint::Free));
    }
    // A covariance that is fixed need not be freed first.
    for (term, _) in model.constraints.iter().filter(|(term, _)| matches!(term, Term::Covariance { .. })) {
        add(term.clone(), Constraint::Free);
    }
    terms
}
