//! From what was written to what is meant. Each error says what is expected.

use std::{fmt::Display, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;

use super::{Address, Role, Switch, input::Input};

/// One word or text.
fn text(input: &Input, expected: &str) -> Result<String, String> {
    let text = match input {
        Input::Text(text) | Input::String(text) => text.trim(),
        other => return Err(format!("{expected} is expected, not {}", other.what())),
    };
    if text.is_empty() {
        return Err(format!("{expected} is expected, and it is empty"));
    }
    Ok(text.to_owned())
}

pub(super) fn address(input: &Input) -> Result<Address, String> {
    text(input, "a URL").map(Address::new)
}

pub(super) fn path(input: &Input) -> Result<Option<PathBuf>, String> {
    text(input, "a path").map(|text| Some(text.into()))
}

pub(super) fn secret(input: &Input) -> Result<Option<SecretString>, String> {
    text(input, "a text").map(|text| Some(text.into()))
}

/// One word that has a type of its own.
pub(super) fn one<T: FromStr<Err = String>>(input: &Input) -> Result<T, String> {
    text(input, "a string")?.parse()
}

/// One word that has a type of its own, or nothing where it is not set.
pub(super) fn maybe<T: FromStr<Err = String>>(input: &Input) -> Result<Option<T>, String> {
    one(input).map(Some)
}

/// Whether something is so: a boolean in the file, or a word.
pub(super) fn switch(input: &Input) -> Result<Switch, String> {
    match input {
        Input::Boolean(is_so) => Ok(Switch(*is_so)),
        Input::Text(text) => text.trim().parse(),
        other => Err(format!("true or false is expected, not {}", other.what())),
    }
}

/// Words: a list in the file, else with commas between them.
pub(super) fn list<T>(input: &Input) -> Result<Vec<T>, String>
where
    T: FromStr<Err: Display> + PartialEq,
{
    let words: Vec<&str> = match input {
        Input::Text(text) => text.split(',').collect(),
        Input::Strings(texts) => texts.iter().map(String::as_str).collect(),
        other => {
            return Err(format!(
                "a list is expected, such as [\"…\", \"…\"], not {}",
                other.what()
            ));
        }
    };
    let mut values = Vec::new();
    for word in words
        .into_iter()
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        let value = word.parse::<T>().map_err(|error| error.to_string())?;
        if values.contains(&value) {
            return Err(format!("{word} is named twice"));
        }
        values.push(value);
    }
    Ok(values)
}

/// A list of roles, of which a process needs one.
pub(super) fn roles(input: &Input) -> Result<Vec<Role>, String> {
    let roles = list(input)?;
    if roles.is_empty() {
        return Err(format!("at least one of {} is expected", Role::NAMES));
    }
    Ok(roles)
}

/// A whole number within bounds, both included.
pub(super) fn count<const LEAST: u32, const MOST: u32>(input: &Input) -> Result<u32, String> {
    let number = match input {
        Input::Text(text) => text.trim().parse().ok(),
        Input::Integer(number) => u32::try_from(*number).ok(),
        other => return Err(format!("a whole number is expected, not {}", other.what())),
    };
    number
        .filter(|number| (LEAST..=MOST).contains(number))
        .ok_or_else(|| format!("a whole number from {LEAST} to {MOST} is expected"))
}

/// A time with its unit, within bounds in seconds, both included.
pub(super) fn time<const LEAST: u64, const MOST: u64>(input: &Input) -> Result<Duration, String> {
    let written = text(input, "a time with its unit, such as \"30s\",")?;
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &written[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "" => return Err("its unit is missing: ms, s, m or h, such as 30s".to_owned()),
        _ => return Err("its unit is none of ms, s, m and h".to_owned()),
    };
    let number = digits.trim().parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .map(Duration::from_millis)
        .filter(|time| (Duration::from_secs(LEAST)..=Duration::from_secs(MOST)).contains(time))
        .ok_or_else(|| format!("a time from {LEAST}s to {MOST}s is expected, such as 30s or 5m"))
}
