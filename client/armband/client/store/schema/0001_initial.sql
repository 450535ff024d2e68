-- The terminal's whole store. One file belongs to one terminal of one office.

-- One row: where this terminal stands in its own chain and in the office's feed.
CREATE TABLE sync (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key_id BLOB NOT NULL,
    identity BLOB NOT NULL,
    epoch BLOB NOT NULL,
    cursor INTEGER NOT NULL,          -- the base is complete up to this seq
    settled INTEGER NOT NULL,         -- up to here the base was proved equal to the office's
    witness_seq INTEGER NOT NULL,
    witness_hist BLOB NOT NULL,
    stable_seq INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    counter INTEGER NOT NULL,         -- own operations ever written
    head BLOB NOT NULL,               -- id of the newest own operation
    base_count INTEGER NOT NULL,
    base_digest BLOB NOT NULL,
    last_contact_ms INTEGER,
    fork INTEGER NOT NULL,
    revoked INTEGER NOT NULL
);

-- Records as the office has them, bytes as they came.
CREATE TABLE base (
    record BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    state BLOB NOT NULL
) WITHOUT ROWID;

-- This terminal's own operations, in the order of its chain.
-- state: 0 waiting, 1 held by the office, 2 refused.
-- shown: 1 while it lies on top of the base.
-- put_away: 0 no, 1 mended by a later operation, 2 set aside by a person.
CREATE TABLE ops (
    counter INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    prev BLOB NOT NULL,
    hlc INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    payload BLOB NOT NULL,
    record BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    is_new INTEGER NOT NULL,
    state INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    put_away INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    eff INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX ops_of_record ON ops (record, counter);
CREATE INDEX ops_by_id ON ops (id);
CREATE INDEX ops_waiting ON ops (counter) WHERE state = 0;
CREATE INDEX ops_held ON ops (seq) WHERE state = 1;
CREATE INDEX ops_refused ON ops (counter) WHERE state = 2;
CREATE INDEX ops_shown ON ops (record) WHERE shown = 1;

-- What screens read: base and own operations merged. Derived, never written by hand.
CREATE TABLE view (
    n INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    kind TEXT NOT NULL,
    sort TEXT NOT NULL,               -- order inside a ledger of the kind
    unit TEXT NOT NULL,
    voided INTEGER NOT NULL,
    contested INTEGER NOT NULL,
    title TEXT NOT NULL,
    standing INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    suspect INTEGER NOT NULL,
    void TEXT NOT NULL,
    conflicts TEXT NOT NULL,
    fields BLOB NOT NULL,
    terms TEXT NOT NULL,
    refs BLOB NOT NULL
);
CREATE UNIQUE INDEX view_record ON view (record);
CREATE INDEX view_ledger ON view (kind, sort, unit, voided, contested);
CREATE INDEX view_contested ON view (n) WHERE contested = 1;

-- Search: the start of a term finds its records.
CREATE TABLE terms (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (kind, term, n)
) WITHOUT ROWID;

-- Which records speak of a person or a door.
CREATE TABLE refs (
    target BLOB NOT NULL,
    kind TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (target, kind, n)
) WITHOUT ROWID;

-- Roll-ups as the office last said them, by subscription.
CREATE TABLE watches (
    watch INTEGER PRIMARY KEY,
    unit TEXT NOT NULL,
    depth INTEGER NOT NULL,
    day_from TEXT NOT NULL,
    day_to TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    last_day TEXT NOT NULL,
    coverage BLOB NOT NULL
);
CREATE UNIQUE INDEX watches_key ON watches (unit, depth, day_from, day_to);
CREATE TABLE cells (
    watch INTEGER NOT NULL,
    day TEXT NOT NULL,
    unit TEXT NOT NULL,
    metrics BLOB NOT NULL,
    PRIMARY KEY (watch, day, unit)
) WITHOUT ROWID;
CREATE TABLE unit_names (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL
) WITHOUT ROWID;

-- What is typed and not yet recorded, and what the person has chosen.
CREATE TABLE drafts (
    form TEXT PRIMARY KEY,
    fields BLOB NOT NULL,
    at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE preferences (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
