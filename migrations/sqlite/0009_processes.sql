-- The parts of the service beside its workers, as far as they say that they are alive.
CREATE TABLE heartbeats (
    process     TEXT NOT NULL,
    part        TEXT NOT NULL CHECK (part IN ('scheduler', 'relay')),
    seen_at     INTEGER NOT NULL,
    PRIMARY KEY (process, part)
) WITHOUT ROWID;

-- The request that brought raw records: those of its run from this one on, up to the next row.
CREATE TABLE raw_requests (
    run_id      INTEGER NOT NULL,
    raw_data_id INTEGER NOT NULL,
    method      TEXT NOT NULL,
    url         TEXT NOT NULL,
    PRIMARY KEY (run_id, raw_data_id)
) WITHOUT ROWID;
