-- The office leads every primary key and index, so that the same schema spreads by office. Ids are
-- 16-byte blobs; times are UTC milliseconds; metrics and places are MessagePack maps in key order.

CREATE TABLE offices (
    office      TEXT NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL,
    policy      BLOB NOT NULL,
    epoch       BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    hist        BLOB NOT NULL,
    top_eff     INTEGER NOT NULL,
    stable_seq  INTEGER NOT NULL,
    key_id      BLOB NOT NULL
) WITHOUT ROWID, STRICT;

-- Every operation that was taken in, in the office's order. A purge empties payload and nonce; the
-- history chain still verifies.
CREATE TABLE ops (
    office       TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    id           BLOB NOT NULL,
    prev         BLOB NOT NULL,
    key_id       BLOB NOT NULL,
    counter      INTEGER NOT NULL,
    branch       BLOB NOT NULL,
    eff          INTEGER NOT NULL,
    hlc          INTEGER NOT NULL,
    suspect      INTEGER NOT NULL,
    status       INTEGER NOT NULL,
    record       BLOB NOT NULL,
    kind         TEXT NOT NULL,
    unit         TEXT NOT NULL,
    author       TEXT NOT NULL,
    payload_hash BLOB NOT NULL,
    nonce        BLOB,
    payload      BLOB,
    hist         BLOB NOT NULL,
    received_ms  INTEGER NOT NULL,
    PRIMARY KEY (office, seq)
) WITHOUT ROWID, STRICT;
-- Finds repeats and predecessors; grows at the end of each chain.
CREATE UNIQUE INDEX ops_by_chain ON ops (office, key_id, counter, id);
CREATE INDEX ops_by_record ON ops (office, record, seq);

-- Operations that were not taken in, each with the reason. They hold their place in their chain.
CREATE TABLE quarantine (
    office       TEXT NOT NULL,
    key_id       BLOB NOT NULL,
    counter      INTEGER NOT NULL,
    id           BLOB NOT NULL,
    prev         BLOB NOT NULL,
    branch       BLOB NOT NULL,
    floor        INTEGER NOT NULL,
    hlc          INTEGER NOT NULL,
    nonce        BLOB NOT NULL,
    payload      BLOB NOT NULL,
    reason       TEXT NOT NULL,
    detail       TEXT NOT NULL,
    received_ms  INTEGER NOT NULL,
    PRIMARY KEY (office, key_id, counter, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE heads (
    office   TEXT NOT NULL,
    key_id   BLOB NOT NULL,
    branch   BLOB NOT NULL,
    op       BLOB NOT NULL,
    counter  INTEGER NOT NULL,
    eff      INTEGER NOT NULL,
    PRIMARY KEY (office, key_id, branch)
) WITHOUT ROWID, STRICT;

CREATE TABLE forks (
    office       TEXT NOT NULL,
    key_id       BLOB NOT NULL,
    branch       BLOB NOT NULL,
    prev         BLOB NOT NULL,
    counter      INTEGER NOT NULL,
    orphan       INTEGER NOT NULL,
    received_ms  INTEGER NOT NULL,
    PRIMARY KEY (office, key_id, branch)
) WITHOUT ROWID, STRICT;

-- Records at their newest change; unit is '' until the operation that makes the record has come.
CREATE TABLE records (
    office  TEXT NOT NULL,
    id      BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    state   BLOB NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX records_by_seq ON records (office, seq);
CREATE INDEX records_by_unit ON records (office, kind, unit, seq);

-- When a record left a unit: tells a feed what is out of its scope now.
CREATE TABLE moves (
    office    TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    record    BLOB NOT NULL,
    old_unit  TEXT NOT NULL,
    PRIMARY KEY (office, seq)
) WITHOUT ROWID, STRICT;

CREATE TABLE cells (
    office   TEXT NOT NULL,
    day      TEXT NOT NULL,
    unit     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    metrics  BLOB NOT NULL,
    PRIMARY KEY (office, day, unit)
) WITHOUT ROWID, STRICT;

CREATE TABLE members (
    office  TEXT NOT NULL,
    day     TEXT NOT NULL,
    metric  TEXT NOT NULL,
    member  TEXT NOT NULL,
    places  BLOB NOT NULL,
    PRIMARY KEY (office, day, metric, member)
) WITHOUT ROWID, STRICT;

CREATE TABLE digests (
    office  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    count   INTEGER NOT NULL,
    digest  BLOB NOT NULL,
    PRIMARY KEY (office, kind, unit)
) WITHOUT ROWID, STRICT;

CREATE TABLE terminals (
    office           TEXT NOT NULL,
    key_id           BLOB NOT NULL,
    public_key       BLOB NOT NULL,
    name             TEXT NOT NULL,
    person           TEXT NOT NULL,
    role             TEXT NOT NULL,
    scope            TEXT NOT NULL, -- a JSON list of unit codes
    enrolled_ms      INTEGER NOT NULL,
    revoked_ms       INTEGER,
    last_seen_ms     INTEGER,
    software         TEXT NOT NULL DEFAULT '',
    clock_offset_ms  INTEGER NOT NULL DEFAULT 0,
    written          INTEGER NOT NULL DEFAULT 0,
    waiting          INTEGER NOT NULL DEFAULT 0,
    refused          INTEGER NOT NULL DEFAULT 0,
    conflicts        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (office, key_id)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX terminals_by_name ON terminals (office, name);

CREATE TABLE invites (
    office      TEXT NOT NULL,
    id          BLOB NOT NULL,
    key         BLOB NOT NULL, -- emptied when the invite is used
    unit        TEXT NOT NULL,
    role        TEXT NOT NULL,
    person      TEXT NOT NULL,
    created_ms  INTEGER NOT NULL,
    expires_ms  INTEGER NOT NULL,
    used_by     BLOB,
    PRIMARY KEY (office, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE tokens (
    office       TEXT NOT NULL,
    id           BLOB NOT NULL,
    secret_hash  BLOB NOT NULL,
    unit         TEXT NOT NULL,
    created_ms   INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID, STRICT;
