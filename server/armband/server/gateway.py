"""Every connection from its challenge to its end, and what concerns all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from armband.server.admission import Admitted, Greeting, admit
from armband.server.connection import Connection
from armband.server.delivery import put, say_goodbye
from armband.server.follower import Reader
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
from armband.server.session import Admit, Close, Session, State
from armband.shared import limits, wire
from armband.shared.environment import Environment
from armband.shared.errors import BadFrame
from armband.shared.transport import Transport, TransportClosed

MAX_CONNECTIONS = 4096
INTERNAL_ERROR = 1011
NONCE_BYTES = 32
_NEW_SETTINGS = Close(wire.CLOSE_SCOPE_CHANGED, "the office's settings have changed")

log = logging.getLogger(__name__)


class Gateway:
    """Serves transports on behalf of one office."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self._office = office
        self._environment = environment
        self.hub = Hub(environment, office)
        self._open: dict[int, Connection] = {}
        self._by_key: dict[bytes, Connection] = {}
        self._changed: dict[bytes, Terminal] = {}
        self._greeting = 0
        self._serial = 0
        self._stopped: Close | None = None
        self._stop_listening: Callable[[], None] | None = None
        self._days: asyncio.Task[None] | None = None

    @property
    def connections(self) -> int:
        """How many peers are in."""
        return len(self._open)

    def start(self) -> None:
        """Listen to the office; before the first `serve`."""
        self._stop_listening = self._office.listen(self._on_event)
        self._days = asyncio.create_task(self.hub.follow_days(), name="office days")

    async def stop(self) -> None:
        """End every connection with a word of why."""
        self._stopped = Close(wire.CLOSE_OFFICE_STOPS, "the office stops")
        self._end_all(self._stopped.code, self._stopped.reason)
        if self._stop_listening is not None:
            self._stop_listening()
        if self._days is not None:
            self._days.cancel()

    async def serve(self, transport: Transport) -> None:
        """One connection, until it is over. Never raises: a bad peer is its own problem."""
        try:
            await self._serve(transport)
        except TransportClosed:
            pass
        except Exception:
            log.exception("connection from %s failed", transport.peer)
            await transport.close(INTERNAL_ERROR, "the office failed")

    async def _serve(self, transport: Transport) -> None:
        session = Session()
        self._greeting += 1
        try:
            admitted = await self._greet(transport, session)
        finally:
            self._greeting -= 1
        if isinstance(admitted, Close):
            await say_goodbye(transport, admitted)
            return
        session.enter(admitted.state, admitted.reader.scope)
        if admitted.state is State.DONE:
            await put(transport, wire.encode(admitted.answer))
            await transport.close(1000, "enrolled")
            return
        await self._converse(transport, session, admitted)

    async def _greet(self, transport: Transport, session: Session) -> Admitted | Close:
        if self._stopped is not None:
            return self._stopped
        if len(self._open) + self._greeting > MAX_CONNECTIONS:
            return Close(wire.CLOSE_LIMIT, f"{MAX_CONNECTIONS} connections are open")
        office = self._office
        nonce = self._environment.random_bytes(NONCE_BYTES)
        challenge = wire.Challenge(
            wire.OLDEST_PROTOCOL,
            wire.PROTOCOL,
            office.code,
            office.epoch,
            nonce,
            self._environment.now_ms(),
        )
        await put(transport, wire.encode(challenge))
        try:
            async with asyncio.timeout(limits.HELLO_TIMEOUT_S):
                frame = await transport.receive()
        except TimeoutError:
            return Close(wire.CLOSE_SLOW, f"no hello within {limits.HELLO_TIMEOUT_S:g} s")
        try:
            demand = session.receive(wire.decode_from_terminal(frame))
        except BadFrame as error:
            return Close(wire.CLOSE_BAD_FRAME, error.problem)
        if isinstance(demand, Close):
            return demand
        assert isinstance(demand, Admit), "the first message can ask for nothing else"
        greeting = Greeting(nonce, transport.fingerprint)
        return await admit(office, greeting, demand.message, self._environment.now_ms())

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
