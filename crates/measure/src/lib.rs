//! Measure: value, the leaky bucket, what keeping and winning customers costs.
