//! Finding the few members of an object that are asked for.
//!
//! Most members are not: visiting each would cost a few branches that cannot be
//! foreseen, 25 nanoseconds a member. So what is looked for is colons: outside of
//! strings, at the object's own depth, with a wanted name before them. The rest
//! goes by in blocks of 64 bytes.

use super::{
    block::{equal, folded},
    projection::Node,
    scan::{Scan, Wrong, name},
    strings::{Strings, ending},
};

/// What stands where in a block, outside of strings.
struct Marks {
    /// How deep the block begins.
    depth: u32,
    colons: u64,
    opens: u64,
    closes: u64,
}

impl Scan<'_> {
    /// From inside an object, passes members until one that the node asks for:
    /// its place in the node, and the scan is at its value. None if there is no
    /// further one, and then the object is behind.
    pub(super) fn wanted(&mut self, node: &Node) -> Result<Option<usize>, Wrong> {
        let (mut strings, mut depth, mut escape) = (Strings::default(), 1, None);
        while self.at < self.text.len() {
            let block = self.block();
            let backslashes = equal(&block, b'\\');
            if backslashes != 0 {
                escape = Some(self.at + 63 - backslashes.leading_zeros() as usize);
            }
            let outside = strings.outside_with(&block, backslashes);
            let marks = Marks::new(&block, outside, depth);
            let end = ending(depth, marks.opens, marks.closes);
            if let Some((at, place)) = self.named(node, &marks, end, escape) {
                self.at = at;
                return Ok(Some(place));
            }
            if let Some(end) = end {
                self.at += end + 1;
                return Ok(None);
            }
            depth = depth + marks.opens.count_ones() - marks.closes.count_ones();
            self.at += 64;
        }
        Err(self.wrong())
    }

    /// The first colon of the object in this block that follows a wanted name:
    /// where its value may begin, and the name's place in the node.
    #[inline]
    fn named(
        &self,
        node: &Node,
        marks: &Marks,
        end: Option<usize>,
        escape: Option<usize>,
    ) -> Option<(usize, usize)> {
        let mut colons = marks.colons & end.map_or(u64::MAX, |end| (1 << end) - 1);
        let brackets = marks.opens | marks.closes;
        if brackets == 0 && marks.depth != 1 {
            return None;
        }
        while colons != 0 {
            let colon = colons.trailing_zeros();
            colons &= colons - 1;
            if brackets == 0 || marks.depth_at(colon) == 1 {
                let at = self.at + colon as usize;
                if let Some(place) = self.before(node, at, escape) {
                    return Some((at + 1, place));
                }
            }
        }
        None
    }

    /// The place in the node of the name before the colon at `at`.
    #[inline]
    fn before(&self, node: &Node, at: usize, escape: Option<usize>) -> Option<usize> {
        let before = self.text.as_bytes()[..at].trim_ascii_end();
        let before = before.strip_suffix(b"\"")?;
        node.ending(before)
            .or_else(|| escape.and_then(|escape| self.escaped(node, before, escape)))
    }

    /// The same for a name with escapes, the last backslash being at `escape`.
    /// The opening quote is the last one that no backslash precedes.
    #[cold]
    fn escaped(&self, node: &Node, before: &[u8], escape: usize) -> Option<usize> {
        let quote = (0..before.len())
            .rev()
            .find(|at| before[*at] == b'"' && (*at == 0 || before[at - 1] != b'\\'))?;
        let raw = self.text.get(quote + 1..before.len())?;
        (escape > quote && raw.contains('\\')).then_some(())?;
        node.find(&name(raw)?)
    }
}

impl Marks {
    #[inline]
    fn new(block: &[u8; 64], outside: u64, depth: u32) -> Self {
        Self {
            depth,
            colons: equal(block, b':') & outside,
            opens: folded(block, b'{') & outside,
            closes: folded(block, b'}') & outside,
        }
    }

    /// The depth at a byte of the block.
    #[inline]
    fn depth_at(&self, at: u32) -> u32 {
        let before = (1 << at) - 1;
        (self.depth + (self.opens & before).count_ones())
            .wrapping_sub((self.closes & before).count_ones())
    }
}
