//! Dormant people: evidence laid over the sample company, and who is in which pile for which reason.

mod acme;
mod damage;
mod exempt;
mod piles;
mod policy;
mod report;
mod seats;
mod words;
