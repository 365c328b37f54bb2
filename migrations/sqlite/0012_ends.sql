-- When a tenant's last task of a queue ended, as workers report: what has not moved
-- since is stuck.
CREATE TABLE queue_ends (
    queue       TEXT NOT NULL,
    tenant_id   INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    PRIMARY KEY (queue, tenant_id)
) WITHOUT ROWID;
