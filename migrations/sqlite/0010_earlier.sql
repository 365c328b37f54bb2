-- The earlier records of a thing are found by `previous`, without an index that every
-- record that is stored would have to pay for.
UPDATE raw_data SET previous = (
    SELECT MAX(e.id) FROM raw_data e WHERE e.integration_id = raw_data.integration_id
        AND e.stream = raw_data.stream AND e.external_id = raw_data.external_id AND e.id < raw_data.id)
WHERE previous IS NULL;
DROP INDEX raw_data_of_thing;
