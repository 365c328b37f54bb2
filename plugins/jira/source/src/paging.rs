//! Lists that are paged by `startAt`.

use serde::Deserialize;

/// What stands beside the items of a page.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Beside {
    is_last: Option<bool>,
    total: Option<u64>,
}

impl Beside {
    /// What a page of a list says of itself; nothing if it says nothing.
    pub(crate) fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// Where the next page begins: behind what came, whatever was asked for, since
    /// servers give fewer than that. None behind the last.
    pub(crate) fn next(&self, start: u64, came: usize) -> Option<u64> {
        let next = start + u64::try_from(came).ok()?;
        let more = match (self.is_last, self.total) {
            (Some(is_last), _) => !is_last,
            (None, Some(total)) => next < total,
            (None, None) => false,
        };
        (more && came > 0).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::Beside;

    #[test]
    fn a_page_goes_on_behind_what_came_and_not_behind_what_was_asked_for() {
        assert_eq!(Beside::of(r#"{"isLast": false}"#).next(50, 20), Some(70));
        assert_eq!(Beside::of(r#"{"total": 71}"#).next(50, 20), Some(70));
        assert_eq!(Beside::of(r#"{"total": 70}"#).next(50, 20), None);
        assert_eq!(
            Beside::of(r#"{"isLast": true, "total": 100}"#).next(50, 20),
            None
        );
    }

    #[test]
    fn an_empty_page_is_followed_by_none() {
        assert_eq!(Beside::of(r#"{"isLast": false}"#).next(50, 0), None);
        assert_eq!(Beside::of("{}").next(0, 50), None);
    }
}
