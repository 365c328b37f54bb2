//! What happens to missed times, in a word.

use runnel_store::{MOST_CAUGHT_UP, Misfire};

use crate::problem::ApiError;

const CATCH_UP: &str = "catch_up ";

/// `coalesce`, `skip`, or `catch_up` and how many.
pub(super) fn word(misfire: Misfire) -> String {
    match misfire {
        Misfire::Coalesce => "coalesce".to_owned(),
        Misfire::Skip => "skip".to_owned(),
        Misfire::CatchUp(most) => format!("{CATCH_UP}{most}"),
    }
}

/// What the word means.
pub(super) fn read(word: &str) -> Result<Misfire, ApiError> {
    let expected = || {
        let words = format!("coalesce, skip, or catch_up and 0 to {MOST_CAUGHT_UP} are expected");
        ApiError::field("misfire", words)
    };
    match word {
        "coalesce" => Ok(Misfire::Coalesce),
        "skip" => Ok(Misfire::Skip),
        _ => {
            let most = word.strip_prefix(CATCH_UP).map(str::parse::<u32>);
            let most = most
                .and_then(Result::ok)
                .filter(|most| *most <= MOST_CAUGHT_UP);
            most.map(Misfire::CatchUp).ok_or_else(expected)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{read, word};

    #[test]
    fn a_word_means_what_it_was_made_of() {
        for text in ["coalesce", "skip", "catch_up 10"] {
            assert_eq!(word(read(text).unwrap()), text);
        }
    }

    #[test]
    fn what_is_no_such_word_is_refused() {
        for text in ["", "catch_up", "catch_up -1", "catch_up 1001", "Skip"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
