-- The traces that a task is a part of, each as the header `traceparent` has it, with spaces between.
ALTER TABLE tasks ADD COLUMN traceparents TEXT NOT NULL DEFAULT '';
