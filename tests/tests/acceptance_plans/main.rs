//! Plans as files, and what a review says and lets go: the engine in front of the sample company.

mod acme;
mod files;
mod review;
