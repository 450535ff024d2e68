-- The figures of days as they were signed. An edition is never changed; a new one stands beside it.
CREATE TABLE frozen_days (
    office   TEXT NOT NULL,
    unit     TEXT NOT NULL,
    day      TEXT NOT NULL,
    edition  INTEGER NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (office, unit, day, edition)
) WITHOUT ROWID, STRICT;
CREATE INDEX frozen_days_check ON frozen_days (office, unit, day, edition, body);
