//! The payloads of `/users/{user}`, `/orgs/{org}` and `/user`.

use crate::encoding::base64;
use crate::render::template::Slot;
use crate::render::{TEMPLATES, json};
use crate::stamp::FIRST_DAY;
use crate::world::World;
use crate::world::accounts::Account;

/// A person (or an organization seen as one) with the details.
pub(crate) fn user(world: &World, out: &mut Vec<u8>, account: &Account) {
    out.extend_from_slice(&account.payload);
    TEMPLATES
        .account_more
        .extend(out, |slot, out| fill(world, account, slot, out));
}

/// An organization.
pub(crate) fn organization(world: &World, out: &mut Vec<u8>, account: &Account) {
    TEMPLATES
        .organization
        .render(out, |slot, out| fill(world, account, slot, out));
}

fn fill(world: &World, account: &Account, slot: Slot, out: &mut Vec<u8>) {
    match slot {
        Slot::Api => out.extend_from_slice(world.api.as_bytes()),
        Slot::Id => json::number(out, account.id),
        Slot::NodeId => json::text(out, &base64(&format!("04:{}{}", account.kind, account.id))),
        Slot::Name => json::text(out, &account.login),
        Slot::Login => out.extend_from_slice(account.login.as_bytes()),
        Slot::PublicRepos => json::number(out, world.owned_by(account.id).count() as u64),
        Slot::CreatedAt | Slot::UpdatedAt => json::stamp(out, FIRST_DAY),
        other => debug_assert!(false, "nothing fills {other:?}"),
    }
}
