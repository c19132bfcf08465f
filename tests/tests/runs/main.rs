//! Runs of two thousand, with what goes wrong on the way: whatever it was, the service ends as the plan said,
//! every item has one end, nothing has its effect twice, and the history is whole.

mod faults;
mod killed;
mod kinds;
mod left;
mod listing;
mod others;
mod partly;
mod pilot;
mod together;

type Outcome = anyhow::Result<()>;
