-- What happened in a run that was not for good: waits and second tries, each once, with
-- how often and when.
CREATE TABLE run_notes (
    run_id      BIGINT NOT NULL,
    message     TEXT NOT NULL,
    times       BIGINT NOT NULL DEFAULT 1,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (run_id, message)
);
