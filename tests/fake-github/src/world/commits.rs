//! Made-up commits.

use crate::stamp::Seconds;
use crate::world::accounts::Accounts;
use crate::world::ids::{Sha, sha};
use crate::world::records::Commit;
use crate::world::text::{Flavour, Text};

/// A line of commits under way.
pub(crate) struct Line<'a> {
    pub(crate) accounts: &'a Accounts,
    pub(crate) seed: u64,
    /// Sets the hashes of this line apart from those of others.
    pub(crate) family: u64,
    /// The parent of the next commit, if it has one.
    pub(crate) parent: Option<Sha>,
}

impl Line<'_> {
    /// The `sequence`th commit, on top of the one before.
    pub(crate) fn commit(&mut self, sequence: u32, committed: Seconds) -> Commit {
        let sha = sha(self.seed, self.family, sequence);
        let parents = self.parent.replace(sha).into_iter().collect();
        // A rebase moves the committer date and leaves the author date behind.
        let rebased = if sequence % 6 == 1 { 172_800 } else { 0 };
        let words = u32::from_be_bytes([sha[0], sha[1], sha[2], sha[3]]);
        Commit {
            sha,
            parents,
            message: Text::Made(words, Flavour::Title),
            author: self.accounts.somebody(words),
            author_known: sequence % 9 != 4,
            committer_known: sequence % 9 != 4 && sequence % 5 != 3,
            authored: committed - rebased,
            committed,
            additions: words % 200 + 1,
            deletions: words % 60,
            files: words % 4 + 1,
        }
    }
}
