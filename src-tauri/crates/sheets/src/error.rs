/// Why a file can't be read, as a sentence, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "The file could not be read: {0}. Check that it is still there and not open for writing elsewhere."
    )]
    Io(#[from] std::io::Error),
    #[error("The file is empty. Export it again.")]
    Empty,
    /// With what it is instead.
    #[error("{0}")]
    NoTable(String),
    #[error("The file is protected with a password. Save a copy without one and take that.")]
    Protected,
    #[error(
        "The file unfolds to more than {0} MB, far more than a list of people needs, so it was not opened. Save the sheet as CSV and take that."
    )]
    TooLarge(u64),
    /// With what the parser says.
    #[error(
        "The file is damaged, or not what its name says: {0}. Open it in its own program, save it again and take that."
    )]
    Damaged(String),
    #[error("There is no sheet “{0}” in this file. Choose another.")]
    NoSheet(String),
    /// At the taker's word.
    #[error("The reading was stopped.")]
    Stopped,
}

/// Shorthand for what this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;
