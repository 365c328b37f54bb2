//! Which lists have to be asked for again: what goes on by itself is compared, and what
//! somebody did stands in the audit log, in the transaction that did it.

use std::collections::{BTreeMap, BTreeSet};

use runnel_model::TenantId;
use runnel_store::{DeedSeen, Mark, Scope, Store, StoreError, Watched};

/// So far behind the newest row of the audit log one may come into view that was not
/// there before: its transaction was longer.
const LATE: i64 = 200;

/// Lists of which everybody sees a part, whatever their tenants are.
const EVERYBODYS: [&str; 4] = ["plugins", "trials", "tables", "tokens"];

/// A list of somebody's: none: of nobody alone.
type Key = (&'static str, Option<TenantId>);

/// A number for each list that has ever changed, another one whenever it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Versions(BTreeMap<Key, u64>);

impl Versions {
    /// What a scope's tenants have of it.
    pub(crate) fn of(&self, scope: &Scope) -> Self {
        let has = |list: &str, tenant: Option<TenantId>| match tenant {
            Some(tenant) => scope.has(tenant),
            None => *scope == Scope::All || EVERYBODYS.contains(&list),
        };
        let own = self.0.iter();
        let own = own.filter(|((list, tenant), _)| has(list, *tenant));
        Self(own.map(|(key, version)| (*key, *version)).collect())
    }

    /// The lists that are different from before.
    pub(crate) fn changed(&self, before: &Self) -> BTreeSet<&'static str> {
        let keys = self.0.keys().chain(before.0.keys());
        let changed = keys.filter(|key| self.0.get(key) != before.0.get(key));
        changed.map(|(list, _)| *list).collect()
    }
}

/// What was seen of the audit log so far, and how often it had to do with which list.
#[derive(Default)]
pub(crate) struct Feed {
    /// The ids of its rows that were seen, of the newest.
    seen: BTreeSet<i64>,
    deeds: BTreeMap<Key, u64>,
}

impl Feed {
    /// Asks the store what has changed.
    pub(crate) async fn look(&mut self, store: &dyn Store) -> Result<Versions, StoreError> {
        let newest = self.seen.last().copied().unwrap_or(0);
        let deeds = store.deeds_behind((newest - LATE).max(0)).await?;
        self.note(&deeds);
        Ok(self.versions(&store.marks().await?))
    }

    fn note(&mut self, deeds: &[DeedSeen]) {
        for deed in deeds.iter().filter(|deed| self.seen.insert(deed.id)) {
            for list in lists(&deed.action) {
                *self.deeds.entry((list, deed.tenant)).or_default() += 1;
            }
        }
        let newest = self.seen.last().copied().unwrap_or(0);
        self.seen.retain(|id| *id >= newest - LATE);
    }

    /// A mark's number says nothing by itself: several are added up, in no order.
    fn versions(&self, marks: &[Mark]) -> Versions {
        let mut versions = self.deeds.clone();
        for mark in marks {
            let version = versions.entry((word(mark.of), mark.tenant)).or_default();
            *version = version.wrapping_add(mark.now);
        }
        Versions(versions)
    }
}

fn word(watched: Watched) -> &'static str {
    match watched {
        Watched::Replays => "replays",
        Watched::Trials => "trials",
        Watched::Quotas => "quotas",
    }
}

/// The lists that something concerns which was done.
fn lists(action: &str) -> Vec<&'static str> {
    let own: &[&str] = match action.split('.').next().unwrap_or_default() {
        "integration" => &["integrations", "jobs"],
        "job" => &["jobs", "runs"],
        "run" => &["runs"],
        "replay" => &["replays", "runs"],
        "dead_letter" => &["dead_letters"],
        "plugin" => &["plugins", "trials"],
        "table" => &["tables"],
        "tenant" => &["tenants"],
        "user" => &["users"],
        "token" => &["tokens"],
        _ => &[],
    };
    own.iter().copied().chain(["audit"]).collect()
}

#[cfg(test)]
mod tests {
    use runnel_model::TenantId;
    use runnel_store::{DeedSeen, Mark, Scope, Watched};

    use super::{Feed, Versions};

    fn deed(id: i64, tenant: Option<i64>, action: &str) -> DeedSeen {
        DeedSeen {
            id,
            tenant: tenant.map(TenantId),
            action: action.to_owned(),
        }
    }

    fn told(feed: &Feed, before: &Versions, scope: &Scope) -> Vec<&'static str> {
        let now = feed.versions(&[]).of(scope);
        now.changed(&before.of(scope)).into_iter().collect()
    }

    #[test]
    fn a_deed_is_told_once_and_to_who_sees_the_tenant() {
        let mut feed = Feed::default();
        let before = feed.versions(&[]);
        let deeds = [
            deed(2, Some(1), "integration.change"),
            deed(1, None, "user.add"),
        ];
        feed.note(&deeds);
        let one = Scope::Only(vec![TenantId(1)]);
        let two = Scope::Only(vec![TenantId(2)]);
        assert_eq!(
            told(&feed, &before, &one),
            ["audit", "integrations", "jobs"]
        );
        assert_eq!(told(&feed, &before, &two), [] as [&str; 0]);
        feed.note(&[deed(3, None, "token.add")]);
        assert_eq!(told(&feed, &before, &two), ["tokens"]);
        let all = ["audit", "integrations", "jobs", "tokens", "users"];
        assert_eq!(told(&feed, &before, &Scope::All), all);
        let before = feed.versions(&[]);
        feed.note(&deeds);
        assert_eq!(told(&feed, &before, &Scope::All), [] as [&str; 0]);
    }

    #[test]
    fn a_deed_that_comes_into_view_late_is_told_of() {
        let mut feed = Feed::default();
        feed.note(&[deed(9, None, "user.add")]);
        let before = feed.versions(&[]);
        feed.note(&[deed(9, None, "user.add"), deed(8, None, "token.add")]);
        assert_eq!(told(&feed, &before, &Scope::All), ["audit", "tokens"]);
    }

    #[test]
    fn what_goes_on_is_told_of_when_it_is_another_way_and_when_it_has_ended() {
        let feed = Feed::default();
        let mark = |now| Mark {
            of: Watched::Replays,
            tenant: Some(TenantId(1)),
            now,
        };
        let (none, one, two) = (
            feed.versions(&[]),
            feed.versions(&[mark(1)]),
            feed.versions(&[mark(2)]),
        );
        assert_eq!(one.changed(&none).len(), 1);
        assert_eq!(one.changed(&one).len(), 0);
        assert_eq!(two.changed(&one).len(), 1);
        assert_eq!(none.changed(&two).len(), 1);
    }
}
