-- Every value that nothing else proves stands a second time, in an index over the row: when the two
-- differ, SQLite's integrity check says so, and a change of such a row fails as damaged.
-- A new column goes into its table's index; tests/server/store/test_proved.py holds this.
CREATE INDEX offices_check ON offices (
    office, name, policy, epoch, seq, hist, top_eff, stable_seq, key_id
);
-- The rest of an operation is proved by its id and the history; a purged one no longer says what
-- these columns say.
CREATE INDEX ops_check ON ops (office, seq, status, kind, unit, author, received_ms);
CREATE INDEX quarantine_check ON quarantine (
    office, key_id, counter, id, branch, floor, reason, detail, received_ms
);
CREATE INDEX forks_check ON forks (office, key_id, branch, prev, counter, orphan, received_ms);
CREATE INDEX moves_check ON moves (office, seq, record, old_unit);
CREATE INDEX terminals_check ON terminals (
    office, key_id, public_key, name, person, role, scope, enrolled_ms, revoked_ms, last_seen_ms,
    software, clock_offset_ms, written, waiting, refused, conflicts
);
CREATE INDEX invites_check ON invites (
    office, id, key, unit, role, person, created_ms, expires_ms, used_by
);
CREATE INDEX tokens_check ON tokens (office, id, secret_hash, unit, created_ms, expires_ms);
-- When a cell was last counted: nobody asks for it.
ALTER TABLE cells DROP COLUMN seq;
