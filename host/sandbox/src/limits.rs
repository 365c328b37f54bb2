//! What a guest may use.

use std::time::Duration;

/// What a guest may use of time and memory. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Wall time of one call, instantiation included: of a batch, a description,
    /// a plan or a page.
    pub deadline: Duration,
    /// All memories and tables of one instance together.
    pub memory: usize,
    /// What one call may hand back.
    pub output: usize,
    /// Lines of log that are kept of one batch or call.
    pub log_lines: usize,
    /// Bytes of log that are kept of one batch or call.
    pub log_bytes: usize,
    /// Instances at work at once, over all plugins; further calls wait.
    pub instances: u32,
    /// A component's file.
    pub component: usize,
    /// Wall time of compiling a component. What its functions may look like at
    /// all is in `weigh.rs`.
    pub compiling: Duration,
    /// One record's payload, as it is stored.
    pub payload: usize,
    /// The projected text that crosses in one call. A batch of more is cut.
    pub crossing: usize,
    /// A descriptor's text.
    pub descriptor: usize,
    /// The stack of a guest.
    pub stack: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            memory: 64 << 20,
            output: 64 << 20,
            log_lines: 200,
            log_bytes: 64 << 10,
            instances: 16,
            component: 64 << 20,
            compiling: Duration::from_secs(60),
            payload: 16 << 20,
            crossing: 8 << 20,
            descriptor: 1 << 20,
            stack: 512 << 10,
        }
    }
}
