//! What is in a string and what is outside, block by block (after simdjson).

use super::block::equal;

/// The state between blocks.
#[derive(Default)]
pub(super) struct Strings {
    /// 1 if the next block's first byte is escaped.
    escaped: u64,
    /// All ones if the next block begins in a string.
    inside: u64,
}

impl Strings {
    /// The bytes of the block that are in no string. An opening quote counts as
    /// in, a closing one as out.
    #[inline]
    pub(super) fn outside(&mut self, block: &[u8; 64]) -> u64 {
        self.outside_with(block, equal(block, b'\\'))
    }

    /// The same, for where the backslashes are known.
    #[inline]
    pub(super) fn outside_with(&mut self, block: &[u8; 64], backslashes: u64) -> u64 {
        let quotes = equal(block, b'"') & !self.escapes(backslashes);
        let inside = prefix_xor(quotes) ^ self.inside;
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        !inside
    }

    /// The bytes that a backslash escapes.
    #[inline]
    fn escapes(&mut self, backslashes: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        if backslashes == 0 {
            return std::mem::take(&mut self.escaped);
        }
        let backslashes = backslashes & !self.escaped;
        let follows = backslashes << 1 | self.escaped;
        let odd = backslashes & !EVEN & !follows;
        let (even, carry) = odd.overflowing_add(backslashes);
        self.escaped = u64::from(carry);
        (EVEN ^ (even << 1)) & follows
    }
}

/// Where the bracket closes before which `depth` were open, if it is in this
/// block.
#[inline]
pub(super) fn ending(depth: u32, opens: u64, closes: u64) -> Option<usize> {
    if depth > closes.count_ones() {
        return None;
    }
    let mut left = closes;
    while left != 0 {
        let place = left.trailing_zeros();
        let before = (1 << place) - 1;
        let closed = (closes & before).count_ones() + 1;
        if depth + (opens & before).count_ones() <= closed {
            return Some(place as usize);
        }
        left &= left - 1;
    }
    None
}

/// Each bit becomes the exclusive or of itself and all below.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
