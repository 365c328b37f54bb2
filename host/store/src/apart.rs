//! Connections for those who ask, beside those of the workers.

use std::sync::Arc;

use crate::Store;

/// A store that others read beside.
pub trait Apart: Send + Sync {
    /// The same database through connections of its own, made when they are first
    /// used: who has them waits for nobody who works through the others, and keeps
    /// nobody of those waiting. In a SQLite file one connection writes at a time, so
    /// there both write through the same one, in the order in which they ask for it.
    fn apart(&self) -> Arc<dyn Store>;
}
