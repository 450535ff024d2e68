"""What a monitoring system gets to know of an office: numbers, no people, no unit's figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from armband.server.board.gather import SILENT_AFTER_MS
from armband.server.health.exposition import Figure, exposition, histogram, one
from armband.server.health.timings import Timings
from armband.server.model import Terminal


class Office(Protocol):
    """What is read of an office."""

    @property
    def seq(self) -> int:
        """The place of the newest operation."""

    @property
    def stable_seq(self) -> int:
        """Up to here a verified backup holds the history."""

    @property
    def writable(self) -> bool:
        """Whether the disk takes records."""

    @property
    def reason(self) -> str:
        """Why not."""

    @property
    def queued_ops(self) -> int:
        """Operations that wait for the committer."""

    @property
    def commit_times(self) -> Timings:
        """How long its commits took."""

    async def terminals(self) -> Sequence[Terminal]:
        """All terminals."""
        ...


class Figures:
    """The figures of one running office."""

    def __init__(
        self, office: Office, connections: Callable[[], int], lag_s: Callable[[], float],
        now_ms: Callable[[], int],
    ) -> None:  # fmt: skip
        self._office = office
        self._connections = connections
        self._lag_s = lag_s
        self._now_ms = now_ms

    @property
    def problem(self) -> str:
        """Why the office is not well, ``""`` while it is."""
        return "" if self._office.writable else f"cannot write: {self._office.reason}"

    async def text(self) -> str:
        """All of them, for Prometheus."""
        office = self._office
        terminals = [t for t in await office.terminals() if t.revoked_ms is None]
        silent = sum(_is_silent(terminal, self._now_ms()) for terminal in terminals)
        figures: list[Figure] = [
            one("writable", "gauge", "1 while the disk takes records", office.writable),
            one("connections", "gauge", "peers that are connected", self._connections()),
            one("operations_total", "counter", "operations held, of all time", office.seq),
            one(
                "operations_not_backed_up",
                "gauge",
                "operations held that no verified backup holds",
                office.seq - office.stable_seq,
            ),
            one("queued_operations", "gauge", "operations waiting to be committed",
                office.queued_ops),
            one("rollup_lag_seconds", "gauge", "how late the oldest roll-up frame is",
                self._lag_s()),
            one("terminals", "gauge", "terminals that are enrolled", len(terminals)),
            one("terminals_silent", "gauge", "of these, not here for four hours", silent),
            one("terminals_waiting_operations", "gauge",
                "operations that terminals held and had not sent when they were here last",
                sum(terminal.waiting for terminal in terminals)),
            one("terminals_refused_operations", "gauge",
                "operations in the trays of terminals when they were here last",
                sum(terminal.refused for terminal in terminals)),
            one("terminals_conflicts", "gauge", "conflicts that terminals showed",
                max((terminal.conflicts for terminal in terminals), default=0)),
        ]  # fmt: skip
        took = histogram("commit_seconds", "how long commits took", office.commit_times)
        return exposition(figures) + took


def _is_silent(terminal: Terminal, now_ms: int) -> bool:
    seen_ms = terminal.last_seen_ms or terminal.enrolled_ms
    return now_ms - seen_ms > SILENT_AFTER_MS
