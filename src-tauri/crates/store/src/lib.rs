//! Muster's data at rest: one SQLite file with the mirror, drafts, plans, runs and history.
