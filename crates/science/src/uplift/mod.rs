//! Whom a campaign moves: ranking by uplift, Qini and AUUC.
