//! What SQLite says in words of its own: see `sql/mod.rs`.

/// The clock: microseconds since 1970 (SQLite's own has milliseconds).
pub(super) const NOW: &str = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";

/// One of the ids in the first parameter, a JSON array.
pub(super) const IDS: &str = "IN (SELECT value FROM json_each($1))";

/// One of the texts in the first parameter, a JSON array.
pub(super) const TEXTS: &str = "IN (SELECT value FROM json_each($1))";

/// Whether the task's `id` and `lease` are one of the pairs in the first parameter,
/// a JSON array of pairs of numbers.
pub(super) const CLAIMED: &str = "(id, lease) IN
         (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each($1))";

/// One of the ids of the table `picked`.
pub(super) const PICKED: &str = "IN (SELECT id FROM picked)";

/// The items of the first parameter, a JSON array: `each.value`, in the order of
/// `each.key`.
pub(super) const EACH: &str = "json_each($1) AS each";

/// The arrays in the first parameter, a JSON array of arrays: `each.value ->> 0`
/// is the first item of one, as text.
pub(super) const EACH_ROW: &str = "json_each($1) AS each";

/// The greater of two numbers: a function's name.
pub(super) const GREATEST: &str = "max";

/// Whether the column is one of the ids in the first parameter, a JSON array; an
/// empty one has all.
pub(super) fn ids_or_all(column: &str) -> String {
    format!("(json_array_length($1) = 0 OR {column} {IDS})")
}

/// Rows that another transaction holds are left to it. Here there is none.
pub(super) const SKIP_LOCKED: &str = "";

/// Has other transactions wait that do the same for the same `integrations i`.
/// Here one writer works at a time.
pub(super) const LOCK_INTEGRATION: &str = "";

/// The same of those that nobody has.
pub(super) const TRY_INTEGRATION: &str = "";

/// Has other relays wait.
pub(super) const LOCK_RELAY: &str = "SELECT 1";

/// Has others wait that make tables, or load rows into them.
pub(super) const LOCK_TABLES: &str = "SELECT 1";

/// Has others wait that change users.
pub(super) const LOCK_USERS: &str = "SELECT 1";

/// Has others wait that make views.
pub(super) const LOCK_VIEWS: &str = "SELECT 1";
/// Ends a statement that has to wait for a lock for long. Here one writer works at a
/// time.
pub(super) const SHORT_WAIT: &str = "SELECT 1";
/// Has others wait that make tables.
pub(super) const SHARE_TABLES: &str = "SELECT 1";

/// The ids of the first `limit` tasks, by rank, of each of `turns (tenant)`.
pub(super) fn first_of_each(waiting: &str, limit: &str) -> String {
    format!(
        "SELECT t.id FROM turns CROSS JOIN tasks AS t WHERE t.id IN
             (SELECT id FROM tasks WHERE {waiting} AND tenant_id = turns.tenant ORDER BY rank, id LIMIT {limit})"
    )
}

/// Compares a text with a pattern in which letters in brackets stand for any one of them.
pub(super) const MATCHES: &str = "GLOB";

/// Begins and ends a pattern whose text may stand anywhere.
pub(super) const ANYWHERE: &str = "*";

/// A letter of a pattern that stands for itself.
pub(super) fn literal(c: char) -> String {
    match c {
        '*' | '?' | '[' => format!("[{c}]"),
        _ => c.to_string(),
    }
}
