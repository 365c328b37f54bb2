-- Who may do what through the HTTP API, and what it has to remember.

-- Users sign in with a password.
CREATE TABLE users (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    password    TEXT NOT NULL,              -- argon2id, as its own text form
    disabled    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  BIGINT NOT NULL
);

-- What a user may do: the greatest role that a grant gives counts.
CREATE TABLE user_grants (
    user_id     BIGINT NOT NULL REFERENCES users (id),
    tenant_id   BIGINT NOT NULL,           -- 0: every tenant, also those to come
    role        TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    PRIMARY KEY (user_id, tenant_id)
);

-- Of a secret (a cookie's, a token's, a link's) only its SHA-256 is kept.
CREATE TABLE sessions (
    secret      TEXT PRIMARY KEY,
    user_id     BIGINT NOT NULL REFERENCES users (id),
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX sessions_of_user ON sessions (user_id);

-- Tokens for programs: never more than their user may do.
CREATE TABLE api_tokens (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id     BIGINT NOT NULL REFERENCES users (id),
    name        TEXT NOT NULL,
    secret      TEXT NOT NULL UNIQUE,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX api_tokens_of_user ON api_tokens (user_id, id);

CREATE TABLE token_grants (
    token_id    BIGINT NOT NULL REFERENCES api_tokens (id),
    tenant_id   BIGINT NOT NULL,           -- 0: every tenant of its user
    role        TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    PRIMARY KEY (token_id, tenant_id)
);

-- The links with which the first user is made; gone once there is one.
CREATE TABLE setup_links (
    secret      TEXT PRIMARY KEY,
    created_at  BIGINT NOT NULL
);

-- Sign-ins that failed, by whose name and from which address.
CREATE TABLE sign_in_failures (
    id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    who         TEXT NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_of ON sign_in_failures (who, at);

-- What was answered to a change that came with an idempotency key.
CREATE TABLE idempotency_keys (
    user_id     BIGINT NOT NULL REFERENCES users (id),
    key         TEXT NOT NULL,
    request     TEXT NOT NULL,              -- SHA-256 of what was asked
    created_at  BIGINT NOT NULL,
    status      INTEGER,                    -- absent: it is under way
    content_type TEXT,
    body        BYTEA,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Lists of a tenant's own, newest first.
CREATE INDEX job_runs_of_tenant ON job_runs (tenant_id, id);
CREATE INDEX dead_letters_of_tenant ON dead_letters (tenant_id, id);
CREATE INDEX audit_log_of_tenant ON audit_log (tenant_id, id);
-- The earlier records of a thing.
CREATE INDEX raw_data_of_thing ON raw_data (integration_id, stream, external_id, id);
