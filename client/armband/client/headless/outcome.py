"""What became of the lines of one command: the JSON of ``armband record`` and ``check``."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class SavedLine(msgspec.Struct, frozen=True):
    """A line that is on the disk. ``id`` is the record's, in hex."""

    id: str
    kind: str
    line: int


class RefusedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that is not, and why. ``forbidden``: this terminal's role may not do that."""

    line: int
    reason: str
    forbidden: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """All lines, in order. Keys may be added, never renamed.

    ``problem``: why the disk refused, from some line on; empty when it did not.
    """

    saved: list[SavedLine]
    refused: list[RefusedLine]
    problem: str = ""


def joined(results: Iterable[SavedLine | RefusedLine], problem: str) -> Outcome:
    """The outcome of these lines."""
    ordered = sorted(results, key=lambda result: result.line)
    return Outcome(
        [result for result in ordered if isinstance(result, SavedLine)],
        [result for result in ordered if isinstance(result, RefusedLine)],
        problem,
    )
