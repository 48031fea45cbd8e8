//! Answers to a questionnaire: one column an item, one row a respondent, no gaps.

use super::ModelError;
use crate::dense::Dense;

/// Columns of equal length with finite values and distinct names.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    items: Vec<String>,
    columns: Vec<Vec<f64>>,
    left_out: usize,
}

impl Answers {
    /// The answers of all respondents, a column an item.
    ///
    /// # Errors
    /// [`ModelError::UnequalLength`], [`ModelError::NotANumber`] or [`ModelError::ItemTwice`] name the column.
    pub fn new<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, Vec<f64>)>,
    ) -> Result<Self, ModelError> {
        let (items, columns): (Vec<String>, Vec<Vec<f64>>) =
            columns.into_iter().map(|(name, column)| (name.into(), column)).unzip();
        let need = columns.first().map_or(0, Vec::len);
        for (at, (item, column)) in items.iter().zip(&columns).enumerate() {
            let item = item.clone();
            if items[..at].contains(&item) {
                return Err(ModelError::ItemTwice { item });
            }
            if column.len() != need {
                return Err(ModelError::UnequalLength { item, have: column.len(), need });
            }
            if let Some(row) = column.iter().position(|v| !v.is_finite()) {
                return Err(ModelError::NotANumber { item, row });
            }
        }
        Ok(Self { items, columns, left_out: 0 })
    }

    /// The respondents who answered every item (listwise deletion); [`Answers::left_out`] counts the others.
    ///
    /// # Errors
    /// As [`Answers::new`].
    pub fn complete<N: Into<String>>(
        columns: impl IntoIterator<Item = (N, Vec<Option<f64>>)>,
    ) -> Result<Self, ModelError> {
        let columns: Vec<(String, Vec<Option<f64>>)> =
            columns.into_iter().map(|(name, column)| (name.into(), column)).collect();
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        if let Some((item, column)) = columns.iter().find(|(_, column)| column.len() != rows) {
            let (item, have) = (item.clone(), column.len());
            return Err(ModelError::UnequalLength { item, have, need: rows });
        }
        let kept: Vec<usize> = (0..rows).filter(|r| columns.iter().all(|(_, c)| c[*r].is_some())).collect();
        let keep = |column: Vec<Option<f64>>| kept.iter().filter_map(|r| column[*r]).collect();
        let mut answers = Self::new(columns.into_iter().map(|(name, column)| (name, keep(column))))?;
        answers.left_out = rows - kept.len();
        Ok(answers)
    }

    /// Respondents.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// Whether there is no respondent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Respondents left out because an answer was missing.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The names of the items.
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// The answers to one item.
    pub fn column(&self, item: &str) -> Option<&[f64]> {
        self.items.iter().position(|name| name == item).map(|at| self.columns[at].as_slice())
    }

    /// The named columns as z-scores (mean 0, standard deviation 1 with divisor n), a row an item.
    pub(super) fn standardised(&self, items: &[String]) -> Result<Dense, ModelError> {
        let mut scores = Dense::zeros(items.len(), self.len());
        for (i, item) in items.iter().enumerate() {
            let column = self.column(item).ok_or_else(|| ModelError::UnknownItem { item: item.clone() })?;
            let (mean, deviation) =
                mean_and_deviation(column).ok_or_else(|| ModelError::ZeroVariance { item: item.clone() })?;
            scores.row_mut(i).iter_mut().zip(column).for_each(|(z, v)| *z = (v - mean) / deviation);
        }
        Ok(scores)
    }

    /// The covariances of the named columns, divisor n.
    pub(crate) fn covariance(&self, items: &[String]) -> Result<Dense, ModelError> {
        let scores = self.standardised(items)?;
        let spread: Vec<f64> = items
            .iter()
            .filter_map(|item| mean_and_deviation(self.column(item)?))
            .map(|(_, deviation)| deviation)
            .collect();
        let n = self.len() as f64;
        let entry =
            |i: usize, j: usize| crate::dense::dot(scores.row(i), scores.row(j)) / n * spread[i] * spread[j];
        Ok(Dense::from_fn(items.len(), items.len(), entry))
    }
}

/// Mean and standard deviation (divisor n); `None` when all values are equal or the spread overflows.
fn mean_and_deviation(column: &[f64]) -> Option<(f64, f64)> {
    let n = column.len() as f64;
    let mean = column.iter().sum::<f64>() / n;
    let deviation = (column.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
    let differ = column.iter().any(|v| *v != column[0]);
    let clear = deviation.is_normal() && deviation > 1e-13 * mean.abs();
    (differ && clear).then_some((mean, deviation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_their_place() {
        let nan = Answers::new([("a", vec![1.0, 2.0]), ("b", vec![1.0, f64::NAN])]);
        assert_eq!(nan, Err(ModelError::NotANumber { item: "b".into(), row: 1 }));
        let short = Answers::new([("a", vec![1.0, 2.0]), ("b", vec![1.0])]);
        assert_eq!(short, Err(ModelError::UnequalLength { item: "b".into(), have: 1, need: 2 }));
        let twice = Answers::new([("a", vec![1.0]), ("a", vec![1.0])]);
        assert_eq!(twice, Err(ModelError::ItemTwice { item: "a".into() }));
    }

    #[test]
    fn rows_with_a_gap_are_left_out() {
        let a = vec![Some(1.0), None, Some(3.0)];
        let answers = Answers::complete([("a", a), ("b", vec![Some(4.0), Some(5.0), Some(6.0)])]).unwrap();
        assert_eq!((answers.column("b"), answers.left_out()), (Some(&[4.0, 6.0][..]), 1));
    }

    #[test]
    fn equal_answers_have_no_spread() {
        let answers = Answers::new([("a", vec![0.1; 7])]).unwrap();
        let fault = answers.standardised(&["a".into()]);
        assert_eq!(fault, Err(ModelError::ZeroVariance { item: "a".into() }));
    }
}
