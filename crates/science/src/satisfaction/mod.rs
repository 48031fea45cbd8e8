//! Why customers are satisfied: structural equation models of latent satisfaction.
