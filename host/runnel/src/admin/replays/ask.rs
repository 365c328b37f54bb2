//! What is to be replayed: the words, looked up in the database.

use runnel_model::{Name, PluginVersion};
use runnel_store::{Known, Maker, NewReplay, VersionError, VersionRow};

use super::super::desk::{Own, there_are, window, work};
use crate::{args::StartReplay, failure::Failure, settings::nearest};

/// The fewest digits of a digest that mean one and not any.
const DIGITS: usize = 4;

pub(super) async fn replay(own: &Own, arguments: &StartReplay) -> Result<NewReplay, Failure> {
    let window = window(&arguments.records)?;
    let (source, entity) = entity(own, arguments.entity.as_deref().unwrap_or_default()).await?;
    let tenant = own.tenant(arguments.records.tenant.as_deref()).await?;
    let version = match &arguments.version {
        None => None,
        Some(text) => Some(version(own, &entity, text).await?),
    };
    let digest = match &arguments.where_digest {
        None => None,
        Some(text) => Some(digest(
            &own.store.makers(&source, &entity).await.map_err(work)?,
            text,
        )?),
    };
    Ok(NewReplay {
        source,
        entity,
        tenant: tenant.map(|tenant| tenant.id),
        version,
        window,
        digest,
    })
}

async fn entity(own: &Own, text: &str) -> Result<(Name, Name), Failure> {
    let mut known = own.store.entities().await.map_err(work)?;
    let names: Vec<String> = known.iter().map(|(_, entity)| entity.to_string()).collect();
    let mut own = known.extract_if(.., |(_, entity)| **entity == *text);
    match (own.next(), own.next()) {
        (Some(one), None) => Ok(one),
        (Some((a, _)), Some((b, _))) => Err(Failure::Usage(format!(
            "both {a} and {b} have {text}: give the transform's entity another name in one of them"
        ))),
        _ => {
            let names = || names.iter().map(String::as_str);
            let meant = nearest(text, names());
            let meant = meant.map_or_else(String::new, |meant| format!(": is {meant} meant?"));
            Err(Failure::Usage(format!(
                "--entity: nothing called {text:?} was read{meant} ({})",
                there_are(names())
            )))
        }
    }
}

/// `2.0.0`, or `github_prs@2.0.0`.
async fn version(own: &Own, entity: &Name, text: &str) -> Result<PluginVersion, Failure> {
    if text.contains('@') {
        return text
            .parse()
            .map_err(|e| Failure::Usage(format!("--version: {e}")));
    }
    let rows = own.store.versions(None).await.map_err(work)?;
    let maps = |row: &&VersionRow| row.purpose.entity.as_ref() == Some(entity);
    let own: Vec<&VersionRow> = rows.iter().filter(maps).collect();
    let called: Vec<&&VersionRow> = own
        .iter()
        .filter(|row| row.version.version == text)
        .collect();
    match called[..] {
        [one] => Ok(one.version.clone()),
        [_, _, ..] => Err(Failure::Usage(format!(
            "--version: several plugins have a version {text}: say which, as {}",
            called[0].version
        ))),
        [] if own.is_empty() => Err(Failure::Usage(format!(
            "--version: no transform of {entity} is installed: `runnel plugin install FILE` installs one"
        ))),
        [] => {
            let known = own.iter().map(|row| row.version.to_string());
            let error = VersionError::NoVersion {
                plugin: format!("the transform of {entity}"),
                version: text.to_owned(),
                known: Known(known.collect()),
            };
            Err(Failure::Usage(format!("--version: {error}")))
        }
    }
}

fn digest(makers: &[Maker], text: &str) -> Result<String, Failure> {
    let wanted = text.to_lowercase();
    let long_enough = wanted.len() >= DIGITS;
    let begins = |maker: &&Maker| long_enough && maker.digest.starts_with(&wanted);
    let found: Vec<&Maker> = makers.iter().filter(begins).collect();
    match found[..] {
        [one] => Ok(one.digest.clone()),
        [] => Err(Failure::Usage(format!(
            "--where-digest: no component of the digest {text:?} is known ({DIGITS} digits at least); {}",
            shown(makers.iter())
        ))),
        _ => Err(Failure::Usage(format!(
            "--where-digest: {text:?} is the beginning of several digests: give more of it; {}",
            shown(found.into_iter())
        ))),
    }
}

fn shown<'a>(makers: impl Iterator<Item = &'a Maker>) -> String {
    let words: Vec<String> = makers
        .map(|maker| {
            format!(
                "{} ({})",
                &maker.digest[..12.min(maker.digest.len())],
                maker.version
            )
        })
        .collect();
    there_are(words.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use runnel_store::Maker;

    fn makers() -> Vec<Maker> {
        let maker = |digest: &str, version: &str| Maker {
            digest: digest.repeat(8),
            version: version.parse().unwrap(),
        };
        vec![
            maker("abcdef01", "github_prs@2.0.0"),
            maker("abcdef02", "github_prs@1.0.0"),
        ]
    }

    fn digest(text: &str) -> Result<String, String> {
        super::digest(&makers(), text).map_err(|e| e.to_string())
    }

    #[test]
    fn the_beginning_of_a_digest_will_do() {
        assert_eq!(digest("ABCDEF02"), Ok("abcdef02".repeat(8)));
    }

    #[test]
    fn a_beginning_of_several_digests_is_refused_with_what_they_are() {
        let said = digest("abcdef").unwrap_err();
        assert!(
            said.contains("several") && said.contains("abcdef02abcd (github_prs@1.0.0)"),
            "{said}"
        );
    }

    #[test]
    fn what_no_digest_begins_with_is_refused_with_those_there_are() {
        for text in ["beef", "abc", ""] {
            let said = digest(text).unwrap_err();
            assert!(said.contains("there are: abcdef01abcd"), "{said}");
        }
    }
}
