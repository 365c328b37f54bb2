//! The people, and the organizations that own repositories.

use crate::encoding::base64;
use crate::render::TEMPLATES;
use crate::render::json;
use crate::render::template::Slot;
use crate::spec::{OwnerKind, Spec};
use crate::world::records::Who;

const LOGINS: [&str; 23] = [
    "ada-l",
    "alan-t",
    "barbara-l",
    "brian-k",
    "dennis-r",
    "donald-k",
    "edsger-d",
    "frances-a",
    "grace-h",
    "guido-v",
    "hedy-l",
    "james-g",
    "jean-b",
    "john-b",
    "katherine-j",
    "ken-t",
    "linus-t",
    "margaret-h",
    "niklaus-w",
    "radia-p",
    "shafi-g",
    "tim-b-l",
    "yukihiro-m",
];

/// An account, with its payload ready to be copied into others.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) login: String,
    pub(crate) kind: &'static str,
    pub(crate) deleted: bool,
    pub(crate) payload: Box<[u8]>,
}

/// Every account; the first is the generated repositories' owner, the last a bot.
#[derive(Debug)]
pub(crate) struct Accounts {
    all: Vec<Account>,
    ghosts: bool,
    /// Grows when an account goes: every page may name it, so every `ETag` changes.
    pub(crate) epoch: u64,
}

impl Accounts {
    /// The owner, the people who work on its repositories, and a bot.
    pub(crate) fn generated(spec: &Spec, api: &str) -> Self {
        let kind = match spec.owner_kind {
            OwnerKind::Organization => "Organization",
            OwnerKind::User => "User",
        };
        let mut accounts = Self {
            all: Vec::new(),
            ghosts: spec.ghosts,
            epoch: 0,
        };
        accounts.add(api, &spec.owner, 9_000_001, kind);
        for (place, login) in (9_100_000..).zip(LOGINS) {
            accounts.add(api, login, place, "User");
        }
        accounts.add(api, "helper[bot]", 3_000_000_007, "Bot");
        accounts
    }

    /// Adds an account and says where.
    pub(crate) fn add(&mut self, api: &str, login: &str, id: u64, kind: &'static str) -> u32 {
        let payload = payload(api, login, id, kind);
        self.all.push(Account {
            id,
            login: login.to_owned(),
            kind,
            deleted: false,
            payload,
        });
        u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
    }

    /// A person for the `ordinal`th record; none now and then, as for the
    /// records of deleted accounts.
    pub(crate) fn person(&self, ordinal: u32) -> Who {
        let ghost = self.ghosts && ordinal % 13 == 5;
        (!ghost).then(|| self.somebody(ordinal))
    }

    /// A person or the bot, never the owner.
    pub(crate) fn somebody(&self, ordinal: u32) -> u32 {
        let people = u32::try_from(LOGINS.len()).unwrap_or(0) + 1;
        // A multiplier prime to the count, so that neighbours have different authors.
        1 + ordinal.wrapping_mul(7) % people
    }

    /// The account at a place.
    pub(crate) fn get(&self, place: u32) -> &Account {
        &self.all[place as usize]
    }

    /// The account, unless it is unknown or deleted.
    pub(crate) fn known(&self, who: Who) -> Option<&Account> {
        who.map(|place| self.get(place)).filter(|one| !one.deleted)
    }

    /// Where the account of that login is.
    pub(crate) fn find(&self, login: &str) -> Option<u32> {
        let found = |one: &Account| !one.deleted && one.login.eq_ignore_ascii_case(login);
        let place = self.all.iter().position(found)?;
        u32::try_from(place).ok()
    }

    /// Where the account of that id is.
    pub(crate) fn find_id(&self, id: u64) -> Option<u32> {
        let place = self
            .all
            .iter()
            .position(|one| one.id == id && !one.deleted)?;
        u32::try_from(place).ok()
    }

    /// Deletes an account: from now on it is `null` wherever it was named.
    pub(crate) fn delete(&mut self, place: u32) {
        self.all[place as usize].deleted = true;
        self.epoch += 1;
    }
}

fn payload(api: &str, login: &str, id: u64, kind: &str) -> Box<[u8]> {
    let mut out = Vec::with_capacity(1_100);
    TEMPLATES.user.render(&mut out, |slot, out| match slot {
        Slot::Api => out.extend_from_slice(api.as_bytes()),
        Slot::Id => json::number(out, id),
        Slot::Kind => out.extend_from_slice(kind.as_bytes()),
        Slot::NodeId => json::text(out, &base64(&format!("04:{kind}{id}"))),
        _ => out.extend_from_slice(login.as_bytes()),
    });
    out.into_boxed_slice()
}
