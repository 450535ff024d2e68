"""Telling listeners what has changed: on the event loop, bursts joined."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from armband.client.model import (
    DamageMet,
    Event,
    Identity,
    IdentityChanged,
    RecordsChanged,
    RollupsChanged,
    StatusChanged,
    SyncStatus,
)

Listener = Callable[[Event], None]


class Announcer:
    """Gathers what has changed and tells it once, at the loop's next turn.

    Each event says "look again", so ten changes in one turn are one event of each sort.
    """

    def __init__(self) -> None:
        self._listeners: dict[int, Listener] = {}
        self._next = 0
        self._pending = False
        self._kinds: frozenset[str] = frozenset()
        self._status: SyncStatus | None = None
        self._identity: Identity | None = None
        self._rollups = False
        self._damage: DamageMet | None = None

    def listen(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` with every event; the result stops that."""
        number = self._next
        self._next += 1
        self._listeners[number] = callback

        def stop() -> None:
            self._listeners.pop(number, None)

        return stop

    def records(self, kinds: frozenset[str]) -> None:
        """Records of these kinds look different now."""
        if kinds:
            self._kinds |= kinds
            self._soon()

    def status(self, status: SyncStatus) -> None:
        """The sync line is different now."""
        self._status = status
        self._soon()

    def identity(self, identity: Identity) -> None:
        """Role, scope or policy are different now."""
        self._identity = identity
        self._soon()

    def rollups(self) -> None:
        """Figures are different now."""
        self._rollups = True
        self._soon()

    def damage(self, problem: str) -> None:
        """Damage was met in the store."""
        self._damage = DamageMet(problem)
        self._soon()

    def _soon(self) -> None:
        if not self._pending:
            self._pending = True
            asyncio.get_running_loop().call_soon(self._tell)

    def _tell(self) -> None:
        events: list[Event] = []
        if self._identity is not None:
            events.append(IdentityChanged(self._identity))
        if self._kinds:
            events.append(RecordsChanged(self._kinds))
        if self._rollups:
            events.append(RollupsChanged())
        if self._status is not None:
            events.append(StatusChanged(self._status))
        if self._damage is not None:
            events.append(self._damage)
        self._pending = self._rollups = False
        self._damage = None
        self._kinds, self._status, self._identity = frozenset(), None, None
        for event in events:
            for listener in list(self._listeners.values()):
                listener(event)
