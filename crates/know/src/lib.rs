//! Know: parties, their orders, timeline, facts and imports.
