//! What the tests share.

pub mod company;
pub mod crowd;
pub mod desk;
#[cfg(target_os = "linux")]
pub mod desktop;
pub mod plan_file;
