//! Mistakes on the command line, in one line each.

use std::process::ExitCode;

use clap::error::ErrorKind;

use crate::output;

/// Prints what was asked for (help, version) or what is wrong.
pub(crate) fn refuse(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        // `runnel` alone: the help is the answer, and still nothing was done.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output::tell(error.to_string().trim_end());
            ExitCode::from(2)
        }
        _ => {
            output::complain(&line(&error.to_string()));
            ExitCode::from(2)
        }
    }
}

/// clap's message without its heading, the usage and the pointer to `--help`.
fn line(rendered: &str) -> String {
    let said = rendered
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more "));
    let mut text = String::new();
    for line in said.map(str::trim).filter(|line| !line.is_empty()) {
        let line = line.strip_prefix("error: ").unwrap_or(line);
        match line.strip_prefix("tip: ") {
            Some(tip) => text.push_str(&format!("; {tip}")),
            None if text.is_empty() => text.push_str(line),
            None => text.push_str(&format!(" {line}")),
        }
    }
    text + " (--help says more)"
}

#[cfg(test)]
mod tests {
    use super::line;
    use crate::args::Arguments;
    use clap::Parser;

    fn said(words: &[&str]) -> String {
        line(&Arguments::try_parse_from(words).unwrap_err().to_string())
    }

    #[test]
    fn a_mistyped_option_is_answered_with_the_one_that_was_meant() {
        let said = said(&["runnel", "sync", "github", "acme", "--streem", "github_prs"]);
        assert_eq!(
            said,
            "unexpected argument '--streem' found; a similar argument exists: '--stream' (--help says more)"
        );
    }

    #[test]
    fn what_is_missing_is_named_in_the_same_line() {
        let said = said(&["runnel", "sync", "github"]);
        assert!(
            said.contains("not provided: <owner | owner/repository | project>..."),
            "{said}"
        );
    }
}
