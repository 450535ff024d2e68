-- What was done at the office and by whom. A row is never changed or removed; its hash covers the
-- row before it.
CREATE TABLE audit_log (
    office   TEXT NOT NULL,
    number   INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL,
    object   TEXT NOT NULL,
    details  BLOB NOT NULL,
    hash     BLOB NOT NULL,
    PRIMARY KEY (office, number)
) WITHOUT ROWID, STRICT;
CREATE INDEX audit_log_check
    ON audit_log (office, number, at_ms, actor, action, object, details, hash);
