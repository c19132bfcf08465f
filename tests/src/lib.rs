//! What the tests share.

pub mod company;
#[cfg(target_os = "linux")]
pub mod desktop;
