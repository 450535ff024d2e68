"""Rows of the store as typed values, and the small statements that several modules need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from armband.client.model import Identity
from armband.client.overlay import OpState, OwnOp
from armband.client.store import dbapi
from armband.client.sync_port import SyncPoint
from armband.shared.fields import Patch
from armband.shared.ids import NO_ID
from armband.shared.merge import State, decode_state
from armband.shared.ops import CHAIN_START, Payload

T = TypeVar("T")


class Unproved(dbapi.DatabaseError):
    """A row is not what was written: to the driver the same as a damaged page."""

    sqlite_errorcode = dbapi.SQLITE_CORRUPT


PARAMETERS_MAX = 2_000
"""Ids in one statement; far below what SQLite allows (32,766)."""

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_patch_decoder = msgspec.msgpack.Decoder(Patch)
_payload_decoder = msgspec.msgpack.Decoder(Payload)
_identity_decoder = msgspec.msgpack.Decoder(Identity)
encode = _encoder.encode
decode_patch = _patch_decoder.decode
decode_payload = _payload_decoder.decode
decode_identity = _identity_decoder.decode


@dataclass(frozen=True, slots=True)
class SyncRow:
    """Where this terminal stands; the columns of ``sync`` that decide something."""

    key_id: bytes
    epoch: bytes
    cursor: int
    settled: int
    witness_seq: int
    witness_hist: bytes
    stable_seq: int
    hlc: int
    counter: int
    head: bytes
    base_count: int
    base_digest: bytes
    last_contact_ms: int | None
    fork: int
    revoked: int


_SYNC = (
    "SELECT key_id, epoch, cursor, settled, witness_seq, witness_hist, stable_seq, hlc, counter, "
    "head, base_count, base_digest, last_contact_ms, fork, revoked FROM sync"
)


def is_enrolled(conn: dbapi.Connection) -> bool:
    """Whether the store belongs to a terminal."""
    return conn.execute("SELECT 1 FROM sync").fetchone() is not None


def load_sync(conn: dbapi.Connection) -> SyncRow:
    """Where this terminal stands."""
    return SyncRow(*conn.execute(_SYNC).fetchone())


def load_identity(conn: dbapi.Connection) -> Identity:
    """Whose terminal this is."""
    return decode_identity(conn.execute("SELECT identity FROM sync").fetchone()[0])


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """``items`` in pieces that fit into one statement."""
    rest = iter(items)
    while piece := list(islice(rest, PARAMETERS_MAX)):
        yield piece


def marks(items: Sequence[object]) -> str:
    """As many question marks."""
    return ",".join("?" * len(items))


_OWN = "counter, id, hlc, state, shown, state = 2 AND put_away = 0, eff, payload"


def load_own(conn: dbapi.Connection, records: Sequence[bytes]) -> dict[bytes, list[OwnOp]]:
    """Own operations that show or lie in the tray, by record, in order of the chain."""
    found: dict[bytes, list[OwnOp]] = {}
    if conn.execute("SELECT 1 FROM ops LIMIT 1").fetchone() is None:
        return found
    for piece in chunks(records):
        rows = conn.execute(
            f"SELECT record, {_OWN} FROM ops WHERE record IN ({marks(piece)}) "
            "AND (shown = 1 OR (state = 2 AND put_away = 0)) ORDER BY counter",
            piece,
        )
        for record, *row in rows:
            found.setdefault(record, []).append(_own(row))
    return found


def _own(row: list[Any]) -> OwnOp:
    counter, op_id, hlc, state, shown, in_tray, eff, payload = row
    return OwnOp(
        counter=counter,
        id=op_id,
        hlc=hlc,
        state=OpState(state),
        shown=bool(shown),
        in_tray=bool(in_tray),
        eff=eff,
        payload=decode_payload(payload),
    )


def load_bases(conn: dbapi.Connection, records: Sequence[bytes]) -> dict[bytes, State]:
    """The office's states of those records that are here.

    Raises:
        Unproved: one is not what the office sent.
    """
    found: dict[bytes, State] = {}
    for piece in chunks(records):
        rows = conn.execute(
            f"SELECT record, state, checksum FROM base WHERE record IN ({marks(piece)})",
            piece,
        )
        for record, state, checksum in rows:
            if crc32(state) != checksum:
                raise Unproved(f"record {record.hex()} is not what the office sent")
            found[record] = decode_state(state)
    return found


def create_sync(conn: dbapi.Connection, key_id: bytes, identity: Identity) -> frozenset[str]:
    """Make the store a terminal's; no record looks different."""
    conn.execute(
        "INSERT INTO sync VALUES (1, ?, ?, x'', 0, 0, 0, x'', 0, 0, 0, ?, 0, ?, NULL, 0, 0)",
        (key_id, encode(identity), CHAIN_START, NO_ID),
    )
    return frozenset()


def load_sync_point(conn: dbapi.Connection) -> SyncPoint:
    """What the next hello says."""
    sync = load_sync(conn)
    scope = load_identity(conn).scope if sync.epoch else ()
    return SyncPoint(sync.epoch, sync.cursor, sync.witness_seq, sync.witness_hist, scope)
