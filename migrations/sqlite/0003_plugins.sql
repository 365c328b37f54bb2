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
