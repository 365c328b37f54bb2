//! What PostgreSQL says in words of its own: see `sql/mod.rs`.

/// The clock: microseconds since 1970. It stands still during a statement, so
/// that an index can be searched for what is due.
pub(super) const NOW: &str = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint";

/// One of the ids in the first parameter, a JSON array. As an array and not as a
/// join, lest the planner go through the whole table.
pub(super) const IDS: &str =
    "= ANY (ARRAY (SELECT value::bigint FROM json_array_elements_text($1::json)))";

/// One of the texts in the first parameter, a JSON array.
pub(super) const TEXTS: &str =
    "= ANY (ARRAY (SELECT value FROM json_array_elements_text($1::json)))";

/// Whether the task's `id` and `lease` are one of the pairs in the first parameter,
/// a JSON array of pairs of numbers. The ids stand there as an array too, lest the
/// planner join the pairs with the whole table.
pub(super) const CLAIMED: &str = "(id, lease) IN
         (SELECT (value ->> 0)::bigint, (value ->> 1)::bigint FROM json_array_elements($1::json))
     AND id = ANY (ARRAY (SELECT (value ->> 0)::bigint FROM json_array_elements($1::json)))";

/// One of the ids of the table `picked`.
pub(super) const PICKED: &str = "= ANY (ARRAY (SELECT id FROM picked))";

/// The items of the first parameter, a JSON array: `each.value`, in the order of
/// `each.key`.
pub(super) const EACH: &str =
    "json_array_elements_text($1::json) WITH ORDINALITY AS each (value, key)";

/// The arrays in the first parameter, a JSON array of arrays: `each.value ->> 0`
/// is the first item of one, as text.
pub(super) const EACH_ROW: &str =
    "json_array_elements($1::json) WITH ORDINALITY AS each (value, key)";

/// The greater of two numbers: a function's name.
pub(super) const GREATEST: &str = "greatest";

/// Whether the column is one of the ids in the first parameter, a JSON array; an
/// empty one has all.
pub(super) fn ids_or_all(column: &str) -> String {
    format!("(json_array_length($1::json) = 0 OR {column} {IDS})")
}

/// Rows that another transaction holds are left to it.
pub(super) const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";

/// Has other transactions wait that do the same for the same `integrations i`.
/// References to the integration are not in its way.
pub(super) const LOCK_INTEGRATION: &str = "FOR NO KEY UPDATE OF i";

/// The same of those that nobody has: the others are left out.
pub(super) const TRY_INTEGRATION: &str = "FOR NO KEY UPDATE OF i SKIP LOCKED";

/// Has other relays wait. (The first number is ours: "runl" in ASCII.)
pub(super) const LOCK_RELAY: &str = "SELECT pg_advisory_xact_lock(1920298604, 1)";

/// Has others wait that make tables, or load rows into them.
pub(super) const LOCK_TABLES: &str = "SELECT pg_advisory_xact_lock(1920298604, 2)";

/// Has others wait that change users.
pub(super) const LOCK_USERS: &str = "SELECT pg_advisory_xact_lock(1920298604, 4)";

/// Has others wait that make views. Whoever needs both takes the tables first.
pub(super) const LOCK_VIEWS: &str = "SELECT pg_advisory_xact_lock(1920298604, 3)";
/// Ends a statement that has to wait for a lock for longer than this: somebody reads
/// a view that is to be made anew.
pub(super) const SHORT_WAIT: &str = "SET LOCAL lock_timeout = '2s'";
/// Has others wait that make tables.
pub(super) const SHARE_TABLES: &str = "SELECT pg_advisory_xact_lock_shared(1920298604, 2)";

/// The ids of the first `limit` tasks, by rank, of each of `turns (tenant)`.
pub(super) fn first_of_each(waiting: &str, limit: &str) -> String {
    format!(
        "SELECT t.id FROM turns CROSS JOIN LATERAL
             (SELECT id FROM tasks WHERE {waiting} AND tenant_id = turns.tenant ORDER BY rank, id LIMIT {limit}
              FOR UPDATE SKIP LOCKED) AS t"
    )
}

/// Compares a text with a pattern in which letters in brackets stand for any one of them.
pub(super) const MATCHES: &str = "~";

/// Begins and ends a pattern whose text may stand anywhere.
pub(super) const ANYWHERE: &str = "";

/// A letter of a pattern that stands for itself.
pub(super) fn literal(c: char) -> String {
    match c {
        c if c.is_ascii_punctuation() => format!("\\{c}"),
        _ => c.to_string(),
    }
}
