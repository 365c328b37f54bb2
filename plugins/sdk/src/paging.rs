//! Helpers for reading lists page by page.

/// The address of the next page, as a `Link` header names it (RFC 8288). Page
/// addresses are never built by hand: a service may page by number, by cursor,
/// or below another path.
///
/// ```
/// let link = r#"<https://host/a?page=1>; rel="prev", <https://host/a?page=3>; rel="next""#;
/// assert_eq!(runnel_sdk::next_page(link), Some("https://host/a?page=3"));
/// ```
pub fn next_page(link: &str) -> Option<&str> {
    let mut rest = link;
    while let Some((_, after)) = rest.split_once('<') {
        let (address, parameters) = after.split_once('>')?;
        let end = parameters.find(", <").unwrap_or(parameters.len());
        if parameters[..end]
            .split(';')
            .any(|parameter| is_next(parameter.trim().trim_end_matches(',')))
        {
            return Some(address);
        }
        rest = &parameters[end..];
    }
    None
}

fn is_next(parameter: &str) -> bool {
    let relation = parameter
        .strip_prefix("rel=")
        .map(|value| value.trim_matches('"'));
    relation.is_some_and(|relations| relations.split(' ').any(|relation| relation == "next"))
}

#[cfg(test)]
mod tests {
    use super::next_page;

    #[test]
    fn the_last_page_has_no_next() {
        assert_eq!(next_page(r#"<https://host/a?page=1>; rel="first""#), None);
        assert_eq!(next_page(""), None);
    }

    #[test]
    fn an_address_may_hold_commas_and_semicolons() {
        let link =
            r#"<https://host/a?x=1,2;3>; title="a, b"; rel="next", <https://host/b>; rel="last""#;
        assert_eq!(next_page(link), Some("https://host/a?x=1,2;3"));
    }
}
