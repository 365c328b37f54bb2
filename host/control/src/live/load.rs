//! A component's way from the database into this host.

use std::{thread, time::Duration};

use runnel_model::Digest;
use runnel_sandbox::Sandbox;
use runnel_signatures::{Signature, Signers};
use runnel_store::{Activation, StoredComponent};
use sha2::{Digest as _, Sha256};

use crate::{ControlError, lineup::InstalledKind};

/// How long compiling may take. The largest components known (Python's interpreter)
/// take some seconds.
pub(crate) const COMPILE: Duration = Duration::from_secs(60);

/// Loads what an activation names, if it is that, and by whom it has to be. Before
/// both are known nothing of it is compiled.
pub(crate) async fn checked(
    sandbox: &Sandbox,
    signers: &Signers,
    activation: &Activation,
    component: StoredComponent,
) -> Result<InstalledKind, ControlError> {
    let StoredComponent { bytes, signature } = component;
    let refused = |reason: String| {
        ControlError::Plugins(format!("{} cannot be used: {reason}", activation.version))
    };
    let found = Digest(Sha256::digest(&bytes).into());
    if found != activation.digest {
        return Err(refused(format!(
            "the stored component has the digest {found} and not {}: it was changed after it was installed; \
             install the version again, and look for who changed it",
            activation.digest
        )));
    }
    let signature = signature.and_then(|text| text.parse::<Signature>().ok());
    let accepted = signers.accept(&bytes, found, signature.as_ref());
    accepted.map_err(|unsigned| refused(unsigned.to_string()))?;
    let sandbox = sandbox.clone();
    let loaded = within(COMPILE, move || InstalledKind::load(&sandbox, &bytes)).await?;
    let plugin = loaded.map_err(|e| refused(e.to_string()))?;
    if (plugin.name(), plugin.version())
        != (&activation.version.plugin, &activation.version.version)
    {
        return Err(refused(format!(
            "its component says that it is {}@{}",
            plugin.name(),
            plugin.version()
        )));
    }
    Ok(plugin)
}

/// Does what cannot be interrupted, and does not wait for it longer than this. What
/// is left to itself goes on in a thread of its own, which no runtime waits for.
///
/// # Errors
/// [`ControlError::Plugins`] where it takes longer.
pub(crate) async fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ControlError> {
    let (sender, done) = tokio::sync::oneshot::channel();
    let work = move || {
        // Nobody may be waiting any more.
        drop(sender.send(work()));
    };
    thread::Builder::new()
        .name("runnel-compile".to_owned())
        .spawn(work)
        .map_err(|e| ControlError::Host(format!("no thread to compile with: {e}")))?;
    match tokio::time::timeout(limit, done).await {
        Ok(Ok(result)) => Ok(result),
        Ok(Err(_)) => Err(ControlError::Host("compiling broke off".to_owned())),
        Err(_) => Err(ControlError::Plugins(format!(
            "it takes longer than {} s to compile: a component that does is refused",
            limit.as_secs()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::within;
    use std::{sync::mpsc, time::Duration};

    #[tokio::test]
    async fn what_takes_too_long_to_compile_is_refused_and_left_to_itself() {
        let (release, held) = mpsc::channel::<()>();
        let refused = within(Duration::from_millis(5), move || held.recv()).await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("takes longer than"), "{error}");
        drop(release);
    }

    #[tokio::test]
    async fn what_is_done_in_time_is_answered() {
        let done = within(Duration::from_secs(60), || 7).await;
        assert_eq!(done.unwrap(), 7);
    }
}
