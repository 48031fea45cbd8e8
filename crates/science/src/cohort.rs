//! Customers by the period of their first order, and how many of each cohort came back when.
