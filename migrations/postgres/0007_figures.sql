-- What versions of plugins did, a minute a row.
CREATE TABLE plugin_figures (
    digest      TEXT NOT NULL,
    minute      BIGINT NOT NULL,           -- its beginning
    plugin      TEXT NOT NULL,
    version     TEXT NOT NULL,
    records     BIGINT NOT NULL,
    rejected    BIGINT NOT NULL,           -- records that it could not map, and said so
    trapped     BIGINT NOT NULL,           -- records on which it failed
    micros      BIGINT NOT NULL,           -- that it took for all of them
    memory      BIGINT NOT NULL,           -- the most that an instance had, in bytes
    PRIMARY KEY (digest, minute)
);
CREATE INDEX plugin_figures_minute ON plugin_figures (minute);
