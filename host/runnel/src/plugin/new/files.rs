//! The files of a new crate.

use std::{fs, path::Path};

use anyhow::Context;
use runnel_model::Name;

const FILES: [(&str, &str); 4] = [
    ("Cargo.toml", include_str!("template/manifest.toml")),
    ("src/lib.rs", include_str!("template/lib.rs")),
    ("cases.jsonl", include_str!("template/cases.jsonl")),
    ("README.md", include_str!("template/README.md")),
];

/// What stands in the files for the marks of the templates.
pub(super) struct Words([(&'static str, String); 5]);

impl Words {
    /// `sdk` is the SDK's path as TOML.
    pub(super) fn of(entity: &Name, source: &Name, sdk: &str) -> Self {
        let bare = entity
            .strip_prefix(&**source)
            .and_then(|rest| Name::new(rest.strip_prefix('_')?).ok());
        // Always with a hyphen, so that no crate is called `core` or `fn`.
        let package = match &bare {
            Some(bare) => format!("{source}-{bare}"),
            None => format!("{source}-{entity}"),
        };
        Self([
            ("@PACKAGE@", package.replace('_', "-")),
            ("@ENTITY@", entity.to_string()),
            ("@SOURCE@", source.to_string()),
            ("@TABLE@", bare.as_ref().unwrap_or(entity).to_string()),
            ("@SDK@", sdk.to_owned()),
        ])
    }

    fn fill(&self, template: &str) -> String {
        let mut text = template.to_owned();
        for (mark, word) in &self.0 {
            text = text.replace(mark, word);
        }
        text
    }
}

/// Writes the files of the crate into its folder.
pub(super) fn write(folder: &Path, words: &Words) -> anyhow::Result<()> {
    create(&folder.join("src"))?;
    for (name, template) in FILES {
        put(&folder.join(name), &words.fill(template))?;
    }
    Ok(())
}

/// Makes the crate a workspace of its own.
pub(super) fn stand_alone(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("Cargo.toml");
    let manifest =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    put(&path, &format!("{manifest}\n[workspace]\n"))
}

/// What a crate has that is in no workspace: its target folder is not committed,
/// and it begins with the versions that the SDK is tested with, so that no release
/// of somebody else's crate breaks its first build.
pub(super) fn write_for_itself(folder: &Path, sdk: &Path) -> anyhow::Result<()> {
    put(&folder.join(".gitignore"), "/target\n")?;
    let locks = sdk.ancestors().map(|above| above.join("Cargo.lock"));
    let Some(lock) = locks.into_iter().find(|lock| lock.is_file()) else {
        return Ok(());
    };
    let own = folder.join("Cargo.lock");
    fs::copy(&lock, &own)
        .map(drop)
        .with_context(|| format!("{} cannot be written", own.display()))
}

fn create(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

fn put(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{FILES, Words};
    use runnel_model::Name;

    fn filled(entity: &str, source: &str) -> Vec<String> {
        let name = |text: &str| Name::new(text).unwrap();
        let words = Words::of(&name(entity), &name(source), "\"../sdk\"");
        FILES
            .iter()
            .map(|(_, template)| words.fill(template))
            .collect()
    }

    #[test]
    fn no_mark_is_left() {
        for text in filled("github_issues", "github") {
            assert!(!text.contains('@'), "{text}");
        }
    }

    #[test]
    fn the_table_and_the_crate_are_named_after_the_stream() {
        for (entity, source, package, table) in [
            ("github_issues", "github", "github-issues", "issues"),
            ("issues", "jira", "jira-issues", "issues"),
            ("jira_2024", "jira", "jira-jira-2024", "jira_2024"),
            ("fn", "jira", "jira-fn", "fn"),
        ] {
            let files = filled(entity, source);
            assert!(
                files[0].contains(&format!("name = \"{package}\"")),
                "{}",
                files[0]
            );
            assert!(
                files[1].contains(&format!("table(name = \"{table}\"")),
                "{}",
                files[1]
            );
            assert!(
                files[1].contains(&format!("entity: \"{entity}\"")),
                "{}",
                files[1]
            );
        }
    }
}
