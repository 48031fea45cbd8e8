//! E-mail addresses and phone numbers.
