//! Finding the ends of values in text that is known to be JSON.

use std::{borrow::Cow, ops::Range};

use super::{
    JsonError,
    block::{either, equal},
    strings::{Strings, ending},
};

/// A value is expected at this byte. Two words, so that every step of a scan
/// returns in registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wrong(usize);

impl From<Wrong> for JsonError {
    fn from(wrong: Wrong) -> Self {
        Self::Shape { at: wrong.0 }
    }
}

/// A place in a text.
pub(crate) struct Scan<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
}

impl<'a> Scan<'a> {
    /// At the start of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where the next value is. The place afterwards is behind it.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Range<usize>, Wrong> {
        self.peek();
        let start = self.at;
        self.skip()?;
        Ok(start..self.at)
    }

    /// Passes the next value.
    #[inline]
    pub(crate) fn skip(&mut self) -> Result<(), Wrong> {
        match self.peek() {
            Some(b'"') => self.string::<64>().map(drop),
            Some(b'{') => self.container(b'{', b'}'),
            Some(b'[') => self.container(b'[', b']'),
            _ => self.scalar(),
        }
    }

    /// The end of the text, but for white space.
    pub(crate) fn end(&mut self) -> Result<(), Wrong> {
        self.peek().map_or(Ok(()), |_| Err(self.wrong()))
    }

    /// Calls for each member of the object that begins here, with its name as it
    /// is written between the quotes, and where its value is.
    pub(crate) fn members(
        &mut self,
        mut member: impl FnMut(&'a str, Range<usize>) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        let mut more = self.open(b'{', b'}')?;
        while more {
            let name = self.name()?;
            member(name, self.value()?)?;
            more = self.more(b'}')?;
        }
        Ok(())
    }

    /// Calls for each element of the array that begins here.
    pub(crate) fn elements(
        &mut self,
        mut element: impl FnMut(Range<usize>) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        let mut more = self.open(b'[', b']')?;
        while more {
            element(self.value()?)?;
            more = self.more(b']')?;
        }
        Ok(())
    }

    /// Enters an object or array. False if it is empty, and then it is behind.
    #[inline]
    pub(crate) fn open(&mut self, open: u8, close: u8) -> Result<bool, Wrong> {
        self.expect(open)?;
        let empty = self.peek() == Some(close);
        self.at += usize::from(empty);
        Ok(!empty)
    }

    /// Passes the bracket that is here.
    #[inline]
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// Passes the comma after a member or element. False if that was the last,
    /// and then the object or array is behind.
    #[inline]
    pub(crate) fn more(&mut self, close: u8) -> Result<bool, Wrong> {
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == close => {
                self.at += 1;
                return Ok(false);
            }
            _ => return Err(self.wrong()),
        }
        Ok(true)
    }

    /// A member's name as it is written between the quotes, and the colon.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<&'a str, Wrong> {
        self.expect(b'"')?;
        self.at -= 1;
        let start = self.at + 1;
        let end = self.string::<32>()?;
        self.expect(b':')?;
        self.text(start..end)
    }

    /// The text at a place that the scan gave.
    #[inline]
    pub(crate) fn text(&self, at: Range<usize>) -> Result<&'a str, Wrong> {
        self.text.get(at).ok_or_else(|| self.wrong())
    }

    /// The next byte that is not white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(*byte);
            }
            self.at += 1;
        }
        None
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Result<(), Wrong> {
        if self.peek() != Some(byte) {
            return Err(self.wrong());
        }
        self.at += 1;
        Ok(())
    }

    /// Passes the string whose opening quote is here, and says where the closing
    /// one is. Looks at `N` bytes at once: most names have fewer than 32, most
    /// values fewer than 64, and a loop that ends at once is foreseen.
    #[inline]
    fn string<const N: usize>(&mut self) -> Result<usize, Wrong> {
        self.at += 1;
        let bytes = self.text.as_bytes();
        loop {
            if let Some(block) = bytes.get(self.at..).and_then(<[u8]>::first_chunk::<N>) {
                let stops = either(block, b'"', b'\\');
                if stops == 0 {
                    self.at += N;
                    continue;
                }
                self.at += stops.trailing_zeros() as usize;
            }
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.at - 1);
                }
                Some(b'\\') => self.at += 2,
                Some(_) => self.at += 1,
                None => return Err(self.wrong()),
            }
        }
    }

    /// A number, `true`, `false` or `null`.
    #[inline]
    fn scalar(&mut self) -> Result<(), Wrong> {
        let length = self.text.as_bytes()[self.at..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        if length == 0 {
            return Err(self.wrong());
        }
        self.at += length;
        Ok(())
    }

    /// An object or array, by counting its own brackets outside of strings.
    fn container(&mut self, open: u8, close: u8) -> Result<(), Wrong> {
        let (mut strings, mut depth) = (Strings::default(), 0);
        while self.at < self.text.len() {
            let block = self.block();
            let outside = strings.outside(&block);
            let opens = equal(&block, open) & outside;
            let closes = equal(&block, close) & outside;
            if let Some(end) = ending(depth, opens, closes) {
                self.at += end + 1;
                return Ok(());
            }
            depth = depth + opens.count_ones() - closes.count_ones();
            self.at += 64;
        }
        Err(self.wrong())
    }

    /// The next 64 bytes, filled up with zeros at the end of the text.
    #[inline]
    pub(super) fn block(&self) -> [u8; 64] {
        let rest = &self.text.as_bytes()[self.at..];
        rest.first_chunk().copied().unwrap_or_else(|| {
            let mut block = [0; 64];
            block[..rest.len()].copy_from_slice(rest);
            block
        })
    }

    pub(super) fn wrong(&self) -> Wrong {
        Wrong(self.at)
    }
}

/// A member's name as it reads, from what is between the quotes. None if it has
/// escapes that are no JSON: it then is no name that anyone asks for.
pub(crate) fn name(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.as_bytes().contains(&b'\\') {
        return Some(Cow::Borrowed(raw));
    }
    serde_json::from_str(&format!("\"{raw}\""))
        .ok()
        .map(Cow::Owned)
}
