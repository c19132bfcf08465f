//! The sample company: a Peakon-like SCIM service with invented people and faults on demand.
