//! What the tests share.

#[cfg(target_os = "linux")]
pub mod desktop;
