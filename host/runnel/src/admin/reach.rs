//! Whether a command is about a database or goes through a host, and with which token.

use std::path::Path;

use anyhow::Context;
use runnel_client::{Address, Server};
use secrecy::SecretString;

use crate::{args::StoreArguments, environment::Environment, failure::Failure, output};

/// The variables.
const SERVER: &str = "RUNNEL_SERVER";
const TOKEN: &str = "RUNNEL_TOKEN";
const DATABASE: &str = "RUNNEL_DATABASE";

/// The host that is to be asked, if one is.
///
/// # Errors
/// Wrong usage: the URL or the token is none, or nobody can say what is meant.
pub(super) fn server(
    arguments: &StoreArguments,
    environment: &Environment,
) -> Result<Option<Server>, Failure> {
    let Some(url) = named(arguments, environment)? else {
        return match arguments.token_file() {
            Some(_) => Err(usage("--token-file is for a host: --server URL names one")),
            None => Ok(None),
        };
    };
    let address = url.parse::<Address>();
    let address = address.map_err(|error| Failure::Usage(format!("--server: {error}")))?;
    let token = token(arguments.token_file(), environment)?;
    if address.is_exposed() {
        output::tell(&format!(
            "warning: the token goes to {address} as anybody on the way can read it: https encrypts it"
        ));
    }
    Ok(Some(Server::new(address, &token)?))
}

/// A flag goes before a variable, and of two variables neither before the other.
fn named(arguments: &StoreArguments, environment: &Environment) -> Result<Option<String>, Failure> {
    if let Some(url) = arguments.server() {
        return Ok(Some(url.to_owned()));
    }
    if !arguments.flags().is_empty() {
        return Ok(None);
    }
    let url = environment.get(SERVER);
    if url.is_some() && environment.get(DATABASE).is_some() {
        return Err(usage(
            "RUNNEL_SERVER and RUNNEL_DATABASE are both set: --server or --database says which is meant",
        ));
    }
    Ok(url.map(|url| url.to_string_lossy().into_owned()))
}

fn token(file: Option<&Path>, environment: &Environment) -> Result<SecretString, Failure> {
    let (text, origin) = match file {
        Some(file) => {
            let shown = file.display();
            let text = std::fs::read_to_string(file);
            let text = text.with_context(|| format!("the token file {shown} cannot be read"))?;
            (text, format!("the file {shown}"))
        }
        None => {
            let text = environment.get(TOKEN);
            let text = text.map(std::ffi::OsString::into_string).transpose();
            let text = text.map_err(|_| usage("RUNNEL_TOKEN holds no text"))?;
            (text.unwrap_or_default(), format!("the variable {TOKEN}"))
        }
    };
    match text.trim() {
        "" => Err(Failure::Usage(format!(
            "{origin} holds no token: the page Account of the host's dashboard makes one"
        ))),
        // Another secret, such as a key that lies beside it, is not sent to anybody.
        token if !token.starts_with("rnl_") => Err(Failure::Usage(format!(
            "{origin} holds something else than a token of a host: one begins with rnl_"
        ))),
        token => Ok(token.to_owned().into()),
    }
}

fn usage(words: &str) -> Failure {
    Failure::Usage(words.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::server;
    use crate::{
        args::{Arguments, Command, StoreArguments, TenantCommand},
        environment::Environment,
    };

    fn arguments(words: &[&str]) -> StoreArguments {
        let words = ["runnel", "tenant", "list"].iter().chain(words);
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Tenant(tenant) => match tenant.command {
                TenantCommand::List { store } => store,
                _ => unreachable!("it lists"),
            },
            _ => unreachable!("it is about tenants"),
        }
    }

    fn reached(words: &[&str], variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let found = server(&arguments(words), &Environment::of(variables));
        let address = |server: runnel_client::Server| server.address().to_string();
        found
            .map(|found| found.map(address))
            .map_err(|failure| failure.to_string())
    }

    const HOST: &str = "http://127.0.0.1:8080";
    const TOKEN: (&str, &str) = ("RUNNEL_TOKEN", "rnl_x");

    #[test]
    fn a_host_is_asked_where_a_flag_or_the_variable_names_one() {
        let host = Ok(Some(HOST.to_owned()));
        assert_eq!(reached(&["--server", HOST], &[TOKEN]), host);
        assert_eq!(reached(&[], &[("RUNNEL_SERVER", HOST), TOKEN]), host);
        assert_eq!(reached(&[], &[TOKEN]), Ok(None));
    }

    #[test]
    fn a_flag_goes_before_a_variable() {
        let server = ("RUNNEL_SERVER", HOST);
        for words in [["--database", "sqlite:x.db"], ["--config", "runnel.toml"]] {
            assert_eq!(reached(&words, &[server, TOKEN]), Ok(None), "{words:?}");
        }
        let database = ("RUNNEL_DATABASE", "sqlite:x.db");
        let found = reached(&["--server", HOST], &[database, TOKEN]);
        assert_eq!(found, Ok(Some(HOST.to_owned())));
    }

    #[test]
    fn two_variables_that_say_different_things_are_refused() {
        let both = [("RUNNEL_SERVER", HOST), ("RUNNEL_DATABASE", "sqlite:x.db")];
        let said = reached(&[], &both).unwrap_err();
        assert!(said.contains("says which is meant"), "{said}");
    }

    #[test]
    fn two_flags_that_say_different_things_are_refused() {
        let words = ["runnel", "tenant", "list", "--server", HOST];
        for flag in [
            "--database",
            "--config",
            "--plugins",
            "--key-file",
            "--broker",
        ] {
            let words = words.into_iter().chain([flag, "x"]);
            let said = Arguments::try_parse_from(words).unwrap_err().to_string();
            assert!(said.contains("cannot be used with"), "{said}");
        }
    }

    #[test]
    fn a_token_has_to_be_there_and_comes_from_a_file_or_the_variable() {
        let said = reached(&["--server", HOST], &[]).unwrap_err();
        assert!(said.contains("RUNNEL_TOKEN holds no token"), "{said}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let words = ["--server", HOST, "--token-file", path.to_str().unwrap()];
        assert!(
            reached(&words, &[TOKEN])
                .unwrap_err()
                .contains("cannot be read")
        );
        std::fs::write(&path, "\n").unwrap();
        assert!(
            reached(&words, &[TOKEN])
                .unwrap_err()
                .contains("holds no token")
        );
        std::fs::write(&path, "rnl_y\n").unwrap();
        assert_eq!(reached(&words, &[]), Ok(Some(HOST.to_owned())));
        assert!(
            reached(&words[2..], &[])
                .unwrap_err()
                .contains("--server URL")
        );
    }
}
