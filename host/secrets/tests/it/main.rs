//! What holds for credentials, tested through the public interface.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod files;
mod keys;
mod known_answer;
mod rotation;
mod sealing;
mod silence;

use runnel_model::{IntegrationId, TenantId};
use runnel_secrets::{KeyRing, Place};

/// Two keys, and the order in which a ring has them.
const OLD: &str = "2025:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "2026:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

const TENANT: TenantId = TenantId(7);
const PLACE: Place<'_> = Place {
    tenant: TENANT,
    integration: IntegrationId(42),
    field: "token",
};

fn ring(keys: &[&str]) -> KeyRing {
    KeyRing::parse(&keys.join("\n")).unwrap()
}
