-- Plugins that are installed in the database, which version of each is active for whom, and what was done by whom.

CREATE TABLE plugins (
    name        TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('source', 'transform')),
    source      TEXT NOT NULL,              -- a source's own name
    entity      TEXT                        -- what a transform maps
);

CREATE TABLE plugin_versions (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    version     TEXT NOT NULL,
    digest      TEXT NOT NULL,              -- SHA-256 of the component
    descriptor  TEXT NOT NULL,              -- JSON: what it says of itself under no configuration
    component   BYTEA NOT NULL,
    signature   TEXT,                       -- of minisign's, as its file has it; absent: unsigned
    dev         BOOLEAN NOT NULL DEFAULT FALSE, -- its bytes may be replaced
    state       TEXT NOT NULL DEFAULT 'installed' CHECK (state IN ('installed', 'retired')),
    installed_at BIGINT NOT NULL,
    UNIQUE (plugin, version)
);

-- Each activation, with the one that it replaced: a rollback goes back along them.
CREATE TABLE activations (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    tenant_id   BIGINT NOT NULL,            -- 0: every tenant that has none of its own
    version_id  BIGINT NOT NULL REFERENCES plugin_versions (id),
    before_id   BIGINT REFERENCES activations (id),
    state       TEXT NOT NULL CHECK (state IN ('active', 'replaced', 'rolled_back')),
    activated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX activations_active ON activations (plugin, tenant_id) WHERE state = 'active';

-- Versions that are tried beside the active ones: one at a time for each plugin and tenant.
CREATE TABLE trials (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    tenant_id   BIGINT NOT NULL,           -- 0: every tenant that has no activation of its own
    version_id  BIGINT NOT NULL REFERENCES plugin_versions (id),
    kind        TEXT NOT NULL CHECK (kind IN ('shadow', 'canary')),
    percent     BIGINT NOT NULL CHECK (percent BETWEEN 1 AND 100),
    max_errors  DOUBLE PRECISION NOT NULL,   -- percentages, beyond which it is broken off
    max_differences DOUBLE PRECISION,        -- NULL: no matter how many
    state       TEXT NOT NULL CHECK (state IN ('running', 'promoted', 'replaced', 'rolled_back')),
    reason      TEXT,                       -- why it was rolled back
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    report      TEXT NOT NULL               -- JSON: what both versions made, added up
);
CREATE UNIQUE INDEX trials_running ON trials (plugin, tenant_id) WHERE state = 'running';

-- One row: a number that grows with whatever the hosts have to know of. They poll it, and whoever changes
-- plugins writes it first: they take turns.
CREATE TABLE plugin_generation (
    generation  BIGINT NOT NULL
);
INSERT INTO plugin_generation (generation) VALUES (0);

-- Who did what, and when. Rows are added and never changed.
CREATE TABLE audit_log (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    action      TEXT NOT NULL,              -- such as plugin.activate
    subject     TEXT NOT NULL,              -- such as github_prs@1.1.0
    tenant_id   BIGINT,                     -- whom it concerns alone
    detail      TEXT NOT NULL               -- JSON object
);
CREATE FUNCTION audit_log_unchanged() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'rows of audit_log are never changed or deleted'; END $$;
CREATE TRIGGER audit_log_unchanged BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_unchanged();

-- What was asked to be mapped and loaded again from raw records.
CREATE TABLE replays (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    tenant_id   BIGINT,                    -- whose records; absent: every tenant's
    plugin      TEXT,                       -- the version that maps them; absent: whichever is active
    version     TEXT,
    since_at    BIGINT,                    -- records that were read then or later
    until_at    BIGINT,                    -- and before then
    digest      TEXT,                       -- records whose rows this component made
    paused      BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  BIGINT NOT NULL
);

-- A replay of one integration: a run.
CREATE TABLE replay_parts (
    run_id      BIGINT PRIMARY KEY,
    replay_id   BIGINT NOT NULL REFERENCES replays (id),
    total       BIGINT NOT NULL,           -- records
    queued      BIGINT NOT NULL DEFAULT 0, -- of these, those whose transform was queued
    position    BIGINT NOT NULL DEFAULT 0, -- the raw records up to this one are queued
    upto        BIGINT NOT NULL            -- the newest raw record when it was asked for
);
CREATE INDEX replay_parts_of ON replay_parts (replay_id, run_id);

-- The records of a part, where they were chosen by their rows, which change meanwhile.
CREATE TABLE replay_records (
    run_id      BIGINT NOT NULL,
    raw_data_id BIGINT NOT NULL,
    PRIMARY KEY (run_id, raw_data_id)
);

-- Columns of entity tables that were dropped and not added again. A batch that still has values of one is loaded
-- without them.
CREATE TABLE pruned_columns (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name  TEXT NOT NULL,
    column_name TEXT NOT NULL,
    UNIQUE (table_name, column_name)
);
