//! Files and directories of this user alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Makes the directory, or takes it back from others.
pub(crate) fn directory(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    if fs::symlink_metadata(dir)?.file_type().is_symlink() {
        return Err(io::Error::other("it is a symbolic link"));
    }
    restrict(dir, 0o700)
}

/// The key at this path; a new one where there is none, or where others could
/// have read it.
pub(crate) fn key(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(key) = existing(path) {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(io::Error::other)?;
    let new = write_beside(path, &key)?;
    // Of two processes that start at once one makes the link, and both use it.
    let linked = match fs::hard_link(&new, path) {
        Err(_) if existing(path).is_some() => Ok(()),
        Err(_) => fs::rename(&new, path),
        Ok(()) => Ok(()),
    };
    let _gone = fs::remove_file(&new);
    linked?;
    existing(path).ok_or_else(|| io::Error::other("its key cannot be read back"))
}

/// Writes the file as a whole or not at all.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = write_beside(path, bytes)?;
    fs::rename(&new, path).inspect_err(|_| drop(fs::remove_file(&new)))
}

fn existing(path: &Path) -> Option<[u8; 32]> {
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || !mine_alone(&about) {
        return None;
    }
    fs::read(path).ok()?.try_into().ok()
}

fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let new = path.with_extension(format!("{:016x}.new", u64::from_le_bytes(random)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&new)?.write_all(bytes)?;
    Ok(new)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn mine_alone(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn mine_alone(_about: &fs::Metadata) -> bool {
    true
}
