//! What a campaign caused: holdout lift, CUPED, tests that may be peeked at, sample sizes.
