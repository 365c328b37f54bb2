-- What versions of plugins did, a minute a row.
CREATE TABLE plugin_figures (
    digest      TEXT NOT NULL,
    minute      INTEGER NOT NULL,           -- its beginning
    plugin      TEXT NOT NULL,
    version     TEXT NOT NULL,
    records     INTEGER NOT NULL,
    rejected    INTEGER NOT NULL,           -- records that it could not map, and said so
    trapped     INTEGER NOT NULL,           -- records on which it failed
    micros      INTEGER NOT NULL,           -- that it took for all of them
    memory      INTEGER NOT NULL,           -- the most that an instance had, in bytes
    PRIMARY KEY (digest, minute)
) WITHOUT ROWID;
CREATE INDEX plugin_figures_minute ON plugin_figures (minute);
