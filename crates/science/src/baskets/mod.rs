//! What is bought together: frequent item sets and the rules between them.
