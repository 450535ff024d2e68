"""From the challenge to who it is, or to a refusal: counted, and later each time."""

from __future__ import annotations

import asyncio

from armband.server import bounds
from armband.server.admission import Admitted, Greeting, admit
from armband.server.delivery import put
from armband.server.gate import Penalties, Seen, address_of
from armband.server.office import Office
from armband.server.refusals import Refusals
from armband.server.session import Admit, Close, Session
from armband.shared import limits, wire
from armband.shared.environment import Environment
from armband.shared.errors import BadFrame
from armband.shared.transport import Transport

NONCE_BYTES = 32
_CAUSES = {
    wire.CLOSE_BAD_FRAME: "no message",
    wire.CLOSE_PROTOCOL: "protocol",
    wire.CLOSE_NOT_ALLOWED: "unknown key or token",
    wire.CLOSE_CODE_REFUSED: "wrong code",
    wire.CLOSE_CODE_USED: "used code",
    wire.CLOSE_CODE_EXPIRED: "expired code",
    wire.CLOSE_SIGNATURE: "wrong signature",
    wire.CLOSE_REPLAYED: "replayed",
    wire.CLOSE_SLOW: "no hello",
    wire.CLOSE_LIMIT: "too many connections",
    wire.CLOSE_TOO_OFTEN: "too often",
}
_NO_OFFENCE = frozenset({wire.CLOSE_SLOW, wire.CLOSE_LIMIT, wire.CLOSE_TOO_OFTEN})
"""Also happen to honest terminals on bad networks: counted, without a penalty."""


class Door:
    """Lets peers in, and remembers who failed to get in."""

    def __init__(self, office: Office, environment: Environment) -> None:
        self._office = office
        self._environment = environment
        self._penalties = Penalties()
        self._seen = Seen()
        self.refusals = Refusals(office)

    async def greet(self, transport: Transport, session: Session) -> Admitted | Close:
        """Challenge a peer and look up who answers.

        A refusal comes later each time that its address has failed before; its seat stays taken
        meanwhile. Whoever shows a good signature or token is let in at once all the same: others
        may stand behind the same address.
        """
        address = address_of(transport.peer)
        nonce = self._environment.random_bytes(NONCE_BYTES)
        message = await self._first_message(transport, session, nonce)
        if isinstance(message, Close):
            return await self._turn_down(address, message)
        greeting = Greeting(nonce, transport.fingerprint)
        if isinstance(message, wire.Enrol):
            wait_s = max(self._wait_s(address), self._wait_s(message.invite))
            if wait_s > 0:
                words = f"too many attempts have failed, try again in {wait_s:.0f} s"
                return await self._turn_down(address, Close(wire.CLOSE_TOO_OFTEN, words))
        admitted = await admit(self._office, greeting, message, self._environment.now_ms())
        proof = _proof_of(message)
        if isinstance(admitted, Admitted):
            if proof:
                self._seen.remember(proof)
            return admitted
        if proof in self._seen:
            admitted = Close(wire.CLOSE_REPLAYED, "this was shown before, on another connection")
        code = message.invite if isinstance(message, wire.Enrol) else b""
        return await self._turn_down(address, admitted, code)

    async def _first_message(
        self, transport: Transport, session: Session, nonce: bytes
    ) -> wire.Hello | wire.Enrol | wire.TokenHello | Close:
        office = self._office
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
        return demand.message

    async def _turn_down(self, address: str, close: Close, code: bytes = b"") -> Close:
        self.refusals.add(address, _CAUSES[close.code])
        if close.code not in _NO_OFFENCE:
            now_s = asyncio.get_running_loop().time()
            for who in (address, code):
                if who:
                    self._penalties.failed(who, now_s)
        if close.code != wire.CLOSE_SLOW:
            await asyncio.sleep(min(self._wait_s(address), bounds.LONGEST_HOLD_S))
        return close

    def _wait_s(self, who: str | bytes) -> float:
        return self._penalties.wait_s(who, asyncio.get_running_loop().time())


def _proof_of(message: wire.Hello | wire.Enrol | wire.TokenHello) -> bytes:
    match message:
        case wire.Hello():
            return message.signature
        case wire.Enrol():
            return message.proof
        case wire.TokenHello():
            # A token is shown each time: it proves nothing about this challenge.
            return b""
