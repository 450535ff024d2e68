"""The terminal's side of a conversation: frames of any quality into its session and its store.

An input is frames, each after its length in three bytes; an empty frame stands for a wish of the
terminal's own user.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from functools import cache

from armband.client.effects import (
    AdoptWelcome,
    ApplyFeed,
    ApplyReceipts,
    ApplyRollup,
    CheckBase,
    Effect,
    LoadWaiting,
    Refused,
    Send,
    TellHistory,
)
from armband.client.errors import ProtocolViolation
from armband.client.hello import Opening
from armband.client.keys import key_from_seed
from armband.client.model import Identity
from armband.client.script_session import ScriptSession
from armband.client.session import Session, State
from armband.client.store import answers, base, chain, figures, tables
from armband.client.store.migrations import migrate
from armband.shared import limits, wire
from armband.shared.ops import Payload
from armband.shared.policy import Policy
from fuzz.engine import Target, said
from fuzz.packed import (
    bomb,
    change_value,
    each_frame,
    join_frames,
    nest,
    rearrange,
    split_frames,
)
from fuzz.target_frames import HOUSEHOLD, ID, NOW_MS, office_messages

_KEY = key_from_seed(b"k" * 32)
_BATCH_BYTES = 4096


@cache
def _store() -> sqlite3.Connection:
    """A terminal's store in memory; each run is rolled back."""
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrate(conn)
    who = Identity("lianhu", "莲湖街道", "T001", "王", "grid", ("lianhu/yg",), Policy())
    tables.create_sync(conn, _KEY.key_id, who)
    payloads = [
        Payload(bytes([n]) * 16, "household", "lianhu/yg", HOUSEHOLD, 0, "王") for n in (1, 2)
    ]
    chain.append(conn, [p.record for p in payloads], lambda _known: payloads, NOW_MS, [1, 2])
    return conn


@dataclass
class _Conversation:
    """One connection, with the store behind it."""

    conn: sqlite3.Connection
    session: Session
    waited: bool = False
    asked: list[int] = field(default_factory=list)

    def hear(self, frame: bytes) -> bool:
        """One frame; False when the connection is over."""
        try:
            self._apply(self.session.receive(frame) if frame else self._wish())
        except ProtocolViolation as error:
            said(error.problem if error.code >= 1000 else "")
            return False
        return self.session.state is not State.DONE

    def _wish(self) -> list[Effect]:
        """What the terminal asks for by itself, once it is welcome."""
        if self.session.state in (State.OPEN, State.GREETING):
            return []
        request, effects = self.session.ask_history(ID)
        self.asked.append(request)
        follow = self.session.follow(wire.Subscribe(1, "lianhu/yg", 1))
        return [*effects, *follow, *self.session.wake()]

    def _apply(self, effects: list[Effect]) -> None:
        """As `conversation.Conversation` does, without its tasks."""
        queue = list(effects)
        while queue:
            effect = queue.pop(0)
            queue = [*self._one(effect), *queue]

    def _one(self, effect: Effect) -> list[Effect]:
        conn = self.conn
        match effect:
            case Send(message):
                assert wire.decode_from_terminal(wire.encode(message)) == message
                assert len(wire.encode(message)) <= limits.MAX_FRAME
            case AdoptWelcome(welcome, new_epoch, clear_base):
                answers.adopt_welcome(
                    conn, welcome, new_epoch=new_epoch, clear_base=clear_base, now_ms=NOW_MS
                )
            case LoadWaiting(after):
                batch = chain.waiting(conn, after, limits.MAX_BATCH_OPS, _BATCH_BYTES)
                return self.session.offer(batch)
            case ApplyReceipts(receipts):
                answers.apply_receipts(conn, receipts, NOW_MS, NOW_MS)
            case ApplyFeed(feed, rows):
                base.apply_feed(conn, feed, rows, NOW_MS)
            case CheckBase(caught):
                base.caught_up(conn, caught, NOW_MS, whole=True)
            case ApplyRollup(subscription, parts):
                assert subscription.sub == 1
                figures.apply_rollup(conn, subscription, parts)
            case TellHistory():
                pass
            case Refused():
                assert self.session.state is State.DONE
        return []


def run(raw: bytes) -> None:
    """A conversation of a terminal, and one of a script."""
    frames = split_frames(raw)[:24]
    conn = _store()
    conn.execute("BEGIN")
    try:
        opening = Opening(tables.load_sync_point(conn), "lianhu", bytes(32), "fuzz", lambda: NOW_MS)
        conversation = _Conversation(conn, Session(opening, _KEY))
        before = conn.execute("SELECT id, payload FROM ops ORDER BY counter").fetchall()
        for frame in frames:
            if not conversation.hear(frame):
                break
        after = conn.execute("SELECT id, payload FROM ops ORDER BY counter").fetchall()
        assert after == before, "an office's frame has touched an own operation"
        odd = conn.execute("SELECT count(*) FROM base WHERE length(record) != 16").fetchone()[0]
        assert not odd, "a record whose id is no id"
    finally:
        conn.execute("ROLLBACK")
    _as_script(frames)


def _as_script(frames: list[bytes]) -> None:
    session = ScriptSession("armband1.A.B.C", "fuzz", wire.Subscribe(1, "", 1))
    for frame in frames:
        try:
            effects = session.receive(frame)
        except ProtocolViolation as error:
            said(error.problem)
            return
        for effect in effects:
            assert isinstance(effect, Send | ApplyRollup | Refused)


def _seeds() -> list[bytes]:
    frames = {type(message): wire.encode(message) for message in office_messages()}
    # A first welcome starts from cursor 0.
    fed = wire.decode_from_office(frames[wire.Feed])
    assert isinstance(fed, wire.Feed)
    frames[wire.Feed] = wire.encode(wire.Feed(0, 9, fed.hist, fed.body, fed.left))
    start = [frames[wire.Challenge], frames[wire.Welcome]]
    rest = [frame for kind, frame in frames.items() if frame not in start]
    orders = [
        [*start, b"", *rest],
        [*start, frames[wire.Feed], frames[wire.CaughtUp], frames[wire.Receipts], b""],
        [*start, b"", frames[wire.RollupFrame], frames[wire.RollupFrame]],
        *([*start, frame] for frame in rest),
    ]
    return [join_frames(order) for order in orders]


TARGET = Target(
    run,
    _seeds,
    (
        rearrange,
        each_frame(change_value),
        each_frame(change_value),
        each_frame(change_value),
        each_frame(nest),
        each_frame(bomb),
    ),
    (b"lianhu", b"lianhu/yg", b"\x00\x00\x00"),
    (
        "armband.client.session", "armband.client.script_session", "armband.client.hello",
        "armband.client.store", "armband.client.overlay", "armband.shared.wire",
        "armband.shared.merge", "armband.shared.kinds", "armband.shared.hlc",
    ),
    max_bytes=64 * 1024,
)  # fmt: skip
