//! Numeric ids, node ids and commit hashes.

use fastrand::Rng;

use crate::encoding::write_hex;

/// A commit's hash.
pub(crate) type Sha = [u8; 20];

/// What an id belongs to; each kind has its own range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Repository,
    Pull,
    Review,
    IssueComment,
    ReviewComment,
    Issue,
}

impl Kind {
    /// The prefix of a node id, with the digits that GitHub puts before the name.
    pub(crate) const fn node(self) -> &'static str {
        match self {
            Self::Repository => "010:Repository",
            Self::Pull => "011:PullRequest",
            Self::Review => "017:PullRequestReview",
            Self::IssueComment => "012:IssueComment",
            Self::ReviewComment => "024:PullRequestReviewComment",
            Self::Issue => "005:Issue",
        }
    }
}

/// The largest number that a JavaScript number holds exactly.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// The id of the `sequence`th record of a kind in a repository. All are past
/// 2^31; one in nineteen comes close to 2^53, where a double starts to round.
pub(crate) fn id(kind: Kind, repository: u32, sequence: u32) -> u64 {
    let family = kind as u64 * 10_000 + u64::from(repository);
    let place = family * 1_000_000 + u64::from(sequence);
    if sequence % 19 == 4 && kind != Kind::Repository {
        MAX_SAFE - place
    } else {
        2_200_000_000 + place
    }
}

/// The hash of the `sequence`th commit of a family (a branch, a pull request).
pub(crate) fn sha(seed: u64, family: u64, sequence: u32) -> Sha {
    let mix = |mixed: u64, part: u64| {
        let product = (mixed ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        product ^ (product >> 32)
    };
    let mixed = [family, u64::from(sequence)].into_iter().fold(seed, mix);
    let mut rng = Rng::with_seed(mixed);
    let mut sha = [0; 20];
    rng.fill(&mut sha);
    sha
}

/// Reads a full hash; GitHub accepts shortened ones, an extractor never sends them.
pub(crate) fn parse_sha(text: &str) -> Option<Sha> {
    let mut sha = [0; 20];
    if text.len() != 40 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in sha.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(sha)
}

/// A hash as text.
pub(crate) fn hex(sha: &Sha) -> String {
    let mut out = Vec::with_capacity(40);
    write_hex(&mut out, sha);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_past_32_bits_and_some_are_close_to_53_bits() {
        let ids: Vec<u64> = (1..40).map(|n| id(Kind::Review, 3, n)).collect();
        assert!(ids.iter().all(|&id| id > 1 << 31 && id < 1 << 53));
        assert!(ids.iter().any(|&id| id > (1 << 53) - 1_000_000_000_000));
    }

    #[test]
    fn no_two_records_share_an_id() {
        let mut ids: Vec<u64> = [Kind::Pull, Kind::Review]
            .into_iter()
            .flat_map(|kind| (0..3).flat_map(move |r| (1..50).map(move |n| id(kind, r, n))))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2 * 3 * 49);
    }
}
