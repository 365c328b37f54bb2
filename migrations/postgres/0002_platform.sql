-- Jobs on a schedule, credentials, shared budgets.

ALTER TABLE integrations ADD COLUMN paused BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE integrations ADD COLUMN account TEXT;   -- whose budget its requests are counted against

-- Data keys, each wrapped by a key that is not in the database.
CREATE TABLE data_keys (
    tenant_id   BIGINT PRIMARY KEY REFERENCES tenants (id),
    sealed      BYTEA NOT NULL
);

-- Credentials, sealed with their tenant's data key.
CREATE TABLE credentials (
    integration_id  BIGINT PRIMARY KEY REFERENCES integrations (id),
    tenant_id       BIGINT NOT NULL REFERENCES tenants (id),
    sealed          BYTEA NOT NULL,
    updated_at      BIGINT NOT NULL
);

-- Streams of integrations on a schedule.
CREATE TABLE etl_jobs (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id       BIGINT NOT NULL REFERENCES tenants (id),
    integration_id  BIGINT NOT NULL REFERENCES integrations (id),
    job_name        TEXT NOT NULL,
    job_type        TEXT NOT NULL,              -- the stream
    every_minutes   INTEGER NOT NULL,
    priority        INTEGER NOT NULL,           -- the higher, the earlier
    depends_on      TEXT,                       -- job names, with commas between them
    overlap         TEXT NOT NULL DEFAULT 'skip' CHECK (overlap IN ('skip', 'buffer', 'allow')),
    misfire         TEXT NOT NULL DEFAULT 'coalesce' CHECK (misfire IN ('coalesce', 'skip', 'catch_up')),
    catch_up        INTEGER NOT NULL DEFAULT 0, -- the most missed times that are caught up with
    jitter_seconds  INTEGER NOT NULL DEFAULT 0,
    changed_parents_of TEXT,
    edited          BOOLEAN NOT NULL DEFAULT FALSE, -- an operator's schedule stands against the descriptor's
    paused          BOOLEAN NOT NULL DEFAULT FALSE,
    next_run_at     BIGINT NOT NULL,
    requested_at    BIGINT,                    -- since when somebody wants it to run
    buffered        BOOLEAN NOT NULL DEFAULT FALSE, -- one more run is to follow
    look_at         BIGINT NOT NULL,           -- when the scheduler looks at it next
    created_at      BIGINT NOT NULL,
    UNIQUE (tenant_id, job_name)
);
CREATE INDEX etl_jobs_look ON etl_jobs (look_at);
CREATE INDEX etl_jobs_integration ON etl_jobs (integration_id);

ALTER TABLE job_runs ADD COLUMN job_id BIGINT REFERENCES etl_jobs (id);
ALTER TABLE job_runs ADD COLUMN fire_at BIGINT;    -- the time of the job that it is the run of
CREATE UNIQUE INDEX job_runs_once ON job_runs (job_id, fire_at) WHERE job_id IS NOT NULL;
CREATE INDEX job_runs_of_job ON job_runs (job_id, state, id) WHERE job_id IS NOT NULL;

-- Accounts' budgets of requests, shared by all processes.
CREATE TABLE quotas (
    account         TEXT PRIMARY KEY,           -- a digest of base URL and credential
    host            TEXT NOT NULL,
    budget          BIGINT,                    -- the most requests of a window
    remaining       BIGINT,
    reset_at        BIGINT,
    closed_until    BIGINT,
    reason          TEXT
);

CREATE TABLE quota_users (
    account     TEXT NOT NULL REFERENCES quotas (account),
    worker      TEXT NOT NULL,
    until       BIGINT NOT NULL,
    PRIMARY KEY (account, worker)
);

-- What each worker says of its work, now and the time before.
CREATE TABLE worker_queues (
    worker          TEXT NOT NULL,
    queue           TEXT NOT NULL,
    finished        BIGINT NOT NULL,
    seen_at         BIGINT NOT NULL,
    finished_before BIGINT NOT NULL,
    seen_before     BIGINT NOT NULL,
    PRIMARY KEY (worker, queue)
);

-- One row, that every tick of a scheduler writes: they take turns.
CREATE TABLE ticks (
    count   BIGINT NOT NULL
);
INSERT INTO ticks (count) VALUES (0);

-- What dead letters of one cause have in common.
ALTER TABLE dead_letters ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
CREATE INDEX dead_letters_by_cause ON dead_letters (tenant_id, fingerprint);
