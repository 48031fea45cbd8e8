//! The front door: sign-in, permissions, errors, the registry that verbs plug into, live updates, the staff app.
