//! What a relationship gives and what it is worth: delivered value, customer quality, key accounts, bonds.
