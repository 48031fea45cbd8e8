//! What answers to a survey say, with intervals: NPS, CSAT, CES, importance and performance, drivers.
