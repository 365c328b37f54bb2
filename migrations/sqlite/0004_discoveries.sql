-- What integrations' own records say about their records.

-- The keys of an object of a stream's payloads, as far as they were ever seen with a value.
CREATE TABLE observed_keys (
    tenant_id       INTEGER NOT NULL,
    integration_id  INTEGER NOT NULL,
    stream          TEXT NOT NULL,
    path            TEXT NOT NULL,          -- where the object is
    key             TEXT NOT NULL,
    PRIMARY KEY (integration_id, stream, path, key)
) WITHOUT ROWID;

-- The views of integrations' own rows.
CREATE TABLE integration_views (
    integration_id  INTEGER NOT NULL REFERENCES integrations (id),
    table_name      TEXT NOT NULL,
    view_name       TEXT NOT NULL UNIQUE,
    descriptor_id   INTEGER NOT NULL,       -- whose columns and labels it shows
    PRIMARY KEY (integration_id, table_name)
);
