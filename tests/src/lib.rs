//! What the tests share.

pub mod company;
pub mod crowd;
#[cfg(target_os = "linux")]
pub mod desktop;
