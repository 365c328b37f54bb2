//! The documents, and the blocks in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folder of this repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A document's text.
pub(crate) fn read(path: &str) -> String {
    let path = repository().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Every document that a reader is sent to.
pub(crate) fn all() -> Vec<String> {
    let entries = fs::read_dir(repository().join("docs")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> = names
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(str::to_owned));
    pages
}

/// A block of code.
pub(crate) struct Block {
    /// What stands behind the fence.
    pub(crate) language: String,
    pub(crate) text: String,
}

/// The blocks of a document, in order.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => blocks.push(Block {
                language: language.trim().to_owned(),
                text: String::new(),
            }),
            (Some(_), true) | (None, false) => {}
            (None, true) => {
                let block = blocks.last_mut().unwrap();
                block.text += line;
                block.text += "\n";
            }
        }
        open ^= line.starts_with("```");
    }
    blocks
}

/// What stands between two marks, each on a line of its own.
pub(crate) fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let marks = [
        format!("<!-- {name}:begin -->\n"),
        format!("<!-- {name}:end -->"),
    ];
    let begin = page.find(&marks[0]).expect(&marks[0]) + marks[0].len();
    let length = page[begin..].find(&marks[1]).expect(&marks[1]);
    &page[begin..begin + length]
}

#[test]
fn every_link_within_the_repository_leads_somewhere() {
    for path in all() {
        let page = read(&path);
        let folder = repository().join(&path);
        for link in page.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            let outside = target.contains("://") || target.is_empty();
            let there = folder.parent().unwrap().join(target).exists();
            assert!(outside || there, "{path} links to {target}");
        }
    }
}
