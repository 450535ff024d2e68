-- Every value that nothing else proves stands a second time, in an index over the row: when the two
-- differ, SQLite's integrity check says so, and a change of such a row fails as damaged.
-- A new column goes into its table's index; tests/client/store/test_proved.py holds this.
CREATE INDEX sync_check ON sync (
    key_id, identity, epoch, cursor, settled, witness_seq, witness_hist, stable_seq, hlc, counter,
    head, base_count, base_digest, last_contact_ms, fork, revoked
);
-- What an operation says is proved by its id.
CREATE INDEX ops_check ON ops (
    counter, at_ms, is_new, state, shown, put_away, seq, eff, reason, detail
);
CREATE INDEX watches_check ON watches (
    watch, unit, depth, day_from, day_to, seq, at_ms, last_day, coverage
);
CREATE INDEX cells_check ON cells (watch, day, unit, metrics);
CREATE INDEX unit_names_check ON unit_names (code, name, level);
CREATE INDEX drafts_check ON drafts (form, at_ms, fields);
CREATE INDEX preferences_check ON preferences (name, value);
-- Records that came before checksums were kept get theirs; `crc32` is the migrations' own.
UPDATE base SET checksum = crc32(state) WHERE checksum = -1;
