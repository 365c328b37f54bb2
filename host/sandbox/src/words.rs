//! What a guest says, made fit to be shown to people: it ends up in a terminal, a
//! log, a table of dead letters.

/// The first `limit` characters, as one line without anything that could move a
/// cursor, begin another line or turn the order of letters around.
pub(crate) fn line(text: &str, limit: usize) -> String {
    let mut line: String = text.chars().take(limit).map(shown).collect();
    if text.chars().nth(limit).is_some() {
        line.push('…');
    }
    line
}

fn shown(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => ' ',
        // Controls, line and paragraph separators, marks of direction.
        '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_could_play_with_a_terminal_or_a_log_is_replaced() {
        let said = "a\u{1b}[2J\nrunnel: all is well\u{202e}\0";
        assert_eq!(
            line(said, 100),
            "a\u{fffd}[2J runnel: all is well\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn a_long_text_is_cut_by_characters() {
        assert_eq!(
            (line("äöü", 3), line("äöü", 2)),
            ("äöü".to_owned(), "äö…".to_owned())
        );
    }
}
