//! The key file. A file that others can read is refused, as ssh does.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::SecretsError;

/// The longest file that is taken for a key file, in bytes.
const LONGEST: usize = 64 * 1024;

/// Reads a key file: the text that [`KeyRing::parse`](crate::KeyRing::parse) takes.
///
/// # Errors
/// It cannot be read, it is no text or too long, or others than its owner can read
/// or change it. root's file may be read by its group: that is how service managers
/// hand a file to a user who does not own it.
pub fn read_key_file(path: &Path) -> Result<SecretString, SecretsError> {
    let failed = |reason| SecretsError::File {
        path: path.to_owned(),
        reason,
    };
    let mut file = File::open(path).map_err(failed)?;
    check_mode(&file, path)?;
    // Room for all of it at once: a buffer that grows leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LONGEST + 1));
    file.by_ref()
        .take(LONGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() > LONGEST {
        return Err(SecretsError::FileTooLong(path.to_owned()));
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| failed(io::Error::other("it is not text (UTF-8)")))?;
    Ok(SecretString::from(text))
}

/// Asks the file that is open, not its path, which may name another by then.
#[cfg(unix)]
fn check_mode(file: &File, path: &Path) -> Result<(), SecretsError> {
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata().map_err(|reason| SecretsError::File {
        path: path.to_owned(),
        reason,
    })?;
    let forbidden = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.mode() & forbidden == 0 {
        return Ok(());
    }
    Err(SecretsError::FileOpen {
        path: path.to_owned(),
        mode: metadata.mode() & 0o7777,
    })
}

#[cfg(not(unix))]
fn check_mode(_: &File, _: &Path) -> Result<(), SecretsError> {
    Ok(())
}
