//! Which channels brought an order: first, last, position, Shapley and Markov removal.
