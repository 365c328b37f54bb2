//! Recorded payloads with placeholders.
//!
//! A template is valid JSON. `{{name}}` inside a string stands for a piece of
//! text; a string that is nothing but `"{{=name}}"` stands for a JSON value, its
//! quotes included.

macro_rules! slots {
    ($($slot:ident $name:literal,)*) => {
        /// A placeholder.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Slot { $($slot,)* }

        impl Slot {
            fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$slot),)*
                    _ => None,
                }
            }
        }
    };
}

slots! {
    Additions "additions", Api "api", Assignee "assignee", Assignees "assignees",
    Association "author_association", Author "author", AuthorDate "author_date",
    AuthorEmail "author_email", AuthorName "author_name", BaseLabel "base_label",
    BaseRef "base_ref", BaseRepo "base_repo", BaseSha "base_sha", BaseUser "base_user",
    Body "body", ChangedFiles "changed_files", ClosedAt "closed_at", Comments "comments",
    CommitId "commit_id", Commits "commits", Committer "committer",
    CommitterDate "committer_date", CommitterEmail "committer_email",
    CommitterName "committer_name", CreatedAt "created_at", DefaultBranch "default_branch",
    Deletions "deletions", Description "description", DiffHunk "diff_hunk", Draft "draft",
    Files "files", Fork "fork", FullName "full_name", HasIssues "has_issues",
    HeadLabel "head_label", HeadRef "head_ref", HeadRepo "head_repo", HeadSha "head_sha",
    HeadUser "head_user", Id "id", Kind "kind", Labels "labels", Language "language",
    Line "line", Login "login", MergeCommitSha "merge_commit_sha", Mergeable "mergeable",
    MergeableState "mergeable_state", Merged "merged", MergedAt "merged_at",
    MergedBy "merged_by", Message "message", Name "name", NodeId "node_id", Number "number",
    OpenIssues "open_issues", Owner "owner", Parents "parents", Path "path",
    Position "position", PublicRepos "public_repos", PushedAt "pushed_at",
    Rebaseable "rebaseable", RequestedReviewers "requested_reviewers",
    ReviewComments "review_comments", ReviewId "review_id", Sha "sha", Side "side",
    Size "size", Stars "stars", State "state", StateReason "state_reason",
    SubmittedAt "submitted_at", Thread "thread", Title "title", Total "total", Tree "tree",
    UpdatedAt "updated_at", User "user",
}

/// Literal bytes, each followed by a placeholder, and what stands at the end.
#[derive(Debug)]
pub(crate) struct Template {
    parts: Vec<(Box<[u8]>, Slot)>,
    end: Box<[u8]>,
}

impl Template {
    /// Reads a template; it must be one that this crate carries.
    ///
    /// # Panics
    /// If a placeholder has no [`Slot`]: a mistake in a file of this crate.
    pub(crate) fn parse(source: &str) -> Self {
        let text = minified(source);
        let mut parts = Vec::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, tail)) = after.split_once("}}") else {
                break;
            };
            let (before, name, tail) = match name.strip_prefix('=') {
                Some(name) => (&before[..before.len() - 1], name, &tail[1..]),
                None => (before, name, tail),
            };
            let slot = Slot::named(name);
            let slot = slot.unwrap_or_else(|| panic!("a template has no slot {name}"));
            parts.push((before.as_bytes().into(), slot));
            rest = tail;
        }
        let end = rest.as_bytes().into();
        Self { parts, end }
    }

    /// Appends the payload; `fill` writes what stands for a placeholder.
    pub(crate) fn render(&self, out: &mut Vec<u8>, mut fill: impl FnMut(Slot, &mut Vec<u8>)) {
        for (literal, slot) in &self.parts {
            out.extend_from_slice(literal);
            fill(*slot, out);
        }
        out.extend_from_slice(&self.end);
    }

    /// Appends the payload's fields to the object that ends `out`.
    pub(crate) fn extend(&self, out: &mut Vec<u8>, fill: impl FnMut(Slot, &mut Vec<u8>)) {
        out.pop();
        let brace = out.len();
        self.render(out, fill);
        out[brace] = b',';
    }
}

/// The JSON text without the spaces between its tokens.
fn minified(source: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let keep = |letter: &char| {
        if quoted {
            quoted = escaped || *letter != '"';
            escaped = !escaped && *letter == '\\';
            return true;
        }
        quoted = *letter == '"';
        !letter.is_ascii_whitespace()
    };
    source.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> String {
        let mut out = Vec::new();
        Template::parse(template).render(&mut out, |slot, out| match slot {
            Slot::Id => out.extend_from_slice(b"7"),
            _ => out.extend_from_slice(b"\"null\""),
        });
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_value_loses_its_quotes_and_a_text_keeps_them() {
        let text = r#"{ "a": "{{=id}}", "b": "x{{id}}y", "c": "{{=body}}" }"#;
        assert_eq!(rendered(text), r#"{"a":7,"b":"x7y","c":"null"}"#);
    }

    #[test]
    fn spaces_inside_strings_survive_and_those_between_tokens_do_not() {
        let text = "{ \"a b\" : \"c \\\" d\" }";
        assert_eq!(rendered(text), "{\"a b\":\"c \\\" d\"}");
    }
}
