//! Whose components a command accepts.

use runnel_signatures::{PublicKey, Signers};

use super::{Settings, input::Input, read};
use crate::{args::SignerArguments, environment::Environment, failure::Failure};

impl Settings {
    /// Whose components are accepted from the database.
    pub(crate) fn signers(&self) -> Signers {
        Signers::new(self.require_signature.clone())
    }
}

/// The variable of the setting, for commands that take few or no settings.
const VARIABLE: &str = "RUNNEL_REQUIRE_SIGNATURE";

/// Those of the command line, else those of the settings, else, where the command
/// reads none, those of the variable.
///
/// # Errors
/// [`Failure::Usage`] for a variable that names no keys.
pub(crate) fn signers(
    flags: &SignerArguments,
    settings: &[PublicKey],
    environment: &Environment,
) -> Result<Signers, Failure> {
    let keys = match (&flags.keys[..], settings) {
        ([], []) => return of_variable(environment),
        ([], settings) => settings,
        (flags, _) => flags,
    };
    Ok(Signers::new(keys.to_vec()))
}

/// Those of the variable.
///
/// # Errors
/// [`Failure::Usage`], which names the variable.
pub(crate) fn of_variable(environment: &Environment) -> Result<Signers, Failure> {
    let wrong = |reason: String| Failure::Usage(format!("the variable {VARIABLE}: {reason}"));
    let Some(text) = environment.get(VARIABLE) else {
        return Ok(Signers::default());
    };
    let text = text.into_string();
    let text = text.map_err(|_| wrong("it is not text (UTF-8)".to_owned()))?;
    let keys = read::list(&Input::Text(text)).map_err(wrong)?;
    Ok(Signers::new(keys))
}
