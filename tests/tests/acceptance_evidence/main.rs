//! Activity files of the sample company, taken in as an admin takes them in: every row accounted for, everybody where the
//! truth has them.

mod acme;
mod mapping;
mod rows;
mod truth;
