//! Customers who say when they leave: renewals, survival and what a subscriber is still worth.
