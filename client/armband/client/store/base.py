"""The base: the office's records as its feed brought them."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import msgspec

from armband.client.errors import ProtocolViolation
from armband.client.store import dbapi
from armband.client.store.derive import refresh
from armband.client.store.desk import CHECKED, set_preference
from armband.client.store.handed_in import handed_in
from armband.client.store.tables import SyncRow, chunks, load_sync, marks
from armband.shared import hlc, ids, wire
from armband.shared.merge import State, decode_state
from armband.shared.ops import join_digests, set_digest


def apply_feed(
    conn: dbapi.Connection,
    feed: wire.Feed,
    rows: Sequence[wire.FeedRow],
    now_ms: int,
    *,
    live: bool = False,
) -> frozenset[str]:
    """Take a feed frame in: rows, records that left, cursor and witness in this transaction.

    Args:
        live: this terminal has caught up, so each frame completes the base: what the office holds
            and the base lacks by then is out of this terminal's scope.

    Raises:
        ProtocolViolation: the frame does not start at the cursor, or a row is damaged.
    """
    sync = load_sync(conn)
    if feed.from_seq != sync.cursor:
        raise ProtocolViolation(
            wire.CLOSE_PROTOCOL, f"feed from {feed.from_seq}, but the base ends at {sync.cursor}"
        )
    newest = _decoded(rows)
    touched = [*newest, *feed.left]
    digest, count = _without(conn, sync, touched)
    conn.executemany(
        "INSERT INTO base VALUES (?, ?, ?, ?) ON CONFLICT (record) DO UPDATE "
        "SET seq = excluded.seq, state = excluded.state, checksum = excluded.checksum",
        [(record, seq, raw, crc32(raw)) for record, (seq, _state, raw) in sorted(newest.items())],
    )
    digest = join_digests(digest, set_digest([(r, seq) for r, (seq, _s, _raw) in newest.items()]))
    if feed.left:
        conn.executemany("DELETE FROM base WHERE record = ?", [(record,) for record in feed.left])
    _cover(conn, newest, feed)
    clock = max([sync.hlc, *(state.stamp for _seq, state, _raw in newest.values())])
    conn.execute(
        "UPDATE sync SET cursor = ?, base_count = ?, base_digest = ?, hlc = ?, last_contact_ms = ?",
        (feed.to_seq, count + len(newest), digest, hlc.observe(sync.hlc, clock), now_ms),
    )
    if feed.to_seq > sync.witness_seq:
        conn.execute("UPDATE sync SET witness_seq = ?, witness_hist = ?", (feed.to_seq, feed.hist))
    bases: dict[bytes, State] = {record: state for record, (_seq, state, _raw) in newest.items()}
    kinds = refresh(conn, sync.key_id, touched, bases)
    return kinds | _settle(conn, sync.key_id, feed.to_seq) if live else kinds


def _decoded(rows: Sequence[wire.FeedRow]) -> dict[bytes, tuple[int, State, bytes]]:
    """Each record's newest row: seq, state, and the state's bytes as they came."""
    newest: dict[bytes, tuple[int, State, bytes]] = {}
    for row in rows:
        try:
            state = decode_state(row.state)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ProtocolViolation(
                wire.CLOSE_BAD_FRAME, f"the state at seq {row.seq} does not decode: {error}"
            ) from None
        if len(state.id) != ids.ID_BYTES or not 0 <= state.stamp <= hlc.MAX_STAMP:
            raise ProtocolViolation(
                wire.CLOSE_BAD_FRAME, f"the state at seq {row.seq} has no possible id or version"
            )
        newest[state.id] = (row.seq, state, row.state)
    return newest


def _without(conn: dbapi.Connection, sync: SyncRow, records: Sequence[bytes]) -> tuple[bytes, int]:
    """Digest and count of the base without ``records``."""
    digest, count = sync.base_digest, sync.base_count
    for piece in chunks(records):
        old = conn.execute(
            f"SELECT record, seq FROM base WHERE record IN ({marks(piece)})",
            piece,
        ).fetchall()
        digest = join_digests(digest, set_digest(old))
        count -= len(old)
    return digest, count


def _cover(
    conn: dbapi.Connection, newest: dict[bytes, tuple[int, State, bytes]], feed: wire.Feed
) -> None:
    """Own operations that the base holds now no longer lie on top of it."""
    if conn.execute("SELECT 1 FROM ops WHERE shown = 1 LIMIT 1").fetchone() is None:
        return
    covered = [(record, seq) for record, (seq, _state, _raw) in newest.items()]
    covered += [(record, feed.to_seq) for record in feed.left]
    conn.executemany(
        "UPDATE ops SET shown = 0 WHERE record = ? AND state = 1 AND shown = 1 AND seq <= ?",
        covered,
    )


def caught_up(
    conn: dbapi.Connection, caught: wire.CaughtUp, now_ms: int, *, whole: bool
) -> tuple[bool, frozenset[str]]:
    """Compare the base with the office's, and settle own operations that no base will hold.

    Args:
        whole: compute the digest from the rows themselves and not from what was kept in step.
    """
    sync = load_sync(conn)
    digest, count = sync.base_digest, sync.base_count
    if whole:
        rows = conn.execute("SELECT record, seq FROM base").fetchall()
        digest, count = set_digest(rows), len(rows)
    agrees = (digest, count) == (caught.digest, caught.count)
    set_preference(conn, CHECKED, f"{now_ms} {'equal' if agrees else 'differs'}")
    if not agrees:
        return False, frozenset()
    conn.execute("UPDATE sync SET last_contact_ms = ?", (now_ms,))
    if caught.seq > sync.witness_seq:
        conn.execute("UPDATE sync SET witness_seq = ?, witness_hist = ?", (caught.seq, caught.hist))
    return True, _settle(conn, sync.key_id, caught.seq)


def _settle(conn: dbapi.Connection, key_id: bytes, seq: int) -> frozenset[str]:
    """The base is complete up to ``seq``: what the office holds by then lies on top no more."""
    conn.execute("UPDATE sync SET settled = ?", (seq,))
    # What this terminal only hands in comes in no feed: its own operations go on to be shown.
    own = handed_in(conn)
    gone = conn.execute(
        "UPDATE ops SET shown = 0 WHERE shown = 1 AND state = 1 AND seq <= ? "
        f"AND record NOT IN ({marks(own)}) RETURNING record",
        (seq, *own),
    ).fetchall()
    return refresh(conn, key_id, [row[0] for row in gone]) if gone else frozenset()
