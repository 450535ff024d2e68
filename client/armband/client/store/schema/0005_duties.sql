-- What records ask somebody to do, and what others show to have been done. Derived, as view is.
CREATE TABLE duties (
    n INTEGER NOT NULL,
    key TEXT NOT NULL,
    rank INTEGER NOT NULL,
    from_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,        -- 0 for ever
    since_ms INTEGER NOT NULL,
    daily INTEGER NOT NULL,
    who TEXT NOT NULL,
    PRIMARY KEY (n, key)
) WITHOUT ROWID;
CREATE TABLE settled (
    key TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (key, at_ms, n)
) WITHOUT ROWID;
CREATE INDEX settled_by ON settled (n);
