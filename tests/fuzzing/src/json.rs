//! JSON text as bytes choose it.

use arbitrary::{Result, Unstructured};

/// JSON with everything that a writer may do: space, escapes, doubled names,
/// numbers of every form, long texts; and sometimes with a fault in it.
pub(crate) fn text(from: &mut Unstructured<'_>) -> Result<String> {
    if from.ratio(1, 8)? {
        return from.arbitrary();
    }
    let mut text = String::new();
    value(from, 6, &mut text)?;
    if from.ratio(1, 4)? {
        text = damaged(from, &text)?;
    }
    Ok(text)
}

/// A few characters are replaced, doubled or gone.
fn damaged(from: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..from.int_in_range(1..=3)? {
        let place = from.int_in_range(0..=characters.len())?;
        match from.int_in_range(0..=3)? {
            0 => characters.truncate(place),
            1 => characters.insert(place, *from.choose(&['"', '\\', '{', ']', ',', ':', '0'])?),
            2 => characters.insert(place, from.arbitrary()?),
            _ => {
                if place < characters.len() {
                    characters.remove(place);
                }
            }
        }
    }
    Ok(characters.into_iter().collect())
}

fn value(from: &mut Unstructured<'_>, depth: u32, out: &mut String) -> Result<()> {
    let kinds = if depth == 0 { 5 } else { 9 };
    match from.int_in_range(0..=kinds)? {
        0 => out.push_str(from.choose(&["null", "true", "false"])?),
        1 => out.push_str(&from.arbitrary::<i64>()?.to_string()),
        2 => out.push_str(from.choose(&["0", "-0", "-0.50e+3", "1E400", "1e-400", "0.1"])?),
        3 | 4 => string(from, out)?,
        5 => out.push_str(&serde_json::json!(from.arbitrary::<f64>()?).to_string()),
        6 => {
            let brackets = from.int_in_range(0..=140)?;
            out.push_str(&"[".repeat(brackets));
            out.push_str(&"]".repeat(brackets));
            if brackets == 0 {
                out.push('0');
            }
        }
        7 => list(from, '[', ']', out, |from, out| value(from, depth - 1, out))?,
        _ => list(from, '{', '}', out, |from, out| {
            name(from, out)?;
            space(from, out)?;
            out.push(':');
            space(from, out)?;
            value(from, depth - 1, out)
        })?,
    }
    Ok(())
}

fn list(
    from: &mut Unstructured<'_>,
    open: char,
    close: char,
    out: &mut String,
    mut item: impl FnMut(&mut Unstructured<'_>, &mut String) -> Result<()>,
) -> Result<()> {
    out.push(open);
    for i in 0..from.int_in_range(0..=6)? {
        if i > 0 {
            out.push(',');
        }
        space(from, out)?;
        item(from, out)?;
        space(from, out)?;
    }
    out.push(close);
    Ok(())
}

fn name(from: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    if from.ratio(1, 8)? {
        return string(from, out);
    }
    out.push_str(from.choose(&[
        r#""a""#,
        r#""b""#,
        r#""c""#,
        r#""ab""#,
        r#""\u0061""#,
        r#""a\"b""#,
        r#""""#,
    ])?);
    Ok(())
}

fn string(from: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    let text = match from.int_in_range(0..=5)? {
        0 => from.arbitrary::<String>()?,
        1 => "\\\"{}[]:, ".repeat(from.int_in_range(0..=20)?),
        2 => "x".repeat(from.int_in_range(0..=200)?),
        3 => {
            out.push_str(from.choose(&[
                r#""\ud83d\ude00""#,
                r#""\ud800""#,
                r#""\u0000""#,
                r#""\\u0000""#,
                r#""\u12""#,
                "\"\u{7f}\u{e9}\"",
                "\"\n\"",
            ])?);
            return Ok(());
        }
        4 => "'; DROP TABLE fuzzed; --".to_owned(),
        _ => String::new(),
    };
    out.push_str(&serde_json::json!(text).to_string());
    Ok(())
}

fn space(from: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    if from.ratio(1, 8)? {
        out.push_str(from.choose(&[" ", "\n\t\r ", "                                  "])?);
    }
    Ok(())
}
