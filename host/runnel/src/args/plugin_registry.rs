//! The words of `runnel plugin push` and `pull`.

use std::path::PathBuf;

use clap::Args;
use runnel_oci::Reference;
use runnel_signatures::PublicKey;

const PUSH_EXAMPLES: &str = "\
Examples:
  runnel plugin push ghcr.io/acme/github_prs:1.1.0 target/plugins/components/github_prs.wasm
      a component, for others to pull
  minisign -S -m github_prs.wasm && runnel plugin push ghcr.io/acme/github_prs:1.1.0 github_prs.wasm
      with its signature, github_prs.wasm.minisig

Who you are is what `docker login` wrote into its file (of DOCKER_CONFIG, or ~/.docker).";

const PULL_EXAMPLES: &str = "\
Examples:
  runnel plugin pull ghcr.io/acme/github_prs:1.1.0 && runnel plugin install github_prs.wasm
      into this folder, and from there into the database
  runnel plugin pull ghcr.io/acme/github_prs:1.1.0 --require-signature acme.pub
      only what is signed with the key of this file

Who you are is what `docker login` wrote into its file (of DOCKER_CONFIG, or ~/.docker).";

/// What to push, and where to.
#[derive(Debug, Args)]
#[command(after_help = PUSH_EXAMPLES)]
pub(crate) struct PushArguments {
    /// Where it goes, such as ghcr.io/acme/github_prs:1.1.0
    #[arg(value_name = "REFERENCE")]
    pub(crate) reference: Reference,
    /// The component: a .wasm file; what lies beside it as FILE.minisig is its signature
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) way: WayArguments,
}

/// What to pull, and whose.
#[derive(Debug, Args)]
#[command(after_help = PULL_EXAMPLES)]
pub(crate) struct PullArguments {
    /// What, such as ghcr.io/acme/github_prs:1.1.0
    #[arg(value_name = "REFERENCE")]
    pub(crate) reference: Reference,
    /// Where it goes [default: the last part of the name, with .wasm]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over a file that is there with other bytes
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) signers: SignerArguments,
    #[command(flatten)]
    pub(crate) way: WayArguments,
}

/// How the registry is reached, and how to answer.
#[derive(Debug, Args)]
pub(crate) struct WayArguments {
    /// Without TLS: for a registry of your own machine
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Whose components are accepted.
#[derive(Debug, Args)]
pub(crate) struct SignerArguments {
    /// Accept only what is signed with this key: minisign's, as Base64 or as a .pub file; may be
    /// repeated [default: RUNNEL_REQUIRE_SIGNATURE]
    // An id that is no key of the settings, with which it would be mistaken for a flag of theirs.
    #[arg(id = "signers", long = "require-signature", value_name = "KEY")]
    pub(crate) keys: Vec<PublicKey>,
}
