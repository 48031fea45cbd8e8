//! Chance as a parameter: one reproducible stream of random numbers for each (seed, index).
//!
//! A draw owns the stream of its own number, so results do not depend on how draws are spread over threads.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The stream of draw `index` under `seed`.
pub fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(index);
    generator
}
