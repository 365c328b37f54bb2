//! What a guest did wrong, and wasmtime's errors translated into it.

use std::sync::Arc;

use wasmtime::{Trap, WasmBacktrace};

use crate::{PluginId, guest::OverMemory, words::line};

/// Frames of a backtrace that are kept.
const FRAMES: usize = 8;
/// Characters of a frame's name, and of a message from a guest, that are kept.
const FRAME_NAME: usize = 120;
const MESSAGE: usize = 2_000;

/// What kind of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The guest trapped: a panic, a stack that ran out, an invalid access.
    Trapped,
    /// The deadline passed.
    Deadline,
    /// More memory than is allowed.
    Memory,
    /// More output than is allowed.
    Output,
    /// An answer that breaks the interface's rules.
    WrongAnswer,
    /// The record never reached the guest: it is too large or no JSON.
    Input,
}

/// What a guest did wrong with a record, or in a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{plugin}: {message}")]
pub struct Fault {
    /// Which plugin.
    pub plugin: Arc<PluginId>,
    /// What kind of wrong.
    pub kind: FaultKind,
    /// What happened, in words.
    pub message: String,
    /// The innermost frames, a line each; empty where there is none.
    pub backtrace: String,
}

impl Fault {
    pub(crate) fn new(plugin: &Arc<PluginId>, kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            plugin: plugin.clone(),
            kind,
            message: line(&message.into(), MESSAGE),
            backtrace: String::new(),
        }
    }

    pub(crate) fn wrong(plugin: &Arc<PluginId>, message: impl Into<String>) -> Self {
        Self::new(plugin, FaultKind::WrongAnswer, message)
    }

    /// The fault that an error of a call is.
    pub(crate) fn of(plugin: &Arc<PluginId>, error: &wasmtime::Error) -> Self {
        let (kind, message) = classify(error);
        Self {
            backtrace: error
                .downcast_ref::<WasmBacktrace>()
                .map(frames)
                .unwrap_or_default(),
            ..Self::new(plugin, kind, message)
        }
    }
}

fn classify(error: &wasmtime::Error) -> (FaultKind, String) {
    if let Some(over) = error.downcast_ref::<OverMemory>() {
        return (FaultKind::Memory, over.to_string());
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => (FaultKind::Deadline, "it ran past the deadline".to_owned()),
        Some(Trap::StackOverflow) => (FaultKind::Trapped, "its stack ran out".to_owned()),
        Some(Trap::UnreachableCodeReached) => (
            FaultKind::Trapped,
            "it panicked (an `unreachable` was reached)".to_owned(),
        ),
        Some(trap) => (FaultKind::Trapped, format!("it trapped: {trap}")),
        // wasmtime keeps this error's type to itself; a test guards the words.
        None if error
            .root_cause()
            .to_string()
            .contains("fuel allocated for hostcalls") =>
        {
            (
                FaultKind::Output,
                "it handed over more than one call may".to_owned(),
            )
        }
        None => (
            FaultKind::WrongAnswer,
            format!("its answer cannot be read: {}", error.root_cause()),
        ),
    }
}

fn frames(backtrace: &WasmBacktrace) -> String {
    let mut text = String::new();
    for frame in backtrace.frames().iter().take(FRAMES) {
        match frame.func_name() {
            Some(name) => {
                text.push_str(&line(name, FRAME_NAME));
            }
            None => text.push_str(&format!("function {}", frame.func_index())),
        }
        text.push('\n');
    }
    text
}
