-- Plugins that are installed in the database, which version of each is active for whom, and what was done by whom.

CREATE TABLE plugins (
    name        TEXT PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('source', 'transform')),
    source      TEXT NOT NULL,              -- a source's own name
    entity      TEXT                        -- what a transform maps
) WITHOUT ROWID;

CREATE TABLE plugin_versions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    version     TEXT NOT NULL,
    digest      TEXT NOT NULL,              -- SHA-256 of the component
    descriptor  TEXT NOT NULL,              -- JSON: what it says of itself under no configuration
    component   BLOB NOT NULL,
    signature   TEXT,                       -- of minisign's, as its file has it; absent: unsigned
    dev         INTEGER NOT NULL DEFAULT 0, -- its bytes may be replaced
    state       TEXT NOT NULL DEFAULT 'installed' CHECK (state IN ('installed', 'retired')),
    installed_at INTEGER NOT NULL,
    UNIQUE (plugin, version)
);

-- Each activation, with the one that it replaced: a rollback goes back along them.
CREATE TABLE activations (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    tenant_id   INTEGER NOT NULL,           -- 0: every tenant that has none of its own
    version_id  INTEGER NOT NULL REFERENCES plugin_versions (id),
    before_id   INTEGER REFERENCES activations (id),
    state       TEXT NOT NULL CHECK (state IN ('active', 'replaced', 'rolled_back')),
    activated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX activations_active ON activations (plugin, tenant_id) WHERE state = 'active';

-- Versions that are tried beside the active ones: one at a time for each plugin and tenant.
CREATE TABLE trials (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin      TEXT NOT NULL REFERENCES plugins (name),
    tenant_id   INTEGER NOT NULL,          -- 0: every tenant that has no activation of its own
    version_id  INTEGER NOT NULL REFERENCES plugin_versions (id),
    kind        TEXT NOT NULL CHECK (kind IN ('shadow', 'canary')),
    percent     INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 100),
    max_errors  REAL NOT NULL,   -- percentages, beyond which it is broken off
    max_differences REAL,        -- NULL: no matter how many
    state       TEXT NOT NULL CHECK (state IN ('running', 'promoted', 'replaced', 'rolled_back')),
    reason      TEXT,                       -- why it was rolled back
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER,
    report      TEXT NOT NULL               -- JSON: what both versions made, added up
);
CREATE UNIQUE INDEX trials_running ON trials (plugin, tenant_id) WHERE state = 'running';

-- One row: a number that grows with whatever the hosts have to know of. They poll it.
CREATE TABLE plugin_generation (
    generation  INTEGER NOT NULL
);
INSERT INTO plugin_generation (generation) VALUES (0);

-- Who did what, and when. Rows are added and never changed.
CREATE TABLE audit_log (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    action      TEXT NOT NULL,              -- such as plugin.activate
    subject     TEXT NOT NULL,              -- such as github_prs@1.1.0
    tenant_id   INTEGER,                    -- whom it concerns alone
    detail      TEXT NOT NULL               -- JSON object
);
CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never changed'); END;
CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'rows of audit_log are never deleted'); END;

-- What was asked to be mapped and loaded again from raw records.
CREATE TABLE replays (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    source      TEXT NOT NULL,
    entity      TEXT NOT NULL,
    tenant_id   INTEGER,                    -- whose records; absent: every tenant's
    plugin      TEXT,                       -- the version that maps them; absent: whichever is active
    version     TEXT,
    since_at    INTEGER,                    -- records that were read then or later
    until_at    INTEGER,                    -- and before then
    digest      TEXT,                       -- records whose rows this component made
    paused      INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL
);

-- A replay of one integration: a run.
CREATE TABLE replay_parts (
    run_id      INTEGER PRIMARY KEY,
    replay_id   INTEGER NOT NULL REFERENCES replays (id),
    total       INTEGER NOT NULL,           -- records
    queued      INTEGER NOT NULL DEFAULT 0, -- of these, those whose transform was queued
    position    INTEGER NOT NULL DEFAULT 0, -- the raw records up to this one are queued
    upto        INTEGER NOT NULL            -- the newest raw record when it was asked for
);
CREATE INDEX replay_parts_of ON replay_parts (replay_id, run_id);

-- The records of a part, where they were chosen by their rows, which change meanwhile.
CREATE TABLE replay_records (
    run_id      INTEGER NOT NULL,
    raw_data_id INTEGER NOT NULL,
    PRIMARY KEY (run_id, raw_data_id)
) WITHOUT ROWID;

-- Columns of entity tables that were dropped and not added again. A batch that still has values of one is loaded
-- without them.
CREATE TABLE pruned_columns (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name  TEXT NOT NULL,
    column_name TEXT NOT NULL,
    UNIQUE (table_name, column_name)
);
