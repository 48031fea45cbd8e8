//! Time until a customer leaves, with customers who have not left yet (right censoring).
