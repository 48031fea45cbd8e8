//! Whether a review praises or complains: hashed character n-grams and a linear model.
