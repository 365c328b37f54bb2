//! Cutting JSON down to paths.

use std::collections::BTreeMap;

use runnel_model::{Path, Segment};

use super::{JsonError, check, cut};

/// JSON is nested at most this deep, so that what a path says beyond matches
/// nothing; and no path makes the host recurse further.
const DEPTH: usize = 128;

/// The fields that are let through, compiled from paths.
///
/// The result is that of parsing with `serde_json`, pruning and printing: of two
/// members of one name the last counts; `labels[].name` maps an array; a path
/// that ends early in a scalar keeps the scalar, so that `"user": null` stays
/// visible; what is missing stays missing; an object where an array is expected,
/// or the reverse, is kept empty. What is kept is copied
/// as it was written.
#[derive(Debug, Clone)]
pub struct Projection(Node);

#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Everything below is kept.
    pub(super) whole: bool,
    pub(super) members: Vec<Member>,
    /// For each hash of a name the first member of it, counted from 1; 0: none.
    /// Most names of an object are not wanted, and this tells at once. As long as
    /// a power of two.
    table: Vec<u32>,
    pub(super) each: Option<Box<Node>>,
}

#[derive(Debug, Clone)]
pub(super) struct Member {
    name: String,
    /// The name as JSON, with the colon.
    pub(super) json: String,
    pub(super) node: Node,
    /// The next member of the same hash, counted likewise.
    next: u32,
}

impl Projection {
    /// Compiles the paths. No paths: everything.
    pub fn new(paths: &[Path]) -> Self {
        let all = [&[][..]];
        let some: Vec<_> = paths.iter().map(|path| &path.0[..]).collect();
        let paths = if some.is_empty() { &all[..] } else { &some };
        Self(Node::new(paths, DEPTH))
    }

    /// Appends what is left of `payload` to `out`, after checking all of it.
    ///
    /// # Errors
    /// [`JsonError`] if it is not what `serde_json` accepts; `out` is as before.
    pub fn apply(&self, payload: &str, out: &mut String) -> Result<(), JsonError> {
        check(payload)?;
        self.apply_trusted(payload, out)
    }

    /// Appends what is left of `payload` to `out`, for text that was checked
    /// before (by [`split`](crate::answer::split) or [`Projection::apply`]): many
    /// times as fast, since what is not wanted is passed over blockwise.
    ///
    /// # Errors
    /// [`JsonError::Shape`] where the scan meets what is no JSON. Text that is
    /// none elsewhere may go unnoticed. `out` is then as before.
    pub fn apply_trusted(&self, payload: &str, out: &mut String) -> Result<(), JsonError> {
        let start = out.len();
        let cut = cut::quickly(&self.0, payload, out).and_then(|quickly| {
            if quickly {
                return Ok(());
            }
            out.truncate(start);
            cut::carefully(&self.0, payload, out)
        });
        if cut.is_err() {
            out.truncate(start);
        }
        Ok(cut?)
    }
}

impl Node {
    fn new(paths: &[&[Segment]], depth: usize) -> Self {
        let (mut members, mut each) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for (first, rest) in paths.iter().filter_map(|path| path.split_first()) {
            match first {
                Segment::Key(name) => members.entry(&**name).or_default().push(rest),
                Segment::Each => each.push(rest),
            }
        }
        let below = |paths: &[&[Segment]]| Self::new(paths, depth.saturating_sub(1));
        let mut node = Self {
            whole: depth == 0 || paths.iter().any(|path| path.is_empty()),
            table: vec![0; (members.len() * 4).next_power_of_two()],
            each: (!each.is_empty() && depth > 0).then(|| Box::new(below(&each))),
            members: Vec::new(),
        };
        if depth > 0 {
            members
                .into_iter()
                .for_each(|(name, paths)| node.add(name, below(&paths)));
        }
        node
    }

    fn add(&mut self, name: &str, node: Self) {
        let bucket = hash(name.as_bytes()) & (self.table.len() - 1);
        self.members.push(Member {
            name: name.to_owned(),
            json: format!("{}:", serde_json::Value::from(name)),
            node,
            next: self.table[bucket],
        });
        // A descriptor has a bounded length, far below 2^32 names.
        self.table[bucket] = u32::try_from(self.members.len()).unwrap_or(0);
    }

    /// Which member a name is, as it reads.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.candidates(hash(name.as_bytes()))
            .find(|place| self.members[*place].name == name)
    }

    /// Which member's name `before` ends with, its opening quote included. Names
    /// that are written with escapes are not found.
    #[inline]
    pub(super) fn ending(&self, before: &[u8]) -> Option<usize> {
        self.candidates(hash(before)).find(|place| {
            let name = self.members[*place].name.as_bytes();
            // A quote after a backslash is a part of a longer name.
            matches!(before.strip_suffix(name), Some([rest @ .., b'"']) if !rest.ends_with(b"\\"))
        })
    }

    #[inline]
    fn candidates(&self, hash: usize) -> impl Iterator<Item = usize> {
        let place = |next: u32| (next as usize).checked_sub(1);
        let first = place(self.table[hash & (self.table.len() - 1)]);
        std::iter::successors(first, move |at| place(self.members[*at].next))
    }
}

/// Of the last two bytes, a quote standing for what comes before a name: for both
/// of them where the name is empty.
#[inline]
fn hash(before: &[u8]) -> usize {
    let (last, second) = match before {
        [.., b'"'] => (b'"', b'"'),
        [.., second, last] => (*last, *second),
        [last] => (*last, b'"'),
        [] => (b'"', b'"'),
    };
    usize::from(last) + 31 * usize::from(second)
}
