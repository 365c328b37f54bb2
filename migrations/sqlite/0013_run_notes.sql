-- What happened in a run that was not for good: waits and second tries, each once, with
-- how often and when.
CREATE TABLE run_notes (
    run_id      INTEGER NOT NULL REFERENCES job_runs (id),
    message     TEXT NOT NULL,
    times       INTEGER NOT NULL DEFAULT 1,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (run_id, message)
) WITHOUT ROWID;
