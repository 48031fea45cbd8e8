//! The inverse of a large symmetric positive definite matrix, in tiles, in place, the same bits for any threads.
//!
//! The symmetric sweep (Beaton 1964; Goodnight 1979) over blocks of columns: n³ operations like Cholesky with inverse,
//! half the memory, and every tile of a step is independent. Each tile's product runs on one thread, so how many
//! threads share the tiles cannot change a bit.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::{factor, inverse};
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

/// Rows and columns of a tile: large enough for the product to run at full speed, three of them fit the cache.
pub(super) const TILE: usize = 256;

/// The lower triangle of a symmetric matrix, tile (i, j) with i ≥ j at i (i + 1) / 2 + j, each by columns.
pub(super) struct Tiles {
    pub size: usize,
    pub tiles: Vec<Vec<f32>>,
}

/// W and U = W D of a step, for one block of rows.
type Panel = (Vec<f32>, Vec<f32>);

impl Tiles {
    pub fn blocks(&self) -> usize {
        self.size.div_ceil(TILE)
    }

    /// Rows in a block.
    pub fn rows(&self, block: usize) -> usize {
        TILE.min(self.size - block * TILE)
    }

    pub fn tile(&self, i: usize, j: usize) -> &[f32] {
        &self.tiles[position(i, j)]
    }

    /// Entry (row, column) of the symmetric matrix.
    pub fn entry(&self, row: usize, column: usize) -> f32 {
        let (low, high) = (row.min(column), row.max(column));
        let (i, j) = (high / TILE, low / TILE);
        self.tile(i, j)[low % TILE * self.rows(i) + high % TILE]
    }

    /// Turns the matrix into its inverse, with the opposite sign. False when it is not positive definite.
    pub fn negative_inverse(&mut self) -> bool {
        (0..self.blocks()).all(|k| self.sweep(k).is_some())
    }

    fn sweep(&mut self, k: usize) -> Option<()> {
        let width = self.rows(k);
        let pivot = small_inverse(self.tile(k, k), width)?;
        let panels: Vec<Panel> =
            (0..self.blocks()).into_par_iter().map(|i| self.panel(i, k, &pivot)).collect();
        let rows: Vec<usize> = (0..self.blocks()).map(|i| self.rows(i)).collect();
        self.tiles.par_iter_mut().enumerate().with_max_len(1).for_each(|(at, tile)| {
            let (i, j) = of_position(at);
            match (i == k, j == k) {
                (true, true) => tile.iter_mut().zip(&pivot).for_each(|(t, p)| *t = -p),
                (false, true) => tile.copy_from_slice(&panels[i].1),
                (true, false) => transpose(&panels[j].1, rows[j], tile),
                (false, false) => {
                    subtract_product(tile, &panels[i].1, &panels[j].0, [rows[i], rows[j], width])
                }
            }
        });
        Some(())
    }

    fn panel(&self, i: usize, k: usize, pivot: &[f32]) -> Panel {
        let (rows, width) = (self.rows(i), self.rows(k));
        let mut w = vec![0.0; rows * width];
        if i >= k {
            w.copy_from_slice(self.tile(i, k));
        } else {
            transpose(self.tile(k, i), width, &mut w);
        }
        let mut u = vec![0.0; rows * width];
        let (left, right) = (by_columns(&w, rows, width), by_columns(pivot, width, width));
        matmul(
            MatMut::from_column_major_slice_mut(&mut u, rows, width),
            Accum::Replace,
            left,
            right,
            1.0,
            Par::Seq,
        );
        (w, u)
    }
}

pub(super) fn position(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

/// The inverse of [`position`].
fn of_position(at: usize) -> (usize, usize) {
    let mut i = ((2.0 * at as f64 + 0.25).sqrt() - 0.5) as usize;
    while position(i + 1, 0) <= at {
        i += 1;
    }
    while position(i, 0) > at {
        i -= 1;
    }
    (i, at - position(i, 0))
}

fn by_columns(data: &[f32], rows: usize, columns: usize) -> MatRef<'_, f32> {
    MatRef::from_column_major_slice(data, rows, columns)
}

/// tile −= U W'.
fn subtract_product(tile: &mut [f32], u: &[f32], w: &[f32], [rows, columns, width]: [usize; 3]) {
    let into = MatMut::from_column_major_slice_mut(tile, rows, columns);
    matmul(
        into,
        Accum::Add,
        by_columns(u, rows, width),
        by_columns(w, columns, width).transpose(),
        -1.0,
        Par::Seq,
    );
}

/// `to` = `from`', which has `rows` rows.
fn transpose(from: &[f32], rows: usize, to: &mut [f32]) {
    let columns = from.len() / rows;
    for (c, column) in from.chunks_exact(rows).enumerate() {
        for (r, value) in column.iter().enumerate() {
            to[r * columns + c] = *value;
        }
    }
}

/// The full inverse of one symmetric positive definite tile given by its lower half.
fn small_inverse(tile: &[f32], size: usize) -> Option<Vec<f32>> {
    let mut l = tile.to_vec();
    let mut memory = MemBuffer::new(
        factor::cholesky_in_place_scratch::<f32>(size, Par::Seq, Default::default())
            .or(inverse::inverse_scratch::<f32>(size, Par::Seq)),
    );
    let lower = MatMut::from_column_major_slice_mut(&mut l, size, size);
    let stack = MemStack::new(&mut memory);
    factor::cholesky_in_place(lower, Default::default(), Par::Seq, stack, Default::default()).ok()?;
    let mut full = vec![0.0; size * size];
    let out = MatMut::from_column_major_slice_mut(&mut full, size, size);
    inverse::inverse(out, by_columns(&l, size, size), Par::Seq, MemStack::new(&mut memory));
    for column in 0..size {
        for row in column + 1..size {
            full[row * size + column] = full[column * size + row];
        }
    }
    full.iter().all(|value| value.is_finite()).then_some(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A diagonally dominant matrix over several tiles, the last one small.
    fn example(size: usize) -> Tiles {
        let entry = |r: usize, c: usize| if r == c { 50.0 } else { ((r * 31 + c * 31) % 17) as f32 / 100.0 };
        let mut matrix = Tiles { size, tiles: Vec::new() };
        for i in 0..matrix.blocks() {
            for j in 0..=i {
                let (rows, columns) = (matrix.rows(i), matrix.rows(j));
                let of = |at: usize| entry(i * TILE + at % rows, j * TILE + at / rows);
                matrix.tiles.push((0..rows * columns).map(of).collect());
            }
        }
        matrix
    }

    #[test]
    fn times_the_matrix_gives_the_identity() {
        for size in [1, 40, 256, 530] {
            let (matrix, mut inverse) = (example(size), example(size));
            assert!(inverse.negative_inverse());
            for row in (0..size).step_by(37) {
                for column in 0..size {
                    let product: f32 =
                        (0..size).map(|k| -matrix.entry(row, k) * inverse.entry(k, column)).sum();
                    let want = f32::from(u8::from(row == column));
                    assert!((product - want).abs() < 1e-4, "{size}: ({row}, {column}) is {product}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        let mut matrix = Tiles { size: 2, tiles: vec![vec![1.0, 2.0, 2.0, 1.0]] };
        assert!(!matrix.negative_inverse());
    }

    #[test]
    fn tiles_know_where_they_stand() {
        for i in 0..40 {
            for j in 0..=i {
                assert_eq!(of_position(position(i, j)), (i, j));
            }
        }
    }
}
