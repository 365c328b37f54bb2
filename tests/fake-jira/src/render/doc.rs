//! Rich text: as Atlassian's document format, and as wiki markup.

use serde_json::{Value, json};

use crate::stamp::day;
use crate::world::World;
use crate::world::doc::{Block, Doc, Inline};

/// A document, as v3 writes it.
pub(crate) fn document(world: &World, doc: &Doc) -> Value {
    let content = doc.iter().map(|one| block(world, one));
    json!({"type": "doc", "version": 1, "content": content.collect::<Value>()})
}

fn block(world: &World, block: &Block) -> Value {
    match block {
        Block::Paragraph(line) => {
            let content = line.iter().map(|one| inline(world, one));
            json!({"type": "paragraph", "content": content.collect::<Value>()})
        }
        Block::Heading(level, text) => {
            json!({"type": "heading", "attrs": {"level": level}, "content": [plain(text)]})
        }
        Block::Bullets(items) => json!({"type": "bulletList", "content": list(items)}),
        Block::Numbers(items) => {
            json!({"type": "orderedList", "attrs": {"order": 1}, "content": list(items)})
        }
        Block::Code(code) => {
            json!({"type": "codeBlock", "attrs": {"language": "rust"}, "content": [plain(code)]})
        }
        Block::Quote(text) => json!({"type": "blockquote", "content": [paragraph(text)]}),
        Block::Rule => json!({"type": "rule"}),
        Block::Panel(text) => json!({
            "type": "panel", "attrs": {"panelType": "info"}, "content": [paragraph(text)],
        }),
        Block::Table(rows) => table(rows),
        Block::Media(name) => json!({
            "type": "mediaSingle", "attrs": {"layout": "center"},
            "content": [{"type": "media", "attrs": {
                "type": "file", "id": "4478e39c-cf9b-41d1-ba92-68589487cd75",
                "collection": "", "alt": name, "width": 200, "height": 100,
            }}],
        }),
        Block::Tasks(items) => tasks(items),
        Block::Unknown(text) => json!({
            "type": "futureWidget", "attrs": {"layout": "default"}, "content": [paragraph(text)],
        }),
    }
}

fn inline(world: &World, inline: &Inline) -> Value {
    let marked = |text: &str, mark: Value| json!({"type": "text", "text": text, "marks": [mark]});
    match inline {
        Inline::Text(text) => plain(text),
        Inline::Strong(text) => marked(text, json!({"type": "strong"})),
        Inline::Code(text) => marked(text, json!({"type": "code"})),
        Inline::Link(text, url) => marked(text, json!({"type": "link", "attrs": {"href": url}})),
        Inline::Mention(place) => {
            let user = &world.users[*place];
            let text = format!("@{}", user.display);
            json!({"type": "mention", "attrs": {
                "id": user.account, "text": text, "accessLevel": "",
            }})
        }
        Inline::Emoji(name, text) => {
            json!({"type": "emoji", "attrs": {"shortName": name, "id": "1f604", "text": text}})
        }
        Inline::Break => json!({"type": "hardBreak"}),
        Inline::Card(url) => json!({"type": "inlineCard", "attrs": {"url": url}}),
        Inline::Date(at) => json!({"type": "date", "attrs": {"timestamp": at.to_string()}}),
    }
}

fn plain(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [plain(text)]})
}

fn list(items: &[String]) -> Value {
    let item = |text: &String| json!({"type": "listItem", "content": [paragraph(text)]});
    items.iter().map(item).collect()
}

fn table(rows: &[[String; 2]]) -> Value {
    let row = |(place, row): (usize, &[String; 2])| {
        let kind = if place == 0 {
            "tableHeader"
        } else {
            "tableCell"
        };
        let cell = |text: &String| json!({"type": kind, "attrs": {}, "content": [paragraph(text)]});
        json!({"type": "tableRow", "content": row.iter().map(cell).collect::<Value>()})
    };
    let rows: Value = rows.iter().enumerate().map(row).collect();
    json!({"type": "table", "attrs": {"layout": "default"}, "content": rows})
}

fn tasks(items: &[String]) -> Value {
    let item = |(place, text): (usize, &String)| {
        json!({
            "type": "taskItem", "content": [plain(text)],
            "attrs": {"localId": place.to_string(), "state": if place == 0 { "DONE" } else { "TODO" }},
        })
    };
    let items: Value = items.iter().enumerate().map(item).collect();
    json!({"type": "taskList", "attrs": {"localId": "list"}, "content": items})
}

/// Wiki markup, as v2 writes it.
pub(crate) fn wiki(world: &World, doc: &Doc) -> String {
    let blocks: Vec<String> = doc.iter().map(|one| wiki_block(world, one)).collect();
    blocks.join("\r\n\r\n")
}

fn wiki_block(world: &World, block: &Block) -> String {
    let lines = |mark: &str, items: &[String]| {
        let lines: Vec<String> = items.iter().map(|text| format!("{mark} {text}")).collect();
        lines.join("\r\n")
    };
    match block {
        Block::Paragraph(line) => line.iter().map(|one| wiki_inline(world, one)).collect(),
        Block::Heading(level, text) => format!("h{level}. {text}"),
        Block::Bullets(items) | Block::Tasks(items) => lines("*", items),
        Block::Numbers(items) => lines("#", items),
        Block::Code(code) => format!("{{code:rust}}\r\n{code}\r\n{{code}}"),
        Block::Quote(text) => format!("{{quote}}{text}{{quote}}"),
        Block::Rule => "----".to_owned(),
        Block::Panel(text) => format!("{{panel}}\r\n{text}\r\n{{panel}}"),
        Block::Table(rows) => {
            let row = |(place, [key, value]): (usize, &[String; 2])| match place {
                0 => format!("||{key}||{value}||"),
                _ => format!("|{key}|{value}|"),
            };
            let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
            rows.join("\r\n")
        }
        Block::Media(name) => format!("!{name}|width=200,height=100!"),
        Block::Unknown(text) => text.clone(),
    }
}

fn wiki_inline(world: &World, inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => text.clone(),
        Inline::Strong(text) => format!("*{text}*"),
        Inline::Code(text) => format!("{{{{{text}}}}}"),
        Inline::Link(text, url) => format!("[{text}|{url}]"),
        Inline::Mention(place) => {
            let user = &world.users[*place];
            match world.is_cloud() {
                true => format!("[~accountid:{}]", user.account),
                false => format!("[~{}]", user.name),
            }
        }
        Inline::Emoji(_, text) => (*text).to_owned(),
        Inline::Break => "\r\n".to_owned(),
        Inline::Card(url) => format!("[{url}]"),
        Inline::Date(at) => day(*at),
    }
}
