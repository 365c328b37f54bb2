//! Commits: listed, and single with statistics and files.

use url::form_urlencoded::byte_serialize;

use crate::encoding::write_hex;
use crate::render::comment::{diff_hunk, path};
use crate::render::pull::quoted_sha;
use crate::render::template::Slot;
use crate::render::{Scene, TEMPLATES, json};
use crate::world::ids::Sha;
use crate::world::records::Commit;

/// A commit as in lists.
pub(crate) fn thin(scene: Scene<'_>, out: &mut Vec<u8>, commit: &Commit) {
    let account = scene.world.accounts.get(commit.author);
    TEMPLATES.commit.render(out, |slot, out| match slot {
        Slot::Sha => write_hex(out, &commit.sha),
        Slot::Tree => write_hex(out, &tree(commit)),
        Slot::NodeId => quoted_sha(out, &tree(commit)),
        // The person stays as written in the commit, whatever became of the account.
        Slot::AuthorName | Slot::CommitterName => json::text(out, &account.login),
        Slot::AuthorEmail | Slot::CommitterEmail => {
            json::text(out, &format!("{}@example.com", account.login));
        }
        Slot::AuthorDate => json::stamp(out, commit.authored),
        Slot::CommitterDate => json::stamp(out, commit.committed),
        Slot::Message => commit.message.write(out),
        Slot::Author => scene.person(out, Some(commit.author).filter(|_| commit.author_known)),
        Slot::Committer => {
            scene.person(out, Some(commit.author).filter(|_| commit.committer_known));
        }
        Slot::Parents => json::list(out, &commit.parents, |out, sha| parent(scene, out, sha)),
        other => scene.fill(other, out),
    });
}

/// A commit with what it changed.
pub(crate) fn full(scene: Scene<'_>, out: &mut Vec<u8>, commit: &Commit) {
    thin(scene, out, commit);
    TEMPLATES.commit_more.extend(out, |slot, out| match slot {
        Slot::Additions => json::number(out, commit.additions),
        Slot::Deletions => json::number(out, commit.deletions),
        Slot::Total => json::number(out, commit.additions + commit.deletions),
        Slot::Files => json::list(out, 0..commit.files, |out, n| file(scene, out, commit, n)),
        other => scene.fill(other, out),
    });
}

/// The first file has all the changes, so that files and statistics agree.
fn file(scene: Scene<'_>, out: &mut Vec<u8>, commit: &Commit, place: u32) {
    let (added, deleted) = match place {
        0 => (commit.additions, commit.deletions),
        _ => (0, 0),
    };
    TEMPLATES.file.render(out, |slot, out| match slot {
        Slot::Sha | Slot::Tree => write_hex(out, &tree(commit)),
        Slot::Path => json::text(out, path(place)),
        Slot::Name => out.extend_from_slice(encoded(path(place)).as_bytes()),
        Slot::Additions => json::number(out, added),
        Slot::Deletions => json::number(out, deleted),
        Slot::Total => json::number(out, added + deleted),
        Slot::DiffHunk => diff_hunk(out, place + 1),
        other => scene.fill(other, out),
    });
}

fn parent(scene: Scene<'_>, out: &mut Vec<u8>, sha: &Sha) {
    let name = scene.repository.full_name.as_bytes();
    out.extend_from_slice(b"{\"sha\":");
    quoted_sha(out, sha);
    for (key, host, kind) in [
        ("url", format!("{}/repos/", scene.world.api), "/commits/"),
        ("html_url", "https://github.com/".to_owned(), "/commit/"),
    ] {
        out.extend_from_slice(format!(",\"{key}\":\"{host}").as_bytes());
        out.extend_from_slice(name);
        out.extend_from_slice(kind.as_bytes());
        write_hex(out, sha);
        out.push(b'"');
    }
    out.push(b'}');
}

/// A path as it stands in a URL.
fn encoded(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| byte_serialize(part.as_bytes()).collect::<String>());
    parts.collect::<Vec<_>>().join("/")
}

/// A tree's hash, made from the commit's.
fn tree(commit: &Commit) -> Sha {
    commit.sha.map(|byte| byte.rotate_left(3))
}
