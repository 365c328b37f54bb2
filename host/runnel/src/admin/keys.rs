//! `runnel key`.

use runnel_control::Vault;
use runnel_secrets::{ExposeSecret, KeyRing};
use serde_json::json;

use super::desk::{Desk, actor, key_ring, work};
use crate::{args::KeyCommand, environment::Environment, failure::Failure, output, words::counted};

pub(super) async fn run(command: &KeyCommand, environment: &Environment) -> Result<(), Failure> {
    match command {
        KeyCommand::New => {
            let key = KeyRing::generate().map_err(work)?;
            Ok(output::print(key.expose_secret().trim_end())?)
        }
        KeyCommand::Rotate { store } => {
            let desk = Desk::make(store, environment).await?;
            let vault = Vault::new(desk.store.clone(), key_ring(&desk.settings)?);
            let rotated = vault.rotate(&actor(environment)).await?;
            desk.answer(&json!({ "rotated": rotated }), || {
                format!(
                    "{} wrapped with the first key; the others are no longer needed",
                    counted(rotated, "data key")
                )
            })
        }
    }
}
