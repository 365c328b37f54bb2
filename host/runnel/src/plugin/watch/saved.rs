//! Whether something was saved.
//!
//! Looked at a few times a second: a crate is a handful of files, and it works on
//! every system and on folders that a container or a network shares, where
//! notifications of the system do not arrive. (`notify`, which does both, is under
//! CC0, which deny.toml does not allow.)

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// How often it is looked.
const INTERVAL: Duration = Duration::from_millis(200);
/// Folders nested deeper are no crate's.
const DEPTH: usize = 16;

/// The files of a crate as they were at some time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Saved(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Saved {
    /// The files as they are.
    pub(super) fn now(folder: &Path, records: &Path) -> Self {
        let mut files = BTreeMap::new();
        look(folder, DEPTH, &mut files);
        note(records, &mut files);
        Self(files)
    }

    /// Waits until something has changed and no more does, and says what.
    pub(super) async fn changed(&self, folder: &Path, records: &Path) -> String {
        let mut last = Self::now(folder, records);
        loop {
            tokio::time::sleep(INTERVAL).await;
            let now = Self::now(folder, records);
            // An editor may write several files, or one in several parts.
            if now == last && now != *self {
                return self.difference(&now, folder);
            }
            last = now;
        }
    }

    /// The first file that differs, and how many more do.
    fn difference(&self, other: &Self, folder: &Path) -> String {
        let differing = |(one, two): (&Self, &Self)| {
            let paths = one
                .0
                .iter()
                .filter(|(path, state)| two.0.get(*path) != Some(state));
            paths.map(|(path, _)| path.clone()).collect::<Vec<_>>()
        };
        let mut paths = [differing((self, other)), differing((other, self))].concat();
        paths.sort();
        paths.dedup();
        let Some(first) = paths.first() else {
            return String::new();
        };
        let first = first.strip_prefix(folder).unwrap_or(first).display();
        match paths.len() - 1 {
            0 => first.to_string(),
            more => format!("{first} and {more} more"),
        }
    }
}

/// Notes every file that a person writes: not what is built, what cargo keeps for
/// itself, or what is hidden.
fn look(folder: &Path, depth: usize, files: &mut BTreeMap<PathBuf, (Option<SystemTime>, u64)>) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" || name == "Cargo.lock" {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth > 0 => look(&entry.path(), depth - 1, files),
            Ok(kind) if !kind.is_dir() => note(&entry.path(), files),
            _ => {}
        }
    }
}

fn note(path: &Path, files: &mut BTreeMap<PathBuf, (Option<SystemTime>, u64)>) {
    if let Ok(file) = fs::metadata(path) {
        files.insert(path.to_owned(), (file.modified().ok(), file.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::Saved;
    use std::fs;
    use tempfile::TempDir;

    #[tokio::test]
    async fn a_saved_file_is_noticed_and_named_once_it_is_whole() {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        fs::create_dir(path.join("src")).unwrap();
        fs::write(path.join("src/lib.rs"), "one").unwrap();
        let records = path.join("cases.jsonl");
        let before = Saved::now(path, &records);
        fs::write(path.join("src/lib.rs"), "three").unwrap();
        assert_eq!(before.changed(path, &records).await, "src/lib.rs");
        fs::write(&records, "{}").unwrap();
        assert_eq!(
            before.changed(path, &records).await,
            "cases.jsonl and 1 more"
        );
    }

    #[test]
    fn what_is_built_or_hidden_is_nobodys_work() {
        let folder = TempDir::new().unwrap();
        let path = folder.path();
        let before = Saved::now(path, &path.join("cases.jsonl"));
        for file in ["target/debug/a.wasm", ".git/index", "src/.lib.rs.swp"] {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        fs::write(path.join("Cargo.lock"), "").unwrap();
        assert_eq!(Saved::now(path, &path.join("cases.jsonl")), before);
    }
}
