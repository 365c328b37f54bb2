//! JSON that is cut and copied as text, without being built.
//!
//! There are two kinds of text. Text from outside goes through [`check`] once:
//! that is `serde_json`'s own parser with a visitor that keeps nothing, so that
//! what is accepted is exactly what `serde_json` accepts (nesting to 128, valid
//! escapes and surrogates, numbers in range). Text that was checked is scanned
//! by [`scan`], which finds the ends of values sixteen bytes at a time and takes
//! the rest on trust. On text that is no JSON after all a scan gives an error or
//! a wrong cut; it never panics, recurses or reads outside the text.
//!
//! `sonic-rs` was looked at for both parts and is not used: its checking skips
//! over `\u` without looking at the digits, accepts lone surrogates and recurses
//! once a nesting level (100,000 `[` end the process), and its lazy iteration
//! without checks is `unsafe` on text that is not valid.

mod block;
mod check;
mod cut;
mod projection;
pub(crate) mod scan;
mod strings;
pub(crate) mod text;
mod wanted;

pub(crate) use check::check;
pub use projection::Projection;

/// Why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is not UTF-8.
    #[error("it is not UTF-8 (byte {at})")]
    Utf8 {
        /// The first byte that is not.
        at: usize,
    },
    /// `serde_json` does not accept it.
    #[error("{0}")]
    Invalid(String),
    /// It has more values where records are than any answer may have.
    #[error("there are more than {most} records in it")]
    TooMany {
        /// So many are allowed.
        most: usize,
    },
    /// Text that was taken on trust is no JSON.
    #[error("a value is expected at byte {at}")]
    Shape {
        /// Where the scan stopped.
        at: usize,
    },
}
