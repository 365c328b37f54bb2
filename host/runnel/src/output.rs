//! What is printed: results on standard output, everything else on standard
//! error.

use std::{
    fmt::Display,
    io::{self, Write},
};

use anyhow::Context;

/// Prints a result. A reader that has seen enough (`| head`) is no failure.
pub(crate) fn print(text: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}

/// Says on standard error, in one line, what went wrong.
pub(crate) fn complain(message: &str) {
    tell(&format!("runnel: {}", one_line(message)));
}

/// Says something on standard error.
pub(crate) fn tell(line: &str) {
    // There is nobody left to tell that standard error is closed.
    let _closed = writeln!(io::stderr().lock(), "{line}");
}

/// A message, which may come from a plugin or a server, as one line of printable
/// characters: neither a line break nor a terminal's control sequence passes.
pub(crate) fn one_line(message: &str) -> String {
    let printable = message
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c });
    printable
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn neither_line_breaks_nor_control_sequences_of_others_reach_the_terminal() {
        assert_eq!(
            one_line("no\n such\r\n  thing \u{1b}[2J"),
            "no such thing [2J"
        );
    }
}
