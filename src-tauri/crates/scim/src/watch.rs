//! For whoever keeps what was answered. The token is never part of it.

/// Told of every answer, those to tries again included, on the task that sent the request: return quickly.
pub trait Watch: Send + Sync {
    /// Whether anybody wants to know what the current task is answered. Asked before the answer is copied.
    fn looks(&self) -> bool;

    /// A request has ended.
    fn exchange(&self, exchange: &Exchange);
}

/// What came of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Absent if no answer arrived.
    pub status: Option<u16>,
    /// At most [`Exchange::LONGEST`] bytes of it, the token masked.
    pub reply_body: Option<String>,
    /// The service's own id of this exchange (`x-request-id` and the like).
    pub request_id: Option<String>,
    /// Why there is no whole answer, as a sentence.
    pub error: Option<String>,
}

impl Exchange {
    /// How much of an answer is kept, in bytes.
    pub const LONGEST: usize = 16 * 1024;
}
