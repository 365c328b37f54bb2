//! Rich text: a document on the third version of the API (ADF), text on the second.
//!
//! <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>

use runnel_sdk::Json;
use serde_json::Value;

/// The words of a rich text, a line a paragraph; of anything else nothing. A node of a
/// type that nobody has heard of yet is what is in it.
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(_) if value["type"] == "doc" => {
            let mut text = String::new();
            node(value, &mut text);
            Some(text.trim_end().to_owned())
        }
        _ => None,
    }
}

/// The rich text as it came; nothing where there is none.
pub fn raw(value: &Value) -> Option<Json> {
    (!value.is_null()).then(|| Json(value.to_string()))
}

fn node(value: &Value, text: &mut String) {
    let kind = value["type"].as_str().unwrap_or_default();
    match kind {
        "text" => text.push_str(value["text"].as_str().unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "listItem" => text.push_str("- "),
        _ => text.push_str(attribute(kind, &value["attrs"])),
    }
    for child in value["content"].as_array().into_iter().flatten() {
        node(child, text);
    }
    if matches!(kind, "paragraph" | "heading" | "codeBlock") && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// What stands in an attribute: a person's name, an emoji, an address.
fn attribute<'a>(kind: &str, attributes: &'a Value) -> &'a str {
    let names: &[&str] = match kind {
        "mention" | "status" => &["text"],
        "emoji" => &["text", "shortName"],
        "inlineCard" | "blockCard" | "embedCard" => &["url"],
        _ => &[],
    };
    let mut found = names.iter().filter_map(|name| attributes[name].as_str());
    found.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::plain;
    use serde_json::json;

    #[test]
    fn rich_text_is_read_as_plain_text_with_a_line_a_paragraph() {
        let document = json!({"type": "doc", "version": 1, "content": [
            {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Why"}]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "Ask ", "marks": [{"type": "strong"}]},
                {"type": "mention", "attrs": {"id": "7", "text": "@Ada"}},
                {"type": "hardBreak"},
                {"type": "emoji", "attrs": {"shortName": ":smile:"}},
            ]},
            {"type": "bulletList", "content": [
                {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}]},
            ]},
            {"type": "quiteNew", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "two"}]}]},
        ]});
        assert_eq!(
            plain(&document).unwrap(),
            "Why\nAsk @Ada\n:smile:\n- one\ntwo"
        );
    }

    #[test]
    fn plain_text_stays_as_it_is_and_what_is_neither_is_none() {
        assert_eq!(plain(&json!("h1. Why")).unwrap(), "h1. Why");
        for other in [json!(7), json!(null), json!({"value": "x"}), json!(["a"])] {
            assert_eq!(plain(&other), None, "{other}");
        }
    }
}
