-- Which duties are still open is known without a look at all that was ever done: the newest moment
-- at which each was settled stands beside it.
ALTER TABLE duties ADD COLUMN done_ms INTEGER NOT NULL DEFAULT 0;
UPDATE duties SET done_ms = coalesce((SELECT max(at_ms) FROM settled WHERE key = duties.key), 0);
CREATE INDEX duties_by_key ON duties (key);
CREATE INDEX duties_open ON duties (rank) WHERE daily OR done_ms <= since_ms;
