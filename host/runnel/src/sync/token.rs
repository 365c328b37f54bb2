//! The token: taken from a variable, and shown to nobody.

use secrecy::SecretString;

use crate::environment::Environment;

/// How GitHub's tokens begin: one of them where a name should be is a secret.
const PREFIXES: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];

/// A token, if there is one.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) value: Option<SecretString>,
    /// Where it comes from, for messages.
    pub(super) origin: String,
}

/// The variable that is looked at when none is named: `GITHUB_TOKEN` for `github`.
pub(super) fn variable_of(source: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let source: String = source.to_ascii_uppercase().chars().map(letter).collect();
    format!("{source}_TOKEN")
}

/// Reads the token of the variable that was named, or else of the source's own, which
/// may be absent. No message quotes the value, nor what might be one.
pub(super) fn read(
    named: Option<&str>,
    source: &str,
    environment: &Environment,
) -> Result<Token, String> {
    let own = variable_of(source);
    let name = named.unwrap_or(&own);
    if !is_name(name) {
        return Err(
            "--token-env takes the name of a variable, such as GITHUB_TOKEN, not the token itself"
                .to_owned(),
        );
    }
    let origin = format!("the variable {name}");
    let value = match environment.get(name) {
        Some(value) => {
            let text = value.to_str().map(str::trim).unwrap_or("\0");
            check(text).map_err(|wrong| format!("{origin} does not hold a token: {wrong}"))?;
            Some(text.to_owned()).filter(|text| !text.is_empty())
        }
        None => None,
    };
    if value.is_none() && named.is_some() {
        return Err(format!(
            "{origin} is empty or not set: put the token into it, or leave --token-env out"
        ));
    }
    Ok(Token {
        value: value.map(SecretString::from),
        origin,
    })
}

fn is_name(text: &str) -> bool {
    let letters = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    letters && !text.is_empty() && !PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// A token goes into a header, which takes one word.
fn check(token: &str) -> Result<(), &'static str> {
    if token.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err("there is a space, a line break or a character that no token has within it")
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, read, variable_of};
    use crate::environment::Environment;
    use secrecy::ExposeSecret;

    fn token(named: Option<&str>, variables: &[(&str, &str)]) -> Result<Token, String> {
        read(named, "github", &Environment::of(variables))
    }

    #[test]
    fn each_source_has_a_variable_of_its_own() {
        assert_eq!(variable_of("github"), "GITHUB_TOKEN");
        assert_eq!(variable_of("my_service"), "MY_SERVICE_TOKEN");
    }

    #[test]
    fn the_default_variable_may_be_absent_or_empty() {
        for variables in [&[][..], &[("GITHUB_TOKEN", "")], &[("GITHUB_TOKEN", " \n")]] {
            assert!(token(None, variables).unwrap().value.is_none());
        }
    }

    #[test]
    fn a_variable_that_was_named_may_not() {
        for variables in [&[][..], &[("MINE", "")], &[("MINE", "\n")]] {
            let message = token(Some("MINE"), variables).unwrap_err();
            assert!(
                message.contains("MINE") && message.contains("--token-env"),
                "{message}"
            );
        }
    }

    #[test]
    fn the_line_break_of_a_file_does_not_belong_to_the_token() {
        let token = token(None, &[("GITHUB_TOKEN", "secret\r\n")]).unwrap();
        assert_eq!(token.value.unwrap().expose_secret(), "secret");
    }

    #[test]
    fn a_token_with_a_space_in_it_is_refused_and_not_shown() {
        let message = token(None, &[("GITHUB_TOKEN", "very secret")]).unwrap_err();
        assert!(
            message.contains("GITHUB_TOKEN") && !message.contains("secret"),
            "{message}"
        );
    }

    #[test]
    fn a_token_where_its_variables_name_should_be_is_not_shown() {
        for named in [
            "ghp_0123456789",
            "github_pat_0123456789",
            "abc.def-0123456789",
        ] {
            let message = token(Some(named), &[]).unwrap_err();
            assert!(!message.contains("0123456789"), "{message}");
        }
    }

    #[test]
    fn a_token_in_a_debug_print_is_masked() {
        let token = token(None, &[("GITHUB_TOKEN", "secret")]).unwrap();
        assert!(!format!("{token:?}").contains("secret"));
    }
}
