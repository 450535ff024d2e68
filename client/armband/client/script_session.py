"""A script's side of the protocol, without I/O: hello with a token, roll-ups, nothing else."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from armband.client.effects import ApplyRollup, Effect, Refused, Send
from armband.client.errors import ProtocolViolation
from armband.client.session import MAX_ROLLUP_PARTS
from armband.client.sync_port import RollupPart
from armband.shared import wire
from armband.shared.errors import BadFrame


class State(enum.Enum):
    """Where a script's conversation stands."""

    OPEN = "open"
    GREETING = "greeting"
    READING = "reading"
    DONE = "done"


ALLOWED: Mapping[State, frozenset[type]] = {
    State.OPEN: frozenset({wire.Challenge, wire.Refusal}),
    State.GREETING: frozenset({wire.Welcome, wire.Refusal}),
    State.READING: frozenset({wire.RollupFrame, wire.OfficeState, wire.Refusal}),
    State.DONE: frozenset({wire.Refusal}),
}


class ScriptSession:
    """The state of one conversation of a script.

    Args:
        token: as text.
        software: name and version.
        subscription: what to ask for; an empty unit means the token's own.

    Attributes:
        welcome: what the office said, once it has.
    """

    def __init__(self, token: str, software: str, subscription: wire.Subscribe) -> None:
        self.state = State.OPEN
        self.welcome: wire.Welcome | None = None
        self.subscription = subscription
        self._token = token
        self._software = software
        self._parts: list[RollupPart] = []

    def receive(self, frame: bytes) -> list[Effect]:
        """What a frame of the office asks for.

        Raises:
            ProtocolViolation: damaged, or out of its place; the connection must be closed.
        """
        try:
            message = wire.decode_from_office(frame)
            if type(message) not in ALLOWED[self.state]:
                raise ProtocolViolation(
                    wire.CLOSE_PROTOCOL,
                    f"{type(message).__name__} is out of place in state '{self.state.value}'",
                )
            return self._effects_of(message)
        except BadFrame as error:
            self.state = State.DONE
            raise ProtocolViolation(wire.CLOSE_BAD_FRAME, error.problem) from None

    def _effects_of(self, message: wire.FromOffice) -> list[Effect]:
        match message:
            case wire.Challenge():
                self.state = State.GREETING
                # The office says no when there is no protocol that both speak.
                spoken = wire.common_protocol(message) or wire.PROTOCOL
                return [Send(wire.TokenHello(spoken, self._software, self._token))]
            case wire.Welcome():
                return self._subscribe(message)
            case wire.RollupFrame():
                return self._rolled_up(message)
            case wire.Refusal():
                self.state = State.DONE
                return [Refused(message.code, message.reason)]
        return []

    def _subscribe(self, welcome: wire.Welcome) -> list[Effect]:
        self.state = State.READING
        self.welcome = welcome
        asked = self.subscription
        if not asked.unit:
            unit = welcome.scope[0] if welcome.scope else welcome.office
            asked = wire.Subscribe(asked.sub, unit, asked.depth, asked.day_from, asked.day_to)
            self.subscription = asked
        return [Send(asked)]

    def _rolled_up(self, frame: wire.RollupFrame) -> list[Effect]:
        self._parts.append(RollupPart(frame, wire.unpack_rollup(frame.body)))
        if frame.more:
            if len(self._parts) >= MAX_ROLLUP_PARTS:
                raise ProtocolViolation(
                    wire.CLOSE_LIMIT, f"a roll-up of more than {MAX_ROLLUP_PARTS} frames"
                )
            return []
        parts, self._parts = tuple(self._parts), []
        return [ApplyRollup(self.subscription, parts)]
