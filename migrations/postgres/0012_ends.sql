-- When a tenant's last task of a queue ended, as workers report: what has not moved
-- since is stuck.
CREATE TABLE queue_ends (
    queue       TEXT NOT NULL,
    tenant_id   BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    PRIMARY KEY (queue, tenant_id)
);
