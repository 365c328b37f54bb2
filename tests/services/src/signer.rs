//! Somebody who signs files with minisign itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A pair of keys of minisign's, in files that end with this.
#[derive(Debug)]
pub struct Signer(TempDir);

impl Signer {
    /// Makes a pair, without a password.
    pub fn new() -> Self {
        let signer = Self(TempDir::new().expect("a folder"));
        signer.minisign(&["-G", "-W"]);
        signer
    }

    /// The file of the public key.
    pub fn public_key_file(&self) -> PathBuf {
        self.0.path().join("key.pub")
    }

    /// The public key in Base64, without the comment above it.
    pub fn public_key(&self) -> String {
        let text = fs::read_to_string(self.public_key_file()).expect("a public key");
        text.lines().nth(1).expect("a second line").to_owned()
    }

    /// What its keys are called: 16 digits, of which minisign itself leaves out zeros in
    /// front.
    pub fn key_id(&self) -> String {
        let text = fs::read_to_string(self.public_key_file()).expect("a public key");
        let first = text.lines().next().expect("a comment");
        let id = first.rsplit(' ').next().expect("a word");
        format!("{id:0>16}")
    }

    /// Signs a file; the signature lies beside it.
    pub fn sign(&self, file: &Path) {
        self.sign_with(file, &[]);
    }

    /// The same with further arguments of minisign's: `-l` for the format of old
    /// versions, `-t` with a trusted comment.
    pub fn sign_with(&self, file: &Path, more: &[&str]) {
        let file = file.to_str().expect("a path");
        self.minisign(&[&["-S", "-m", file], more].concat());
    }

    fn minisign(&self, arguments: &[&str]) {
        let output = Command::new("minisign")
            .args(arguments)
            .args(["-p", "key.pub", "-s", "key"])
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .expect("minisign is not installed: `apt-get install minisign`");
        assert!(output.status.success(), "{output:?}");
    }
}

impl Default for Signer {
    fn default() -> Self {
        Self::new()
    }
}
