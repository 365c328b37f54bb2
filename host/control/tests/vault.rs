//! Credentials, through a real store.

use std::sync::Arc;

use runnel_control::{ControlError, Vault};
use runnel_model::{IntegrationId, Name, TenantId};
use runnel_secrets::{ExposeSecret, KeyRing, SecretString, SecretsError};
use runnel_store::{Actor, DatabaseUrl, IntegrationChange, NewIntegration, Store};
use tempfile::TempDir;

const TOKEN: &str = "ghp_9f8e7d6c5b4a39281706";

struct Place {
    folder: TempDir,
    store: Arc<dyn Store>,
    tenant: TenantId,
    integration: IntegrationId,
}

fn by() -> Actor {
    Actor::user("ann")
}

async fn place() -> Place {
    let folder = TempDir::new().expect("a folder");
    let url = DatabaseUrl::Sqlite(folder.path().join("runnel.db"));
    let store = runnel_store::open(&url).await.expect("a store");
    let new = NewIntegration {
        tenant: "acme".to_owned(),
        name: "github".to_owned(),
        source: Name::new("github").expect("a name"),
        base_url: "https://api.github.example".to_owned(),
        scope: vec![],
        settings: serde_json::json!({}),
        ad_hoc: false,
    };
    let integration = store.open_integration(&new).await.expect("an integration");
    Place {
        folder,
        store,
        tenant: integration.tenant,
        integration: integration.id,
    }
}

impl Place {
    fn vault(&self, keys: &[&SecretString]) -> Vault {
        let text: Vec<&str> = keys.iter().map(|key| key.expose_secret().trim()).collect();
        let ring = KeyRing::parse(&text.join("\n")).expect("keys");
        Vault::new(self.store.clone(), Some(Arc::new(ring)))
    }

    async fn put(&self, vault: &Vault) {
        let seal = vault.seal_of(self.tenant).await.expect("a key");
        let sealed = seal.seal(self.integration, &TOKEN.to_owned().into());
        let change = IntegrationChange {
            credential: Some(sealed.expect("it is sealed")),
            ..IntegrationChange::default()
        };
        let (id, by) = (self.integration, by());
        let stored = self.store.change_integration(id, &change, &by);
        stored.await.expect("it is stored");
    }

    async fn get(&self, vault: &Vault) -> Result<Option<SecretString>, ControlError> {
        vault.get(self.tenant, self.integration).await
    }

    async fn opens(&self, vault: &Vault) -> bool {
        let token = self.get(vault).await.ok().flatten();
        token.is_some_and(|token| token.expose_secret() == TOKEN)
    }
}

fn key() -> SecretString {
    KeyRing::generate().expect("randomness")
}

#[tokio::test]
async fn without_a_key_nothing_is_sealed() {
    let place = place().await;
    let vault = Vault::new(place.store.clone(), None);
    let refused = vault.seal_of(place.tenant).await.map(drop);
    assert!(
        matches!(refused, Err(ControlError::Secrets(SecretsError::NoKey))),
        "{refused:?}"
    );
    assert!(place.get(&vault).await.expect("an answer").is_none());
}

#[tokio::test]
async fn a_credential_comes_back_and_is_nowhere_to_be_found() {
    let place = place().await;
    let vault = place.vault(&[&key()]);
    place.put(&vault).await;
    assert!(place.opens(&vault).await);
    for entry in std::fs::read_dir(place.folder.path()).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("bytes");
        let found = bytes
            .windows(TOKEN.len())
            .any(|window| window == TOKEN.as_bytes());
        assert!(!found);
    }
}

#[tokio::test]
async fn a_rotated_key_may_be_removed() {
    let place = place().await;
    let (old, new) = (key(), key());
    place.put(&place.vault(&[&old])).await;
    let both = place.vault(&[&new, &old]);
    assert!(place.opens(&both).await);
    assert_eq!(both.rotate(&by()).await.expect("a rotation"), 1);
    assert_eq!(both.rotate(&by()).await.expect("a rotation"), 0);
    assert!(place.opens(&place.vault(&[&new])).await);
    assert!(!place.opens(&place.vault(&[&old])).await);
}

#[tokio::test]
async fn of_two_hosts_that_store_the_first_credential_at_once_both_can_read_it() {
    let place = place().await;
    let key = key();
    let (a, b) = (place.vault(&[&key]), place.vault(&[&key]));
    tokio::join!(place.put(&a), place.put(&b));
    assert!(place.opens(&a).await && place.opens(&b).await);
}
