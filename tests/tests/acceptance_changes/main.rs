//! Draft, plan, run, history: the engine in front of the sample company, with its faults and switches.

mod acme;
mod guarded;
mod others;
mod sent;
mod trouble;
