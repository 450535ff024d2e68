-- Own operations that were dropped, by runs of consecutive counters: a backup of the office holds
-- them, and their keep-days are over. What `sync` says of the chain's end stays.
CREATE TABLE dropped (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    head BLOB NOT NULL                -- id of the operation `last`
);
CREATE INDEX dropped_check ON dropped (first, last, head);
-- What the office held on a day of its own, as far as this terminal was told: an operation up to
-- that seq has been held since that day or longer. For the present epoch only.
CREATE TABLE held_days (
    day TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX held_days_check ON held_days (day, seq);
