//! What customers would pay: elasticity, van Westendorp, conjoint.
