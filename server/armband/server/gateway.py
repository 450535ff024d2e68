"""Every connection from its challenge to its end, and what concerns all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from armband.server import bounds
from armband.server.admission import Admitted
from armband.server.connection import Connection
from armband.server.delivery import put, say_goodbye
from armband.server.door import Door
from armband.server.follower import Reader
from armband.server.gate import Seats, address_of
from armband.server.hub import Hub
from armband.server.model import (
    Committed,
    EpochChanged,
    OfficeEvent,
    PolicyChanged,
    StableChanged,
    Terminal,
    TerminalChanged,
    WritableChanged,
)
from armband.server.office import Office
from armband.server.refusals import end
from armband.server.session import Close, Session, State
from armband.shared import wire
from armband.shared.environment import Environment
from armband.shared.transport import Transport, TransportClosed

INTERNAL_ERROR = 1011
_NEW_SETTINGS = Close(wire.CLOSE_SCOPE_CHANGED, "the office's settings have changed")

log = logging.getLogger(__name__)


class Accepted(Transport, Protocol):
    """A connection that the office has accepted."""

    def admit(self) -> None:
        """It is known who this is: larger frames may come, and others are waited for."""


class Gateway:
    """Serves transports on behalf of one office."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self._office = office
        self._environment = environment
        self.hub = Hub(environment, office)
        self._open: dict[int, Connection] = {}
        self._by_key: dict[bytes, Connection] = {}
        self._changed: dict[bytes, Terminal] = {}
        self._seats = Seats(bounds.MAX_CONNECTIONS, bounds.MAX_CONNECTIONS_PER_ADDRESS)
        self._tokens = Seats(bounds.MAX_CONNECTIONS, bounds.MAX_CONNECTIONS_PER_TOKEN)
        self.door = Door(office, environment)
        self._serial = 0
        self._stopped: Close | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._days: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many peers are in."""
        return len(self._open)

    def start(self) -> None:
        """Listen to the office; before the first `serve`."""
        self._stop_listening = self._office.listen(self._on_event)
        self._days = asyncio.create_task(self.hub.follow_days(), name="office days")
        self._telling = asyncio.create_task(self.door.refusals.follow(), name="refusals")

    async def stop(self) -> None:
        """End every connection with a word of why."""
        self._stopped = Close(wire.CLOSE_OFFICE_STOPS, "the office stops")
        self._end_all(self._stopped.code, self._stopped.reason)
        if self._stop_listening is not None:
            self._stop_listening()
        if self._days is not None:
            self._days.cancel()
        await end(self._telling)
        await self.door.refusals.flush()

    async def serve(self, transport: Accepted) -> None:
        """One connection, until it is over. Never raises: a bad peer is its own problem."""
        try:
            await self._serve(transport)
        except TransportClosed:
            pass
        except Exception:
            log.exception("connection from %s failed", transport.peer)
            await transport.close(INTERNAL_ERROR, "the office failed")

    async def _serve(self, transport: Accepted) -> None:
        address = address_of(transport.peer)
        if self._stopped is not None:
            await say_goodbye(transport, self._stopped)
            return
        if not self._seats.take(address):
            self.door.refusals.add(address, "too many connections")
            await say_goodbye(transport, Close(wire.CLOSE_LIMIT, "too many connections are open"))
            return
        try:
            await self._seated(transport)
        finally:
            self._seats.leave(address)

    async def _seated(self, transport: Accepted) -> None:
        session = Session()
        admitted = await self.door.greet(transport, session)
        if isinstance(admitted, Close):
            await say_goodbye(transport, admitted)
            return
        session.enter(admitted.state, admitted.reader.scope)
        if admitted.state is State.DONE:
            await put(transport, wire.encode(admitted.answer))
            await transport.close(1000, "enrolled")
            return
        if not admitted.token_id:
            transport.admit()
            await self._converse(transport, session, admitted)
            return
        holder = admitted.token_id.hex()
        if not self._tokens.take(holder):
            words = f"this token has {bounds.MAX_CONNECTIONS_PER_TOKEN} connections already"
            await say_goodbye(transport, Close(wire.CLOSE_LIMIT, words))
            return
        try:
            transport.admit()
            await self._converse(transport, session, admitted)
        finally:
            self._tokens.leave(holder)

    async def _converse(self, transport: Transport, session: Session, admitted: Admitted) -> None:
        connection = Connection(
            self._office, self.hub, self._environment, transport, session, admitted
        )
        self._serial += 1
        serial, key_id = self._serial, admitted.key_id
        # The office may have moved on while the hello was being checked.
        overtaken = self._overtaken(key_id, admitted.reader)
        if overtaken is None and admitted.epoch != self._office.epoch:
            overtaken = Close(wire.CLOSE_EPOCH, "the office has a new epoch")
        told = admitted.answer
        if isinstance(told, wire.Welcome) and told.policy != self._office.policy:
            overtaken = overtaken or _NEW_SETTINGS
        if overtaken is not None:
            await say_goodbye(transport, overtaken)
            return
        older = self._by_key.get(key_id) if key_id else None
        if older is not None:
            older.end(wire.CLOSE_REPLACED, "the same terminal has connected again")
        self._open[serial] = connection
        if key_id:
            self._by_key[key_id] = connection
        try:
            await connection.run(wire.encode(admitted.answer))
        finally:
            del self._open[serial]
            if self._by_key.get(key_id) is connection:
                del self._by_key[key_id]

    def _on_event(self, event: OfficeEvent) -> None:
        match event:
            case Committed():
                self.hub.publish(event)
            case WritableChanged():
                for connection in self._open.values():
                    connection.state_changed()
            case StableChanged():
                for connection in self._open.values():
                    connection.stable_changed()
            case EpochChanged():
                self._end_all(wire.CLOSE_EPOCH, "the office has a new epoch")
            case PolicyChanged():
                self._end_all(_NEW_SETTINGS.code, _NEW_SETTINGS.reason)
                self.hub.look_at_day()
            case TerminalChanged(terminal=terminal):
                self._changed[terminal.key_id] = terminal
                holder = self._by_key.get(terminal.key_id)
                if holder is not None:
                    reason = self._overtaken(terminal.key_id, holder.reader)
                    if reason is not None:
                        holder.end(reason.code, reason.reason)

    def _overtaken(self, key_id: bytes, reader: Reader) -> Close | None:
        """Why a terminal that was admitted as ``reader`` may not go on so."""
        terminal = self._changed.get(key_id)
        if terminal is None or not reader.scope:
            return None
        if terminal.revoked:
            return Close(wire.CLOSE_REVOKED, "this terminal has been revoked")
        if (terminal.role, terminal.scope) != (reader.role, reader.scope):
            return Close(wire.CLOSE_SCOPE_CHANGED, "this terminal's scope has changed")
        return None

    def _end_all(self, code: int, reason: str) -> None:
        for connection in list(self._open.values()):
            connection.end(code, reason)
