"""What the office's answers do to own operations: receipts, welcomes, the tray."""

from __future__ import annotations

from armband.client.errors import UnknownOperation
from armband.client.model import Identity
from armband.client.overlay import OpState
from armband.client.store import dbapi, journal
from armband.client.store.derive import records_with_duties, refresh, refresh_all
from armband.client.store.handed_in import handed_in
from armband.client.store.tables import (
    SyncRow,
    encode,
    load_bases,
    load_identity,
    load_sync,
)
from armband.shared import hlc, wire
from armband.shared.ids import NO_ID

_NO_FEED = (1 << 62) - 1
"""`sync.settled` of a terminal that gets no feed: every receipt is at or below it."""


def apply_receipts(
    conn: dbapi.Connection, receipts: wire.Receipts, now_ms: int, office_now_ms: int
) -> frozenset[str]:
    """Answer waiting operations, and drop what need not be kept any more.

    Returns:
        The kinds of the records that look different now.
    """
    sync = load_sync(conn)
    touched: list[bytes] = []
    own = set(handed_in(conn))
    clock = sync.hlc
    for item in receipts.items:
        row = conn.execute(
            "SELECT record, state FROM ops WHERE counter = ?", (item.counter,)
        ).fetchone()
        if row is None or row[1] != OpState.WAITING:
            continue
        touched.append(row[0])
        if item.status == wire.STATUS_QUARANTINED:
            conn.execute(
                "UPDATE ops SET state = 2, shown = 0, reason = ?, detail = ? WHERE counter = ?",
                (item.reason, item.detail, item.counter),
            )
            continue
        clock = hlc.observe(clock, item.eff)
        conn.execute(
            "UPDATE ops SET state = 1, seq = :seq, eff = :eff, reason = '', detail = '', "
            "shown = shown AND (:stays OR :seq > :settled AND NOT EXISTS "
            "(SELECT 1 FROM base WHERE base.record = ops.record AND base.seq >= :seq)) "
            "WHERE counter = :counter",
            {
                "seq": item.seq,
                "eff": item.eff,
                "settled": sync.settled,
                "counter": item.counter,
                "stays": row[0] in own,
            },
        )
    _note_witness(conn, sync, receipts.seq, receipts.hist)
    conn.execute(
        "UPDATE sync SET hlc = ?, stable_seq = max(stable_seq, ?), last_contact_ms = ?",
        (clock, receipts.stable_seq, now_ms),
    )
    policy = load_identity(conn).policy
    journal.note_held(conn, receipts.seq, policy, office_now_ms)
    touched += journal.drop_old(conn, policy, office_now_ms)
    kinds = refresh(conn, sync.key_id, touched)
    if conn.execute("SELECT 1 FROM ops WHERE state = 0 LIMIT 1").fetchone() is None:
        # Nothing unsent depends on a clock that ran ahead: it may come back to the office's.
        lowered = hlc.lowered(clock, office_now_ms)
        if lowered < clock:
            lowered = min(clock, max(lowered, _newest_seen(conn)))
            conn.execute("UPDATE sync SET hlc = ?", (lowered,))
    return kinds


def _newest_seen(conn: dbapi.Connection) -> int:
    """The highest stamp that this terminal has seen: its next one must be above it.

    Walks all records; needed only while this terminal's clock is ahead of the office's.
    """
    views, own = conn.execute(
        "SELECT (SELECT max(stamp) FROM view WHERE stamp < ?), (SELECT max(eff) FROM ops)",
        (hlc.MAX_STAMP,),
    ).fetchone()
    overlaid = [row[0] for row in conn.execute("SELECT DISTINCT record FROM ops WHERE shown = 1")]
    bases = load_bases(conn, overlaid).values()
    return max([views or 0, own or 0, *(state.stamp for state in bases)])


def _note_witness(conn: dbapi.Connection, sync: SyncRow, seq: int, hist: bytes) -> None:
    if seq > sync.witness_seq:
        conn.execute("UPDATE sync SET witness_seq = ?, witness_hist = ?", (seq, hist))


def adopt_welcome(
    conn: dbapi.Connection,
    welcome: wire.Welcome,
    *,
    new_epoch: bool,
    clear_base: bool,
    now_ms: int,
) -> tuple[Identity, frozenset[str]]:
    """Take over what the office says of this terminal, by the hello rules; one transaction."""
    sync = load_sync(conn)
    old = load_identity(conn)
    is_fork = _is_fork(conn, sync, welcome)
    identity = Identity(
        office=welcome.office,
        office_name=welcome.office_name,
        terminal=old.terminal,
        person=welcome.person,
        role=welcome.role,
        scope=tuple(welcome.scope),
        policy=welcome.policy,
    )
    conn.execute(
        "UPDATE sync SET identity = ?, epoch = ?, stable_seq = ?, last_contact_ms = ?, "
        "revoked = ?, fork = fork OR ?",
        (
            encode(identity),
            welcome.epoch,
            welcome.stable_seq,
            now_ms,
            welcome.revoked,
            is_fork,
        ),
    )
    if new_epoch:
        conn.execute("UPDATE sync SET witness_seq = 0, witness_hist = x''")
        journal.begin_epoch(conn)
        again = _wait_again(conn, after=0)
    else:
        # The head of another chain says nothing about what the office holds of this one; nor does
        # one that may be another's.
        known = journal.known_id(conn, welcome.head_counter) is not None
        again = _wait_again(conn, after=welcome.head_counter if known and not is_fork else 0)
    journal.note_held(conn, welcome.seq, welcome.policy, welcome.now_ms)
    again += journal.drop_old(conn, welcome.policy, welcome.now_ms)
    if clear_base:
        return identity, rebuild(conn, revoked=welcome.revoked)
    if (identity.policy, identity.role) != (old.policy, old.role):
        # What is to be done depends on thresholds and terms, and on what is sent here.
        again += records_with_duties(conn)
    return identity, refresh(conn, sync.key_id, again)


def _is_fork(conn: dbapi.Connection, sync: SyncRow, welcome: wire.Welcome) -> bool:
    """Whether the office holds another chain of this key than the one in this file."""
    if not welcome.head_counter:
        return False
    if welcome.head_counter > sync.counter:
        return True
    return journal.known_id(conn, welcome.head_counter) not in (None, welcome.head)


def _wait_again(conn: dbapi.Connection, after: int) -> list[bytes]:
    """Operations whose receipt no longer holds are pushed once more; their records.

    What was mended or set aside is pushed too, for the chain's sake, but does not show again.
    """
    rows = conn.execute(
        "UPDATE ops SET state = 0, shown = put_away = 0, seq = 0, eff = 0 "
        "WHERE state != 0 AND counter > ? RETURNING record",
        (after,),
    ).fetchall()
    return [row[0] for row in rows]


def rebuild(conn: dbapi.Connection, *, revoked: bool = False) -> frozenset[str]:
    """Empty the base; held operations show until the office's feed covers them again.

    To a terminal that is revoked no feed comes any more: what the office holds is out of its sight.
    """
    conn.execute("DELETE FROM base")
    conn.execute(
        "UPDATE sync SET cursor = 0, settled = ?, base_count = 0, base_digest = ?",
        (_NO_FEED if revoked else 0, NO_ID),
    )
    conn.execute("UPDATE ops SET shown = ? WHERE state = 1 AND put_away = 0", (not revoked,))
    return refresh_all(conn, load_sync(conn).key_id)


def set_aside(conn: dbapi.Connection, op: bytes) -> frozenset[str]:
    """Take an operation out of the tray.

    Raises:
        UnknownOperation: the tray does not hold it.
    """
    row = conn.execute(
        "UPDATE ops SET put_away = 2 WHERE id = ? AND state = 2 AND put_away = 0 RETURNING record",
        (op,),
    ).fetchone()
    if row is None:
        raise UnknownOperation(op)
    return refresh(conn, load_sync(conn).key_id, [row[0]])
