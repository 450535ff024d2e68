"""What the office asks of an operation before it takes it in, and the answer "no"."""

from __future__ import annotations

from dataclasses import dataclass

from armband.server.commit.model import TerminalGrant
from armband.shared.merge import State

MAX_DETAIL = 500
"""Characters of a receipt's detail."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation is kept aside: a ``wire.REASON_`` code, and more in English."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Target:
    """What the office knows of the record: ``unit`` is ``""`` until the record was made."""

    kind: str
    unit: str
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an operation comes from: see `model.Batch` and `chains.Place`.

    ``moved_from``: where the record hung when its author last saw it, before a re-gridding.
    """

    grant: TerminalGrant
    branch: bytes
    repushing: bool = False
    moved_from: str = ""
