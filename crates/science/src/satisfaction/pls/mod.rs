//! Partial least squares path modelling (Wold 1982; Lohmöller 1989; Tenenhaus et al. 2005) and its consistent form
//! (Dijkstra & Henseler 2015).
//!
//! All of it is worked out from the items' correlation matrix, so a bootstrap draw costs one such matrix and a few
//! rounds of weights. A construct's weights come from its correlations with its neighbours: where these are near zero,
//! because causes cancel out, the weights are noise and consistent solutions mostly impossible. Weights have their sign from the construct's dominant loading, which is positive.
//!
//! ```
//! use science::satisfaction::{Answers, pls::{PlsModel, Scheme}};
//!
//! let answers = Answers::new([
//!     ("friendly", vec![7.0, 5.0, 6.0, 2.0, 4.0, 6.0, 3.0, 5.0]),
//!     ("quick", vec![6.0, 5.0, 7.0, 1.0, 4.0, 5.0, 4.0, 6.0]),
//!     ("satisfied", vec![7.0, 4.0, 6.0, 2.0, 5.0, 6.0, 2.0, 5.0]),
//! ])?;
//! let model = PlsModel::new()
//!     .reflective("Service", ["friendly", "quick"])
//!     .reflective("Satisfaction", ["satisfied"])
//!     .paths(["Service"], ["Satisfaction"])
//!     .scheme(Scheme::Path);
//! let fit = model.fit(&answers)?;
//! let effect = fit.path("Service", "Satisfaction").ok_or("no such path")?;
//! assert!((effect.powi(2) - fit.construct("Satisfaction").and_then(|c| c.r_squared).unwrap_or(0.0)).abs() < 1e-12);
//! let intervals = model.bootstrap(&answers, 200, 1)?;
//! assert!(intervals.path("Service", "Satisfaction").is_some_and(|i| i.low < effect && effect < i.high + 1e-12));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bootstrap;
mod engine;
mod evaluate;
mod fit;
mod layout;

pub use bootstrap::{BootstrapInterval, Bootstrapped, LeftOut, Quantity, Status as BootstrapStatus};
pub use fit::{ConstructFit, Effect, ItemFit, PlsFit, Reliability};

use super::scores::Scores;
use super::{Answers, ModelError};
use layout::Layout;
use serde::{Deserialize, Serialize};

/// How the weights of a construct's items are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Correlation weights: the items reflect the construct.
    A,
    /// Regression weights: the items form the construct.
    B,
}

/// How neighbours of a construct are weighted in the inner approximation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// By the sign of the correlation.
    Centroid,
    /// By the correlation.
    Factorial,
    /// Causes by their regression coefficients, consequences by the correlation.
    #[default]
    Path,
}

/// Whether the figures of a fit can be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Status {
    /// The weights settled and every figure is possible.
    Converged,
    /// The weights did not settle within the rounds allowed.
    MaxIterations,
    /// The consistent solution is impossible; the reasons say where. Trust plain PLS or change the model.
    Inadmissible {
        /// Every impossible figure.
        reasons: Vec<Inadmissible>,
    },
}

/// One impossible figure of a consistent solution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Inadmissible {
    /// rho_A outside 0 to 1.
    Reliability {
        /// Of this construct.
        construct: String,
    },
    /// A loading above 1.
    Loading {
        /// Of this item.
        item: String,
    },
    /// R² above 1.
    RSquared {
        /// Of this construct.
        construct: String,
    },
    /// The constructs' correlations, freed of measurement error, are no correlation matrix.
    Correlations,
}

/// One construct of a model and its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Construct {
    name: String,
    mode: Mode,
    items: Vec<String>,
}

/// A path model: constructs with their items, paths between constructs, and how to estimate them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PlsModel {
    constructs: Vec<Construct>,
    paths: Vec<(String, String)>,
    scheme: Scheme,
    consistent: bool,
}

impl PlsModel {
    /// A model without constructs, with the path weighting scheme.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a construct its items reflect (Mode A); one item is taken as the construct itself.
    pub fn reflective<I: Into<String>>(self, name: &str, items: impl IntoIterator<Item = I>) -> Self {
        self.construct(name, Mode::A, items)
    }

    /// Adds a construct its items form (Mode B).
    pub fn formative<I: Into<String>>(self, name: &str, items: impl IntoIterator<Item = I>) -> Self {
        self.construct(name, Mode::B, items)
    }

    fn construct<I: Into<String>>(
        mut self,
        name: &str,
        mode: Mode,
        items: impl IntoIterator<Item = I>,
    ) -> Self {
        let items = items.into_iter().map(Into::into).collect();
        self.constructs.push(Construct { name: name.to_owned(), mode, items });
        self
    }

    /// Adds a path from each cause to each consequence.
    pub fn paths<'a>(
        mut self,
        from: impl IntoIterator<Item = &'a str>,
        to: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Self {
        for cause in from {
            self.paths.extend(to.clone().into_iter().map(|t| (cause.to_owned(), t.to_owned())));
        }
        self
    }

    /// Chooses the inner weighting.
    pub fn scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// Chooses consistent PLS: correlations, paths and loadings freed of measurement error by rho_A. Constructs of one
    /// item or of Mode B count as measured without error.
    pub fn consistent(self, consistent: bool) -> Self {
        Self { consistent, ..self }
    }

    /// Estimates the model.
    ///
    /// # Errors
    /// [`ModelError`] names what is wrong with the model or the answers. At least three respondents are needed.
    pub fn fit(&self, answers: &Answers) -> Result<PlsFit, ModelError> {
        let layout = Layout::new(self)?;
        let data = layout.data(answers)?;
        let (_, figures) = self.estimate(&layout, &data)?;
        Ok(PlsFit::new(self, &layout, answers.len(), figures))
    }

    /// Estimates `draws` resamples of the respondents, each from its own random stream of `seed`.
    ///
    /// # Errors
    /// As [`PlsModel::fit`]. Draws that cannot be estimated are left out and counted by reason.
    pub fn bootstrap(&self, answers: &Answers, draws: u32, seed: u64) -> Result<Bootstrapped, ModelError> {
        let layout = Layout::new(self)?;
        let data = layout.data(answers)?;
        let (anchors, figures) = self.estimate(&layout, &data)?;
        Ok(bootstrap::run(self, &layout, &data, &anchors, &figures, (draws, seed)))
    }

    /// The figures of the data and the item that fixes each construct's sign.
    fn estimate(
        &self,
        layout: &Layout,
        data: &Scores,
    ) -> Result<(Vec<usize>, evaluate::Figures), ModelError> {
        let correlations = data.correlations();
        let named = |at: usize| ModelError::Collinear { construct: self.constructs[at].name.clone() };
        let mut solution = engine::solve(layout, &correlations, self.scheme).map_err(|c| named(c.0))?;
        let anchors = solution.dominant_items(layout);
        solution.fix_signs(layout, &anchors);
        let figures = evaluate::evaluate(layout, &correlations, solution, self.consistent);
        Ok((anchors, figures.map_err(|c| named(c.0))?))
    }
}
