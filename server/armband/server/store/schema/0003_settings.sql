-- The office's settings as they were from version to version; the row of the office holds the ones
-- in force.
CREATE TABLE settings (
    office   TEXT NOT NULL,
    version  INTEGER NOT NULL,
    policy   BLOB NOT NULL,
    author   TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    PRIMARY KEY (office, version)
) WITHOUT ROWID, STRICT;
CREATE INDEX settings_check ON settings (office, version, policy, author, at_ms);
