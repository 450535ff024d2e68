"""What goes into a commit and what comes back, as its submitter sees it."""

from __future__ import annotations

from dataclasses import dataclass

from armband.shared import wire
from armband.shared.drafts import Draft
from armband.shared.ops import Op
from armband.shared.permissions import Role


@dataclass(frozen=True, slots=True)
class TerminalGrant:
    """What a terminal may do, as its session knows it."""

    role: Role
    scope: tuple[str, ...]
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive operations of one chain, as one push brought them.

    Attributes:
        key_id: whose chain.
        terminal: what it may do. A key that is revoked at the office counts as revoked here too.
        clock_offset_ms: its clock against the office's, measured at hello.
        repushing: its hello named another epoch, so it pushes all that it retains; or it keeps the
            predecessor of the first no longer. A predecessor that is missing is no news then.
        ops: linked by `ops.link_all`, at least one.
        source: the peer's address, for logs.
    """

    key_id: bytes
    terminal: TerminalGrant
    clock_offset_ms: int
    repushing: bool
    ops: tuple[Op, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The receipts of a batch, in its order; ``seq`` and ``hist`` are the office's head."""

    receipts: list[wire.Receipt]
    seq: int
    hist: bytes
    stable_seq: int


@dataclass(frozen=True, slots=True)
class Upsert:
    """Records that a register or the office wants to be so; nonces: eight bytes for each.

    With ``decided`` also what was last written at a terminal is overwritten.
    """

    drafts: tuple[Draft, ...]
    author: str
    nonces: tuple[int, ...]
    decided: bool = False
