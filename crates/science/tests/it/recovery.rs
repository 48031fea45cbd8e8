//! The 95 % intervals of the parameters hold the truth about as often as they say: a short run of
//! `examples/recovery_btyd.rs`, which counts 1,000 worlds.

use crate::worlds::recover;

/// Of 120 worlds 95 % are 114, give or take 2.4; four times that is beyond chance for the fourteen parameters together.
#[test]
fn intervals_hold_the_truth_in_simulated_worlds() {
    const WORLDS: u64 = 120;
    for recovery in recover(WORLDS).flatten() {
        let name = format!("{} {} of {}", recovery.model, recovery.parameter, recovery.customers);
        assert!(recovery.answered >= WORLDS - 3, "{name}: {} worlds have an interval", recovery.answered);
        let missed = recovery.answered - recovery.covered;
        assert!(missed <= 16, "{name}: {missed} of {} intervals miss the truth", recovery.answered);
        assert!(recovery.bias.abs() < 0.1 * recovery.truth, "{name}: biased by {}", recovery.bias);
    }
}
