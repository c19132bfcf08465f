//! Where local data is, and who is at the machine.

use std::{
    env, io,
    path::{Path, PathBuf},
};

/// Moves all local data of this process elsewhere.
pub const DATA_DIR: &str = "MUSTER_DATA_DIR";

/// `MUSTER_DATA_DIR`, else the platform's own folder for local data. Made when missing, for this account only.
pub fn directory() -> engine::Result<PathBuf> {
    let directory = match env::var_os(DATA_DIR).filter(|value| !value.is_empty()) {
        Some(directory) => PathBuf::from(directory),
        None => dirs::data_local_dir()
            .ok_or_else(|| {
                engine::Error::precondition(format!(
                    "This account has no folder for local data. Set {DATA_DIR} to a folder of your own and start Muster again."
                ))
            })?
            .join(if cfg!(any(windows, target_os = "macos")) {
                "Muster"
            } else {
                "muster"
            }),
    };
    make(&directory).map_err(|error| {
        engine::Error::precondition(format!(
            "Muster could not make its data folder {}: {error}. Check that the folder above it is yours, or set {DATA_DIR} to another.",
            directory.display()
        ))
    })?;
    // Plugins join it to folders of their own unless it is absolute.
    std::path::absolute(&directory).map_err(|error| {
        engine::Error::precondition(format!(
            "{} is no folder Muster can use: {error}. Set {DATA_DIR} to another.",
            directory.display()
        ))
    })
}

/// The mirror is personal data: no other account of the machine may read it.
fn make(directory: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// "user@machine", for the history.
pub fn actor() -> String {
    let named = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let user = named("USER")
        .or_else(|| named("USERNAME"))
        .or_else(|| named("LOGNAME"))
        .unwrap_or_else(|| "unknown".to_owned());
    match gethostname::gethostname().to_str() {
        Some(machine) if !machine.is_empty() => format!("{user}@{machine}"),
        _ => user,
    }
}
