//! Words, quoted texts and signs.

use crate::jql::ast::Literal;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A word or a quoted text.
    Text(Literal),
    /// `(`, `)`, `,`, `=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `!~`.
    Sign(&'static str),
}

// The longer ones first.
const SIGNS: [&str; 11] = ["!=", "<=", ">=", "!~", "(", ")", ",", "=", "<", ">", "~"];

/// Splits a query.
///
/// # Errors
/// In Jira's words, if a quoted text has no end.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else if first == '"' || first == '\'' {
            let (text, after) = quoted(&rest[1..], first).ok_or_else(|| {
                format!(
                    "Error in the JQL Query: The quoted string '{}' has not been completed.",
                    &rest[1..]
                )
            })?;
            tokens.push(Token::Text(Literal { text, quoted: true }));
            rest = after;
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "()=<>!~,\"'".contains(c));
            let end = end.unwrap_or(rest.len()).max(first.len_utf8());
            tokens.push(Token::Text(Literal {
                text: rest[..end].to_owned(),
                quoted: false,
            }));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// The text up to the closing quote, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((place, c)) = chars.next() {
        match c {
            '\\' => out.push(chars.next()?.1),
            c if c == quote => return Some((out, &text[place + 1..])),
            c => out.push(c),
        }
    }
    None
}
