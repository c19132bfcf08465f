//! Muster's use cases: connect, sync, find, draft, plan, run, account for it.
