//! Files that are written where nothing else is lost by it.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::failure::Failure;

/// What a file should come to: these bytes, or not to be there.
pub(super) struct Wanted<'a> {
    pub(super) file: &'a Path,
    pub(super) bytes: Option<&'a [u8]>,
}

/// Has all files as they are wanted, or leaves all of them alone where one is there
/// with other bytes.
pub(super) fn keep(wanted: &[Wanted<'_>], force: bool) -> Result<(), Failure> {
    let mut changes = Vec::new();
    for one in wanted {
        let shown = one.file.display();
        let there = there(one.file).with_context(|| format!("{shown} cannot be read"))?;
        if there.as_deref() == one.bytes {
            continue;
        }
        if there.is_some() && !force {
            return Err(Failure::Usage(format!(
                "{shown} is there with other bytes: name another file with -o, or write over it with --force"
            )));
        }
        changes.push(one);
    }
    for one in changes {
        let done = match one.bytes {
            Some(bytes) => write(one.file, bytes),
            None => fs::remove_file(one.file),
        };
        done.with_context(|| format!("{} cannot be written", one.file.display()))?;
    }
    Ok(())
}

fn there(file: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whole or not at all, with the permissions of any new file.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut new = tempfile::Builder::new()
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Wanted, keep};
    use crate::failure::Failure;

    #[test]
    fn nothing_is_written_where_one_of_the_files_has_other_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        let wanted = |bytes| {
            [
                Wanted {
                    file: &one,
                    bytes: Some(b"new"),
                },
                Wanted {
                    file: &other,
                    bytes,
                },
            ]
        };
        fs::write(&other, "old").unwrap();
        for bytes in [Some(&b"new"[..]), None] {
            let refused = keep(&wanted(bytes), false);
            assert!(matches!(refused, Err(Failure::Usage(_))), "{refused:?}");
            assert!(!one.exists());
        }
        keep(&wanted(Some(b"old")), false).unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"new");
        keep(&wanted(None), true).unwrap();
        assert!(!other.exists());
        // As it is wanted already.
        keep(&wanted(None), false).unwrap();
    }
}
