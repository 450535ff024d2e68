"""The link to the office: connects, converses, waits and connects again, for as long as it runs.

It changes the store only through `sync_port.Replica` and tells the state of the connection there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from armband.client.backoff import HOPELESS_S, Backoff
from armband.client.closing import (
    Ended,
    Outlook,
    command_error,
    not_taking,
    outlook,
    problem_words,
)
from armband.client.conversation import Conversation
from armband.client.effects import (
    AdoptWelcome,
    ApplyRollup,
    CheckBase,
    Effect,
    OfficeWrites,
    Refused,
    Send,
)
from armband.client.errors import (
    ClientError,
    OfficeUnreachable,
    ProtocolViolation,
    Revoked,
    StoreDamaged,
)
from armband.client.figures import Figures, Reading
from armband.client.hello import Opening, Signer
from armband.client.i18n import _
from armband.client.session import Session, State
from armband.client.sync_port import Connect, LinkState, Replica
from armband.shared import wire
from armband.shared.environment import Environment
from armband.shared.permissions import totals_scope
from armband.shared.transport import TransportClosed
from armband.shared.units import in_scope

SOFTWARE = "armband 0.1"
HISTORY_TIMEOUT_S = 5.0
SILENCE_TIMEOUT_S = 60.0
"""`Link.drain` gives up when the office has not said a word for this long."""
DRAIN_ATTEMPTS = 5
_CONTACT_STEP_MS = 1000
_FIRST_READING = 100
"""Numbers of subscriptions up to here are the screens'."""


class Link:
    """The link of one terminal.

    Args:
        replica: the store.
        signer: the terminal's key.
        office: code of the office that was enrolled with.
        connect: opens one connection.
        environment: clock, and randomness for the back-off.
    """

    def __init__(
        self,
        replica: Replica,
        signer: Signer,
        office: str,
        connect: Connect,
        environment: Environment,
    ) -> None:
        self._replica = replica
        self._signer = signer
        self._office = office
        self._connect = connect
        self._environment = environment
        self._backoff = Backoff(environment)
        self._conversation: Conversation | None = None
        self._subscriptions: dict[int, wire.Subscribe] = {}
        self._totals_scope: tuple[str, ...] = ()
        self._readings: dict[int, Reading] = {}
        self._last_reading = _FIRST_READING
        self._hurry = asyncio.Event()
        self._state = LinkState()
        self._refusal: Refused | None = None
        self._failure: ClientError | None = None

    @property
    def state(self) -> LinkState:
        """The connection as last told."""
        return self._state

    @property
    def failure(self) -> ClientError | None:
        """Why there is no connection, as a command says it; None while there is one."""
        return None if self._state.connected else self._failure

    # -- from the terminal ------------------------------------------------------------------

    def wake(self) -> None:
        """New operations were saved."""
        if self._conversation is not None:
            self._conversation.wake()

    def hurry(self) -> None:
        """Connect now instead of waiting for the next attempt."""
        self._hurry.set()

    def follow(self, subscription: wire.Subscribe) -> None:
        """Receive these roll-ups from now on, over every connection; the same number replaces.

        Roll-ups of a unit outside the terminal's scope are asked for once the scope covers it: the
        office closes a connection that asks for others.
        """
        self._subscriptions[subscription.sub] = subscription
        if self._state.connected:
            self._subscribe(subscription)

    def unfollow(self, sub: int) -> None:
        """No more roll-ups of this subscription."""
        self._subscriptions.pop(sub, None)
        if self._conversation is not None and self._state.connected:
            self._conversation.command(lambda session: session.unfollow(sub))

    async def history(self, record: bytes) -> list[wire.HistoryRow] | None:
        """All operations on a record, from the office; None when it does not know the record.

        Raises:
            OfficeUnreachable: there is no connection, or no answer in time.
        """
        conversation = self._conversation
        if conversation is None or not self._state.connected or self._state.revoked:
            raise OfficeUnreachable(_("there is no connection to the office"))
        try:
            async with asyncio.timeout(HISTORY_TIMEOUT_S):
                return await conversation.history(record)
        except (TransportClosed, TimeoutError):
            raise OfficeUnreachable(_("the office did not answer")) from None

    @contextmanager
    def read_figures(self, unit: str, depth: int, first: str, last: str) -> Iterator[Reading]:
        """Roll-ups of ``unit`` as they arrive, over every connection, until the block is left.

        Args:
            unit: within the terminal's scope, else nothing ever arrives.
            depth: levels below it.
            first, last: days; both empty for the office's today.
        """
        self._last_reading += 1
        sub = self._last_reading
        reading = Reading(Figures(self._office, unit, depth, first, last))
        self._readings[sub] = reading
        self.follow(wire.Subscribe(sub, unit, depth, first, last))
        try:
            yield reading
        finally:
            del self._readings[sub]
            self.unfollow(sub)

    # -- running ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep in touch with the office until cancelled.

        Raises:
            StoreDamaged: damage was met in the store; nothing goes on until it is repaired.
        """
        while True:
            try:
                ended = await self._ended()
            except Exception as error:
                # A defect of ours: it ends the link, and the sync line must not look well then.
                self._say(connected=False, problem=_("the link has failed: ") + repr(error))
                raise
            assert ended is not None, "without draining, a connection ends for a reason"
            if isinstance(ended, StoreDamaged):
                # No attempt can cure it.
                raise ended
            least_s = HOPELESS_S if outlook(ended) is Outlook.HOPELESS else 0.0
            self._hurry.clear()
            try:
                async with asyncio.timeout(self._backoff.wait_s(least_s)):
                    await self._hurry.wait()
            except TimeoutError:
                continue

    async def drain(self) -> None:
        """Push all that waits, get all that is new, leave.

        Raises:
            OfficeUnreachable: there is no connection, or it broke again and again.
            NotAllowed: the office refuses this terminal.
            Revoked: it has revoked it, and has answered all that waited.
            StoreUnusable: the disk refuses.
        """
        for _attempt in range(DRAIN_ATTEMPTS):
            ended = await self._ended(until_drained=True)
            if ended is None:
                if self._state.revoked:
                    raise Revoked
                return
            when = outlook(ended)
            if when is Outlook.HOPELESS or isinstance(ended, ClientError):
                break
            if when is Outlook.LATER:
                await asyncio.sleep(self._backoff.wait_s())
        assert self._failure is not None, "a connection that ended in vain has a reason"
        raise self._failure

    async def _ended(self, *, until_drained: bool = False) -> Ended | None:
        """One connection from its opening to its end; why it ended, None when it had drained."""
        self._refusal = None
        try:
            await self._converse(until_drained=until_drained)
        except (TransportClosed, ProtocolViolation, ClientError) as ended:
            words = problem_words(ended, self._refusal)
            self._failure = command_error(ended, self._refusal)
            self._say(connected=False, catching_up=False, problem=words)
            return ended
        self._say(connected=False, catching_up=False)
        return None

    async def _converse(self, *, until_drained: bool) -> None:
        point = await self._replica.sync_point()
        transport = await self._connect()
        opening = Opening(
            point, self._office, transport.fingerprint, SOFTWARE, self._environment.now_ms
        )
        session = Session(opening, self._signer)
        conversation = Conversation(
            transport, session, self._replica, self._environment, self._told
        )
        self._conversation = conversation
        try:
            if until_drained:
                await self._drained(conversation)
            else:
                await conversation.run(_never)
        finally:
            self._conversation = None

    async def _drained(self, conversation: Conversation) -> None:
        session = conversation.session

        def finished() -> bool:
            if not self._state.office_writable:
                raise OfficeUnreachable(self._state.problem)
            return session.state in (State.LIVE, State.REVOKED) and session.all_answered

        await conversation.run(finished, silence_s=SILENCE_TIMEOUT_S)

    # -- what the connection tells ----------------------------------------------------------

    def _told(self, effect: Effect) -> None:
        assert self._conversation is not None, "effects come from a conversation"
        # When it was heard, not now: to store a welcome takes time, which is no clock's offset.
        now_ms = self._conversation.heard_ms
        match effect:
            case AdoptWelcome(welcome, _new_epoch, _clear_base):
                self._say(
                    connected=True,
                    catching_up=not welcome.revoked,
                    office_writable=True,
                    clock_offset_ms=welcome.now_ms - now_ms,
                    last_contact=now_ms,
                    revoked=welcome.revoked,
                    problem="",
                )
                self._totals_scope = totals_scope(welcome.scope, is_script=False)
                for _sub, subscription in sorted(self._subscriptions.items()):
                    self._subscribe(subscription)
            case CheckBase():
                self._backoff.reset()
                self._say(catching_up=False, last_contact=now_ms)
            case OfficeWrites(writable):
                problem = "" if writable else not_taking(effect)
                self._say(office_writable=writable, problem=problem, last_contact=now_ms)
            case Refused():
                self._refusal = effect
            case ApplyRollup(subscription, parts):
                if subscription.sub in self._readings:
                    self._readings[subscription.sub].add(parts)
            case Send():
                pass
            case _:
                if now_ms - (self._state.last_contact or 0) >= _CONTACT_STEP_MS:
                    self._say(last_contact=now_ms)

    def _subscribe(self, subscription: wire.Subscribe) -> None:
        if self._conversation is not None and in_scope(subscription.unit, self._totals_scope):
            self._conversation.command(lambda session: session.follow(subscription))

    def _say(self, **changes: Any) -> None:
        state = replace(self._state, **changes)
        if state != self._state:
            self._state = state
            self._replica.link_changed(state)


def _never() -> bool:
    return False
