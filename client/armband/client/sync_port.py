"""What the link needs of the terminal's store, and what it tells about the connection.

Every method of `Replica` that writes returns only after its transaction is on the disk, and tells
the terminal's listeners itself. A cancelled caller never tears a transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from armband.shared import wire
from armband.shared.ops import WireOp
from armband.shared.transport import Transport

Connect = Callable[[], Awaitable[Transport]]
"""Opens one connection to the office. Raises `errors.OfficeUnreachable` and its kin."""


@dataclass(frozen=True, slots=True)
class SyncPoint:
    """How far this terminal has come: what a hello says.

    Attributes:
        epoch: the office's, as last adopted; empty before the first welcome.
        cursor: the seq up to which the base is complete.
        witness_seq, witness_hist: the newest point of the office's history seen (0 and empty).
        scope: of the last welcome.
    """

    epoch: bytes
    cursor: int
    witness_seq: int
    witness_hist: bytes
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive own operations, as a `wire.Push` carries them.

    Attributes:
        prev: id of the operation before the first one.
        prev_dropped: that one is not kept here any more.
        counter: of the first one.
        wires: at least one.
    """

    prev: bytes
    counter: int
    wires: list[WireOp]
    prev_dropped: bool = False


@dataclass(frozen=True, slots=True)
class LinkState:
    """The connection as the sync line shows it.

    Attributes:
        clock_offset_ms: the office's clock minus this terminal's, at the last welcome.
        last_contact: UTC milliseconds (this terminal's clock) of the office's last word in this
            process, or None.
        problem: why there is no connection, in the user's language; empty when all is well.
    """

    connected: bool = False
    catching_up: bool = False
    office_writable: bool = True
    clock_offset_ms: int = 0
    last_contact: int | None = None
    revoked: bool = False
    problem: str = ""


class Replica(Protocol):
    """The terminal's store, as the link drives it."""

    async def sync_point(self) -> SyncPoint:
        """What the next hello says."""

    async def adopt_welcome(
        self, welcome: wire.Welcome, *, new_epoch: bool, clear_base: bool, now_ms: int
    ) -> None:
        """Take over role, scope, policy, person, epoch.

        With ``new_epoch`` all retained operations wait again and the witness starts anew; with
        ``clear_base`` the base is emptied and the cursor is 0. Receipts beyond
        ``welcome.head_counter`` wait again; another id at it is a fork, and then all wait again, as
        they do where the own operation at it is dropped and unknown.
        """

    async def waiting(self, after: int, max_ops: int, max_bytes: int) -> Batch | None:
        """The first run of consecutive waiting operations with counters above ``after``."""

    async def apply_receipts(self, receipts: wire.Receipts, now_ms: int) -> None:
        """What the office answered; counters that are not this terminal's are passed over."""

    async def apply_feed(self, feed: wire.Feed, rows: Sequence[wire.FeedRow], now_ms: int) -> None:
        """Rows, records that left the scope, cursor and witness, in one transaction.

        The caller has made sure that ``feed.from_seq`` is the cursor; the store asserts it.
        """

    async def caught_up(self, caught: wire.CaughtUp, now_ms: int) -> bool:
        """Compare the base with the office's digest and keep the witness; whether they agree."""

    async def rebuild(self) -> None:
        """Empty the base and set the cursor to 0: the next hello asks for everything."""

    async def apply_rollup(self, sub: wire.Subscribe, frames: Sequence[RollupPart]) -> None:
        """The frames of one moment for one subscription, in order."""

    async def report(self) -> wire.Report:
        """What the office's list of terminals shows of this one."""

    def link_changed(self, state: LinkState) -> None:
        """The connection has changed; must return at once."""


@dataclass(frozen=True, slots=True)
class RollupPart:
    """One roll-up frame, unpacked."""

    frame: wire.RollupFrame
    body: wire.RollupBody
