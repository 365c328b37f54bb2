-- The control tables. Times are microseconds since 1970-01-01T00:00:00Z.

CREATE TABLE tenants (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    created_at  INTEGER NOT NULL
);

-- A tenant's configured connection to a source.
CREATE TABLE integrations (
    id          INTEGER PRIMARY KEY,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id),
    source      TEXT NOT NULL,
    name        TEXT NOT NULL,
    base_url    TEXT NOT NULL,
    scope       TEXT NOT NULL,              -- JSON array of what is read
    settings    TEXT NOT NULL,              -- JSON object
    ad_hoc      INTEGER NOT NULL,           -- one process alone has its credential
    created_at  INTEGER NOT NULL,
    UNIQUE (tenant_id, name)
);

-- One execution: a stream of an integration.
CREATE TABLE job_runs (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id       INTEGER NOT NULL REFERENCES tenants (id),
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    stream          TEXT NOT NULL,
    depends_on      TEXT NOT NULL,          -- JSON array of streams of the same start
    options         TEXT NOT NULL,          -- JSON: full, since, scope, settings
    is_full         INTEGER NOT NULL,       -- what options say of it
    goes_back       INTEGER NOT NULL,       -- the same: further than what was read before
    start_id        INTEGER,                -- the first of the runs that start together; absent: it is the first
    state           TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
    priority        INTEGER NOT NULL,
    changed_parents_of TEXT,                -- the parent stream, where only its changed records count
    parents_after   INTEGER NOT NULL DEFAULT 0,  -- the parents up to this raw record are planned
    parents_upto    INTEGER,                     -- and no further in this run
    open_extracts   INTEGER NOT NULL DEFAULT 0,  -- tasks of etl.extract that are not done
    open_tasks      INTEGER NOT NULL DEFAULT 0,  -- tasks of any queue that are not done
    requests        INTEGER NOT NULL DEFAULT 0,
    bytes           INTEGER NOT NULL DEFAULT 0,
    retries         INTEGER NOT NULL DEFAULT 0,
    extracted       INTEGER NOT NULL DEFAULT 0,
    transformed     INTEGER NOT NULL DEFAULT 0,
    loaded          INTEGER NOT NULL DEFAULT 0,
    unchanged       INTEGER NOT NULL DEFAULT 0,
    dead            INTEGER NOT NULL DEFAULT 0,
    replaced_nuls   INTEGER NOT NULL DEFAULT 0,
    failed          INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    started_at      INTEGER,
    finished_at     INTEGER
);
CREATE INDEX job_runs_unfinished ON job_runs (integration_id) WHERE state IN ('waiting', 'running');

-- What a run found out about a partition; its cursor moves when the run has read everything.
CREATE TABLE run_partitions (
    run_id      INTEGER NOT NULL REFERENCES job_runs (id),
    partition   TEXT NOT NULL,
    failed      INTEGER NOT NULL DEFAULT 0,
    progress    TEXT,                       -- JSON object: the cursor to be
    skipped     TEXT,                       -- what was left out
    reason      TEXT,                       -- and why
    PRIMARY KEY (run_id, partition)
) WITHOUT ROWID;

-- What went wrong for good in a run, in words.
CREATE TABLE run_problems (
    id          INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES job_runs (id),
    message     TEXT NOT NULL,
    created_at  INTEGER NOT NULL
);

-- What a run still has to fetch.
CREATE TABLE requests (
    id          INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES job_runs (id),
    partition   TEXT NOT NULL,
    method      TEXT NOT NULL,
    url         TEXT NOT NULL,
    headers     TEXT NOT NULL,              -- JSON array of pairs
    body        TEXT,
    answer      TEXT NOT NULL,
    conditional INTEGER NOT NULL,
    token       TEXT NOT NULL
);

-- How far a stream has been read.
CREATE TABLE cursors (
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    stream          TEXT NOT NULL,
    partition       TEXT NOT NULL,
    cursor          TEXT NOT NULL,          -- JSON object
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (integration_id, stream, partition)
) WITHOUT ROWID;

-- How far a stream has read its changed parents.
CREATE TABLE watermarks (
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    stream          TEXT NOT NULL,
    raw_data_id     INTEGER NOT NULL,
    PRIMARY KEY (integration_id, stream)
) WITHOUT ROWID;

-- ETags of answers from which everything has been read.
CREATE TABLE validators (
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    stream          TEXT NOT NULL,
    partition       TEXT NOT NULL,
    url             TEXT NOT NULL,
    etag            TEXT NOT NULL,
    PRIMARY KEY (integration_id, stream, partition, url)
) WITHOUT ROWID;

-- The same, of a run that is not done.
CREATE TABLE run_validators (
    run_id      INTEGER NOT NULL REFERENCES job_runs (id),
    partition   TEXT NOT NULL,
    url         TEXT NOT NULL,
    etag        TEXT NOT NULL,
    PRIMARY KEY (run_id, partition, url)
) WITHOUT ROWID;

-- Raw records, as they were read. Never changed.
CREATE TABLE raw_data (
    id              INTEGER PRIMARY KEY,
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    run_id          INTEGER NOT NULL REFERENCES job_runs (id),
    stream          TEXT NOT NULL,
    external_id     TEXT NOT NULL,
    context         TEXT NOT NULL,
    payload         TEXT NOT NULL,
    fetched_at      INTEGER NOT NULL
);

-- The newest raw record of each thing, and the digest of its payload and context.
CREATE TABLE records (
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    stream          TEXT NOT NULL,
    external_id     TEXT NOT NULL,
    tenant_id       INTEGER NOT NULL,
    raw_data_id     INTEGER NOT NULL REFERENCES raw_data (id),
    digest          BLOB NOT NULL,
    PRIMARY KEY (integration_id, stream, external_id)
) WITHOUT ROWID;
CREATE INDEX records_by_raw_data ON records (integration_id, stream, raw_data_id);

-- Ids that must never be handed out twice, even after rows were deleted.
CREATE TABLE sequences (
    name    TEXT PRIMARY KEY,
    value   INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO sequences (name, value) VALUES ('raw_data', 0), ('requests', 0);

-- What the transforms that ran said of themselves.
CREATE TABLE descriptors (
    id          INTEGER PRIMARY KEY,
    plugin      TEXT NOT NULL,
    version     TEXT NOT NULL,
    digest      TEXT NOT NULL,              -- of the component
    body        TEXT NOT NULL,              -- JSON
    body_digest TEXT NOT NULL,              -- SHA-256 of it: an index takes no long text
    UNIQUE (digest, body_digest)
);

-- Transformed batches that wait to be loaded.
CREATE TABLE changes (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    run_id          INTEGER NOT NULL REFERENCES job_runs (id),
    descriptor_id   INTEGER NOT NULL REFERENCES descriptors (id),
    body            BLOB NOT NULL           -- JSON: [[raw record, change], ...]
);

-- Queued work. A task is deleted in the transaction that commits its effect; its id is never
-- handed out again, or a stale claim could match a newer task.
CREATE TABLE tasks (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id       INTEGER NOT NULL,
    run_id          INTEGER NOT NULL REFERENCES job_runs (id),
    queue           TEXT NOT NULL,
    private_to      INTEGER NOT NULL DEFAULT 0,  -- the ad hoc integration whose process alone claims it; 0: shared
    kind            TEXT NOT NULL,          -- JSON: what to do with which rows
    -- delayed: not due before run_at; dead: given up, and kept
    state           TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('delayed', 'queued', 'running', 'dead')),
    rank            INTEGER NOT NULL,       -- when it was queued, less the ageing that its priority is worth
    run_at          INTEGER NOT NULL,
    rung_at         INTEGER,                -- when the broker was told of it
    attempts        INTEGER NOT NULL DEFAULT 0,
    crashes         INTEGER NOT NULL DEFAULT 0,  -- how often it cost its worker the lease
    lease           INTEGER NOT NULL DEFAULT 0,
    lease_until     INTEGER,
    worker          TEXT,
    error           TEXT
);
-- A task is in one of these at a time. From the first one takes each tenant's most urgent.
CREATE INDEX tasks_queued ON tasks (private_to, queue, tenant_id, rank, id) WHERE state = 'queued' AND rung_at IS NULL;
CREATE INDEX tasks_rung ON tasks (queue, rung_at) WHERE state = 'queued' AND rung_at IS NOT NULL;
CREATE INDEX tasks_delayed ON tasks (private_to, queue, run_at) WHERE state = 'delayed';
-- Not `WHERE state = 'running'`: whoever ends tasks by their ids must not go through all that run.
CREATE INDEX tasks_running ON tasks (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX tasks_dead ON tasks (run_id) WHERE state = 'dead';

-- Records that could not be mapped or loaded.
CREATE TABLE dead_letters (
    id              INTEGER PRIMARY KEY,
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    run_id          INTEGER NOT NULL REFERENCES job_runs (id),
    stream          TEXT NOT NULL,
    raw_data_id     INTEGER NOT NULL REFERENCES raw_data (id),
    plugin          TEXT NOT NULL,
    version         TEXT NOT NULL,
    digest          TEXT NOT NULL,
    error           TEXT NOT NULL,
    path            TEXT,
    created_at      INTEGER NOT NULL
);
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (raw_data_id, digest);
