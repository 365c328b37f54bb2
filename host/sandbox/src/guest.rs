//! What the host keeps for one instance: its memory account and its log.

use wasmtime::ResourceLimiter;

use crate::{
    Limits,
    bindings::transform::runnel::plugin::{log as wit, types},
    words::line,
};

/// What an element of a table costs the host, in bytes.
const TABLE_ELEMENT: usize = 16;

/// How serious a line of log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For the plugin's author.
    Debug,
    /// Worth knowing.
    Info,
    /// Not as expected.
    Warn,
    /// Wrong.
    Error,
}

/// A line that a guest wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How serious it is.
    pub level: LogLevel,
    /// The text, cut at the limit.
    pub message: String,
}

/// The lines that were kept, and how many were not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// The lines, in order.
    pub lines: Vec<LogLine>,
    /// Lines left out because a limit was reached.
    pub dropped: u64,
    bytes: usize,
}

impl Log {
    /// Keeps the line if there is room, whole or in part.
    pub(crate) fn push(&mut self, written: LogLine, limits: &Limits) {
        let room = limits.log_bytes.saturating_sub(self.bytes);
        if self.lines.len() >= limits.log_lines || room == 0 {
            self.dropped += 1;
            return;
        }
        let mut message = line(&written.message, room);
        if message.len() > room {
            // A character has four bytes at most.
            message = line(&written.message, room / 4);
        }
        self.bytes += message.len().max(1);
        self.lines.push(LogLine { message, ..written });
    }

    /// Adds what another instance wrote, within the same limits.
    pub(crate) fn append(&mut self, other: Self, limits: &Limits) {
        self.dropped += other.dropped;
        for line in other.lines {
            self.push(line, limits);
        }
    }
}

/// More memory than is allowed.
#[derive(Debug, thiserror::Error)]
#[error("it asked for more than {limit} bytes of memory")]
pub(crate) struct OverMemory {
    limit: usize,
}

/// The store's data.
pub(crate) struct Guest {
    pub(crate) log: Log,
    limits: Limits,
    used: usize,
    last: usize,
}

impl Guest {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            log: Log::default(),
            limits: limits.clone(),
            used: 0,
            last: 0,
        }
    }

    /// What its memories and tables take, in bytes. They never shrink.
    pub(crate) fn used(&self) -> usize {
        self.used
    }

    fn grow(&mut self, by: usize) -> wasmtime::Result<bool> {
        let limit = self.limits.memory;
        let used = self.used.saturating_add(by);
        if used > limit {
            return Err(OverMemory { limit }.into());
        }
        (self.used, self.last) = (used, by);
        Ok(true)
    }
}

/// One account over all memories and tables: limits for each alone could be
/// multiplied by having many.
impl ResourceLimiter for Guest {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.grow(desired.saturating_sub(current))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.used -= std::mem::take(&mut self.last);
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.grow(
            desired
                .saturating_sub(current)
                .saturating_mul(TABLE_ELEMENT),
        )
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory_grow_failed(error)
    }
}

/// The types' interface has no functions.
impl types::Host for Guest {}

impl wit::Host for Guest {
    fn write(&mut self, level: wit::Level, message: String) {
        let level = match level {
            wit::Level::Debug => LogLevel::Debug,
            wit::Level::Info => LogLevel::Info,
            wit::Level::Warn => LogLevel::Warn,
            wit::Level::Error => LogLevel::Error,
        };
        self.log.push(LogLine { level, message }, &self.limits);
    }
}
