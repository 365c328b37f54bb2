//! Carrying a projection out: in one pass where no object has two members of one
//! name, which is to say nearly always, and with care where one has.

use std::ops::Range;

use super::{
    projection::Node,
    scan::{Scan, Wrong, name},
};

/// Appends what the node lets through, in the order of the document. False if a
/// wanted member was there twice: then the first has been written, and the last
/// is the one that counts.
pub(super) fn quickly(root: &Node, text: &str, out: &mut String) -> Result<bool, Wrong> {
    let mut cut = Quick {
        scan: Scan::new(text),
        seen: Vec::with_capacity(64),
        out,
    };
    if !cut.value(root)? {
        return Ok(false);
    }
    cut.scan.end().map(|()| true)
}

/// Appends what the node lets through, in the order of the paths. Each object is
/// looked through before anything of it is written.
pub(super) fn carefully(root: &Node, text: &str, out: &mut String) -> Result<(), Wrong> {
    let mut scan = Scan::new(text);
    let at = scan.value()?;
    scan.end()?;
    let found = Vec::new();
    Careful { text, found, out }.value(root, at)
}

struct Quick<'a, 'o> {
    scan: Scan<'a>,
    /// For each object being cut, which of its wanted members have been met.
    seen: Vec<bool>,
    out: &'o mut String,
}

impl Quick<'_, '_> {
    #[inline]
    fn value(&mut self, node: &Node) -> Result<bool, Wrong> {
        match self.scan.peek() {
            Some(b'{') if !node.members.is_empty() && !node.whole => self.object(node),
            Some(b'[') if !node.whole => match &node.each {
                Some(each) => self.array(each),
                None => self.empty("[]"),
            },
            Some(b'{') if !node.whole => self.empty("{}"),
            _ => {
                let at = self.scan.value()?;
                self.out.push_str(self.scan.text(at)?);
                Ok(true)
            }
        }
    }

    fn empty(&mut self, json: &str) -> Result<bool, Wrong> {
        self.out.push_str(json);
        self.scan.skip().map(|()| true)
    }

    fn object(&mut self, node: &Node) -> Result<bool, Wrong> {
        let base = self.seen.len();
        self.seen.resize(base + node.members.len(), false);
        let start = self.out.len();
        self.scan.enter();
        while let Some(place) = self.scan.wanted(node)? {
            if std::mem::replace(&mut self.seen[base + place], true) {
                return Ok(false);
            }
            let member = &node.members[place];
            self.out
                .push(if self.out.len() == start { '{' } else { ',' });
            self.out.push_str(&member.json);
            if !self.value(&member.node)? {
                return Ok(false);
            }
        }
        self.seen.truncate(base);
        let nothing = self.out.len() == start;
        self.out.push_str(if nothing { "{}" } else { "}" });
        Ok(true)
    }

    fn array(&mut self, each: &Node) -> Result<bool, Wrong> {
        self.out.push('[');
        let start = self.out.len();
        let mut more = self.scan.open(b'[', b']')?;
        while more {
            if self.out.len() > start {
                self.out.push(',');
            }
            if !self.value(each)? {
                return Ok(false);
            }
            more = self.scan.more(b']')?;
        }
        self.out.push(']');
        Ok(true)
    }
}

struct Careful<'a, 'o> {
    text: &'a str,
    /// For each object being cut, where the wanted members were found last.
    found: Vec<Option<Range<usize>>>,
    out: &'o mut String,
}

impl Careful<'_, '_> {
    fn value(&mut self, node: &Node, at: Range<usize>) -> Result<(), Wrong> {
        let start = at.start;
        let text = Scan::new(self.text).text(at)?;
        match text.as_bytes().first() {
            Some(b'{') if !node.whole => self.object(node, start, text),
            Some(b'[') if !node.whole => self.array(node, start, text),
            _ => {
                self.out.push_str(text);
                Ok(())
            }
        }
    }

    fn object(&mut self, node: &Node, start: usize, text: &str) -> Result<(), Wrong> {
        let base = self.found.len();
        self.found.resize(base + node.members.len(), None);
        if !node.members.is_empty() {
            Scan::new(text).members(|raw, value| {
                if let Some(place) = name(raw).and_then(|name| node.find(&name)) {
                    self.found[base + place] = Some(start + value.start..start + value.end);
                }
                Ok(())
            })?;
        }
        let mut before = '{';
        for (place, member) in node.members.iter().enumerate() {
            if let Some(value) = self.found[base + place].take() {
                self.out.push(before);
                self.out.push_str(&member.json);
                self.value(&member.node, value)?;
                before = ',';
            }
        }
        self.found.truncate(base);
        self.out.push_str(if before == '{' { "{}" } else { "}" });
        Ok(())
    }

    fn array(&mut self, node: &Node, start: usize, text: &str) -> Result<(), Wrong> {
        self.out.push('[');
        if let Some(each) = &node.each {
            let mut first = true;
            Scan::new(text).elements(|value| {
                if !std::mem::take(&mut first) {
                    self.out.push(',');
                }
                self.value(each, start + value.start..start + value.end)
            })?;
        }
        self.out.push(']');
        Ok(())
    }
}
