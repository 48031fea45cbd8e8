//! A fitted path model, by name.

use super::evaluate::{Figures, Impossible};
use super::layout::Layout;
use super::{Inadmissible, Mode, PlsModel, Status};
use crate::satisfaction::{Answers, ModelError};
use serde::{Deserialize, Serialize};

/// A fitted path model. All figures are standardised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlsFit {
    /// Respondents.
    pub n: u64,
    /// Whether the figures can be believed.
    pub status: Status,
    /// Rounds of weights used.
    pub iterations: u32,
    /// Whether correlations, paths and loadings are freed of measurement error.
    pub consistent: bool,
    /// The constructs in the order of the model.
    pub constructs: Vec<ConstructFit>,
    /// Every pair of constructs with a route from the first to the second.
    pub effects: Vec<Effect>,
    /// Correlations of the constructs, in their order.
    pub correlations: Vec<Vec<f64>>,
    /// Correlation of every item (in the order of the constructs) with every construct's scores.
    pub cross_loadings: Vec<Vec<f64>>,
    /// Heterotrait-monotrait ratios of absolute correlations; absent on the diagonal and where they do not exist.
    pub htmt: Vec<Vec<Option<f64>>>,
    /// Goodness of fit √(mean communality × mean R²) of Tenenhaus et al. (2005); a description, not a test.
    pub goodness_of_fit: f64,
}

/// One construct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConstructFit {
    /// Its name.
    pub name: String,
    /// How its weights were found.
    pub mode: Mode,
    /// Its items.
    pub items: Vec<ItemFit>,
    /// Share of variance its causes explain; absent without causes.
    pub r_squared: Option<f64>,
    /// How well its items measure it.
    pub reliability: Reliability,
}

/// One item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemFit {
    /// Its name.
    pub name: String,
    /// Its weight in the construct's score, for standardised items.
    pub weight: f64,
    /// Its correlation with the construct.
    pub loading: f64,
}

/// Reliability of a construct; 1 for a single item by convention, absent for formative items.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// Cronbach's alpha of the standardised items.
    pub alpha: Option<f64>,
    /// Dijkstra & Henseler's rho_A.
    pub rho_a: Option<f64>,
    /// Composite reliability (Dillon-Goldstein's rho, rho_C).
    pub composite: Option<f64>,
    /// Average variance extracted: the mean squared loading.
    pub ave: f64,
}

/// The effect of one construct on another, in standard deviations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// Cause.
    pub from: String,
    /// Consequence.
    pub to: String,
    /// Along the path between them; absent where the model has none.
    pub direct: Option<f64>,
    /// Through other constructs.
    pub indirect: f64,
    /// Both.
    pub total: f64,
}

/// Pairs (cause, consequence) with a route, and whether a path joins them directly.
pub(super) fn routes(layout: &Layout) -> Vec<(usize, usize, bool)> {
    let q = layout.blocks.len();
    let mut reaches = vec![vec![false; q]; q];
    for &j in &layout.order {
        for &cause in &layout.blocks[j].causes {
            for (i, row) in reaches.iter_mut().enumerate() {
                row[j] = row[j] || row[cause] || i == cause;
            }
        }
    }
    let pairs = (0..q).flat_map(|i| (0..q).map(move |j| (i, j)));
    let with_route = pairs.filter(|(i, j)| reaches[*i][*j]);
    with_route.map(|(i, j)| (i, j, layout.paths.contains(&(i, j)))).collect()
}

impl PlsFit {
    pub(super) fn new(model: &PlsModel, layout: &Layout, n: usize, figures: Figures) -> Self {
        let name = |at: usize| model.constructs[at].name.clone();
        let effect = |(i, j, direct): (usize, usize, bool)| Effect {
            from: name(i),
            to: name(j),
            direct: direct.then_some(figures.direct[(i, j)]),
            indirect: figures.total[(i, j)] - figures.direct[(i, j)],
            total: figures.total[(i, j)],
        };
        Self {
            n: n as u64,
            status: status(model, layout, &figures),
            iterations: figures.rounds,
            consistent: model.consistent,
            effects: routes(layout).into_iter().map(effect).collect(),
            constructs: (0..layout.blocks.len()).map(|j| construct(model, layout, &figures, j)).collect(),
            correlations: figures.correlations.to_rows(),
            cross_loadings: figures.cross_loadings.to_rows(),
            goodness_of_fit: figures.goodness_of_fit,
            htmt: figures.htmt,
        }
    }

    /// The direct effect of one construct on another.
    pub fn path(&self, from: &str, to: &str) -> Option<f64> {
        self.effect(from, to)?.direct
    }

    /// All effects of one construct on another.
    pub fn effect(&self, from: &str, to: &str) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.from == from && effect.to == to)
    }

    /// A construct.
    pub fn construct(&self, name: &str) -> Option<&ConstructFit> {
        self.constructs.iter().find(|construct| construct.name == name)
    }

    /// The heterotrait-monotrait ratio of two constructs; above .90 (or .85) they can hardly be told apart.
    pub fn htmt_of(&self, a: &str, b: &str) -> Option<f64> {
        let number = |name: &str| self.constructs.iter().position(|construct| construct.name == name);
        self.htmt[number(a)?][number(b)?]
    }

    /// The constructs' scores of the respondents (mean 0, variance 1), a column a construct.
    ///
    /// # Errors
    /// [`ModelError`] when an item is missing or has no spread.
    pub fn scores(&self, answers: &Answers) -> Result<Vec<Vec<f64>>, ModelError> {
        let column = |construct: &ConstructFit| {
            let names: Vec<String> = construct.items.iter().map(|item| item.name.clone()).collect();
            let standardised = answers.standardised(&names)?;
            let mut scores = vec![0.0; answers.len()];
            for (i, item) in construct.items.iter().enumerate() {
                scores.iter_mut().zip(standardised.row(i)).for_each(|(s, z)| *s += item.weight * z);
            }
            Ok(scores)
        };
        self.constructs.iter().map(column).collect()
    }

    /// The constructs on the scale of their items, a column a construct: means of the answers, weighted by weight /
    /// standard deviation in `fitted_on`, the answers the model was fitted on (Ringle & Sarstedt 2016, "Gain more insight
    /// from your PLS-SEM results: the importance-performance map analysis"). With the same `fitted_on` for every wave they
    /// can be compared: [`crate::survey::compare_means`].
    ///
    /// # Errors
    /// [`ModelError`] when an item is missing or had no spread, [`ModelError::Collinear`] when weights cancel out.
    pub fn indices(&self, fitted_on: &Answers, answers: &Answers) -> Result<Vec<Vec<f64>>, ModelError> {
        self.constructs.iter().map(|construct| construct.index(fitted_on, answers)).collect()
    }
}

impl ConstructFit {
    fn index(&self, fitted_on: &Answers, answers: &Answers) -> Result<Vec<f64>, ModelError> {
        let names: Vec<String> = self.items.iter().map(|item| item.name.clone()).collect();
        let spread = fitted_on.covariance(&names)?;
        let weights: Vec<f64> =
            self.items.iter().enumerate().map(|(i, item)| item.weight / spread[(i, i)].sqrt()).collect();
        let sum: f64 = weights.iter().sum();
        if sum <= 1e-6 * weights.iter().map(|w| w.abs()).sum::<f64>() {
            return Err(ModelError::Collinear { construct: self.name.clone() });
        }
        let mut index = vec![0.0; answers.len()];
        for (name, weight) in names.iter().zip(weights) {
            let column =
                answers.column(name).ok_or_else(|| ModelError::UnknownItem { item: name.clone() })?;
            index.iter_mut().zip(column).for_each(|(sum_of, v)| *sum_of += weight / sum * v);
        }
        Ok(index)
    }
}

fn construct(model: &PlsModel, layout: &Layout, figures: &Figures, j: usize) -> ConstructFit {
    let item = |k: usize| ItemFit {
        name: layout.items[k].clone(),
        weight: figures.weights[k],
        loading: figures.loadings[k],
    };
    ConstructFit {
        name: model.constructs[j].name.clone(),
        mode: layout.blocks[j].mode,
        items: layout.blocks[j].items.clone().map(item).collect(),
        r_squared: figures.r_squared[j],
        reliability: Reliability {
            alpha: figures.alpha[j],
            rho_a: figures.rho_a[j],
            composite: figures.composite[j],
            ave: figures.ave[j],
        },
    }
}

fn status(model: &PlsModel, layout: &Layout, figures: &Figures) -> Status {
    let name = |at: usize| model.constructs[at].name.clone();
    let named = |impossible: &Impossible| match *impossible {
        Impossible::Reliability(j) => Inadmissible::Reliability { construct: name(j) },
        Impossible::Loading(k) => Inadmissible::Loading { item: layout.items[k].clone() },
        Impossible::RSquared(j) => Inadmissible::RSquared { construct: name(j) },
        Impossible::Correlations => Inadmissible::Correlations,
    };
    match (figures.converged, figures.impossible.is_empty()) {
        (false, _) => Status::MaxIterations,
        (true, true) => Status::Converged,
        (true, false) => Status::Inadmissible { reasons: figures.impossible.iter().map(named).collect() },
    }
}
