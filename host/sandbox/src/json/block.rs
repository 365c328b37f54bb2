//! Which bytes of a block equal a byte, as a bit mask: the one step that every
//! scan is made of.

use wide::u8x16;

/// Bit `i` is set where `block[i]` equals `byte`. `N` is a multiple of 16, and at
/// most 64.
#[inline(always)]
pub(super) fn equal<const N: usize>(block: &[u8; N], byte: u8) -> u64 {
    let byte = u8x16::splat(byte);
    mask(block, |lanes| lanes.simd_eq(byte))
}

/// Bit `i` is set where `block[i]` equals one of the two.
#[inline(always)]
pub(super) fn either<const N: usize>(block: &[u8; N], one: u8, other: u8) -> u64 {
    let (one, other) = (u8x16::splat(one), u8x16::splat(other));
    mask(block, |lanes| lanes.simd_eq(one) | lanes.simd_eq(other))
}

/// Bit `i` is set where `block[i]` equals `byte` but for the bit that tells `{`
/// from `[` and `}` from `]`, which is set in `byte`.
#[inline(always)]
pub(super) fn folded<const N: usize>(block: &[u8; N], byte: u8) -> u64 {
    let (bit, byte) = (u8x16::splat(0x20), u8x16::splat(byte));
    mask(block, |lanes| (lanes | bit).simd_eq(byte))
}

#[inline(always)]
fn mask<const N: usize>(block: &[u8; N], compare: impl Fn(u8x16) -> u8x16) -> u64 {
    let (parts, _) = block.as_chunks::<16>();
    parts.iter().enumerate().fold(0, |mask, (i, part)| {
        let found = compare(u8x16::new(*part)).to_bitmask();
        mask | u64::from(found) << (i * 16)
    })
}

#[cfg(test)]
mod tests {
    use super::{either, equal, folded};

    #[test]
    fn both_kinds_of_brackets_are_folded_into_one() {
        let mut block = [b'a'; 16];
        block[3] = b'[';
        block[9] = b'{';
        block[10] = b'}';
        assert_eq!(folded(&block, b'{'), 1 << 3 | 1 << 9);
        assert_eq!(folded(&block, b'}'), 1 << 10);
    }

    #[test]
    fn every_byte_is_found_where_it_is_and_nowhere_else() {
        for byte in 0..=255_u8 {
            for place in 0..64 {
                let mut block = [byte.wrapping_add(1); 64];
                let beside = (place + 21) % 64;
                block[place] = byte;
                block[beside] = byte ^ 0x80;
                assert_eq!(equal(&block, byte), 1 << place);
                assert_eq!(either(&block, byte, byte ^ 0x80), 1 << place | 1 << beside);
            }
        }
    }
}
