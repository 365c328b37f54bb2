-- Records that are gone.

-- A raw record that says that its thing is no longer there: its payload is null.
ALTER TABLE raw_data ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
-- The raw record that it took the place of; absent: it is the first, or older than this column.
ALTER TABLE raw_data ADD COLUMN previous INTEGER;

-- Where a thing was read last, and the last census that saw it.
ALTER TABLE records ADD COLUMN partition TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN seen_by INTEGER NOT NULL DEFAULT 0;

-- Whether the run reads the partition from its beginning to its end.
ALTER TABLE run_partitions ADD COLUMN census INTEGER NOT NULL DEFAULT 0;

-- The raw records that were mapped, where their older rows have to go: a JSON array.
ALTER TABLE changes ADD COLUMN records TEXT NOT NULL DEFAULT '[]';

-- Every so many days a run is a census; 0: none is.
ALTER TABLE etl_jobs ADD COLUMN census_days INTEGER NOT NULL DEFAULT 0;
