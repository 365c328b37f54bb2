-- The token of the API that the actor did it with, by the name that it had; absent: without one.
ALTER TABLE audit_log ADD COLUMN token_id INTEGER;
ALTER TABLE audit_log ADD COLUMN token_name TEXT;
