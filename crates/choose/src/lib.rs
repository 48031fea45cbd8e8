//! Choose: life-cycle states, RFM, regulars.
